"""The demonstration: a district that could be real, whatever the day."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.events import verify
from issues.counters import differences
from issues.models import Issue, IssueStatus
from programmes.demo import PASSWORD, build, cast, sign_ins
from programmes.demo.build import window_around
from teams.models import Grant, Pairing, Seat, Team, User
from teams.permissions import Role
from teams.services import end_pairing, replace_member, vacate_seat
from tests.factories.teams import UnitFactory, UserFactory
from tests.programmes.conftest import AT
from tools.prepare import write_sign_ins
from visits.models import Round, Visit, VisitStatus


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 10)),
        (date(2026, 10, 10), date(2026, 10, 1), date(2026, 10, 10)),
        (date(2026, 10, 11), date(2026, 10, 8), date(2026, 10, 17)),
        (date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 6)),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 10)),
    ],
)
def test_the_window_is_the_programmes_or_begins_three_days_ago(today: date, first: date, last: date) -> None:
    assert window_around(today) == (first, last)


@pytest.mark.slow
def test_the_whole_year_is_told_through_the_services(db: None) -> None:
    now = timezone.now()
    build(now=now, stage="assessed")
    assert Team.objects.count() == 307
    assert Visit.objects.filter(round=Round.objects.get()).count() == 307
    assert set(Visit.objects.values_list("status", flat=True)) >= {VisitStatus.UNSCHEDULED}
    assert Issue.objects.filter(quarter="26Q2", status=IssueStatus.RESOLVED).count() > 448
    assert not Issue.objects.filter(submitted_at__gt=now).exists()
    assert differences() == []
    assert verify() is None
    roles = {person.role: User.objects.get(pk=person.user.pk).grants[0].role for person in sign_ins()}
    assert roles["team lead"] == "team_lead"
    assert len(roles) == 15
    assert all(person.user.check_password(PASSWORD) for person in sign_ins())


def test_the_demonstration_is_refused_on_a_real_site(db: None) -> None:
    for command in ("make_demo", "demo_sign_ins"):
        with pytest.raises(CommandError, match="DEBUG=1"):
            call_command(command)
    assert not User.objects.exists()


def test_the_demonstration_never_mixes_with_other_data(imported: object, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="There are teams already"):
        call_command("make_demo")
    call_command("make_demo", if_empty=True, stdout=StringIO())
    assert Team.objects.count() == 3


def test_a_moment_to_come_is_refused(db: None, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="still to come"):
        call_command("make_demo", "--at", "2999-01-01")


def test_without_a_demonstration_the_list_of_sign_ins_is_empty(
    imported: object, settings: object, tmp_path: Path
) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    said, listed = StringIO(), StringIO()
    call_command("demo_sign_ins", stdout=listed, stderr=said)
    assert (listed.getvalue(), "Nobody of the demonstration" in said.getvalue()) == ("", True)
    write_sign_ins(tmp_path / "sign-ins.txt")
    assert (tmp_path / "sign-ins.txt").read_text() == ""


# -- Who is shown, after people have used the demonstration ------------------------------------------


@pytest.fixture
def small_demonstration(imported: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration's people in the small district."""
    UnitFactory(name=cast.ORGAN)
    monkeypatch.setattr(cast, "AREA", "春申坊")
    cast.arrive(AT)


def roles_shown() -> list[str]:
    return [person.role for person in sign_ins()]


def test_one_of_each_role_is_shown(small_demonstration: None) -> None:
    assert len(set(roles_shown())) == 15


def test_a_seat_that_fell_vacant_is_left_out_of_the_sign_ins(small_demonstration: None) -> None:
    before = roles_shown()
    seat = Seat.objects.get(team__number=1, kind__code="lead")
    vacate_seat(seat=seat, last_day=AT.date(), reason="调动", by=None, at=AT)
    assert roles_shown() == [role for role in before if role != "team lead"]


def test_whoever_followed_without_the_password_is_left_out_of_the_sign_ins(small_demonstration: None) -> None:
    seat = Seat.objects.get(team__number=1, kind__code="lawyer")
    replace_member(seat=seat, user=UserFactory(), from_day=date(2026, 9, 22), reason="调动", by=None, at=AT)
    assert "lawyer" not in roles_shown()


def test_an_area_without_a_team_leaves_out_its_team_and_its_unit(small_demonstration: None) -> None:
    before = roles_shown()
    end_pairing(pairing=Pairing.objects.get(area__name="春申坊"), last_day=AT.date(), by=None, at=AT)
    gone = {"team lead", "team member", "lawyer", "pairing unit handler"}
    assert roles_shown() == [role for role in before if role not in gone]


def test_a_desk_nobody_has_and_a_closed_account_are_left_out(small_demonstration: None) -> None:
    Grant.objects.filter(role__in=[Role.SECRETARY, Role.HANDLER]).update(until_day=AT.date())
    User.objects.filter(phone=cast.AUDITOR.phone).update(is_active=False)
    left = {"secretary", "street handler", "department handler", "pairing unit handler", "auditor"}
    assert left.isdisjoint(roles_shown())
    assert "administrator" in roles_shown()
