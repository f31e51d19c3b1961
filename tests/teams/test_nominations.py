from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.events import history_of, verify
from core.refusals import Conflict, RuleBroken
from notifications.models import Message
from teams import services
from teams.models import Nomination, NominationStatus, Seat, User
from teams.permissions import Role
from teams.transitions import NOMINATION
from tests.factories.teams import GrantFactory, UnitFactory, UserFactory
from tests.people import District
from tests.teams.conftest import AT

AUGUST = date(2026, 8, 1)


def nominate(seat: Seat, by: User, **changed: object) -> Nomination:
    facts = {"user": UserFactory(), "from_day": AUGUST, "reason": "换届", "at": AT} | changed
    return services.nominate(seat=seat, by=by, **facts)  # type: ignore[arg-type]


def test_the_supplying_organ_proposes_and_every_coordinator_hears_of_it(district: District, lawyer_seat: Seat) -> None:
    second = GrantFactory(role=Role.COORDINATOR).user
    nomination = nominate(lawyer_seat, district["organ"])

    assert nomination.status == NominationStatus.PROPOSED
    heard = {message.recipient_id for message in Message.objects.filter(kind="member-nominated")}
    assert heard == {district["coordinator"].pk, second.pk}
    assert history_of(lawyer_seat).get().verb == "nominate"


def test_a_proposal_changes_nothing_on_the_seat(district: District, lawyer_seat: Seat) -> None:
    nominate(lawyer_seat, district["organ"])

    assert lawyer_seat.memberships.get().user == district.own["lawyer"]


def test_an_organ_proposes_only_for_seats_it_supplies(district: District) -> None:
    seat = district.own.team.seats.get(kind__code="npc_deputy")
    with pytest.raises(PermissionDenied):
        nominate(seat, district["organ"])


def test_a_foreign_organ_proposes_nobody(district: District, lawyer_seat: Seat) -> None:
    foreign = GrantFactory(role=Role.SUPPLYING_ORGAN, unit=UnitFactory()).user
    with pytest.raises(PermissionDenied):
        nominate(lawyer_seat, foreign)


@pytest.mark.parametrize("who", ["lead", "lawyer", "secretary", "street", "pairing_unit"])
def test_nobody_of_the_team_or_the_area_proposes(district: District, lawyer_seat: Seat, who: str) -> None:
    with pytest.raises(PermissionDenied):
        nominate(lawyer_seat, district.own[who])


def test_a_second_proposal_for_the_same_seat_is_refused(district: District, lawyer_seat: Seat) -> None:
    nominate(lawyer_seat, district["organ"])

    with pytest.raises(RuleBroken):
        nominate(lawyer_seat, district["coordinator"])


def test_two_proposals_from_the_same_page_conflict(district: District, lawyer_seat: Seat) -> None:
    seen = lawyer_seat.version
    nominate(lawyer_seat, district["organ"], version=seen)

    with pytest.raises(Conflict):
        nominate(lawyer_seat, district["organ"], version=seen)


def test_the_database_refuses_two_open_proposals(district: District, lawyer_seat: Seat) -> None:
    first = nominate(lawyer_seat, district["organ"])
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_approving_puts_the_person_on_the_seat_and_tells_three_people(
    district: District, lawyer_seat: Seat, hand_over: list[dict]
) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    membership = services.approve_nomination(nomination=nomination, by=district["coordinator"], at=AT)

    nomination.refresh_from_db()
    assert (nomination.status, nomination.decided_by, nomination.decided_at) == (
        NominationStatus.APPROVED,
        district["coordinator"],
        AT,
    )
    assert (membership.user, membership.from_day) == (nomination.user, AUGUST)
    assert lawyer_seat.memberships.get(user=district.own["lawyer"]).until_day == date(2026, 7, 31)
    told = {message.recipient_id for message in Message.objects.filter(kind="member-replaced")}
    assert told == {nomination.user_id, district.own["lawyer"].pk, district["organ"].pk}
    assert len(hand_over) == 1
    assert verify() is None


def test_declining_leaves_the_seat_and_tells_the_proposer_why(district: District, lawyer_seat: Seat) -> None:
    nomination = nominate(lawyer_seat, district["organ"], user=UserFactory(name="陆一鸣"))
    services.decline_nomination(nomination=nomination, by=district["coordinator"], at=AT, note="资格不符")

    nomination.refresh_from_db()
    assert (nomination.status, nomination.decision_note) == (NominationStatus.DECLINED, "资格不符")
    assert lawyer_seat.memberships.get().user == district.own["lawyer"]
    message = Message.objects.get(kind="member-declined")
    assert (message.recipient, message.facts["person"], message.facts["note"]) == (
        district["organ"],
        "陆一鸣",
        "资格不符",
    )


def test_declining_needs_a_note(district: District, lawyer_seat: Seat) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    with pytest.raises(RuleBroken):
        services.decline_nomination(nomination=nomination, by=district["coordinator"], at=AT, note=" ")


def test_who_proposed_does_not_decide(district: District, lawyer_seat: Seat) -> None:
    office = district["coordinator"]
    nomination = nominate(lawyer_seat, office)

    with pytest.raises(RuleBroken):
        services.approve_nomination(nomination=nomination, by=office, at=AT)
    with pytest.raises(RuleBroken):
        services.decline_nomination(nomination=nomination, by=office, at=AT, note="不")
    second = GrantFactory(role=Role.COORDINATOR).user
    assert services.approve_nomination(nomination=nomination, by=second, at=AT).user == nomination.user


@pytest.mark.parametrize("who", ["organ", "official", "auditor", "administrator", "nobody"])
def test_only_the_office_decides(district: District, lawyer_seat: Seat, who: str) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    with pytest.raises(PermissionDenied):
        services.approve_nomination(nomination=nomination, by=district[who], at=AT)


@pytest.mark.parametrize("status", NominationStatus.values)
@pytest.mark.parametrize("move", [move.name for move in NOMINATION])
def test_every_move_from_every_status(district: District, lawyer_seat: Seat, status: str, move: str) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    if status != NominationStatus.PROPOSED:
        Nomination.objects.update(status=status, decided_by=district["coordinator"], decided_at=AT)
    service = {"approve": services.approve_nomination, "decline": services.decline_nomination}[move]

    if status in NOMINATION.find(move).sources:
        service(nomination=nomination, by=district["coordinator"], at=AT, note="看过")
        nomination.refresh_from_db()
        assert nomination.status == NOMINATION.find(move).target
    else:
        with pytest.raises(RuleBroken):
            service(nomination=nomination, by=district["coordinator"], at=AT, note="看过")
        nomination.refresh_from_db()
        assert nomination.status == status


def test_deciding_twice_from_the_same_page_conflicts(district: District, lawyer_seat: Seat) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    seen = nomination.version
    services.approve_nomination(nomination=nomination, by=district["coordinator"], at=AT, version=seen)

    with pytest.raises(Conflict):
        services.decline_nomination(nomination=nomination, by=district["coordinator"], at=AT, note="不", version=seen)


def test_a_person_who_became_auditor_meanwhile_is_not_approved(district: District, lawyer_seat: Seat) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    GrantFactory(user=nomination.user, role=Role.AUDITOR)

    with pytest.raises(RuleBroken):
        services.approve_nomination(nomination=nomination, by=district["coordinator"], at=AT)
    nomination.refresh_from_db()
    assert nomination.status == NominationStatus.PROPOSED


def test_an_organ_sees_its_own_proposals_and_the_office_all(district: District, lawyer_seat: Seat) -> None:
    nomination = nominate(lawyer_seat, district["organ"])
    foreign = GrantFactory(role=Role.SUPPLYING_ORGAN, unit=UnitFactory()).user

    for who, seen in ((district["organ"], [nomination]), (district["coordinator"], [nomination]), (foreign, [])):
        assert list(Nomination.objects.visible_to(who)) == seen
