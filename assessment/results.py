"""What may be shown of a closed survey. Fewer than ten answers are never shown, nor can they be worked out by subtraction.

Answers of areas that are too few go up into the street, streets that are too few into the district. Where only a few
answers would be hidden, a shown total minus the shown parts would give them away; then the smallest shown part is
hidden with them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assessment.models import Ballot, Survey, SurveyStatus

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
    """Tallies that may be shown, by id; `received` is how many answers came in, shown or not."""

    areas: Mapping[int, Tally]
    streets: Mapping[int, Tally]
    district: Tally | None
    received: Mapping[int, int]

    def best_for(self, area_id: int, street_id: int) -> Tally | None:
        """The area's own, else its street's, else the district's."""
        return self.areas.get(area_id) or self.streets.get(street_id) or self.district


NOTHING = Published({}, {}, None, {})


def published(survey: Survey | None) -> Published:
    """Everything that may be shown of this survey: nothing at all before its close. One query."""
    if survey is None or survey.status != SurveyStatus.CLOSED:
        return NOTHING
    areas: dict[int, Tally] = defaultdict(Tally)
    street_of: dict[int, int] = {}
    rows = Ballot.objects.filter(survey=survey).values_list("area_id", "area__street_id", "answers")
    for area_id, street_id, answers in rows.iterator(chunk_size=2000):
        street_of[area_id] = street_id
        tally = areas[area_id]
        tally.n += 1
        for question, value in answers.items():
            tally.options[question][value] += 1
    for question in survey.questions:
        if not question["options"]:
            for tally in areas.values():
                tally.options.pop(question["code"], None)
    return release(areas, street_of)


def release(areas: Mapping[int, Tally], street_of: Mapping[int, int], least: int = LEAST) -> Published:
    """Which of these tallies may be shown beside each other. Pure."""
    streets: dict[int, Tally] = defaultdict(Tally)
    district = Tally()
    for area_id, tally in areas.items():
        streets[street_of[area_id]].add(tally)
        district.add(tally)
    received = {area_id: tally.n for area_id, tally in areas.items()}
    if district.n < least:
        return Published({}, {}, None, received)
    shown_streets = _safe(streets, least)
    shown_areas: dict[int, Tally] = {}
    for street_id in shown_streets:
        own = {area_id: tally for area_id, tally in areas.items() if street_of[area_id] == street_id}
        shown_areas |= _safe(own, least)
    return Published(shown_areas, shown_streets, district, received)


def _safe(parts: Mapping[int, Tally], least: int) -> dict[int, Tally]:
    """The parts of a shown total that can be shown: those big enough, less the smallest ones needed to cover the rest."""
    shown = sorted((pk for pk, tally in parts.items() if tally.n >= least), key=lambda pk: (parts[pk].n, pk))
    hidden = sum(tally.n for tally in parts.values() if tally.n < least)
    while 0 < hidden < least and shown:
        hidden += parts[shown.pop(0)].n
    return {pk: parts[pk] for pk in shown}
