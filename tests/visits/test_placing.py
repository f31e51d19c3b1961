"""Giving visits their place in time: clashes, warnings, reasons, messages."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from notifications.kinds import Kind
from notifications.models import Message
from teams.permissions import Role
from tests.factories.teams import AreaFactory, GrantFactory, TeamFactory, pair, seat_person
from tests.factories.visits import VisitFactory, shanghai
from tests.visits.conftest import AT, FRIDAY, Plan
from visits import services
from visits.models import BusyTime, Round, RoundStatus, Visit, VisitStatus
from visits.scheduling import Trouble

MONDAY_AFTER = date(2026, 10, 12)


def move(plan: Plan, visit: Visit, day: date = FRIDAY, hour: time = time(14), **fields: object) -> Visit:
    facts = {"by": plan.district["coordinator"], "at": AT} | fields
    return services.move_visit(visit=visit, day=day, starts_at=hour, **facts)  # type: ignore[arg-type]


def share_the_lawyer(plan: Plan) -> None:
    seat = plan.foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(user=plan.district.own["lawyer"])


def test_a_visit_gets_day_hour_and_venue(plan: Plan) -> None:
    visit = plan.schedule(plan.own, venue=" 长堤社区中心302室 ")
    assert (visit.status, visit.day, visit.part, visit.starts_at) == ("scheduled", FRIDAY, "afternoon", time(14))
    assert visit.venue == "长堤社区中心302室"
    event = history_of(visit).first()
    assert event and (event.verb, event.payload["day"]) == ("schedule", "2026-10-09")


def test_without_hour_and_venue_the_usual_ones_are_taken(plan: Plan) -> None:
    visit = services.schedule_visit(visit=plan.own, day=FRIDAY, part="morning", by=plan.district.own["lead"], at=AT)
    assert (visit.starts_at, visit.venue) == (time(9, 30), plan.own.area.venue)


def test_a_visit_needs_an_hour(plan: Plan) -> None:
    with pytest.raises(RuleBroken):
        services.schedule_visit(visit=plan.own, day=FRIDAY, by=plan.district["coordinator"], at=AT)


def test_two_visits_of_one_person_at_once_need_a_reason(plan: Plan) -> None:
    share_the_lawyer(plan)
    plan.schedule(plan.own)

    with pytest.raises(services.ClashFound) as refusal:
        plan.schedule(plan.foreign, hour=time(15))
    [clash] = refusal.value.clashes
    assert (clash.trouble, clash.people) == (Trouble.PERSON, (plan.district.own["lawyer"].pk,))
    assert "春申坊" in refusal.value.sentences[0]

    visit = plan.schedule(plan.foreign, hour=time(15), clash_reason="律师说两边相邻")
    assert visit.clash_reason == "律师说两边相邻"


def test_a_secretary_of_two_areas_is_one_person(plan: Plan) -> None:
    GrantFactory(user=plan.district.own["secretary"], role=Role.SECRETARY, area=plan.foreign.area)
    plan.schedule(plan.own)
    with pytest.raises(services.ClashFound):
        plan.schedule(plan.foreign)


def test_one_venue_of_a_street_holds_one_meeting(plan: Plan) -> None:
    neighbour = AreaFactory(street=plan.own.area.street)
    pair(TeamFactory(), neighbour)
    services.add_missing_visits(round=plan.round, by=plan.district["coordinator"], at=AT)
    plan.schedule(plan.own, venue="长堤社区中心302室")

    with pytest.raises(services.ClashFound) as refusal:
        plan.schedule(neighbour.visits.get(), venue="长堤社区中心３０２ 室")
    assert [clash.trouble for clash in refusal.value.clashes] == [Trouble.VENUE]


def test_rooms_of_the_same_name_in_two_streets_are_two_rooms(plan: Plan) -> None:
    plan.schedule(plan.own, venue="活动室")
    assert plan.schedule(plan.foreign, venue="活动室").status == VisitStatus.SCHEDULED


def test_a_reason_without_a_clash_is_not_kept(plan: Plan) -> None:
    visit = plan.schedule(plan.own, clash_reason="以防万一", outside_reason="以防万一")
    assert (visit.clash_reason, visit.outside_reason) == ("", "")


def test_busy_people_holidays_and_evenings_do_not_block(plan: Plan) -> None:
    BusyTime.objects.create(user=plan.district.own["lead"], day=date(2026, 10, 5), part="evening")
    visit = plan.schedule(plan.own, day=date(2026, 10, 5), hour=time(19))
    assert visit.status == VisitStatus.SCHEDULED


def test_a_day_outside_the_window_needs_a_reason(plan: Plan) -> None:
    with pytest.raises(RuleBroken):
        plan.schedule(plan.own, day=MONDAY_AFTER)
    with pytest.raises(RuleBroken):
        plan.schedule(plan.own, day=MONDAY_AFTER, outside_reason="  ")
    assert plan.schedule(plan.own, day=MONDAY_AFTER, outside_reason="带队领导出差").outside_reason == "带队领导出差"


def test_the_day_before_today_is_refused_by_shanghai_s_calendar(plan: Plan) -> None:
    last_second = shanghai(2026, 10, 9, 23, 59, 59)
    assert plan.schedule(plan.own, at=last_second).day == FRIDAY
    with pytest.raises(RuleBroken):
        plan.schedule(plan.foreign, at=shanghai(2026, 10, 10, 0, 0, 0))


def test_a_round_that_is_not_open_is_not_scheduled(plan: Plan) -> None:
    Round.objects.update(status=RoundStatus.CLOSED)
    with pytest.raises(RuleBroken):
        plan.schedule(plan.own)


def test_a_visit_outside_any_round_has_no_window(plan: Plan) -> None:
    visit = VisitFactory(round=None, code="118-extra", team=plan.own.team, area=plan.own.area)
    assert plan.schedule(visit, day=date(2026, 11, 3)).status == VisitStatus.SCHEDULED


def test_moving_a_scheduled_visit_tells_nobody(plan: Plan) -> None:
    move(plan, plan.schedule(plan.own), hour=time(9))
    assert not Message.objects.exists()


def test_moving_an_announced_visit_tells_the_team_and_the_secretary(plan: Plan) -> None:
    plan.schedule(plan.own)
    plan.announce(plan.own)
    Message.objects.all().delete()

    visit = move(plan, plan.own, day=date(2026, 10, 10), hour=time(9, 30), by=plan.district.own["lead"])

    assert visit.status == VisitStatus.ANNOUNCED
    told = set(Message.objects.values_list("recipient__name", flat=True))
    seats = ("party_delegate", "npc_deputy", "cppcc_member", "lawyer", "secretary")
    assert told == {plan.district.own[who].name for who in seats}
    message = Message.objects.first()
    assert message and (message.kind, message.url) == (Kind.VISIT_MOVED, visit.get_absolute_url())
    assert message.facts == {
        "area": "春申坊",
        "code": visit.code,
        "day": "2026-10-10",
        "starts_at": "09:30",
        "venue": "活动室",
        "before": {"day": "2026-10-09", "starts_at": "14:00", "venue": "活动室"},
    }


def test_moving_to_where_it_is_changes_nothing(plan: Plan) -> None:
    visit = plan.schedule(plan.own)
    with pytest.raises(RuleBroken):
        move(plan, visit)


def test_moving_into_the_window_drops_the_old_reason(plan: Plan) -> None:
    visit = plan.schedule(plan.own, day=MONDAY_AFTER, outside_reason="带队领导出差")
    assert move(plan, visit).outside_reason == ""


def test_two_people_moving_one_visit_the_second_gets_a_conflict(plan: Plan) -> None:
    seen = plan.schedule(plan.own).version
    move(plan, plan.own, hour=time(9), version=seen)
    with pytest.raises(Conflict) as conflict:
        move(plan, plan.own, hour=time(16), version=seen)
    assert conflict.value.by == plan.district["coordinator"].name


def test_the_other_team_s_lead_cannot_schedule(plan: Plan) -> None:
    with pytest.raises(PermissionDenied):
        plan.schedule(plan.own, by=plan.district.foreign["lead"])


def test_a_member_replaced_before_the_day_does_not_clash(plan: Plan) -> None:
    share_the_lawyer(plan)
    seat = plan.foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(until_day=date(2026, 10, 8))
    plan.schedule(plan.own)
    assert plan.schedule(plan.foreign).status == VisitStatus.SCHEDULED


class TestMany:
    def placements(self, plan: Plan, count: int) -> list[services.Placement]:
        """`count` areas of one street, each with a team and a room of its own."""
        for n in range(count):
            team = TeamFactory(number=1000 + n)
            seat_person(team, "lead")
            pair(team, AreaFactory(street=plan.own.area.street))
        by = plan.district["coordinator"]
        services.add_missing_visits(round=plan.round, by=by, at=AT)
        visits = plan.round.visits.select_related("area").exclude(pk__in=[plan.own.pk, plan.foreign.pk])
        return [services.Placement(visit, FRIDAY, time(14), f"会议室{visit.pk}") for visit in visits]

    def test_hundreds_are_placed_in_few_queries_with_one_event_each(
        self, plan: Plan, django_assert_max_num_queries
    ) -> None:
        wishes, by = self.placements(plan, 40), plan.district["coordinator"]
        assert by.grants
        with django_assert_max_num_queries(20):
            placed = services.schedule_many(placements=wishes, by=by, at=AT)
        assert {visit.status for visit in placed} == {VisitStatus.SCHEDULED}
        assert all(history_of(visit).first().verb == "schedule" for visit in placed)

    def test_a_clash_inside_the_batch_stops_all_of_it(self, plan: Plan) -> None:
        wishes = self.placements(plan, 3)
        wishes[2] = services.Placement(wishes[2].visit, FRIDAY, time(14, 30), wishes[0].venue)
        with pytest.raises(services.ClashFound):
            services.schedule_many(placements=wishes, by=plan.district["coordinator"], at=AT)
        assert not plan.round.visits.placed().exists()

    def test_two_visits_may_swap_their_places(self, plan: Plan) -> None:
        share_the_lawyer(plan)
        first, second = plan.schedule(plan.own), plan.schedule(plan.foreign, hour=time(9))
        wishes = [
            services.Placement(first, FRIDAY, time(9), "活动室", clash_reason="对调"),
            services.Placement(second, FRIDAY, time(14), "活动室"),
        ]
        services.schedule_many(placements=wishes, by=plan.district["coordinator"], at=AT)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.starts_at, second.starts_at) == (time(9), time(14))

    def test_announced_visits_that_move_are_told(self, plan: Plan) -> None:
        visit = plan.announce(plan.schedule(plan.own))
        Message.objects.all().delete()
        wish = services.Placement(visit, FRIDAY, time(9), "活动室")
        services.schedule_many(placements=[wish], by=plan.district["coordinator"], at=AT)
        assert set(Message.objects.values_list("kind", flat=True)) == {Kind.VISIT_MOVED}

    def test_a_visit_changed_meanwhile_is_a_conflict(self, plan: Plan) -> None:
        wish = services.Placement(plan.own, FRIDAY, time(9), "活动室")
        plan.schedule(plan.own)
        with pytest.raises(Conflict):
            services.schedule_many(placements=[wish], by=plan.district["coordinator"], at=AT)

    def test_nothing_to_place_is_fine(self, plan: Plan) -> None:
        assert services.schedule_many(placements=[], by=plan.district["coordinator"], at=AT) == []
