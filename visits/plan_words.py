"""What a plan says to people: why a visit moves or has no place, what would give it one, and how good the plan is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.localized import pick
from teams.models import Membership, OrgUnit, User
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.models import PlanLine, PlanRun, Visit
from visits.planning import Wish, half_days_of
from visits.scheduling.model import Fix, Measure, Rule
from visits.words import short_day

MOST_NAMED = 3

SENTENCES = {
    Rule.BUSY: gettext_lazy("%(who)s is busy: %(when)s."),
    Rule.PERSON: gettext_lazy("%(who)s is with %(areas)s: %(when)s."),
    Rule.VENUE: gettext_lazy("The venue is taken by %(areas)s: %(when)s."),
    Rule.STREET: gettext_lazy("%(street)s has as many visits as it can carry: %(when)s."),
    Rule.NOT_OFFERED: gettext_lazy("The time it had is not among those to be planned: %(when)s."),
}
BUSY_ALL = gettext_lazy("%(who)s is busy %(when)s.")
NO_DAY = gettext_lazy("No day of the window is left.")


@dataclass(frozen=True)
class RepairWords:
    """One way out. `needs_reason`: it is applied on a page that asks for one."""

    number: int
    words: str
    needs_reason: bool


@dataclass(frozen=True)
class PlanSpeaker:
    """Everything named in some lines of a plan. Six queries, however many lines."""

    people: dict[int, str]
    areas: dict[int, str]
    streets: dict[int, str]
    seats: dict[tuple[int, int], str]
    offered: frozenset[tuple[str, str]]

    @classmethod
    def load(cls, run: PlanRun, lines: Iterable[PlanLine]) -> Self:
        rows = list(lines)
        causes = [cause for line in rows for cause in line.why]
        persons = {cause["about"] for cause in causes if cause["rule"] in (Rule.BUSY, Rule.PERSON)}
        named = persons | {repair["by"] for line in rows for repair in line.repairs if "by" in repair}
        visits = {visit for cause in causes for visit in cause["visits"]}
        streets = {cause["about"] for cause in causes if cause["rule"] == Rule.STREET}
        seats = Membership.objects.filter(user_id__in=persons, seat__team_id__in={line.visit.team_id for line in rows})
        kind = pick("seat__kind__name_zh", "seat__kind__name_en")
        calendar = Calendar.load(run.round.window_start, run.round.window_end)
        half_days = half_days_of(run.round, Wish.of(run), calendar, run.asked_at)
        return cls(
            dict(User.objects.filter(pk__in=named).order_by().values_list("pk", "name")),
            dict(Visit.objects.filter(pk__in=visits).order_by().values_list("pk", "area__name")),
            dict(OrgUnit.objects.filter(pk__in=streets).order_by().values_list("pk", "name")),
            {(team, person): name for team, person, name in seats.values_list("seat__team_id", "user_id", kind)},
            frozenset((one.day.isoformat(), str(one.part)) for one in half_days),
        )

    def why(self, line: PlanLine) -> list[str]:
        return [self._sentence(line, cause) for cause in line.why]

    def repairs(self, line: PlanLine) -> list[RepairWords]:
        return [
            RepairWords(number, self._repair(repair), repair["fix"] == Fix.OUTSIDE)
            for number, repair in enumerate(line.repairs)
        ]

    def _sentence(self, line: PlanLine, cause: dict[str, Any]) -> str:
        rule, half_days = Rule(cause["rule"]), [(day, part) for day, part in cause["half_days"]]
        if rule == Rule.NOT_OFFERED and not half_days:
            return str(NO_DAY)
        words = {
            "who": self._who(line.visit.team_id, cause["about"]),
            "areas": self._names(self.areas.get(visit, "") for visit in cause["visits"]),
            "street": self.streets.get(cause["about"], ""),
            "when": self._when(half_days),
        }
        everywhere = rule == Rule.BUSY and self._is_everything(half_days)
        return str(BUSY_ALL if everywhere else SENTENCES[rule]) % words

    def _who(self, team: int, person: Any) -> str:
        """律师陆一鸣 / Lawyer Lu Yiming; the secretary and others by name alone."""
        name = self.people.get(person, "")
        seat = self.seats.get((team, person))
        return _("%(seat)s %(name)s") % {"seat": seat, "name": name} if seat else name

    def _is_everything(self, half_days: Sequence[tuple[str, str]]) -> bool:
        return bool(self.offered) and self.offered <= set(half_days)

    def _when(self, half_days: Sequence[tuple[str, str]]) -> str:
        """on all 3 days; else the days, with the part of the day where it is not the whole one."""
        if self._is_everything(half_days):
            days = len({day for day, _part in self.offered})
            return ngettext("on the one day", "on all %(n)s days", days) % {"n": days}
        by_day: dict[str, list[str]] = defaultdict(list)
        for day, part in half_days:
            by_day[day].append(part)
        return pgettext("between names", ", ").join(self._day(day, parts) for day, parts in sorted(by_day.items()))

    def _day(self, day: str, parts: list[str]) -> str:
        words = short_day(date.fromisoformat(day))
        open_parts = {part for there, part in self.offered if there == day}
        if open_parts and open_parts <= set(parts):
            return words
        return pgettext("between names", ", ").join(half_day_words(day, part) for part in parts)

    def _names(self, names: Iterable[str]) -> str:
        found = list(names)
        words = pgettext("between names", ", ").join(found[:MOST_NAMED])
        more = len(found) - MOST_NAMED
        return words if more <= 0 else _("%(names)s and %(n)s more") % {"names": words, "n": more}

    def _repair(self, repair: dict[str, Any]) -> str:
        when = half_day_words(*repair["half_day"])
        if repair["fix"] == Fix.SUBSTITUTE:
            words = {"by": self.people.get(repair["by"], ""), "person": self.people.get(repair["person"], "")}
            return _("%(by)s instead of %(person)s, %(when)s") % {**words, "when": when}
        if repair["fix"] == Fix.OUTSIDE:
            return _("%(when)s, outside the window") % {"when": when}
        return _("%(when)s, a weekend") % {"when": when} if repair["fix"] == Fix.DAY_OFF else when


def half_day_words(day: str, part: str) -> str:
    """10月9日上午 / 9 Oct, morning."""
    words = {"day": short_day(date.fromisoformat(day)), "part": str(DayPart(part).label).lower()}
    return _("%(day)s, %(part)s") % words


def praise(run: PlanRun) -> list[str]:
    """By what measure this plan is the best, or how far it may be from it."""
    measure = run.measure
    if not measure:
        return []
    unproven = [(Measure(name), value - bound) for name, value, bound in measure["tiers"] if value > bound]
    if not unproven:
        return [
            _("This is the best plan there is; that is proven."),
            _(
                "No plan places more visits. None that places as many changes fewer. Of those, this one has the fewest"
                " evenings, weekends, half-days against a team's habit and crowded half-days."
            ),
        ]
    name, gap = unproven[0]
    return [
        _("This is the best plan found in the time there was; it is not proven that none is better."),
        _gap(name, gap),
    ]


def _gap(measure: Measure, gap: int) -> str:
    if measure == Measure.UNPLACED:
        return ngettext(
            "At most %(n)s more visit could be placed.", "At most %(n)s more visits could be placed.", gap
        ) % {"n": gap}
    if measure == Measure.CHANGES:
        return ngettext(
            "No plan places more visits. At most %(n)s change fewer is possible.",
            "No plan places more visits. At most %(n)s changes fewer are possible.",
            gap,
        ) % {"n": gap}
    return _(
        "No plan places more visits or changes fewer. Only evenings, weekends and habits could be a little better."
    )


def points_words(run: PlanRun) -> list[str]:
    """What the plan costs, counted in visits: 2 in the evening, 1 on a weekend."""
    found = run.measure
    counted = [
        (
            found.get("evenings", 0),
            ngettext("%(n)s visit in the evening", "%(n)s visits in the evening", found.get("evenings", 0)),
        ),
        (
            found.get("days_off", 0),
            ngettext("%(n)s visit on a weekend", "%(n)s visits on a weekend", found.get("days_off", 0)),
        ),
        (
            found.get("against_habit", 0),
            ngettext(
                "%(n)s time against a team's habit", "%(n)s times against a team's habit", found.get("against_habit", 0)
            ),
        ),
    ]
    return [words % {"n": n} for n, words in counted if n]
