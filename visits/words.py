"""What a clash says to people: who or what is taken, when, and by which visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.localized import pick
from core.statements import Statement, written
from core.templatetags.core import WEEKDAYS_ZH, zhday
from teams.models import User
from visits.models import Visit
from visits.scheduling import Clash, Trouble

SENTENCES = {
    Trouble.PERSON: gettext_lazy("%(people)s: already in %(other)s at %(hour)s that day."),
    Trouble.VENUE: gettext_lazy("The venue is taken by %(other)s at %(hour)s that day."),
    Trouble.BUSY: gettext_lazy("%(people)s: not available that %(part)s."),
    Trouble.TRAVEL: gettext_lazy("%(people)s: hardly time to get from or to %(other)s (%(hour)s)."),
    Trouble.OUTSIDE: gettext_lazy("%(day)s lies outside the window."),
    Trouble.DAY_OFF: gettext_lazy("%(day)s is not a working day."),
    Trouble.EVENING: gettext_lazy("The visit is in the evening."),
}
TITLES = {
    Trouble.PERSON: gettext_lazy("%(people)s: two visits at once, %(day)s %(hour)s"),
    Trouble.VENUE: gettext_lazy("%(venue)s booked twice, %(day)s %(hour)s"),
    Trouble.BUSY: gettext_lazy("%(people)s: not available, %(day)s (%(part)s)"),
    Trouble.TRAVEL: gettext_lazy("%(people)s: no time for the way, %(day)s"),
}


@dataclass(frozen=True)
class Known:
    """The words about a visit that a clash may need."""

    area: str
    street: str
    starts_at: time | None
    venue: str
    code: str


@dataclass(frozen=True)
class Speaker:
    people: dict[int, str]
    visits: dict[int, Known]

    @classmethod
    def load(cls, clashes: Iterable[Clash], visits: dict[int, Known] | None = None) -> Self:
        """The names behind these clashes: one query, and one for the visits if the caller has not read them."""
        found = list(clashes)
        people = {person for clash in found for person in clash.people}
        names = written("names", make=_names).rows(people=list(people)) if people else []
        return cls(dict(names), _known(found) if visits is None else visits)

    def sentence(self, clash: Clash) -> str:
        """Seen from the clash's first visit, which is being placed."""
        other = self.visits.get(clash.visits[-1]) if len(clash.visits) > 1 else None
        hour = f"{other.starts_at:%H:%M}" if other and other.starts_at else ""
        return str(
            SENTENCES[clash.trouble] % {**self._words(clash), "other": other.area if other else "", "hour": hour}
        )

    def title(self, clash: Clash) -> str:
        return str(TITLES[clash.trouble] % {**self._words(clash), "venue": self._venue(clash)})

    def detail(self, clash: Clash) -> str:
        """The visits it concerns: 春申坊（长堤街道）、荷塘里（田荷街道）."""
        known = [self.visits[pk] for pk in clash.visits if pk in self.visits]
        return pgettext("between names", ", ").join(
            _("%(area)s (%(street)s)") % {"area": visit.area, "street": visit.street} for visit in known
        )

    def _words(self, clash: Clash) -> dict[str, str]:
        return {
            "people": pgettext("between names", ", ").join(self.people.get(person, "") for person in clash.people),
            "day": zhday(clash.day),
            "part": str(clash.part.label).lower(),
            "hour": f"{clash.starts_at:%H:%M}",
        }

    def _venue(self, clash: Clash) -> str:
        known = self.visits.get(clash.visits[0])
        return known.venue if known else ""


def _names() -> Statement:
    return Statement(User.objects.filter(pk__in=[-1]).order_by().values_list("pk", "name"), blanks={-1: "people"})


def _known(clashes: list[Clash]) -> dict[int, Known]:
    visits = {visit for clash in clashes for visit in clash.visits}
    columns = ("area__name", "area__street__name", "starts_at", "venue", "code")
    rows = Visit.objects.filter(pk__in=visits).order_by().values_list("pk", *columns) if visits else []
    return {pk: Known(*words) for pk, *words in rows}


def sentences(clashes: Iterable[Clash], visits: dict[int, Known] | None = None) -> list[str]:
    found = list(clashes)
    speaker = Speaker.load(found, visits)
    return [speaker.sentence(clash) for clash in found]


def weekday(day: date) -> str:
    """周四 / Thu."""
    return pick(f"周{WEEKDAYS_ZH[day.weekday()]}", f"{day:%a}")


def short_day(day: date) -> str:
    """10月9日 / 9 Oct: where a column is narrow."""
    return pick(f"{day.month}月{day.day}日", f"{day.day} {day:%b}")


def day_words(day: date) -> str:
    """10月9日（周五） / Fri 9 Oct: the year is known from around it."""
    return pick(f"{short_day(day)}（{weekday(day)}）", f"{weekday(day)} {short_day(day)}")


def month_words(day: date) -> str:
    """2026年10月 / October 2026."""
    return pick(f"{day.year}年{day.month}月", f"{day:%B %Y}")
