"""Two sides of a record: the secretary confirms or disputes, the lead answers, the office decides on what came late."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from dashboard.homes import home_of
from notifications.kinds import Kind
from notifications.models import Message
from teams.models import User
from teams.permissions import Role
from tests.factories.visits import placed_visit, shanghai
from tests.people import District
from tests.visits.conftest import AFTER, Plan
from visits import services
from visits.confirming import badges, record_settled
from visits.models import Confirmation, Lateness, Visit, VisitStatus
from visits.transitions import CONFIRMATION, LATENESS, TRACKS, Track, beside, change_status, locked

SignIn = Callable[[User], Client]
OWN = "/visits/118-2026q4/"
LATE = shanghai(2026, 10, 13)
COLUMNS = {"confirmation": (CONFIRMATION, Confirmation), "lateness": (LATENESS, Lateness)}
CASES = [
    (column, status, move.name) for column, (machine, enum) in COLUMNS.items() for status in enum for move in machine
]
MOVES = [(column, move.name) for column, (machine, _enum) in COLUMNS.items() for move in machine]
WHO_MAY = {
    "ask": {"lead", "party_delegate", "lawyer"},
    "confirm": {"secretary"},
    "dispute": {"secretary"},
    "answer": {"coordinator", "lead"},
    "report_late": {"lead", "party_delegate", "lawyer"},
    "be_in_time": {"lead", "party_delegate", "lawyer"},
    "accept_late": {"coordinator"},
    "refuse_late": {"coordinator"},
}
ASKING = ["coordinator", "official", "auditor", "lead", "party_delegate", "lawyer", "secretary", "street"]


def person(district: District, who: str) -> User:
    return district[who] if who in district.people else district.own[who]


def visit_with(district: District, column: str, status: str) -> Visit:
    facts = {column: status, "confirm_until": date(2026, 10, 14)}
    return placed_visit(status=VisitStatus.RECORDED, team=district.own.team, area=district.own.area, **facts)


@pytest.fixture
def recorded(plan: Plan) -> Plan:
    """Handed in on Friday the 9th; the secretary has until the 14th."""
    plan.schedule(plan.own)
    plan.own = plan.record(plan.own)
    return plan


def told(kind: Kind) -> set[User]:
    return {message.recipient for message in Message.objects.filter(kind=kind)}


# -- The tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "status", "name"), CASES)
def test_a_move_is_possible_exactly_from_the_statuses_of_its_table(
    district: District, column: str, status: str, name: str
) -> None:
    visit, move = visit_with(district, column, status), COLUMNS[column][0].find(name)
    by = person(district, sorted(WHO_MAY[name])[0])
    if status in move.sources:
        change_status(locked(visit, name, by=by, version=None, note="原因"), name, by=by, at=AFTER, note="原因")
        visit.refresh_from_db()
        event = history_of(visit).get()
        assert (getattr(visit, column), visit.status) == (move.target, VisitStatus.RECORDED)
        assert (event.verb, event.payload["from"], event.payload[column]) == (name, status, move.target)
    else:
        with pytest.raises(RuleBroken):
            locked(visit, name, by=by, version=None, note="原因")


@pytest.mark.parametrize(("column", "name"), MOVES)
@pytest.mark.parametrize("who", ASKING)
def test_a_move_is_open_to_exactly_those_who_may(district: District, column: str, name: str, who: str) -> None:
    move = COLUMNS[column][0].find(name)
    visit, by = visit_with(district, column, sorted(move.sources)[0]), person(district, who)
    assert (name in beside(visit, by)) == (who in WHO_MAY[name])
    if who not in WHO_MAY[name]:
        with pytest.raises(PermissionDenied):
            locked(visit, name, by=by, version=None, note="原因")


def test_names_of_moves_belong_to_one_table_each() -> None:
    tracks: tuple[Track, ...] = TRACKS[Visit]
    names = [move.name for track in tracks for move in track.machine]
    assert len(names) == len(set(names))


# -- The secretary -------------------------------------------------------------------------------------


def test_the_secretary_is_asked_and_confirms(recorded: Plan) -> None:
    visit, secretary = recorded.own, recorded.district.own["secretary"]
    assert (visit.confirmation, visit.confirm_until) == (Confirmation.WAITING, date(2026, 10, 14))
    assert told(Kind.RECORD_TO_CONFIRM) == {secretary}
    visit = services.confirm_record(visit=visit, by=secretary, at=AFTER, version=visit.version)
    assert (visit.confirmation, visit.confirmed_by, visit.confirmed_at) == (Confirmation.CONFIRMED, secretary, AFTER)
    assert record_settled(visit) == []


@pytest.mark.parametrize(
    ("at", "in_time"), [(shanghai(2026, 10, 14, 23, 59, 59), True), (shanghai(2026, 10, 15, 0, 0, 0), False)]
)
def test_after_the_days_it_counts_as_not_confirmed_and_blocks_nothing(
    recorded: Plan, at: datetime, in_time: bool
) -> None:
    visit, secretary = recorded.own, recorded.district.own["secretary"]
    day = date(2026, 10, 14) if in_time else date(2026, 10, 15)
    assert Visit.objects.to_confirm(day).exists() is in_time
    assert Visit.objects.unconfirmed(day).exists() is not in_time
    assert [badge.tone for badge in badges(visit, day)] == (["blue"] if in_time else [""])
    assert record_settled(visit) == []
    if in_time:
        services.confirm_record(visit=visit, by=secretary, at=at)
    else:
        for call in (services.confirm_record, services.dispute_record):
            with pytest.raises(RuleBroken):
                call(visit=visit, by=secretary, at=at, **({"note": "不对"} if call is services.dispute_record else {}))


def test_the_days_are_the_round_s(plan: Plan) -> None:
    plan.schedule(plan.own)
    plan.round.confirm_days = 2
    plan.round.save()
    assert plan.record(Visit.objects.get(pk=plan.own.pk)).confirm_until == date(2026, 10, 11)


def test_a_dispute_goes_to_the_lead_who_corrects(recorded: Plan) -> None:
    visit, own = recorded.own, recorded.district.own
    visit = services.dispute_record(visit=visit, note="来了16位，不是28位。", by=own["secretary"], at=AFTER)
    assert told(Kind.RECORD_DISPUTED) == {own["lead"]}
    assert [obstacle.url for obstacle in record_settled(visit)] == [f"{OWN}answer/"]
    with pytest.raises(RuleBroken):
        services.close_visit(visit=visit, by=own["lead"], at=AFTER)
    visit = recorded.record(visit, at=shanghai(2026, 10, 11), residents_count=16)
    assert (visit.confirmation, visit.confirm_until) == (Confirmation.WAITING, date(2026, 10, 16))
    assert (visit.dispute_words, visit.confirmed_by) == ("来了16位，不是28位。", None)
    assert record_settled(visit) == []


def test_a_dispute_is_answered_and_the_secretary_asked_again(recorded: Plan) -> None:
    visit, own = recorded.own, recorded.district.own
    visit = services.dispute_record(visit=visit, note="人数不对", by=own["secretary"], at=AFTER)
    later = shanghai(2026, 10, 13)
    visit = services.answer_dispute(visit=visit, note="按签到表数的", by=own["lead"], at=later)
    assert (visit.confirmation, visit.confirm_until) == (Confirmation.WAITING, date(2026, 10, 18))
    assert Message.objects.filter(kind=Kind.RECORD_TO_CONFIRM, recipient=own["secretary"]).count() == 2
    visit = services.confirm_record(visit=visit, by=own["secretary"], at=later)
    assert (visit.dispute_words, visit.dispute_answer) == ("", "")
    verbs = list(history_of(visit).values_list("verb", flat=True)[:4])
    assert verbs == ["confirm", "answer", "dispute", "record"]


def test_a_record_changed_after_it_was_confirmed_is_asked_about_again(recorded: Plan) -> None:
    visit, secretary = recorded.own, recorded.district.own["secretary"]
    seen = visit.version
    services.confirm_record(visit=visit, by=secretary, at=AFTER)
    visit = recorded.record(visit, residents_count=99)
    assert (visit.confirmation, visit.confirmed_by) == (Confirmation.WAITING, None)
    with pytest.raises(Conflict):
        services.confirm_record(visit=visit, by=secretary, at=AFTER, version=seen)


def test_words_are_needed_and_carry_no_number(recorded: Plan) -> None:
    for note in ("  ", "王阿姨13912345678说的"):
        with pytest.raises(RuleBroken):
            services.dispute_record(visit=recorded.own, note=note, by=recorded.district.own["secretary"], at=AFTER)


def test_the_secretary_of_another_area_has_no_say(recorded: Plan) -> None:
    with pytest.raises(PermissionDenied):
        services.confirm_record(visit=recorded.own, by=recorded.district.foreign["secretary"], at=AFTER)


# -- Late records --------------------------------------------------------------------------------------


def late(plan: Plan, **fields: object) -> Visit:
    plan.schedule(plan.own)
    return plan.record(plan.own, at=LATE, **({"late_reason": "手机坏了"} | fields))


def test_a_late_record_waits_for_the_office_and_keeps_the_visit_open(plan: Plan) -> None:
    visit, office = late(plan), plan.district["coordinator"]
    assert (visit.lateness, visit.late_reason) == (Lateness.WAITING, "手机坏了")
    assert told(Kind.RECORD_LATE) == {office}
    assert len(record_settled(visit)) == 1
    visit = services.accept_late(visit=visit, by=office, at=LATE, version=visit.version)
    assert (visit.lateness, visit.late_decided_by, record_settled(visit)) == (Lateness.ACCEPTED, office, [])
    assert told(Kind.LATE_DECIDED) == {plan.district.own["lead"]}
    assert plan.record(visit, residents_count=29, at=LATE).lateness == Lateness.ACCEPTED


def test_a_refused_late_record_stays_marked_and_may_come_again_with_a_reason(plan: Plan) -> None:
    visit, office = late(plan), plan.district["coordinator"]
    with pytest.raises(RuleBroken):
        services.refuse_late(visit=visit, note="", by=office, at=LATE)
    visit = services.refuse_late(visit=visit, note="理由不清楚", by=office, at=LATE)
    assert (visit.lateness, visit.late_answer, record_settled(visit)) == (Lateness.REFUSED, "理由不清楚", [])
    visit = plan.record(visit, at=LATE, late_reason="住院了，出院当天补的")
    assert (visit.lateness, visit.late_decided_by, visit.late_answer) == (Lateness.WAITING, None, "")


def test_without_a_reason_a_late_record_is_not_taken(plan: Plan, as_user: SignIn, clock: Callable[..., None]) -> None:
    plan.schedule(plan.own)
    clock(LATE)
    facts = {"visit": plan.own, "by": plan.district.own["lead"], "at": LATE}
    with pytest.raises(RuleBroken):
        services.record_visit(record=services.Record(residents_count=28), **facts)  # type: ignore[arg-type]
    record = services.Record(residents_count=28, late_reason="忘了")
    assert services.record_visit(record=record, **facts).lateness == Lateness.WAITING  # type: ignore[arg-type]


def test_a_record_in_time_asks_for_no_reason_and_takes_none(recorded: Plan) -> None:
    assert (recorded.own.lateness, recorded.own.late_reason) == (Lateness.NONE, "")
    visit = recorded.record(recorded.own, at=shanghai(2026, 11, 1), late_reason="没有迟")
    assert (visit.lateness, visit.late_reason) == (Lateness.NONE, "")


# -- Pages and homes -----------------------------------------------------------------------------------


def duties(user: User, role: str, at: datetime) -> list[str]:
    return [duty.url for duty in home_of(User.objects.get(pk=user.pk), role, at).duties]


def test_each_home_shows_what_is_to_be_done_about_a_record(recorded: Plan) -> None:
    visit, own = recorded.own, recorded.district.own
    confirm, answer = f"{OWN}confirm/", f"{OWN}answer/"
    assert duties(own["secretary"], Role.SECRETARY, AFTER)[0] == confirm
    assert confirm not in duties(own["secretary"], Role.SECRETARY, shanghai(2026, 10, 15))
    assert answer not in duties(own["lead"], Role.TEAM_LEAD, AFTER)
    services.dispute_record(visit=visit, note="人数不对", by=own["secretary"], at=AFTER)
    assert confirm not in duties(own["secretary"], Role.SECRETARY, AFTER)
    assert duties(own["lead"], Role.TEAM_LEAD, AFTER)[0] == answer
    assert answer not in duties(own["lawyer"], Role.LAWYER, AFTER)


def test_the_office_s_home_counts_late_records(plan: Plan) -> None:
    office = plan.district["coordinator"]
    assert "/visits/?status=late" not in duties(office, Role.COORDINATOR, LATE)
    late(plan)
    assert "/visits/?status=late" in duties(office, Role.COORDINATOR, LATE)


def test_the_secretary_disputes_on_the_page_and_the_lead_answers(
    recorded: Plan, as_user: SignIn, clock: Callable[..., None]
) -> None:
    clock(AFTER)
    own = recorded.district.own
    secretary, lead = as_user(own["secretary"]), as_user(own["lead"])
    assert f"{OWN}confirm/" in secretary.get(OWN).content.decode()
    sent = {"version": recorded.own.version, "verdict": "no", "words": ""}
    assert secretary.post(f"{OWN}confirm/", sent).status_code == 422
    assert secretary.post(f"{OWN}confirm/", sent | {"words": "人数不对"}).status_code == 302
    page = lead.get(f"{OWN}answer/").content.decode()
    assert "人数不对" in page and f"{OWN}record/" in page
    sent = {"version": recorded.own.version + 1, "note": "按签到表数的"}
    assert lead.post(f"{OWN}answer/", sent).status_code == 302
    assert "按签到表数的" in secretary.get(f"{OWN}confirm/").content.decode()
    sent = {"version": recorded.own.version + 2, "verdict": "yes", "words": ""}
    assert secretary.post(f"{OWN}confirm/", sent).status_code == 302
    assert "书记已确认" in lead.get(OWN).content.decode()


def test_the_form_asks_why_only_when_it_is_late_and_the_office_decides(
    plan: Plan, as_user: SignIn, clock: Callable[..., None]
) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    assert "late_reason" not in as_user(plan.district.own["lead"]).get(f"{OWN}record/").content.decode()
    clock(LATE)
    lead, office = as_user(plan.district.own["lead"]), as_user(plan.district["coordinator"])
    assert "late_reason" in lead.get(f"{OWN}record/").content.decode()
    sent = {"version": 2, "came": plan.seats(plan.own), "residents_count": "28", "held_on": "2026-10-09"}
    assert lead.post(f"{OWN}record/", sent).status_code == 422
    assert lead.post(f"{OWN}record/", sent | {"late_reason": "手机坏了"}).status_code == 302
    assert "迟报" in office.get("/visits/?status=late").content.decode()
    assert lead.get(f"{OWN}late/").status_code == 403
    assert office.post(f"{OWN}late/", {"version": 3, "verdict": "yes", "words": ""}).status_code == 302
    plan.own.refresh_from_db()
    assert plan.own.lateness == Lateness.ACCEPTED
