"""What may be shown of a closed survey: never fewer than ten answers, nor anything subtraction would give away.

An area with ten answers or more is always shown. The others of a street are counted in its total if they are ten or
more together; otherwise the total of the street leaves them out, for total minus parts would be these few, and they go
up into the district under the same rule. What is shown minus its shown parts is thus nothing, or ten at least.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessment.models import Ballot, Survey, SurveyStatus
from teams.models import Area

LEAST = 10


@dataclass
class Tally:
    """`n` answers and how often each option was chosen: `{question: {value: times}}`."""

    n: int = 0
    options: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: "Tally") -> None:
        self.n += other.n
        for question, counts in other.options.items():
            self.options[question].update(counts)

    def count(self, question: str, values: Iterable[str]) -> int:
        return sum(self.options[question][value] for value in values) if question in self.options else 0


@dataclass(frozen=True)
class Published:
    """Tallies that may be shown, by id; `received` is how many answers came in, shown or not.

    `whole_streets` are the streets whose total holds every answer; `left_out` counts the answers that are in no number.
    """

    areas: Mapping[int, Tally]
    streets: Mapping[int, Tally]
    district: Tally | None
    received: Mapping[int, int]
    whole_streets: frozenset[int] = frozenset()
    left_out: int = 0


NOTHING = Published({}, {}, None, {})


def count_answers(survey: Survey) -> dict[str, Any]:
    """How often each option was chosen in each area, as JSON: `{area: {"n": …, "options": {question: {value: times}}}}`.

    Free text is left out. Counted once, at the close, and again by whoever verifies.
    """
    asked = {question["code"] for question in survey.questions if question["options"]}
    counted: dict[str, Any] = {}
    rows = Ballot.objects.filter(survey=survey).values_list("area_id", "answers")
    for area_id, answers in rows.iterator(chunk_size=2000):
        found = counted.setdefault(str(area_id), {"n": 0, "options": {}})
        found["n"] += 1
        for question in asked & answers.keys():
            options = found["options"].setdefault(question, {})
            options[answers[question]] = options.get(answers[question], 0) + 1
    return counted


def published(survey: Survey | None) -> Published:
    """Everything that may be shown of this survey: nothing at all before its close. One query."""
    if survey is None or survey.status != SurveyStatus.CLOSED:
        return NOTHING
    areas = {int(area): _read(tally) for area, tally in survey.tallies.items()}
    return release(areas, dict(Area.objects.filter(pk__in=areas).values_list("pk", "street_id")))


def _read(stored: dict[str, Any]) -> Tally:
    tally = Tally(stored["n"])
    for question, options in stored["options"].items():
        tally.options[question].update(options)
    return tally


def release(areas: Mapping[int, Tally], street_of: Mapping[int, int], least: int = LEAST) -> Published:
    """Which of these tallies may be shown beside each other. Pure."""
    by_street: dict[int, dict[int, Tally]] = defaultdict(dict)
    for area_id, tally in areas.items():
        by_street[street_of[area_id]][area_id] = tally
    shown_areas: dict[int, Tally] = {}
    shown_streets: dict[int, Tally] = {}
    district, waiting, whole = Tally(), Tally(), set()
    for street_id, parts in by_street.items():
        shown = {area_id: tally for area_id, tally in parts.items() if tally.n >= least}
        few = _sum(tally for tally in parts.values() if tally.n < least)
        total = _sum(shown.values())
        if few.n == 0 or few.n >= least:
            total.add(few)
            whole.add(street_id)
        else:
            waiting.add(few)
        if total.n:
            shown_areas |= shown
            shown_streets[street_id] = total
            district.add(total)
    left_out = waiting.n if waiting.n < least else 0
    if not left_out:
        district.add(waiting)
    received = {area_id: tally.n for area_id, tally in areas.items()}
    return Published(shown_areas, shown_streets, district if district.n else None, received, frozenset(whole), left_out)


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total
