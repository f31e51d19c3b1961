"""Checking, submitting and what the page says afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from core.templatetags.core import zhdate
from issues.models import Issue
from issues.services import change_draft, log_issue, submit_issues
from tests.factories.issues import CategoryFactory, four_levels
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Visit

KEY = "5c1cbb1e-6a38-4f0e-9a6e-0b8b4b2f7c11"


@pytest.fixture
def visit(district: District) -> Visit:
    four_levels()
    return placed_visit(team=district.own.team, area=district.own.area, status="held")


def address(name: str, visit: Visit) -> str:
    return reverse(f"issues:{name}", args=[visit.code])


def complete(visit: Visit, by: Any, level: int | None = 2, text: str = "车位太少") -> Issue:
    return log_issue(
        area=visit.area,
        visit=visit,
        by=by,
        at=timezone.now(),
        original_text=text,
        category=CategoryFactory(),
        level=four_levels()[level] if level else None,
        level_unsure=level is None,
    )


def bare(visit: Visit, by: Any) -> Issue:
    return log_issue(area=visit.area, visit=visit, by=by, at=timezone.now(), original_text="物业费涨了")


def submit(client: Client, visit: Visit, **fields: str) -> Any:
    """Open the page and press its button."""
    page = client.get(address("check", visit))
    return client.post(address("check", visit), {"seen": page.context["seen"], **fields})


def test_the_page_lists_what_is_missing_with_a_way_to_each_card(
    district: District, visit: Visit, client: Client
) -> None:
    complete(visit, district.own["lead"])
    gap = bare(visit, district.own["lawyer"])
    client.force_login(district.own["lead"])
    page = client.get(address("check", visit))
    text = page.content.decode()
    assert page.context["gaps"] == 2
    assert f'href="#issue-{gap.pk}"' in text
    assert f'id="issue-{gap.pk}"' in text


def test_the_lead_submits_everything_at_once(district: District, visit: Visit, client: Client) -> None:
    for who in ("lead", "lawyer", "secretary"):
        complete(visit, district.own[who])
    client.force_login(district.own["lead"])
    answer = submit(client, visit)
    assert answer.url == address("submitted", visit)
    assert set(Issue.objects.values_list("status", flat=True)) == {"assigned"}
    assert client.get(answer.url).context["all_slips"] == 3


def test_nothing_is_submitted_while_one_lacks_something(district: District, visit: Visit, client: Client) -> None:
    complete(visit, district.own["lead"])
    bare(visit, district.own["lead"])
    client.force_login(district.own["lead"])
    assert submit(client, visit).status_code == 422
    assert set(Issue.objects.values_list("status", flat=True)) == {"draft"}


@pytest.mark.parametrize("who", ["lawyer", "party_delegate", "secretary"])
def test_others_look_but_do_not_submit(district: District, visit: Visit, client: Client, who: str) -> None:
    complete(visit, district.own[who])
    client.force_login(district.own[who])
    page = client.get(address("check", visit))
    assert not page.context["may_submit"]
    assert client.post(address("check", visit), {"seen": page.context["seen"]}).status_code == 403
    assert Issue.objects.get().status == "draft"


def test_what_was_added_meanwhile_is_not_submitted_unread(district: District, visit: Visit, client: Client) -> None:
    complete(visit, district.own["lead"])
    client.force_login(district.own["lead"])
    seen = client.get(address("check", visit)).context["seen"]
    complete(visit, district.own["lawyer"])
    assert client.post(address("check", visit), {"seen": seen}).status_code == 422
    assert set(Issue.objects.values_list("status", flat=True)) == {"draft"}


def test_what_changed_between_looking_and_locking_is_not_submitted(
    district: District, visit: Visit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = complete(visit, district.own["lead"])
    client.force_login(district.own["lead"])
    seen = client.get(address("check", visit)).context["seen"]

    def after_a_colleague(**asked: Any) -> Any:
        change_draft(issue=issue, by=district.own["lawyer"], at=timezone.now(), version=None, original_text="别的事")
        return submit_issues(**asked)

    monkeypatch.setattr("issues.views.check.submit_issues", after_a_colleague)
    answer = client.post(address("check", visit), {"seen": seen})
    issue.refresh_from_db()
    assert (answer.status_code, issue.status) == (422, "draft")
    assert "别的事" in answer.content.decode()


def test_submitting_twice_gives_numbers_once(district: District, visit: Visit, client: Client) -> None:
    complete(visit, district.own["lead"])
    client.force_login(district.own["lead"])
    seen = client.get(address("check", visit)).context["seen"]
    answers = [client.post(address("check", visit), {"seen": seen, "form_key": KEY}) for _each in range(2)]
    assert answers[0].url == answers[1].url
    assert Issue.objects.get().code.endswith("-0001")


def test_an_empty_list_has_nothing_to_submit(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    assert client.get(address("check", visit)).status_code == 200
    assert submit(client, visit).status_code == 422


def test_the_answer_names_the_numbers_and_who_does_what_by_when(
    district: District, visit: Visit, client: Client
) -> None:
    complete(visit, district.own["lead"], level=2)
    complete(visit, district.own["lead"], level=None)
    client.force_login(district.own["lead"])
    page = client.get(submit(client, visit).url)
    first, second = Issue.objects.order_by("code")
    text = page.content.decode()
    assert first.code in text
    assert second.code in text
    assert len(page.context["steps"]) == 2
    assert "春申街道" in page.context["steps"][0]


def test_the_day_from_which_the_time_runs_is_true_tomorrow(
    district: District, visit: Visit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(visit, district.own["lead"], level=None)
    client.force_login(district.own["lead"])
    submit(client, visit)
    now = timezone.now()
    words = f"时限从{zhdate(today(now))}算起"
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    client.force_login(district.own["lead"])
    assert words in client.get(address("submitted", visit)).content.decode()


def test_the_answer_shows_the_last_batch_only(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    complete(visit, district.own["lead"])
    submit(client, visit)
    later = complete(visit, district.own["lead"])
    submit(client, visit)
    page = client.get(address("submitted", visit))
    assert [slip.issue for slip in page.context["slips"]] == [later]
    assert page.context["all_slips"] == 2


def test_before_anything_is_submitted_the_answer_page_leads_back(
    district: District, visit: Visit, client: Client
) -> None:
    client.force_login(district.own["lead"])
    assert client.get(address("submitted", visit)).url == address("log_start", visit)


@pytest.mark.parametrize("page", ["check", "submitted"])
def test_each_page_costs_the_same_number_of_queries_for_one_and_for_three(
    district: District, visit: Visit, client: Client, page: str
) -> None:
    client.force_login(district.own["lead"])
    counts = []
    for wanted in (1, 3):
        for _each in range(wanted):
            complete(visit, district.own["lead"])
        if page == "submitted":
            submit(client, visit)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(page, visit))
        counts.append(len(queries))
    assert counts[0] == counts[1]
