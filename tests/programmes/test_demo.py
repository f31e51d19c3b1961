"""The demonstration: a district that could be real, whatever the day."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.events import verify
from issues.counters import differences
from issues.models import Issue, IssueStatus
from programmes.demo import PASSWORD, build, sign_ins
from programmes.demo.build import window_around
from teams.models import Team, User
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


def test_without_a_demonstration_there_are_no_sign_ins(db: None, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="There is no demonstration"):
        call_command("demo_sign_ins")
