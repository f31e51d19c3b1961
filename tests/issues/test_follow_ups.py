"""Follow-up visits: which issues are looked at again, and what comes of it."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from issues.closing import every_follow_up_seen
from issues.models import FollowUp, Issue, IssueStatus, Outcome
from issues.services import plan_follow_up, write_outcome
from issues.slips import token_of
from tests.factories.issues import Journey
from tests.factories.visits import VisitKindFactory
from tests.people import District
from visits.models import Purpose, Visit, VisitRequest, VisitStatus


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def journey(district: District, at) -> Journey:
    VisitKindFactory(code="followup", in_round=False, purpose=Purpose.FOLLOW_UP, name_zh="回访")
    return Journey(district, "own", at - timedelta(days=30))


def planned(district: District, issues: list[Issue], at) -> Visit:
    return plan_follow_up(issues=issues, team=district.own.team, by=district.own["lead"], at=at)


def held(visit: Visit) -> Visit:
    fields = {"status": VisitStatus.HELD, "day": date(2026, 1, 5), "starts_at": time(14), "part": "afternoon"}
    Visit.objects.filter(pk=visit.pk).update(**fields)
    visit.refresh_from_db()
    return visit


def write(row: FollowUp, district: District, at, outcome: str = Outcome.IN_ORDER, note: str = "", who: str = "lead"):
    row.refresh_from_db()
    return write_outcome(follow_up=row, outcome=outcome, note=note, by=district.own[who], at=at, version=row.version)


def test_a_follow_up_visit_takes_its_issues_along(district: District, journey: Journey, at) -> None:
    issue = journey.submitted()
    visit = planned(district, [issue], at)
    assert (visit.kind.purpose, visit.area) == (Purpose.FOLLOW_UP, issue.area)
    assert [row.issue for row in visit.follow_ups.all()] == [issue]
    assert history_of(issue)[0].verb == "follow_up"


def test_it_needs_issues_of_one_area_that_were_submitted(district: District, journey: Journey, at) -> None:
    with pytest.raises(RuleBroken, match="至少"):
        planned(district, [], at)
    with pytest.raises(RuleBroken, match="已提交"):
        planned(district, [journey.draft()], at)
    foreign = Journey(district, "foreign", at - timedelta(days=30)).submitted()
    with pytest.raises(RuleBroken, match="一个居民区"):
        planned(district, [journey.submitted(), foreign], at)
    assert not Visit.objects.filter(kind__purpose=Purpose.FOLLOW_UP).exists()


def test_what_is_in_order_stays_closed(district: District, journey: Journey, at) -> None:
    issue = journey.to(IssueStatus.RESOLVED)
    visit = held(planned(district, [issue], at))
    write(visit.follow_ups.get(), district, at)
    issue.refresh_from_db()
    assert issue.status == IssueStatus.RESOLVED
    assert visit.follow_ups.get().found == Outcome.IN_ORDER


def test_what_was_closed_and_is_not_in_order_goes_back_to_its_desk(district: District, journey: Journey, at) -> None:
    issue = journey.to(IssueStatus.RESOLVED)
    visit = held(planned(district, [issue], at))
    write(visit.follow_ups.get(), district, at, Outcome.NOT_IN_ORDER, "灯又坏了")
    issue.refresh_from_db()
    assert issue.status == IssueStatus.IN_PROGRESS
    assert {event.verb for event in history_of(issue)[:2]} == {"reopen", "followed_up"}


def test_what_is_not_in_order_needs_words(district: District, journey: Journey, at) -> None:
    visit = held(planned(district, [journey.submitted()], at))
    with pytest.raises(RuleBroken, match="没有办好"):
        write(visit.follow_ups.get(), district, at, Outcome.PARTLY)
    assert visit.follow_ups.get().outcome == ""


def test_nothing_is_written_before_the_visit_or_after_it_is_closed(district: District, journey: Journey, at) -> None:
    visit = planned(district, [journey.submitted()], at)
    with pytest.raises(RuleBroken, match="开始后"):
        write(visit.follow_ups.get(), district, at)
    held(visit)
    Visit.objects.filter(pk=visit.pk).update(status=VisitStatus.CLOSED)
    with pytest.raises(RuleBroken, match="已办结"):
        write(visit.follow_ups.get(), district, at)


def test_somebody_else_writing_meanwhile_is_not_overwritten(district: District, journey: Journey, at) -> None:
    visit = held(planned(district, [journey.submitted()], at))
    row = visit.follow_ups.get()
    write(FollowUp.objects.get(pk=row.pk), district, at, who="lawyer")
    with pytest.raises(Conflict):
        write_outcome(
            follow_up=row, outcome=Outcome.PARTLY, note="半好", by=district.own["lead"], at=at, version=row.version
        )
    assert FollowUp.objects.get(pk=row.pk).outcome == Outcome.IN_ORDER


def test_a_refusal_stands_at_the_field_only_when_the_words_are_missing(
    district: District, journey: Journey, at, client
) -> None:
    visit = held(planned(district, [journey.submitted()], at))
    row = visit.follow_ups.get()
    page = reverse("issues:follow_up_outcome", args=[visit.code, row.issue.code])
    client.force_login(district.own["lead"])
    sent = {"outcome": Outcome.NOT_IN_ORDER, "note": "", "version": row.version}
    assert list(client.post(page, sent).context["form"].errors) == ["note"]
    Visit.objects.filter(pk=visit.pk).update(status=VisitStatus.CLOSED)
    sent["outcome"] = Outcome.IN_ORDER
    assert list(client.post(page, sent).context["form"].errors) == ["__all__"]


def test_only_the_team_writes_what_it_found(district: District, journey: Journey, at) -> None:
    visit = held(planned(district, [journey.submitted()], at))
    for who in ("secretary", "street"):
        with pytest.raises(PermissionDenied):
            write(visit.follow_ups.get(), district, at, who=who)


def test_a_visit_closes_once_every_issue_was_looked_at(district: District, journey: Journey, at) -> None:
    visit = held(planned(district, [journey.submitted(), journey.submitted()], at))
    assert len(every_follow_up_seen(visit)) == 1
    for row in visit.follow_ups.all():
        write(row, district, at)
    assert every_follow_up_seen(visit) == []


def test_a_resident_asks_for_a_visit_from_the_page_of_the_slip(district: District, journey: Journey, client) -> None:
    page = f"/t/{token_of(journey.submitted())}/"
    assert client.post(f"{page}visit/", {"words": "想请团队来看看"}).status_code == 302
    assert VisitRequest.objects.get().source == "resident"
    assert "约请" in client.get(page).content.decode()
    assert client.post(f"{page}visit/", {"words": "再问一次"}).status_code == 422
    assert VisitRequest.objects.count() == 1
