"""Before a visit: steps with their days, ticks that can be taken back, guests, topics, and who may do it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from tests.factories.visits import shanghai, steps_of_preparation
from tests.visits.conftest import AFTER, AT, FRIDAY, Plan
from visits import services
from visits.models import Invitations, PreparationStep, PreparationTick, Topic, Visit
from visits.preparing import own_steps, preparation_of

SOON = shanghai(2026, 10, 8, 10)


@pytest.fixture
def visit(plan: Plan) -> Visit:
    steps_of_preparation()
    return plan.announce(plan.schedule(plan.own))


def step(code: str) -> PreparationStep:
    return PreparationStep.objects.get(code=code)


def test_a_step_is_due_so_many_working_days_before_the_visit(visit: Visit) -> None:
    """9 October, with the holiday week before it: three working days before are 29 September."""
    due = {row.step.code: row.due for row in preparation_of(visit, AT).rows}
    assert due["notice"] == date(2026, 9, 29)
    assert due["street"] == date(2026, 9, 23)


def test_a_step_is_behind_only_after_its_day_and_only_while_it_is_not_done(visit: Visit, plan: Plan) -> None:
    behind = {row.step.code for row in preparation_of(visit, AT).behind}
    assert behind == {"street", "confirmed"}
    services.tick_step(visit=visit, step=step("street"), by=plan.district.own["lead"], at=AT)
    assert {row.step.code for row in preparation_of(visit, AT).behind} == {"confirmed"}
    assert {row.step.code for row in preparation_of(visit, SOON).behind} == {"confirmed", "topics", "guests", "notice"}


def test_a_visit_without_a_day_has_no_days_for_its_steps(plan: Plan) -> None:
    steps_of_preparation()
    preparation = preparation_of(plan.own, AT)
    assert {row.due for row in preparation.rows} == {None}
    assert preparation.behind == []


def test_a_tick_keeps_the_first_name_and_can_be_taken_back(visit: Visit, plan: Plan) -> None:
    secretary, lead = plan.district.own["secretary"], plan.district.own["lead"]
    services.tick_step(visit=visit, step=step("confirmed"), by=secretary, at=AT)
    services.tick_step(visit=visit, step=step("confirmed"), by=lead, at=AT + timedelta(hours=1))
    assert PreparationTick.objects.get().by == secretary
    services.undo_step(visit=visit, step=step("confirmed"), by=lead, at=AT)
    services.undo_step(visit=visit, step=step("confirmed"), by=lead, at=AT)
    assert not PreparationTick.objects.exists()
    assert [event.verb for event in history_of(visit)][:2] == ["unprepare", "prepare"]


def test_ticking_leaves_the_version_of_the_visit_alone(visit: Visit, plan: Plan) -> None:
    """Whoever moves the visit at the same moment is not disturbed."""
    before = visit.version
    services.tick_step(visit=visit, step=step("confirmed"), by=plan.district.own["secretary"], at=AT)
    visit.refresh_from_db()
    assert visit.version == before


@pytest.mark.parametrize("who", ["secretary", "lead", "lawyer", "street"])
def test_team_secretary_and_street_prepare(visit: Visit, plan: Plan, who: str) -> None:
    services.tick_step(visit=visit, step=step("confirmed"), by=plan.district.own[who], at=AT)
    assert PreparationTick.objects.count() == 1


@pytest.mark.parametrize("who", ["pairing_unit", "department"])
def test_units_that_have_no_part_do_not(visit: Visit, plan: Plan, who: str) -> None:
    with pytest.raises(PermissionDenied):
        services.tick_step(visit=visit, step=step("confirmed"), by=plan.district.own[who], at=AT)


def test_nobody_prepares_for_others_or_after_the_meeting(visit: Visit, plan: Plan) -> None:
    with pytest.raises(PermissionDenied):
        services.tick_step(visit=visit, step=step("confirmed"), by=plan.district.foreign["secretary"], at=AT)
    services.hold_visit(visit=visit, by=plan.district.own["lead"], at=AFTER)
    with pytest.raises(RuleBroken):
        services.tick_step(visit=visit, step=step("confirmed"), by=plan.district.own["secretary"], at=AFTER)


@pytest.mark.parametrize("day", [None, FRIDAY])
def test_the_notice_needs_its_day_and_none_to_come(visit: Visit, plan: Plan, day: date | None) -> None:
    with pytest.raises(RuleBroken):
        services.tick_step(visit=visit, step=step("notice"), by=plan.district.own["secretary"], at=AT, on_day=day)


def test_guests_are_counted_by_kind_and_an_older_list_does_not_win(visit: Visit, plan: Plan) -> None:
    by = plan.district.own["secretary"]
    first = services.count_guests(visit=visit, counts={"stair-head": 12, "volunteer": 0}, by=by, at=AT, version=0)
    assert (first.total, first.counts) == (12, {"stair-head": 12})
    services.count_guests(visit=visit, counts={"stair-head": 14}, by=by, at=AT, version=first.version)
    with pytest.raises(Conflict):
        services.count_guests(visit=visit, counts={"stair-head": 3}, by=by, at=AT, version=first.version)
    assert Invitations.objects.get().total == 14


def test_two_who_open_an_empty_list_do_not_overwrite_each_other(visit: Visit, plan: Plan) -> None:
    by = plan.district.own["secretary"]
    services.count_guests(visit=visit, counts={"stair-head": 12}, by=by, at=AT, version=0)
    with pytest.raises(Conflict):
        services.count_guests(visit=visit, counts={"volunteer": 2}, by=plan.district.own["lead"], at=AT, version=0)


@pytest.mark.parametrize("counts", [{"stair-head": -1}, {"stair-head": 201}, {"nobody": 3}])
def test_numbers_that_cannot_be_are_refused(visit: Visit, plan: Plan, counts: dict[str, int]) -> None:
    with pytest.raises(RuleBroken):
        services.count_guests(visit=visit, counts=counts, by=plan.district.own["secretary"], at=AT)


@pytest.mark.parametrize(("n", "word"), [(12, "偏少"), (25, ""), (35, ""), (36, "偏多")])
def test_a_warning_outside_the_usual_number_is_soft(visit: Visit, plan: Plan, n: int, word: str) -> None:
    services.count_guests(visit=visit, counts={"stair-head": n}, by=plan.district.own["secretary"], at=AT)
    row = preparation_of(visit, AT).row("guests")
    with translation.override("zh-hans"):
        assert row is not None
        assert (word in row.warning) if word else row.warning == ""


def test_topics_are_short_rows_without_numbers_of_people(visit: Visit, plan: Plan) -> None:
    by = plan.district.own["secretary"]
    services.add_topic(visit=visit, text="西门外停车", by=by, at=AT)
    for text in ("", "  ", "张阿姨 139 1234 5678 说停车"):
        with pytest.raises(RuleBroken):
            services.add_topic(visit=visit, text=text, by=by, at=AT)
    assert [topic.text for topic in preparation_of(visit, AT).topics] == ["西门外停车"]


def test_a_topic_is_written_down_once_and_then_stays(visit: Visit, plan: Plan) -> None:
    lead = plan.district.own["lead"]
    topic = services.add_topic(visit=visit, text="西门外停车", by=lead, at=AT)
    services.take_topic(topic=topic, by=lead, at=AFTER)
    with pytest.raises(RuleBroken):
        services.take_topic(topic=topic, by=plan.district.own["lawyer"], at=AFTER)
    with pytest.raises(RuleBroken):
        services.remove_topic(topic=topic, by=lead, at=AFTER)
    assert Topic.objects.get().taken_by == lead


def test_everybody_finds_the_own_steps(visit: Visit, plan: Plan) -> None:
    preparation = preparation_of(visit, AT)
    own = {who: [row.step.code for row in own_steps(preparation, plan.district.own[who])] for who in ("lead", "lawyer")}
    assert own == {"lead": ["street"], "lawyer": []}
    assert len(own_steps(preparation, plan.district.own["secretary"])) == 4


def test_a_preparation_costs_the_same_however_much_there_is(
    visit: Visit, plan: Plan, django_assert_num_queries: object
) -> None:
    by = plan.district.own["secretary"]
    for n in range(5):
        services.add_topic(visit=visit, text=f"第{n}件事", by=by, at=AT)
    services.tick_step(visit=visit, step=step("confirmed"), by=by, at=AT)
    with django_assert_num_queries(5):  # type: ignore[operator]
        preparation_of(visit, AT)
