"""Conflicts and free slots without a database."""

from datetime import date, time

import pytest

from visits.dayparts import DayPart
from visits.scheduling import Booking, Clash, Rules, Trouble, conflicts, free_slots, problems
from visits.workdays import Workdays

RULES = Rules(date(2026, 10, 1), date(2026, 10, 10), minutes=90, travel=45)
WORKDAYS = Workdays(off=frozenset(date(2026, 10, day) for day in range(1, 8)))
FRIDAY = date(2026, 10, 9)
LAWYER, LEAD, OTHER_LEAD = 7, 8, 9


def booking(visit: int, hour: int = 14, minute: int = 0, *, day: date = FRIDAY, **fields: object) -> Booking:
    return Booking(visit, day, time(hour, minute), **fields)  # type: ignore[arg-type]


def troubles(clashes: list[Clash]) -> list[Trouble]:
    return [clash.trouble for clash in clashes]


def test_one_person_in_two_visits_at_once() -> None:
    first = booking(1, people=frozenset({LAWYER, LEAD}))
    second = booking(2, minute=30, people=frozenset({LAWYER, OTHER_LEAD}))

    [clash] = conflicts([second, first], rules=RULES)

    assert (clash.trouble, clash.visits, clash.people, clash.blocks) == (Trouble.PERSON, (1, 2), (LAWYER,), True)


@pytest.mark.parametrize(
    ("minutes_apart", "expected"),
    [(89, [Trouble.PERSON]), (90, [Trouble.TRAVEL]), (134, [Trouble.TRAVEL]), (135, [])],
)
def test_the_edges_between_clash_travel_and_peace(minutes_apart: int, expected: list[Trouble]) -> None:
    hour, minute = divmod(14 * 60 + minutes_apart, 60)
    pair = [booking(1, people=frozenset({LAWYER})), booking(2, hour, minute, people=frozenset({LAWYER}))]
    assert troubles(conflicts(pair, rules=RULES)) == expected


def test_two_visits_in_one_room_need_no_way_between_them() -> None:
    pair = [booking(n, 14 + 2 * n, venue="1/302", people=frozenset({LAWYER})) for n in (0, 1)]
    assert conflicts(pair, rules=RULES) == []


def test_one_room_at_one_time_is_a_clash_and_no_room_is_none() -> None:
    assert troubles(conflicts([booking(1, venue="1/302"), booking(2, venue="1/302")], rules=RULES)) == [Trouble.VENUE]
    assert conflicts([booking(1), booking(2)], rules=RULES) == []


def test_a_pair_that_shares_people_and_room_is_named_once_for_each() -> None:
    pair = [booking(n, venue="1/302", people=frozenset({LAWYER, LEAD})) for n in (1, 2)]
    found = conflicts(pair, rules=RULES)
    assert [(clash.trouble, clash.people) for clash in found] == [(Trouble.PERSON, (LAWYER, LEAD)), (Trouble.VENUE, ())]


def test_the_same_hour_on_another_day_disturbs_nobody() -> None:
    pair = [booking(1, people=frozenset({LAWYER})), booking(2, day=date(2026, 10, 8), people=frozenset({LAWYER}))]
    assert conflicts(pair, rules=RULES) == []


def test_busy_times_count_for_their_half_day_only() -> None:
    busy = frozenset({(LEAD, FRIDAY, DayPart.AFTERNOON)})
    morning, afternoon = booking(1, 9, people=frozenset({LEAD})), booking(2, 14, people=frozenset({LEAD}))
    assert [(clash.trouble, clash.visits) for clash in conflicts([morning, afternoon], rules=RULES, busy=busy)] == [
        (Trouble.BUSY, (2,))
    ]


def test_a_reason_marks_the_clash_as_accepted() -> None:
    pair = [booking(1, people=frozenset({LEAD}), accepted=True), booking(2, people=frozenset({LEAD}))]
    assert [clash.accepted for clash in conflicts(pair, rules=RULES)] == [True]


def test_conflicts_come_in_the_order_of_time() -> None:
    late = [booking(n, 16, people=frozenset({LEAD})) for n in (1, 2)]
    early = [booking(n, 9, people=frozenset({LAWYER})) for n in (3, 4)]
    assert [clash.visits for clash in conflicts([*late, *early], rules=RULES)] == [(3, 4), (1, 2)]


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (FRIDAY, 14, []),
        (FRIDAY, 19, [Trouble.EVENING]),
        (date(2026, 10, 5), 9, [Trouble.DAY_OFF]),
        (date(2026, 10, 12), 9, [Trouble.OUTSIDE]),
        (date(2026, 10, 11), 19, [Trouble.OUTSIDE, Trouble.DAY_OFF, Trouble.EVENING]),
        (date(2026, 10, 10), 9, [Trouble.DAY_OFF]),
        (date(2026, 9, 30), 9, [Trouble.OUTSIDE]),
    ],
)
def test_unusual_days_and_hours_are_named_but_block_nothing(day: date, hour: int, expected: list[Trouble]) -> None:
    found = problems(booking(1, hour, day=day), [], rules=RULES, workdays=WORKDAYS)
    assert troubles(found) == expected
    assert not any(clash.blocks for clash in found)


def test_the_gravest_problem_comes_first_and_a_visit_does_not_disturb_itself() -> None:
    here = booking(1, 19, people=frozenset({LEAD}))
    found = problems(here, [here, booking(2, 19, people=frozenset({LEAD}))], rules=RULES, workdays=WORKDAYS)
    assert troubles(found) == [Trouble.PERSON, Trouble.EVENING]


def test_slots_tell_who_is_missing_and_the_best_one_has_everybody() -> None:
    wish = booking(1, people=frozenset({LAWYER, LEAD}))
    taken = booking(2, 9, 30, people=frozenset({LAWYER}))
    busy = frozenset({(LEAD, FRIDAY, DayPart.EVENING)})
    starts = [part.usual_start for part in DayPart]

    slots = free_slots(wish, [taken], days=[FRIDAY], starts=starts, rules=RULES, workdays=WORKDAYS, busy=busy)

    assert [(slot.part, slot.free, slot.blocked) for slot in slots] == [
        (DayPart.MORNING, 1, True),
        (DayPart.AFTERNOON, 2, False),
        (DayPart.EVENING, 1, False),
    ]
    assert min(slots, key=lambda slot: slot.rank).part == DayPart.AFTERNOON


def test_no_days_give_no_slots() -> None:
    assert free_slots(booking(1), [], days=[], starts=[time(9)], rules=RULES, workdays=WORKDAYS) == []


@pytest.mark.parametrize(
    ("moment", "part"),
    [
        (time(0), DayPart.MORNING),
        (time(11, 59, 59), DayPart.MORNING),
        (time(12), DayPart.AFTERNOON),
        (time(17, 59, 59), DayPart.AFTERNOON),
        (time(18), DayPart.EVENING),
        (time(23, 59, 59), DayPart.EVENING),
    ],
)
def test_the_parts_of_the_day_meet_without_a_gap(moment: time, part: DayPart) -> None:
    assert DayPart.of(moment) == part
