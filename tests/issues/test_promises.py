"""Last time's promises: which issues they are, what is marked, and that an unmarked one keeps the visit open."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from issues import services
from issues.models import Issue, IssueStatus, PromiseMark, Reply
from issues.promises import every_promise_marked, how_many, lines_of, promises_of, promises_with_marks
from issues.services import mark_promise
from issues.story import Story
from notifications.kinds import Kind
from notifications.models import Message
from tests.factories.issues import Journey
from tests.factories.visits import placed_visit, shanghai
from tests.people import District
from visits.models import Visit, VisitStatus
from visits.services import close_visit
from visits.workdays import Workdays

S = IssueStatus
DAY = date(2027, 1, 6)
AT = shanghai(2027, 1, 6, 16)


@pytest.fixture
def visit(district: District) -> Visit:
    return placed_visit(day=DAY, status=VisitStatus.RECORDED, team=district.own.team, area=district.own.area)


@pytest.fixture
def issue(district: District) -> Issue:
    return Journey(district).to(S.IN_PROGRESS, title="还没办好")


def mark(issue: Issue, visit: Visit, by: Any, response: str = "heard", **more: Any) -> PromiseMark:
    return mark_promise(issue=issue, visit=visit, response=response, by=by, at=AT, **more)


# -- Which they are ---------------------------------------------------------------------------------


def test_the_visits_own_issues_are_promises_of_the_next_one(district: District, visit: Visit) -> None:
    Journey(district, at=shanghai(2027, 1, 6, 15)).submitted(visit=visit)
    Journey(district, "foreign").submitted()
    assert list(promises_of(visit)) == []
    later = placed_visit(day=date(2027, 4, 7), team=district.own.team, area=district.own.area, code="later", round=None)
    assert promises_of(later).count() == 1


def test_without_a_visit_on_record_the_newest_quarter_of_the_ledger_counts(district: District, visit: Visit) -> None:
    """An imported ledger: what was open and what ended since those meetings; older quarters that ended are over."""
    newest = Journey(district).to(S.RESOLVED, title="上季度办好")
    Journey(district, at=shanghai(2026, 7, 6, 9)).to(S.RESOLVED, title="早就办好")
    assert list(promises_of(visit)) == [newest]


def test_an_issue_that_ends_after_the_meeting_stays_among_them(district: District, visit: Visit, issue: Issue) -> None:
    journey = Journey(district, at=AT + timedelta(days=1))
    services.resolve_issue(issue=issue, text="办好了", by=journey.handler(issue), at=journey.at, version=None)
    issue.refresh_from_db()
    journey.fed_back(issue)
    assert list(promises_of(visit)) == [issue]


def test_a_promise_carries_the_newest_public_answer(district: District, visit: Visit) -> None:
    Journey(district).to(S.AWAITING_CONFIRMATION)
    assert [promise.answer for promise in promises_with_marks(visit, district.own["lead"])] == ["已划定车位"]


def test_many_cost_as_much_as_one(district: District, visit: Visit, django_assert_num_queries: Any) -> None:
    for n in range(4):
        mark(Journey(district).to(S.IN_PROGRESS, title=f"问题{n}"), visit, district.own["lead"])
    lead = type(district.own["lead"]).objects.get(pk=district.own["lead"].pk)
    assert lead.grants
    with django_assert_num_queries(6):
        assert len(promises_with_marks(visit, lead)) == 4


# -- Marks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "lawyer", "secretary"])
def test_team_and_secretary_mark_and_the_issue_tells_it(
    district: District, visit: Visit, issue: Issue, who: str
) -> None:
    mark(issue, visit, district.own[who], "accepted")
    assert how_many(visit) == (1, 0)
    event = history_of(issue).first()
    assert event is not None
    assert (event.verb, event.payload["visit"]) == ("promise_accepted", visit.code)
    entry = Story(issue, AT, Workdays()).timeline()[0]
    assert "1月6日" in entry.text
    assert lines_of(visit, district.own["lead"])[0].look == "green"


@pytest.mark.parametrize("who", ["street", "department", "pairing_unit"])
def test_desks_do_not_mark(district: District, visit: Visit, issue: Issue, who: str) -> None:
    with pytest.raises(PermissionDenied):
        mark(issue, visit, district.own[who])


def test_the_same_mark_twice_is_one_event(district: District, visit: Visit, issue: Issue) -> None:
    mark(issue, visit, district.own["lead"])
    before = history_of(issue).count()
    mark(issue, visit, district.own["lawyer"])
    assert history_of(issue).count() == before
    assert PromiseMark.objects.get().by == district.own["lead"]


def test_who_saw_no_mark_does_not_overwrite_one(district: District, visit: Visit, issue: Issue) -> None:
    mark(issue, visit, district.own["lead"], "accepted", version=0)
    with pytest.raises(Conflict) as conflict:
        mark(issue, visit, district.own["lawyer"], "objected", version=0)
    assert conflict.value.by == district.own["lead"].name
    mark(issue, visit, district.own["lawyer"], "objected", version=1)
    assert PromiseMark.objects.get().response == "objected"


def test_not_before_the_day_not_after_the_close_and_no_other_issue(
    district: District, visit: Visit, issue: Issue
) -> None:
    lead = district.own["lead"]
    with pytest.raises(RuleBroken):
        mark_promise(issue=issue, visit=visit, response="heard", by=lead, at=AT - timedelta(days=1))
    with pytest.raises(RuleBroken):
        mark(Journey(district, "foreign").submitted(), visit, lead)
    mark(issue, visit, lead)
    close_visit(visit=visit, by=lead, at=AT)
    with pytest.raises(RuleBroken):
        mark(issue, visit, lead, "objected")


def test_an_objection_is_told_once_to_the_desk_with_its_sentence_on_the_issue(
    district: District, visit: Visit, issue: Issue
) -> None:
    lead = district.own["lead"]
    mark(issue, visit, lead, "objected")
    mark(issue, visit, lead, "objected", note="只修了一半", version=1)
    told = Message.objects.filter(kind=Kind.PROMISE_OBJECTED)
    assert [message.recipient for message in told] == [district.own["street"]]
    assert Reply.objects.get(text="只修了一半").public is False
    assert Story(issue, AT, Workdays()).timeline()[0].more == "只修了一半"


def test_an_objection_to_something_that_had_ended_goes_to_the_office(district: District, visit: Visit) -> None:
    mark(Journey(district).to(S.RESOLVED), visit, district.own["lead"], "objected")
    assert {message.recipient for message in Message.objects.filter(kind=Kind.PROMISE_OBJECTED)} == {
        district["coordinator"]
    }


def test_a_note_takes_no_telephone_number(district: District, visit: Visit, issue: Issue) -> None:
    with pytest.raises(RuleBroken):
        mark(issue, visit, district.own["lead"], "objected", note="打13912345678")


# -- Closing and the page ---------------------------------------------------------------------------


def test_an_unmarked_promise_keeps_the_visit_open(district: District, visit: Visit, issue: Issue) -> None:
    lead = district.own["lead"]
    with pytest.raises(RuleBroken, match="1"):
        close_visit(visit=visit, by=lead, at=AT)
    mark(issue, visit, lead)
    assert every_promise_marked(visit) == []
    assert close_visit(visit=visit, by=lead, at=AT).status == VisitStatus.CLOSED


@pytest.fixture
def client(district: District, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    client = Client()
    client.force_login(district.own["lead"])
    return client


def test_closing_says_how_many_and_where_to_mark_them(client: Client, visit: Visit, issue: Issue) -> None:
    page = client.get(f"/visits/{visit.code}/close/").content.decode()
    assert "还有1个没有标记" in page
    assert f'href="/visits/{visit.code}/promises/"' in page
    assert client.post(f"/visits/{visit.code}/close/", {"version": visit.version}).status_code == 422


def test_a_touch_without_scripts_comes_back_to_the_row(client: Client, visit: Visit, issue: Issue) -> None:
    url = f"/visits/{visit.code}/promises/{issue.code}/"
    answer = client.post(url, {"version": 0, "response": "accepted"})
    assert answer.headers["Location"] == f"/visits/{visit.code}/promises/#p-{issue.code}"
    assert client.post(url, {"version": 0, "response": "objected"}).status_code == 422
    assert client.post(url, {"version": 1, "response": "nonsense"}).status_code == 422


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sentence_that_is_refused_stays_to_be_corrected(
    client: Client, visit: Visit, issue: Issue, scripts: bool
) -> None:
    url = f"/visits/{visit.code}/promises/{issue.code}/"
    sent = {"version": 0, "response": "objected", "note": "请打13912345678"}
    page = client.post(url, sent, headers={"HX-Request": "true"} if scripts else {}).content.decode()
    assert "请打13912345678</textarea>" in page
    assert not PromiseMark.objects.exists()


def test_the_way_on_from_an_objection_leads_back_to_the_page(district: District, client: Client, visit: Visit) -> None:
    issue = Journey(district).to(S.AWAITING_CONFIRMATION)
    url = f"/visits/{visit.code}/promises/{issue.code}/"
    row = client.post(url, {"version": 0, "response": "objected"}, headers={"HX-Request": "true"})
    assert row.context["promise"].issue.way_on.url.endswith(f"?next=/visits/{visit.code}/promises/")


def test_a_touch_with_scripts_brings_the_row_and_what_is_left(client: Client, visit: Visit, issue: Issue) -> None:
    url = f"/visits/{visit.code}/promises/{issue.code}/"
    row = client.post(url, {"version": 0, "response": "objected"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="promises-left"' in row
    assert "都标记好了" in row
    assert "居民不认可什么" in row
