"""What was collected before the meeting is written down as an issue with one touch, and only once."""

import pytest
from django.test import Client

from core.refusals import RuleBroken
from issues.models import Issue
from issues.services import log_topic
from tests.factories.issues import MONDAY, four_levels
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Topic


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
