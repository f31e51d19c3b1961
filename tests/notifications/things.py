"""Things to be reminded of that live in memory: what a test puts into `shelf` is true, what it takes out no longer is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from notifications.channels import Outcome, Outgoing, Repeats, Result
from notifications.rules import Anchor, day_of
from notifications.sources import Ask, People, Source, Subject
from visits.workdays import Workdays

FACTS = {"area": "春申坊", "day": "2026-10-09", "starts_at": "14:00", "venue": "302室", "code": "118-2026q4"}


@dataclass
class Shelf:
    anchors: dict[int, Anchor] = field(default_factory=dict)
    people: dict[str, set[int]] = field(default_factory=dict)
    asked: int = 0
    parcels: dict[int, Anchor] = field(default_factory=dict)
    has_a_hole: bool = False  # whoever looks for parcels falls into it


shelf = Shelf()


def sources() -> list[Source]:
    audiences = {"team": "the team", "office": "the office"}
    return [
        Source("thing", "a thing", "thing", audiences, subjects, audience),
        Source("parcel", "a parcel", "parcel", audiences, parcels, audience),
    ]


def subjects(ask: Ask) -> Iterator[Subject]:
    shelf.asked += 1
    return _asked_for(shelf.anchors, ask)


def parcels(ask: Ask) -> Iterator[Subject]:
    if shelf.has_a_hole:
        raise RuntimeError("the shelf has a hole")
    return _asked_for(shelf.parcels, ask)


def _asked_for(anchors: dict[int, Anchor], ask: Ask) -> Iterator[Subject]:
    for pk, anchor in sorted(anchors.items()):
        if pk in ask.ids if ask.ids is not None else ask.first <= day_of(anchor) <= ask.last:
            yield Subject(pk, anchor, FACTS, f"/visits/{pk}/")


def audience(found: list[Subject], names: Collection[str], day: date) -> People:
    return {name: {subject.id: shelf.people.get(name, set()) for subject in found} for name in names}


def working_days(first: date, last: date) -> Workdays:
    return Workdays(off=frozenset(date(2026, 10, day) for day in range(1, 8)), worked=frozenset({date(2026, 10, 10)}))


class Post:
    """A channel for tests. It answers what `answers` says, in turn, and then accepts."""

    name = "post"
    label = "Post"
    gathers = False
    repeats = Repeats.ALWAYS
    is_quiet_at_night = True
    seconds = 20
    batch = 20

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.answers: list[Outcome | Exception] = []

    def is_ready(self) -> bool:
        return True

    def addresses(self, people: Collection[int]) -> dict[int, str]:
        return {person: f"door {person}" for person in people}

    def send(self, message: Outgoing) -> Outcome:
        answer = (
            self.answers.pop(0)
            if self.answers
            else Outcome(Result.ACCEPTED, "ok", provider_ref=f"r{message.delivery_id}")
        )
        if isinstance(answer, Exception):
            raise answer
        self.sent.append(message)
        return answer

    def close(self) -> None:
        pass
