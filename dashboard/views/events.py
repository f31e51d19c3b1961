"""The activity log, newest first, and the check that nobody changed it afterwards."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.events import BrokenLink, verify
from core.models import ChainHead
from core.once import once
from core.paging import PAGE_SIZE, Page, first_page, page_of
from core.statements import Statement, written
from dashboard.activity import entries, newest
from notifications.models import Heartbeat
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

ORDER = ["-seq"]
CHECKED_AT_ONCE = 20_000  # links; the whole chain is checked every night and by manage.py verify_chain


@require_safe
@policy(Permission.EVENTS_VIEW)
def events(request: SignedInRequest) -> HttpResponse:
    page = _page(request.GET.get("cursor", ""))
    head = written("head of the log", make=lambda: Statement(ChainHead.objects.filter(pk=1)))
    nightly = written("check of the log", make=lambda: Statement(Heartbeat.objects.filter(name="check_chain")))
    context = {
        "page": replace(page, rows=entries(page.rows)),
        "head": head.rows()[0],
        "nightly": next(iter(nightly.rows()), None),
        "at_once": CHECKED_AT_ONCE,
    }
    return render(request, "dashboard/events.html", context)


def _page(cursor: str) -> Page:
    if cursor:
        return page_of(newest(), order=ORDER, cursor=cursor)
    rows = written("newest of the log", make=lambda: Statement(newest().order_by(*ORDER)[: PAGE_SIZE + 1])).rows()
    return first_page(rows, order=ORDER)


@require_POST
@policy(Permission.EVENTS_VIEW)
@once
def verify_events(request: SignedInRequest) -> HttpResponse:
    """Recompute the newest links of the chain; the answer says how many and where it is broken."""
    head = ChainHead.objects.get(pk=1)
    after = max(head.seq - CHECKED_AT_ONCE, 0)
    broken = verify(after)
    if broken:
        messages.error(request, _sentence(broken))
    else:
        n = head.seq - after
        words = ngettext(
            "%(n)s entry checked, nothing was changed afterwards. Last entry %(seq)s: %(hash)s…",
            "%(n)s entries checked, nothing was changed afterwards. Last entry %(seq)s: %(hash)s…",
            n,
        )
        messages.success(request, words % {"n": n, "seq": head.seq, "hash": head.hash[:16]})
    return redirect("dashboard:events")


def _sentence(broken: BrokenLink) -> str:
    sentences = {
        "missing": _("Entry %(seq)s is missing. Somebody went past the site; please tell the administrator at once."),
        "changed": _(
            "Entry %(seq)s was changed afterwards. Please tell the administrator at once and keep the backups."
        ),
        "cut off": _("The log ends before entry %(seq)s, which it once had. Please tell the administrator at once."),
        "added": _("Entry %(seq)s was added past the site. Please tell the administrator at once."),
    }
    return sentences[broken.reason] % {"seq": broken.seq}
