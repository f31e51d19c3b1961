"""The first screen of every role: which duties it names, and that each counts the list it opens."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.clock import today
from issues import services
from issues.models import IssueStatus
from teams.models import Nomination, User
from teams.permissions import Role
from tests.dashboard.conftest import NOW, SUBMITTED, Busy, SignIn, visit
from tests.dashboard.pages import length_of_list
from tests.factories.issues import Journey
from tests.factories.teams import GrantFactory, UserFactory
from tests.factories.visits import placed_visit, shanghai
from tests.people import District, build_side
from visits.models import Visit, VisitStatus

PEOPLE = ["coordinator", "official", "auditor", "organ", "administrator", "nobody"]
OWN = ["lead", "party_delegate", "lawyer", "secretary", "street", "street_lead", "department", "pairing_unit"]


def person(district: District, who: str) -> Any:
    return district[who] if who in PEOPLE else district.own[who]


@pytest.fixture
def full(busy: Busy) -> Busy:
    """Everything a duty can be about: a visit without a day, one that was missed, one that lacks its record."""
    for number, (name, status) in enumerate(
        [("梧桐", VisitStatus.UNSCHEDULED), ("天宁", VisitStatus.SCHEDULED), ("华塘", VisitStatus.HELD)], start=300
    ):
        side = build_side(name, number, f"side-{number}", f"区{number}局", f"区{number}委")
        visit(busy.round, side, status)
    journey = Journey(busy.district, at=NOW)
    journey.explanation()
    waiting = journey.to(IssueStatus.IN_PROGRESS)
    services.ask_extension(issue=waiting, reason="等材料", by=journey.handler(waiting), at=NOW, version=None)
    services.ask_lawyer(issue=waiting, by=journey.handler(waiting), at=NOW, version=None)
    Nomination.objects.create(
        seat=busy.district.own.team.seats.get(kind__code="lawyer"),
        user=UserFactory(),
        from_day=today(NOW),
        reason="岗位调整",
        created_by=busy.district["organ"],
        created_at=NOW,
    )
    return busy


def home(client: Client) -> Any:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.context["home"]


@pytest.mark.parametrize("who", [*PEOPLE, *OWN])
def test_every_duty_counts_the_list_it_opens(full: Busy, sign_in: SignIn, who: str) -> None:
    client = sign_in(person(full.district, who))
    for duty in home(client).duties:
        if duty.url.startswith(("/issues/", "/visits/", "/accounts/")):
            assert length_of_list(client, duty.url) == duty.count, duty.title
        else:
            assert client.get(duty.url).status_code == 200, duty.title


def duties(client: Client) -> dict[str, int]:
    return {duty.url: duty.count for duty in home(client).duties}


def test_the_office_has_the_round_and_what_waits_for_a_decision(full: Busy, sign_in: SignIn) -> None:
    found = duties(sign_in(full.district["coordinator"]))
    code = full.round.code
    assert found[f"/rounds/{code}/unscheduled/"] == 1
    assert found[f"/visits/?round={code}&status=missed"] == 2
    assert found[f"/visits/?round={code}&status=overdue"] == 1
    assert found["/nominations/"] == 1
    assert {"/issues/?view=level", "/issues/?view=ruling", "/issues/?view=review", "/issues/?view=extension"} <= set(
        found
    )


def test_unscheduled_and_nominations_are_as_long_as_their_pages(full: Busy, sign_in: SignIn) -> None:
    client = sign_in(full.district["coordinator"])
    page = client.get(f"/rounds/{full.round.code}/unscheduled/").content.decode()
    assert page.count("/schedule/") == 1
    assert len(client.get("/nominations/").context["page"].rows) == 1


def test_clashes_are_as_many_as_on_their_page(full: Busy, sign_in: SignIn) -> None:
    """One lead of two teams, expected in two places at the same hour."""
    soon, lead = timezone.now() + timedelta(days=3), UserFactory(name="两头跑")
    for name, number in (("甲", 401), ("乙", 402)):
        side = build_side(name, number, f"c{number}", f"区{number}办", f"区{number}处")
        side.team.seats.get(kind__code="lead").memberships.update(user=lead)
        visit(full.round, side, VisitStatus.SCHEDULED, soon)
    client = sign_in(full.district["coordinator"])
    address = f"/rounds/{full.round.code}/conflicts/"
    assert duties(client)[address] == client.get(address).content.decode().count('class="cf-it') == 1


def test_the_lead_submits_the_lawyer_writes_and_a_delegate_does_neither(full: Busy, sign_in: SignIn) -> None:
    lead, lawyer, delegate = (duties(sign_in(full.district.own[who])) for who in ("lead", "lawyer", "party_delegate"))
    assert "/issues/?view=returned" in lead and "/issues/?view=returned" not in delegate
    assert "/issues/?view=opinion" in lawyer and "/issues/?view=opinion" not in lead
    assert "/issues/?view=drafts" in delegate


def test_a_desk_has_the_first_rows_of_its_queue(full: Busy, sign_in: SignIn) -> None:
    client = sign_in(full.district.own["street"])
    rows = [one.code for one in home(client).urgent]
    page = client.get("/issues/?view=todo").context["page"]
    queue = [row.code for part in page.rows for row in part.rows]
    assert rows == queue[:6] != []


def test_before_the_meeting_a_team_sees_the_visit_and_whom_to_call(busy: Busy, sign_in: SignIn) -> None:
    side = build_side("梧桐", 310, "wutong", "区教育局", "区水务局")
    visit(busy.round, side, VisitStatus.ANNOUNCED, timezone.now() + timedelta(days=2))
    found = home(sign_in(side["lead"])).next
    assert found.visit.team == side.team
    assert found.call.name == side["secretary"].name
    assert found.tasks == []
    assert home(sign_in(side["secretary"])).next.call.name == side["lead"].name


def test_a_visit_today_is_not_nothing_to_do(busy: Busy, sign_in: SignIn) -> None:
    side = build_side("梧桐", 310, "wutong", "区教育局", "区水务局")
    placed = visit(busy.round, side, VisitStatus.ANNOUNCED, timezone.now())
    Visit.objects.filter(pk=placed.pk).update(starts_at=time(23, 59))
    page = sign_in(side["lawyer"]).get("/").content.decode()
    assert (f"{side['lawyer'].name}, you have a visit today" in page, "nothing is waiting" in page) == (True, False)


def test_the_administrator_counts_those_who_have_a_password(busy: Busy, sign_in: SignIn) -> None:
    User.objects.update(password="!")
    User.objects.filter(pk=busy.district.own["lead"].pk).update(password="set")
    (accounts,) = home(sign_in(busy.district["administrator"])).duties
    assert accounts.detail == "1 account may sign in"


def test_after_the_meeting_the_tasks_come_first(full: Busy, sign_in: SignIn) -> None:
    team = full.round.visits.get(status=VisitStatus.HELD).team
    lead = team.seats.get(kind__code="lead").memberships.get().user
    answer = sign_in(lead).get("/")
    assert [task.title for task in answer.context["home"].next.tasks]
    assert "After the meeting" in answer.content.decode()


def test_what_was_promised_last_time_stands_under_the_next_visit(busy: Busy, sign_in: SignIn) -> None:
    side = busy.district.foreign
    busy.round.visits.filter(team=side.team).update(day=today(NOW) + timedelta(days=3))
    found = home(sign_in(side["secretary"])).next
    assert [line.url for line in found.promises] and found.more_promises == 0


def test_an_official_reads_what_happened_before_being_asked(full: Busy, sign_in: SignIn) -> None:
    fresh = Journey(full.district, at=NOW)
    fresh.submitted(4)
    answer = sign_in(full.district["official"]).get("/")
    assert "issues came in" in answer.content.decode()
    assert "/issues/?view=open&amp;level=4" in answer.content.decode()


def test_a_supplying_organ_counts_only_the_seats_it_fills(district: District, sign_in: SignIn) -> None:
    seat = district.own.team.seats.get(kind__code="lawyer")
    seat.memberships.all().delete()
    district.own.team.seats.get(kind__code="cppcc_member").memberships.all().delete()
    client = sign_in(district["organ"])
    assert duties(client) == {"/coverage/": 1}
    assert len(client.get("/coverage/").context["page"].rows) == 1


def test_somebody_without_a_role_is_told_whom_to_ask(district: District, sign_in: SignIn) -> None:
    assert "You hold no role today" in sign_in(district["nobody"]).get("/").content.decode()


def test_the_chosen_role_decides_which_home_is_shown(full: Busy, sign_in: SignIn) -> None:
    user = full.district["coordinator"]
    GrantFactory(user=user, role=Role.SECRETARY, area=full.district.own.area)
    client = sign_in(user)
    assert (home(client).on_phone, home(client).progress is None) == (False, False)
    client.post("/me/role/", {"role": Role.SECRETARY})
    assert (home(client).on_phone, home(client).progress is None) == (True, True)


@pytest.mark.parametrize("who", ["coordinator", "official", "lead", "secretary", "street", "organ"])
def test_a_home_costs_the_same_however_much_waits(full: Busy, sign_in: SignIn, who: str) -> None:
    client = sign_in(person(full.district, who))
    client.get("/")  # what is kept for a minute is kept now
    Journey(full.district, at=NOW).to(IssueStatus.IN_PROGRESS)
    before = queries_of(client)
    for journey in (Journey(full.district, at=NOW), Journey(full.district, at=SUBMITTED)):
        for status in IssueStatus.values:
            journey.to(status)
    assert queries_of(client) == before
    assert before <= 45


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)


@pytest.mark.parametrize(("days", "words"), [(0, "you have a visit today"), (2, "nothing is waiting for you")])
def test_the_home_says_that_there_is_a_visit_today(
    busy: Busy, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    morning = shanghai(2026, 10, 12, 8)
    side = build_side("梧桐", 310, "wutong", "区教育局", "区水务局")
    day = morning.date() + timedelta(days=days)
    placed_visit(day, status=VisitStatus.ANNOUNCED, round=busy.round, team=side.team, area=side.area)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    assert words in sign_in(side["lead"]).get("/").content.decode()
