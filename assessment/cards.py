"""Making and voiding the one-time cards. Codes leave this module once, towards paper, and are stored nowhere."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from assessment import policies
from assessment.codes import hash_code, new_code
from assessment.models import Card, CardStatus, Survey, SurveyStatus
from core import changes
from core.refusals import RuleBroken
from teams.models import Area, User
from teams.permissions import Permission

MOST_PER_AREA = 500
MOST_AT_ONCE = 60_000


@dataclass(frozen=True)
class PrintedCard:
    area: Area
    code: str


@dataclass(frozen=True)
class Counts:
    issued: int
    used: int
    unused: int
    void: int


@transaction.atomic
def make_cards(
    *, survey: Survey, wanted: Mapping[Area, int], by: User, at: datetime, version: int | None = None
) -> list[PrintedCard]:
    """Cards for the areas, `{area: how many}`, with their codes: the only time anybody sees them.

    Rows are stored in the order of their hashes, so that their place tells nothing about the printed pile.
    """
    survey = changes.lock(survey, version=version)
    _only_auditor(by, survey)
    if survey.status != SurveyStatus.DRAFT:
        raise RuleBroken(_("The survey has been opened; its list of cards can no longer grow."))
    wanted = {area: n for area, n in wanted.items() if n > 0}
    if not wanted:
        raise RuleBroken(_("Please say for which areas and how many cards."))
    if max(wanted.values()) > MOST_PER_AREA:
        raise RuleBroken(_("At most %(n)s cards can be made for one area.") % {"n": MOST_PER_AREA})
    if sum(wanted.values()) > MOST_AT_ONCE:
        raise RuleBroken(_("At most %(n)s cards can be made at once.") % {"n": MOST_AT_ONCE})
    printed = [PrintedCard(area, new_code()) for area, n in wanted.items() for _n in range(n)]
    rows = [Card(code_hash=hash_code(card.code), survey=survey, area=card.area) for card in printed]
    Card.objects.bulk_create(sorted(rows, key=lambda row: row.code_hash), batch_size=500)
    facts = {"cards": len(rows), "by_area": {area.slug: n for area, n in wanted.items()}}
    changes.save(survey, "cards_made", by=by, at=at, fields=[], payload=facts)
    return printed


@transaction.atomic
def void_cards(
    *, survey: Survey, codes: Iterable[str], by: User, at: datetime, version: int | None = None
) -> tuple[int, int]:
    """Make undelivered cards worthless: (voided, left as they were because unknown, used or void already)."""
    survey = changes.lock(survey, version=version)
    _only_auditor(by, survey)
    if survey.status == SurveyStatus.CLOSED:
        raise RuleBroken(_("The survey is over; its cards are worthless anyway."))
    hashes = {hash_code(code) for code in codes}
    cards = Card.objects.filter(survey=survey, pk__in=hashes, status=CardStatus.UNUSED)
    voided = cards.update(status=CardStatus.VOID)
    changes.save(survey, "cards_voided", by=by, at=at, fields=[], payload={"cards": voided})
    return voided, len(hashes) - voided


@transaction.atomic
def void_area(*, survey: Survey, area: Area, by: User, at: datetime, version: int | None = None) -> int:
    """Give up what was made for an area, before the survey opens: the print was spoiled or got lost."""
    survey = changes.lock(survey, version=version)
    _only_auditor(by, survey)
    if survey.status != SurveyStatus.DRAFT:
        raise RuleBroken(_("The survey has been opened; cards can only be made void by their codes."))
    cards = Card.objects.filter(survey=survey, area=area, status=CardStatus.UNUSED)
    voided = cards.update(status=CardStatus.VOID)
    changes.save(survey, "cards_voided", by=by, at=at, fields=[], payload={"area": area.slug, "cards": voided})
    return voided


def counts_of(survey: Survey) -> Counts:
    """Cards of the whole district; per area nobody learns who answers before the close."""
    by_status = dict(Card.objects.filter(survey=survey).values_list("status").annotate(n=Count("pk")))
    used, unused, void = (by_status.get(status, 0) for status in (CardStatus.USED, CardStatus.UNUSED, CardStatus.VOID))
    return Counts(used + unused + void, used, unused, void)


def issued_by_area(survey: Survey) -> dict[int, int]:
    """Valid cards handed out per area: how many there are, not how many were used."""
    cards = Card.objects.filter(survey=survey).filter(~Q(status=CardStatus.VOID))
    return dict(cards.values_list("area_id").annotate(n=Count("pk")).order_by("area_id"))


def card_list_seal(survey: Survey) -> str:
    """SHA-256 over the sorted hashes of all cards: whoever adds or swaps one after the opening changes it."""
    seal = hashlib.sha256()
    for pk in Card.objects.filter(survey=survey).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000):
        seal.update(pk.encode())
    return seal.hexdigest()


def _only_auditor(by: User, survey: Survey) -> None:
    if not policies.may(by, Permission.SURVEY_CARDS, survey):
        raise PermissionDenied
