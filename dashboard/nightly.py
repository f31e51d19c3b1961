"""What is done every night (settings.NIGHTLY_JOBS): are the numbers right, is the log whole, what must be forgotten.

Each job takes the moment and returns what it did in a few words for the log of the worker.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.urls import reverse

from core.clock import today
from core.events import verify
from core.models import Draft, SubmittedForm
from issues import counters, vault
from notifications.kinds import Kind
from notifications.services import notify
from teams.permissions import Permission
from teams.queries import who_holds

KEEP_REPORTERS = timedelta(days=365)
KEEP_FORM_KEYS = timedelta(days=30)


def compare_counters(at: datetime) -> str:
    """Counters against issues. A difference is an alarm for the office; `manage.py recount_issues` puts it right."""
    wrong = counters.differences()
    if wrong:
        facts = {"check": "counters", "n": len(wrong)}
        _alarm(Permission.ISSUE_RULE, facts, reverse("dashboard:figures"), at)
    return f"{len(wrong)} counters differ"


def check_chain(at: datetime) -> str:
    """Every link of the event log, from the first on."""
    broken = verify()
    if broken is None:
        return "the log is whole"
    _alarm(Permission.EVENTS_VIEW, {"check": "chain", "n": broken.seq}, reverse("dashboard:events"), at)
    return f"the log is broken at {broken.seq}: {broken.reason}"


def forget_reporters(at: datetime) -> str:
    """Names and numbers of residents go twelve months after their issue was closed."""
    return f"{vault.shred_closed_before(at - KEEP_REPORTERS)} reporters forgotten"


def forget_old_forms(at: datetime) -> str:
    """Keys of forms sent long ago, drafts nobody went on with, and sessions that have ended."""
    keys, _ = SubmittedForm.objects.filter(created_at__lt=at - KEEP_FORM_KEYS).delete()
    drafts, _ = Draft.objects.filter(saved_at__lt=at - KEEP_FORM_KEYS).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    return f"{keys} form keys, {drafts} drafts and {sessions} sessions forgotten"


def _alarm(permission: Permission, facts: dict[str, object], url: str, at: datetime) -> None:
    notify(who_holds(permission, today(at)), Kind.CHECK_FAILED, facts=facts, url=url, at=at)
