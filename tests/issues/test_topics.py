"""What was collected before the meeting is written down as an issue with one touch, and only once."""

import pytest
from django.test import Client

from core.refusals import RuleBroken
from issues.models import Issue
from issues.services import log_topic
from tests.factories.issues import MONDAY, four_levels
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Topic, Visit


@pytest.fixture
def topic(district: District) -> Topic:
    four_levels()
    visit = placed_visit(team=district.own.team, area=district.own.area, status="held")
    return Topic.objects.create(visit=visit, text="西门外停车", by=district.own["secretary"], at=MONDAY)


def test_a_topic_becomes_a_draft_once(district: District, topic: Topic) -> None:
    issue = log_topic(topic=topic, by=district.own["lawyer"], at=MONDAY)
    assert (issue.original_text, issue.visit, issue.status) == ("西门外停车", topic.visit, "draft")
    with pytest.raises(RuleBroken):
        log_topic(topic=topic, by=district.own["lead"], at=MONDAY)
    assert Issue.objects.count() == 1


def test_the_list_of_issues_offers_the_topics_until_they_are_written_down(district: District, topic: Topic) -> None:
    client = Client()
    client.force_login(district.own["lead"])
    page = f"/visits/{topic.visit.code}/issues/"
    assert "西门外停车" in client.get(page).content.decode()
    answer = client.post(f"{page}topics/{topic.pk}/")
    assert answer.headers["Location"] == f"{page}{Issue.objects.get().pk}/edit/"
    assert f"topics/{topic.pk}/" not in client.get(page).content.decode()


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_after_the_visit_is_over_no_topic_becomes_an_issue(district: District, topic: Topic, status: str) -> None:
    Visit.objects.filter(pk=topic.visit_id).update(status=status)
    with pytest.raises(RuleBroken, match="走访已经结束"):
        log_topic(topic=topic, by=district.own["lead"], at=MONDAY)
    topic.refresh_from_db()
    assert (Issue.objects.count(), topic.taken_at) == (0, None)


def test_a_topic_taken_out_meanwhile_is_said_to_be_gone(district: District, topic: Topic) -> None:
    Topic.objects.all().delete()
    with pytest.raises(RuleBroken, match="删掉"):
        log_topic(topic=topic, by=district.own["lead"], at=MONDAY)
