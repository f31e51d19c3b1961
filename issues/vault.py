"""The only door to who raised an issue. Names and numbers are sealed; a look inside needs a reason and leaves a trace."""

import json
from dataclasses import dataclass
from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from core.clock import SHANGHAI, today
from core.events import append
from core.models import Event
from core.refusals import RuleBroken
from core.sealing import KeyMissing, keyed_hash, unseal
from core.sealing import seal as seal_text
from issues import policies
from issues.models import Issue, Reply, Reporter
from teams.models import User
from teams.names import clean_name, clean_phone, masked_phone
from teams.permissions import Permission

REVEALS_A_DAY = 30
REVEALED = "reveal"


@dataclass(frozen=True)
class Reported:
    """Who raised an issue, in clear. Goes in when it is logged and comes out one at a time, on the record."""

    name: str = ""
    phone: str = ""
    wants_messages: bool = False

    def __repr__(self) -> str:
        return f"Reported({masked_name(self.name)!r}, {masked_phone(self.phone) if self.phone else ''!r})"


def seal(issue: Issue, reported: Reported | None) -> None:
    """Keep who raised it; None or nothing to keep forgets it."""
    name, phone = (clean_name(reported.name), clean_phone(reported.phone)) if reported else ("", "")
    if not name and not phone:
        Reporter.objects.filter(issue=issue).delete()
        return
    Reporter.objects.update_or_create(
        issue=issue, defaults=_columns(name, phone, bool(reported and reported.wants_messages))
    )


def sealed(issue: Issue, reported: Reported) -> Reporter:
    """The row to insert for an imported issue; an import inserts many at once."""
    name, phone = clean_name(reported.name), clean_phone(reported.phone)
    return Reporter(issue=issue, **_columns(name, phone, reported.wants_messages))


def _columns(name: str, phone: str, wants_messages: bool) -> dict[str, str | bool]:
    return {
        "name_sealed": seal_text(name),
        "phone_sealed": seal_text(phone),
        "name_masked": masked_name(name),
        "phone_masked": masked_phone(phone) if phone else "",
        "phone_lookup": _lookup(phone),
        "wants_messages": wants_messages and bool(phone),
    }


def for_editing(draft: Issue) -> Reported:
    """What was typed into a draft, for the form of whoever may still change it. Submitted issues need `reveal`."""
    if draft.code:
        raise PermissionDenied
    reporter = Reporter.objects.filter(issue=draft).first()
    return _opened(reporter) if reporter else Reported()


def wrap(reported: Reported) -> str:
    """Sealed text of what is being typed, for a form that is not sent yet; "" for nobody."""
    return seal_text(json.dumps([reported.name, reported.phone])) if reported.name or reported.phone else ""


def unwrap(sealed: str) -> Reported:
    name, phone = json.loads(_open(sealed) or '["", ""]')
    return Reported(name, phone, bool(phone))


def reveal(*, issue: Issue, by: User, reason: str, at: datetime) -> Reported:
    """Name and number in clear, for somebody whose task it is. Every look is an event of the issue."""
    if not policies.may(by, Permission.REPORTER_REVEAL, issue):
        raise PermissionDenied
    if not reason.strip():
        raise RuleBroken(_("Please write down why you need the number."))
    reporter = Reporter.objects.filter(issue=issue).first()
    if reporter is None:
        raise RuleBroken(_("Nobody left a name or a number with this issue."))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two looks at once cannot both be the thirtieth
        if reveals_today(by, at) >= REVEALS_A_DAY:
            raise RuleBroken(
                _("You have looked at %(n)s numbers today; more are possible tomorrow. The office can help at once.")
                % {"n": REVEALS_A_DAY}
            )
        note = Reply.objects.create(issue=issue, text=reason.strip(), by=by, at=at)
        append(issue, REVEALED, by=by, at=at, payload={"reply": note.pk})
    return _opened(reporter)


def reveals_today(user: User, at: datetime) -> int:
    """How often somebody has looked since midnight. (Nothing is recorded before it happens: the index helps.)"""
    midnight = datetime.combine(today(at), time(), SHANGHAI)
    since = Event.objects.filter(recorded_at__gte=midnight, occurred_at__gte=midnight, occurred_at__lte=at)
    return since.filter(actor_id=user.pk, verb=REVEALED).count()


def phone_to_tell(issue: Issue) -> str:
    """The number for a message the resident asked for; "" when they asked for none. For senders, never for pages."""
    reporter = Reporter.objects.filter(issue=issue, wants_messages=True).first()
    return _open(reporter.phone_sealed) if reporter else ""


def issues_by_phone(phone: str) -> models.QuerySet[Issue]:
    """Issues raised from this number; nothing for a number that is none."""
    digits = clean_phone(phone)
    return Issue.objects.filter(reporter__phone_lookup=_lookup(digits)) if len(digits) >= 7 else Issue.objects.none()


def shred_closed_before(moment: datetime) -> int:
    """Destroy what is known about the persons of issues closed before `moment`; issues and events stay."""
    old = Issue.objects.closed().filter(closed_at__lt=moment)
    return Reporter.objects.filter(issue__in=old).delete()[0]


def masked_name(name: str) -> str:
    """`张**`: the first character and two stars, whatever the length."""
    return f"{name[:1]}**" if name else ""


def _opened(reporter: Reporter) -> Reported:
    return Reported(_open(reporter.name_sealed), _open(reporter.phone_sealed), reporter.wants_messages)


def _open(sealed: str) -> str:
    try:
        return unseal(sealed)
    except KeyMissing:
        raise RuleBroken(
            _("The key for this number is missing on this server. Please tell the administrator.")
        ) from None


def _lookup(phone: str) -> str:
    return keyed_hash("phone", phone) if phone else ""
