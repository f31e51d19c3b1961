"""One issue: the whole page, the preview beside the queue, the sheet for paper, and the list of an area or a visit."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.templatetags.core import zhdate
from issues import policies
from issues.contacts import contacts_of
from issues.duewords import Due, due_of
from issues.models import Issue
from issues.offers import Offers
from issues.queries import open_of_kind, photos_of
from issues.story import INTERNAL, PUBLIC, Story
from issues.views.actions import the_issue
from teams.guards import policy
from teams.models import Area
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.calendar import Calendar
from visits.models import Visit
from visits.policies import may as may_visit
from visits.workdays import Workdays

MOST = 60


@require_safe
@policy(Permission.ISSUE_VIEW)
def issue(request: SignedInRequest, code: str) -> HttpResponse:
    context = _told(request, code)
    only = request.GET.get("show", "")
    only = only if only in (PUBLIC, INTERNAL) else ""
    story: Story = context["story"]
    context |= {"entries": story.timeline(only), "only": only, "rungs": story.ladder()}
    context["people"] = contacts_of(context["issue"], request.user, story.day)
    context["photos"] = photos_of(context["issue"])
    context["crumbs"] = [(_("Issues"), reverse("issues:queue")), (context["issue"].code, "")]
    return render(request, "issues/issue.html", context)


@require_safe
@policy(Permission.ISSUE_VIEW)
def preview(request: SignedInRequest, code: str) -> HttpResponse:
    """Enough to act on without opening the page."""
    context = _told(request, code)
    found: Issue = context["issue"]
    if found.is_open:
        similar = open_of_kind(street_id=found.street_id, category_id=found.category_id, at=timezone.now())
        context["similar"] = max(similar - 1, 0)
    context["offers"] = [offer for offer in context["offers"] if not offer.rare]
    return render(request, "issues/_preview.html", context | {"next": request.GET.get("next", "")})


@require_safe
@policy(Permission.ISSUE_VIEW)
def print_issue(request: SignedInRequest, code: str) -> HttpResponse:
    context = _told(request, code)
    story: Story = context["story"]
    context |= {"entries": story.timeline(), "rungs": story.ladder(), "printed_at": timezone.now()}
    return render(request, "issues/print.html", context)


@require_safe
@policy(Permission.ISSUE_VIEW)
def for_area(request: SignedInRequest, slug: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.visible_to(request.user), slug=slug)
    return _list(request, Issue.objects.visible_to(request.user).submitted().filter(area=area), str(area))


@require_safe
@policy(Permission.ISSUE_VIEW)
def for_visit(request: SignedInRequest, code: str) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("area"), code=code)
    return _list(request, Issue.objects.visible_to(request.user).submitted().filter(visit=visit), str(visit.area))


def _told(request: SignedInRequest, code: str) -> dict[str, Any]:
    at = timezone.now()
    found = the_issue(request, code)
    first = today(found.submitted_at) if found.submitted_at else today(at)
    workdays = Calendar.load(first, today(at))
    story = Story(found, at, workdays)
    offers = Offers(request.user, story)
    return {
        "issue": found,
        "story": story,
        "due": _due(found, story.day, workdays),
        "offers": offers.all(),
        "reasons": offers.reasons(),
        "facts": _facts(found),
        "reporter": getattr(found, "reporter", None),
        "may_follow_up": may_visit(request.user, Permission.VISIT_PLAN, found),
        "may_reveal": policies.may(request.user, Permission.REPORTER_REVEAL, found),
        "fragment": bool(request.htmx),
    }


def _due(found: Issue, day: date, workdays: Workdays) -> Due:
    return due_of(
        status=found.status,
        due_on=found.due_on,
        accept_by=found.accept_by,
        days_used=found.days_used,
        day=day,
        workdays=workdays,
    )


def _facts(found: Issue) -> list[tuple[Any, ...]]:
    """Label and value of what is known about it; the person stands apart."""
    due = zhdate(found.due_on) + (_(" (extended once)") if found.extended else "")
    rows = [
        (_("Number"), found.code),
        (_("Place"), found.place),
        (_("Raised"), _raised(found)),
        (_("Category"), str(found.category or "")),
        (_("Difficulty"), found.get_complexity_display()),
        (_("Answer by"), due if found.due_on else ""),
        (_("Returned"), _times(found.returns)),
    ]
    return [row for row in rows if row[1]]


def _raised(found: Issue) -> str:
    where = str(found.team) if found.team else ""
    return " ".join(part for part in (zhdate(found.raised_on), where) if part)


def _times(n: int) -> str:
    return _("%(n)s times") % {"n": n} if n > 1 else (_("once") if n else "")


def _list(request: SignedInRequest, issues: Any, heading: str) -> HttpResponse:
    day = today(timezone.now())
    rows = issues.select_related("category", "level", "owner_unit").order_by("-id")[:MOST]
    workdays = Calendar.load(day, day)
    context = {"heading": heading, "rows": [(row, _due(row, day, workdays)) for row in rows]}
    return render(request, "issues/for_list.html" if not request.htmx else "issues/_for_list.html", context)
