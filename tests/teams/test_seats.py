from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of, verify
from core.refusals import Conflict, RuleBroken
from notifications.models import Message
from teams import services
from teams.grants import holds
from teams.models import Grant, Membership, Nomination, Seat, User
from teams.permissions import Permission, Role
from tests.factories.teams import LONG_AGO, GrantFactory, UserFactory
from tests.people import District
from tests.teams.conftest import AT

AUGUST = date(2026, 8, 1)


def replace(seat: Seat, user: User, district: District, **changed: object) -> Membership:
    facts = {"from_day": AUGUST, "reason": "换届", "by": district["coordinator"], "at": AT} | changed
    return services.replace_member(seat=seat, user=user, **facts)  # type: ignore[arg-type]


def test_replacing_ends_the_old_membership_the_day_before(district: District, lawyer_seat: Seat) -> None:
    new = replace(lawyer_seat, UserFactory(), district)

    old = lawyer_seat.memberships.get(user=district.own["lawyer"])
    assert (old.from_day, old.until_day) == (LONG_AGO, date(2026, 7, 31))
    assert (new.from_day, new.until_day) == (AUGUST, None)


def test_nobody_shares_a_seat_for_a_day_whatever_the_order_of_changes(district: District, lawyer_seat: Seat) -> None:
    for day in (date(2026, 8, 1), date(2026, 9, 1), date(2027, 1, 1)):
        replace(lawyer_seat, UserFactory(), district, from_day=day)

    terms = list(lawyer_seat.memberships.order_by("from_day"))
    pairs = zip(terms, terms[1:], strict=False)
    assert [(second.from_day - first.until_day).days for first, second in pairs] == [1, 1, 1]


def test_the_new_member_may_record_visits_from_the_first_day_on_and_the_old_one_no_more(
    district: District, lawyer_seat: Seat
) -> None:
    successor = UserFactory()
    replace(lawyer_seat, successor, district, from_day=date(2020, 2, 1))

    assert holds(User.objects.get(pk=successor.pk), Permission.VISIT_RECORD)
    assert not holds(User.objects.get(pk=district.own["lawyer"].pk), Permission.VISIT_RECORD)


def test_open_work_is_handed_over_with_both_people_and_the_day(
    district: District, lawyer_seat: Seat, hand_over: list[dict]
) -> None:
    successor = UserFactory()
    replace(lawyer_seat, successor, district)

    [asked] = hand_over
    assert (asked["seat"], asked["old"], asked["new"]) == (lawyer_seat, district.own["lawyer"], successor)
    assert (asked["day"], asked["by"], asked["at"]) == (AUGUST, district["coordinator"], AT)


def test_what_the_hand_over_did_is_appended_after_the_seat(district: District, lawyer_seat: Seat) -> None:
    replace(lawyer_seat, UserFactory(), district)

    seat_event, team_event = history_of(lawyer_seat).first(), history_of(district.own.team).first()
    assert (seat_event.verb, team_event.verb) == ("replace", "handed_over")
    assert seat_event.seq < team_event.seq
    assert verify() is None


def test_a_first_member_has_nothing_to_take_over(district: District, lawyer_seat: Seat, hand_over: list[dict]) -> None:
    lawyer_seat.memberships.all().delete()
    replace(lawyer_seat, UserFactory(), district)

    assert hand_over == []


def test_both_people_get_a_message_and_nobody_else(district: District, lawyer_seat: Seat) -> None:
    successor = UserFactory(name="陆一鸣")
    replace(lawyer_seat, successor, district)

    messages = Message.objects.all()
    assert {message.recipient_id for message in messages} == {successor.pk, district.own["lawyer"].pk}
    assert messages[0].facts == {
        "team": 118,
        "seat": {"zh": "律师", "en": "Lawyer"},
        "old": "春申lawyer",
        "new": "陆一鸣",
        "day": "2026-08-01",
    }


def test_an_installation_fills_seats_without_messages(district: District, lawyer_seat: Seat) -> None:
    replace(lawyer_seat, UserFactory(), district, by=None)

    assert not Message.objects.exists()


def test_the_event_says_who_came_after_whom_and_why(district: District, lawyer_seat: Seat) -> None:
    successor = UserFactory(name="陆一鸣")
    replace(lawyer_seat, successor, district)

    event = history_of(lawyer_seat).get()
    assert event.actor_id == district["coordinator"].pk
    assert event.payload == {
        "old": district.own["lawyer"].pk,
        "old_name": "春申lawyer",
        "new": successor.pk,
        "new_name": "陆一鸣",
        "day": "2026-08-01",
        "reason": "换届",
    }


@pytest.mark.parametrize("who", ["official", "auditor", "administrator", "organ", "nobody"])
def test_only_the_office_replaces(district: District, lawyer_seat: Seat, who: str) -> None:
    with pytest.raises(PermissionDenied):
        replace(lawyer_seat, UserFactory(), district, by=district[who])


def test_a_lead_cadre_does_not_replace_in_the_own_team(district: District, lawyer_seat: Seat) -> None:
    with pytest.raises(PermissionDenied):
        replace(lawyer_seat, UserFactory(), district, by=district.own["lead"])


def test_an_older_version_of_the_seat_is_refused_and_nothing_changes(district: District, lawyer_seat: Seat) -> None:
    seen = lawyer_seat.version
    first = replace(lawyer_seat, UserFactory(), district, version=seen)

    with pytest.raises(Conflict) as refused:
        replace(lawyer_seat, UserFactory(), district, from_day=date(2026, 9, 1), version=seen)
    assert refused.value.by == "许文君"
    assert lawyer_seat.memberships.get(until_day=None) == first


@pytest.mark.parametrize("day", [LONG_AGO, date(2019, 12, 31)])
def test_a_first_day_before_the_last_change_is_refused(district: District, lawyer_seat: Seat, day: date) -> None:
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, UserFactory(), district, from_day=day)


def test_who_sits_there_cannot_replace_himself(district: District, lawyer_seat: Seat) -> None:
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, district.own["lawyer"], district)


def test_an_auditor_takes_no_seat(district: District, lawyer_seat: Seat) -> None:
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, district["auditor"], district)


def test_somebody_who_becomes_auditor_later_takes_no_open_ended_seat(district: District, lawyer_seat: Seat) -> None:
    soon = GrantFactory(role=Role.AUDITOR, from_day=date(2027, 1, 1)).user

    with pytest.raises(RuleBroken):
        replace(lawyer_seat, soon, district)


def test_a_former_auditor_takes_a_seat(district: District, lawyer_seat: Seat) -> None:
    former = GrantFactory(role=Role.AUDITOR, until_day=date(2026, 7, 31)).user

    assert replace(lawyer_seat, former, district).user == former


def test_a_closed_account_takes_no_seat(district: District, lawyer_seat: Seat) -> None:
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, UserFactory(is_active=False), district)


def test_a_closed_team_takes_nobody(district: District, lawyer_seat: Seat) -> None:
    district.own.team.is_active = False
    district.own.team.save()
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, UserFactory(), district)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_replacement_needs_a_reason(district: District, lawyer_seat: Seat, reason: str) -> None:
    with pytest.raises(RuleBroken):
        replace(lawyer_seat, UserFactory(), district, reason=reason)


def test_an_open_nomination_is_decided_first(district: District, lawyer_seat: Seat) -> None:
    organ = district["organ"]
    services.nominate(seat=lawyer_seat, user=UserFactory(), from_day=AUGUST, reason="换届", by=organ, at=AT)

    with pytest.raises(RuleBroken):
        replace(lawyer_seat, UserFactory(), district)
    assert Nomination.objects.get().status == "proposed"


def test_vacating_ends_the_membership_and_tells_the_member(district: District, lawyer_seat: Seat) -> None:
    office = district["coordinator"]
    services.vacate_seat(seat=lawyer_seat, last_day=date(2026, 7, 31), reason="调走", by=office, at=AT)

    assert lawyer_seat.memberships.get().until_day == date(2026, 7, 31)
    assert Message.objects.get().recipient == district.own["lawyer"]
    assert history_of(lawyer_seat).get().verb == "vacate"


def test_an_empty_seat_cannot_be_vacated(district: District, lawyer_seat: Seat) -> None:
    office = district["coordinator"]
    services.vacate_seat(seat=lawyer_seat, last_day=date(2026, 7, 31), reason="调走", by=office, at=AT)

    with pytest.raises(RuleBroken):
        services.vacate_seat(seat=lawyer_seat, last_day=date(2026, 8, 31), reason="调走", by=office, at=AT)


def test_a_seat_cannot_be_vacated_before_its_member_came(district: District, lawyer_seat: Seat) -> None:
    with pytest.raises(RuleBroken):
        services.vacate_seat(
            seat=lawyer_seat, last_day=date(2019, 12, 31), reason="调走", by=district["coordinator"], at=AT
        )


def test_a_vacated_seat_is_filled_again_and_the_gap_stays(
    district: District, lawyer_seat: Seat, hand_over: list[dict]
) -> None:
    office = district["coordinator"]
    services.vacate_seat(seat=lawyer_seat, last_day=date(2026, 7, 31), reason="调走", by=office, at=AT)
    replace(lawyer_seat, UserFactory(), district, from_day=date(2026, 9, 1))

    assert lawyer_seat.memberships.get(user=district.own["lawyer"]).until_day == date(2026, 7, 31)
    assert hand_over[0]["old"] == district.own["lawyer"]


def test_grants_of_the_old_member_stay(district: District, lawyer_seat: Seat) -> None:
    GrantFactory(user=district.own["lawyer"], role=Role.HANDLER, unit=district.own.unit)
    replace(lawyer_seat, UserFactory(), district)

    assert Grant.objects.get(user=district.own["lawyer"]).until_day is None
