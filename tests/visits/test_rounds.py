"""A round: created, opened with one visit per paired area, its window changed, finished."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from core.events import history_of, verify
from core.refusals import Conflict, RuleBroken
from notifications.models import Message
from teams.models import Pairing
from tests.factories.teams import AreaFactory, TeamFactory, pair
from tests.factories.visits import RoundFactory, VisitKindFactory
from tests.people import District
from tests.visits.conftest import AT, Plan
from visits import services
from visits.models import Round, RoundStatus, Visit, VisitStatus
from visits.window import Window, next_quarter, proposal


def create(district: District, **changed: object) -> Round:
    facts = {"year": 2026, "quarter": 4, "window_start": date(2026, 10, 1), "window_end": date(2026, 10, 10)} | changed
    return services.create_round(by=district["coordinator"], at=AT, **facts)  # type: ignore[arg-type]


def test_a_new_round_is_a_draft_with_its_quarter_as_code(district: District) -> None:
    round_ = create(district, rules={"submit_days": 5, "status": "open"})
    assert (round_.code, round_.status, round_.submit_days) == ("2026q4", RoundStatus.DRAFT, 5)
    assert history_of(round_).get().verb == "create"


def test_a_quarter_has_one_round(district: District) -> None:
    create(district)
    with pytest.raises(RuleBroken):
        create(district)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 10, 10), date(2026, 10, 1)),
        (date(2026, 9, 30), date(2026, 10, 10)),
        (date(2027, 1, 1), date(2027, 1, 10)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_window_that_cannot_be_is_refused(district: District, first: date, last: date) -> None:
    with pytest.raises(RuleBroken):
        create(district, window_start=first, window_end=last)


def test_a_window_may_reach_over_the_edge_of_the_quarter(district: District) -> None:
    round_ = create(district, window_start=date(2026, 12, 28), window_end=date(2027, 1, 5))
    assert round_.holds(date(2027, 1, 1))


def test_opening_makes_one_visit_for_each_pairing_of_a_working_team(district: District) -> None:
    VisitKindFactory()
    second = AreaFactory()
    pair(district.own.team, second)
    pair(TeamFactory(is_active=False), AreaFactory())
    ended = pair(TeamFactory(), AreaFactory())
    Pairing.objects.filter(pk=ended.pk).update(until_day=date(2026, 9, 30))

    round_ = services.open_round(round=create(district), by=district["coordinator"], at=AT)

    codes = set(round_.visits.values_list("code", flat=True))
    assert codes == {"118-2026q4", "118-2026q4-2", "262-2026q4"}
    assert set(round_.visits.values_list("status", flat=True)) == {VisitStatus.UNSCHEDULED}
    assert history_of(round_.visits.first()).get().verb == "create"
    assert not Message.objects.exists()
    assert verify() is None


def test_opening_hundreds_costs_few_queries(district: District, django_assert_max_num_queries) -> None:
    VisitKindFactory()
    for n in range(40):
        pair(TeamFactory(number=1000 + n), AreaFactory())
    round_, by = create(district), district["coordinator"]
    assert by.grants
    with django_assert_max_num_queries(24):
        services.open_round(round=round_, by=by, at=AT)
    assert round_.visits.count() == 42


def test_a_round_without_a_kind_of_visit_says_what_is_missing(district: District) -> None:
    with pytest.raises(RuleBroken):
        services.open_round(round=create(district), by=district["coordinator"], at=AT)
    assert not Visit.objects.exists()


def test_a_round_is_opened_once(plan: Plan) -> None:
    with pytest.raises(RuleBroken):
        services.open_round(round=plan.round, by=plan.district["coordinator"], at=AT)
    with pytest.raises(Conflict):
        services.open_round(round=plan.round, by=plan.district["coordinator"], at=AT, version=1)


def test_areas_paired_later_get_their_visit(plan: Plan) -> None:
    pair(plan.district.own.team, AreaFactory())
    by = plan.district["coordinator"]
    assert services.add_missing_visits(round=plan.round, by=by, at=AT) == 1
    assert services.add_missing_visits(round=plan.round, by=by, at=AT) == 0
    assert plan.round.visits.count() == 3


def test_moving_the_window_keeps_visits_and_asks_why_once_open(plan: Plan) -> None:
    placed = plan.schedule(plan.own)
    dates = {"window_start": date(2026, 10, 12), "window_end": date(2026, 10, 20)}
    by = plan.district["coordinator"]

    with pytest.raises(RuleBroken):
        services.change_window(round=plan.round, by=by, at=AT, **dates)
    round_ = services.change_window(round=plan.round, by=by, at=AT, note="国庆后只剩两天", **dates)

    placed.refresh_from_db()
    assert (round_.window_start, placed.day) == (date(2026, 10, 12), date(2026, 10, 9))
    event = history_of(round_).first()
    assert event and event.payload["before"]["window_start"] == "2026-10-01"


def test_saving_the_same_dates_changes_nothing(plan: Plan) -> None:
    round_ = services.change_window(
        round=plan.round,
        window_start=plan.round.window_start,
        window_end=plan.round.window_end,
        by=plan.district["coordinator"],
        at=AT,
    )
    assert round_.version == plan.round.version


def test_a_round_finishes_when_every_visit_was_held_or_cancelled(plan: Plan) -> None:
    by = plan.district["coordinator"]
    plan.schedule(plan.own)
    plan.record(plan.own)
    with pytest.raises(RuleBroken):
        services.close_round(round=plan.round, by=by, at=AT)

    services.cancel_visit(visit=plan.foreign, note="居民区撤并", by=by, at=AT)
    round_ = services.close_round(round=plan.round, by=by, at=AT)

    assert (round_.status, round_.closed_by) == (RoundStatus.CLOSED, by)
    with pytest.raises(RuleBroken):
        services.reinstate_visit(visit=plan.foreign, by=by, at=AT)


def test_only_the_office_creates_rounds(district: District) -> None:
    with pytest.raises(PermissionDenied):
        services.create_round(
            year=2026,
            quarter=4,
            window_start=date(2026, 10, 1),
            window_end=date(2026, 10, 10),
            by=district.own["lead"],
            at=AT,
        )


def test_a_new_round_takes_dates_and_rules_from_the_last_one() -> None:
    last = Round(
        year=2026,
        quarter=4,
        window_start=date(2026, 10, 9),
        window_end=date(2026, 10, 20),
        submit_days=5,
        travel_minutes=30,
    )
    found = proposal(*next_quarter(last, date(2026, 12, 1)), last)
    assert (found["year"], found["quarter"]) == (2027, 1)
    assert (found["window_start"], found["window_end"]) == (date(2027, 1, 9), date(2027, 1, 20))
    assert (found["submit_days"], found["travel_minutes"]) == (5, 30)


def test_the_first_round_takes_the_first_ten_days_of_this_quarter() -> None:
    found = proposal(*next_quarter(None, date(2026, 12, 31)), None)
    assert (found["window_start"], found["window_end"]) == (date(2026, 10, 1), date(2026, 10, 10))


@pytest.mark.django_db
def test_a_far_too_long_window_is_shown_in_part() -> None:
    window = Window.load(date(2026, 1, 1), date(2099, 1, 1))
    assert window.days[-1].day == date(2026, 1, 1) + timedelta(days=62)


@pytest.mark.django_db
def test_the_name_of_a_round_in_both_languages() -> None:
    round_ = RoundFactory()
    with override("en"):
        assert (str(round_), round_.title) == ("fourth quarter of 2026", "Fourth quarter of 2026")
