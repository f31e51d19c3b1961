"""What visits and rounds are reminded of (settings.REMINDER_SOURCES), and the calendar reminders count days by."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.clock import today
from notifications.sources import Ask, People, Source, Subject
from teams.who_is_who import WhoIsWho
from visits.calendar import Calendar
from visits.models import Doer, PreparationStep, PreparationTick, Round, RoundStatus, Visit, VisitStatus
from visits.services.telling import facts_of

VISIT_PEOPLE = {
    "team": _("the team"),
    "team_lead": _("the team's lead"),
    "secretary": _("the area's secretary"),
    "office": _("the office"),
}
ROUND_PEOPLE = {"teams": _("all teams"), "secretaries": _("all secretaries"), "office": _("the office")}


PREPARATION_PEOPLE = {
    "doer": _("those whose step it is"),
    "team_lead": _("the team's lead"),
    "secretary": _("the area's secretary"),
    "office": _("the office"),
}


def working_days(first: date, last: date) -> Calendar:
    return Calendar.load(first, last)


def sources() -> list[Source]:
    return [
        Source("round-opens", _("the first day of a round's window"), "round", ROUND_PEOPLE, opening, people_of_round),
        Source(
            "visit-not-scheduled",
            _("the first day of the window, no day yet"),
            "visit",
            VISIT_PEOPLE,
            homeless,
            people_of_visit,
        ),
        Source("visit-coming", _("the day of a visit"), "visit", VISIT_PEOPLE, coming, people_of_visit),
        Source(
            "preparation-behind",
            _("the day of a visit, a step of its preparation is late"),
            "visit",
            PREPARATION_PEOPLE,
            unprepared,
            doers,
        ),
        Source(
            "record-missing", _("the day of a visit, no record yet"), "visit", VISIT_PEOPLE, unrecorded, people_of_visit
        ),
        Source(
            "record-unconfirmed",
            _("the secretary's last day to confirm a record, no answer yet"),
            "visit",
            VISIT_PEOPLE,
            unconfirmed,
            people_of_visit,
        ),
    ]


def opening(ask: Ask) -> Iterator[Subject]:
    """Rounds under way; a draft may still change."""
    for row in ask.narrow(Round.objects.filter(status=RoundStatus.OPEN), "window_start").order_by("pk"):
        first, last = row.window_start.isoformat(), row.window_end.isoformat()
        facts = {"title": _in_both_languages(row), "first": first, "last": last}
        yield Subject(row.pk, row.window_start, facts, row.get_absolute_url(), period=row.code, row=row)


def _in_both_languages(thing: Any) -> dict[str, str]:
    """Whoever reads it may prefer another language than the planner's."""
    found = {}
    for name, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            found[name] = str(thing)
    return found


def homeless(ask: Ask) -> Iterator[Subject]:
    """Visits of a round that nobody has given a day."""
    waiting = Visit.objects.filter(status=VisitStatus.UNSCHEDULED, round__status=RoundStatus.OPEN)
    for visit in _visits(ask.narrow(waiting, "round__window_start")):
        facts = {"area": visit.area.name, "code": visit.code, "last": visit.round.window_end.isoformat()}
        yield Subject(visit.pk, visit.round.window_start, facts, visit.get_absolute_url(), row=visit)


def coming(ask: Ask) -> Iterator[Subject]:
    """Visits with a day; one that moves is reminded of anew, because the day is its period."""
    return _on_their_day(ask.narrow(Visit.objects.placed(), "day"))


def unrecorded(ask: Ask) -> Iterator[Subject]:
    """The meeting should be over and its record has not come."""
    over = (*VisitStatus.placed, VisitStatus.HELD)
    return _on_their_day(ask.narrow(Visit.objects.filter(status__in=over, recorded_at__isnull=True), "day"))


def unconfirmed(ask: Ask) -> Iterator[Subject]:
    """Records the secretary has neither confirmed nor disputed, as long as that is possible: a new one has new days."""
    waiting = Visit.objects.to_confirm(today(ask.at))
    for visit in _visits(ask.narrow(waiting, "confirm_until")):
        facts = {"area": visit.area.name, "code": visit.code, "last": visit.confirm_until.isoformat()}
        yield Subject(visit.pk, visit.confirm_until, {**facts_of(visit), **facts}, visit.get_absolute_url(), row=visit)


def unprepared(ask: Ask) -> Iterator[Subject]:
    """Visits of which a step of the preparation should have been done by now; `row` carries whose steps those are."""
    visits = list(_visits(ask.narrow(Visit.objects.placed(), "day")))
    if not visits:
        return
    ticks = set(PreparationTick.objects.filter(visit__in=visits).order_by().values_list("visit_id", "step__code"))
    steps = list(PreparationStep.objects.all())
    days = [visit.day for visit in visits if visit.day]
    calendar, now = Calendar.load(min(days), max(days)), today(ask.at)
    for visit in visits:
        behind = [
            step
            for step in steps
            if step.is_valid_on(visit.day)
            and (visit.pk, step.code) not in ticks
            and calendar.add(visit.day, -step.days_before) < now
        ]
        if behind:
            facts = {"area": visit.area.name, "code": visit.code, "day": visit.day.isoformat(), "n": len(behind)}
            url = reverse("visits:prepare", args=[visit.code])
            yield Subject(visit.pk, visit.day, facts, url, row=(visit, {step.who for step in behind}))


def doers(subjects: list[Subject], names: Collection[str], day: date) -> People:
    """Those whose steps are behind, and whoever should see that they are."""
    who = WhoIsWho.on(day)
    found: dict[str, dict[int, set[int]]] = {name: {} for name in PREPARATION_PEOPLE}
    for subject in subjects:
        visit, late = subject.row
        by_doer = {
            Doer.SECRETARY: who.secretaries.get(visit.area_id, set()),
            Doer.LEAD: who.leads.get(visit.team_id, set()),
            Doer.STREET: who.handlers.get(visit.area.street_id, set()),
        }
        found["doer"][subject.id] = {person for doer in late for person in by_doer[Doer(doer)]}
        found["team_lead"][subject.id] = by_doer[Doer.LEAD]
        found["secretary"][subject.id] = by_doer[Doer.SECRETARY]
        found["office"][subject.id] = who.office
    return found


def _on_their_day(visits: Any) -> Iterator[Subject]:
    for visit in _visits(visits):
        facts = {"area": visit.area.name, "code": visit.code, **facts_of(visit)}
        yield Subject(visit.pk, visit.day, facts, visit.get_absolute_url(), row=visit)


def _visits(visits: Any) -> Any:
    return visits.select_related("area", "round").order_by("pk")


def people_of_visit(subjects: list[Subject], names: Collection[str], day: date) -> People:
    who = WhoIsWho.on(day)
    visits = {subject.id: subject.row for subject in subjects}
    return {
        "team": {pk: who.members.get(visit.team_id, ()) for pk, visit in visits.items()},
        "team_lead": {pk: who.leads.get(visit.team_id, ()) for pk, visit in visits.items()},
        "secretary": {pk: who.secretaries.get(visit.area_id, ()) for pk, visit in visits.items()},
        "office": dict.fromkeys(visits, who.office),
    }


def people_of_round(subjects: list[Subject], names: Collection[str], day: date) -> People:
    """Who takes part: the teams and areas that have a visit in it."""
    who = WhoIsWho.on(day)
    rounds = [subject.id for subject in subjects]
    found: dict[str, dict[int, set[int]]] = {name: {pk: set() for pk in rounds} for name in ROUND_PEOPLE}
    for pk, team, area in (
        Visit.objects.filter(round__in=rounds).order_by().values_list("round_id", "team_id", "area_id")
    ):
        found["teams"][pk] |= who.members.get(team, set())
        found["secretaries"][pk] |= who.secretaries.get(area, set())
    found["office"] = dict.fromkeys(rounds, who.office)
    return found
