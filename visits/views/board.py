"""A round as a whole: the board, its conflicts, what has no day yet, the printed schedule, announcing all."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest
from visits import services
from visits.board import Board, Problem, build
from visits.filters import UnscheduledFilter
from visits.grid import By, Wish
from visits.models import Round, RoundStatus, VisitStatus
from visits.news import head_of_log, news_of
from visits.policies import may
from visits.queries import name_people
from visits.views.access import round_for


class BoardForm(forms.Form):
    """What the address asks to see; what it asks wrongly is not asked."""

    by = forms.ChoiceField(choices=[(by.value, by.value) for by in By], required=False)
    open = forms.SlugField(max_length=60, required=False)
    street = forms.SlugField(max_length=60, required=False)
    unit = forms.SlugField(max_length=60, required=False)
    conflicts = forms.BooleanField(required=False)

    def wish(self) -> Wish:
        self.is_valid()
        data = self.cleaned_data
        texts = {"opened": data.get("open", ""), "street": data.get("street", ""), "unit": data.get("unit", "")}
        return Wish(By(data.get("by") or By.STREET), only_conflicts=data.get("conflicts", False), **texts)


class NewsForm(forms.Form):
    since = forms.IntegerField(min_value=0)


@require_safe
@policy(Permission.ROUND_VIEW)
def board(request: SignedInRequest, code: str) -> HttpResponse:
    """The page, or for a script that has the page already: the part of it that changes."""
    at, head = timezone.now(), head_of_log()
    round_, wish = round_for(request, code), BoardForm(request.GET).wish()
    shown = build(round_, request.user, at, wish=wish, head=head)
    fragment = request.htmx.target == "board"
    context = {
        **_frame(request, round_, _("Board")),
        **_ways(request, wish),
        "board": shown,
        "progress": shown.progress,
        "today": today(at),
        "at": at,
        "fragment": fragment,
    }
    answer = render(request, "visits/_board.html" if fragment else "visits/board.html", context)
    patch_vary_headers(answer, ["HX-Target"])
    return answer


def _ways(request: SignedInRequest, wish: Wish) -> dict[str, Any]:
    """The addresses of the same board seen otherwise."""
    names = {By.STREET: _("By street"), By.DAY: _("By day"), By.TEAM: _("By team")}
    ways = [
        (by.value, name, wish.address(by="" if by == By.STREET else by.value, open="")) for by, name in names.items()
    ]
    conflicts_url = wish.address(conflicts="" if wish.only_conflicts else "on")
    return {
        "wish": wish,
        "ways": ways,
        "conflicts_url": conflicts_url,
        "here": request.get_full_path(),
        "here_all": request.path,
    }


@require_safe
@policy(Permission.ROUND_VIEW)
def board_news(request: SignedInRequest, code: str) -> HttpResponse:
    """What others did to the round's visits since the board was read: nothing (204), or a line that offers it."""
    round_, form = round_for(request, code), NewsForm(request.GET)
    if not form.is_valid() or head_of_log() == form.cleaned_data["since"]:
        return HttpResponse(status=204)
    news = news_of(round_, request.user, since=form.cleaned_data["since"])
    if not news:
        return HttpResponse(status=204)
    return render(request, "visits/_news.html", {"news": news[:3], "count": len(news)})


@require_safe
@policy(Permission.ROUND_VIEW)
def conflicts(request: SignedInRequest, code: str) -> HttpResponse:
    """Every conflict with times that would settle it; below, those somebody accepted with a reason."""
    at = timezone.now()
    round_ = round_for(request, code)
    shown = build(round_, request.user, at)
    accepted = [clash for clash in shown.timetable.conflicts() if clash.accepted]
    context = {
        **_frame(request, round_, _("Clashes")),
        "problems": [shown.problem(clash, with_slots=n < 20) for n, clash in enumerate(shown.conflicts[:200])],
        "accepted": _accepted(shown, accepted),
        "count": len(shown.conflicts),
        "at": at,
    }
    return render(request, "visits/conflicts.html", context)


@require_safe
@policy(Permission.ROUND_VIEW)
def unscheduled(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    form = UnscheduledFilter(request.GET)
    visits = form.apply(round_.visits.visible_to(request.user).filter(status=VisitStatus.UNSCHEDULED))
    rows = visits.select_related("area__street", "team__unit")
    page = page_of(rows, order=("area__street__position", "area__position", "pk"), cursor=request.GET.get("cursor", ""))
    for visit in name_people(page.rows, today(timezone.now())):
        visit.may_plan = may(request.user, Permission.VISIT_PLAN, visit)  # type: ignore[attr-defined]
    context = {
        **_frame(request, round_, _("Not scheduled yet")),
        "page": page,
        "count": visits.count(),
        "form": form,
        "asked": any(form.cleaned_data.values()),
    }
    return render(request, "visits/unscheduled.html", context)


@require_safe
@policy(Permission.ROUND_VIEW)
def round_print(request: SignedInRequest, code: str) -> HttpResponse:
    at = timezone.now()
    round_ = round_for(request, code)
    visits = round_.visits.visible_to(request.user).exclude(status=VisitStatus.CANCELLED)
    day = F("day").asc(nulls_last=True)
    order = ("area__street__position", "area__street_id", day, "starts_at", "area__position")
    rows = visits.select_related("area__street", "team__unit").order_by(*order)
    streets: dict[str, list[Any]] = defaultdict(list)
    for visit in name_people(rows, today(at)):
        streets[visit.area.street.name].append(visit)
    context = {"round": round_, "streets": dict(streets), "printed_at": at, "count": sum(map(len, streets.values()))}
    return render(request, "visits/round_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def announce_all(request: SignedInRequest, code: str) -> HttpResponse:
    """Tell everybody whose visit is scheduled and not announced yet. For the office: a team announces its own visit."""
    if not sees_district(request.user):
        raise PermissionDenied
    round_, sentence = round_for(request, code), ""
    scheduled = round_.visits.visible_to(request.user).filter(status=VisitStatus.SCHEDULED)
    if request.method == "POST":
        try:
            told = services.announce_many(visits=list(scheduled), by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            words = ngettext("%(n)s visit was announced.", "%(n)s visits were announced.", len(told))
            messages.success(request, words % {"n": len(told)})
            return redirect("visits:board", round_.code)
    return _announce_page(
        request, round_, scheduled.exclude(venue="").count(), scheduled.filter(venue="").count(), sentence
    )


def _announce_page(request: SignedInRequest, round_: Round, ready: int, without: int, sentence: str) -> HttpResponse:
    words = [
        ngettext("%(n)s scheduled visit is announced.", "%(n)s scheduled visits are announced.", ready) % {"n": ready},
        _("The members of the teams and the secretaries of the areas get a message."),
    ]
    if without:
        words.append(
            ngettext(
                "%(n)s visit has no venue yet and stays out.", "%(n)s visits have no venue yet and stay out.", without
            )
            % {"n": without}
        )
    context = {
        "title": ngettext("Announce %(n)s visit?", "Announce %(n)s visits?", ready) % {"n": ready},
        "consequences": words,
        "submit": _("Announce"),
        "sentence": sentence,
        "cancel_url": reverse("visits:board", args=[round_.code]),
        "crumbs": _frame(request, round_, _("Announce"))["crumbs"],
    }
    return render(request, "_parts/confirm.html", context, status=422 if sentence else 200)


def _frame(request: SignedInRequest, round_: Round, here: str) -> dict[str, Any]:
    plans = holds(request.user, Permission.VISIT_PLAN)
    return {
        "round": round_,
        "may_plan": plans,
        "may_replace": holds(request.user, Permission.MEMBER_APPROVE),
        "may_propose": round_.status == RoundStatus.OPEN and holds(request.user, Permission.ROUND_MANAGE),
        "may_announce": plans and sees_district(request.user),
        "may_remind": holds(request.user, Permission.REMINDERS_SEND),
        "crumbs": [(_("Rounds"), reverse("visits:rounds")), (round_.title, round_.get_absolute_url()), (here, "")],
    }


def _accepted(shown: Board, clashes: list[Any]) -> list[tuple[Problem, str]]:
    """With the reason that was given; the names are those of the conflicts' speaker, so they are loaded once more."""
    speaker = type(shown.speaker).load(clashes)
    found = []
    for clash in clashes:
        rows = [shown.rows[pk] for pk in clash.visits]
        problem = Problem(speaker.title(clash), speaker.detail(clash), rows)
        found.append((problem, next(row.clash_reason for row in rows if row.clash_reason)))
    return found
