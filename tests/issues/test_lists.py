"""Which lists people have, what stands in them, how many, and that none shows what may not be seen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from core.models import Event
from issues import lists, services
from issues.lists import VIEWS, Desk, counts_of, most_urgent, rows_of, views_of
from issues.models import Issue, IssueStatus
from tests.factories.issues import CategoryFactory, Journey, four_levels
from tests.people import District
from visits.calendar import Calendar

S = IssueStatus
NOW = timezone.now()
OWN = ("lead", "party_delegate", "lawyer", "secretary", "street", "street_lead", "department", "pairing_unit")
OFFICE = ("coordinator", "official", "auditor")


def desk_of(user: Any, at: Any = NOW) -> Desk:
    return Desk.of(user, at, Calendar.load(today(at), today(at)))


def codes(user: Any, view: str, at: Any = NOW) -> list[str]:
    desk = desk_of(user, at)
    if view == "todo":
        return [row["code"] for row in most_urgent(user, desk, Q(), ("id", "code", "due_on"), 100)]
    return [row.code for row in rows_of(user, desk, VIEWS[view], Q()).order_by(*VIEWS[view].order)]


def person(district: District, who: str) -> Any:
    return district[who] if who in OFFICE else district.own[who]


@pytest.fixture
def everything(district: District) -> dict[str, Issue]:
    """One issue of the own side in every status, and the same on the other side."""
    own, foreign = Journey(district, at=NOW), Journey(district, "foreign", at=NOW)
    for status in S.values:
        foreign.to(status)
    return {status: own.to(status) for status in S.values}


def test_a_handler_works_through_the_own_desk(district: District, everything: dict[str, Issue]) -> None:
    assert sorted(codes(district.own["street"], "todo")) == sorted(
        [everything[S.ASSIGNED].code, everything[S.IN_PROGRESS].code]
    )


def test_the_office_works_through_what_it_decides(district: District, everything: dict[str, Issue]) -> None:
    explained = Journey(district, at=NOW).explanation()
    waiting = Journey(district, at=NOW).to(S.IN_PROGRESS)
    services.ask_extension(issue=waiting, reason="等材料", by=district.own["street"], at=NOW, version=None)
    found = codes(district["coordinator"], "todo")
    own = {everything[S.AWAITING_LEVEL].code, everything[S.AWAITING_RULING].code, explained.code, waiting.code}
    assert own < set(found)
    assert len(found) == len(own) + 2  # the other side's awaiting level and ruling


def test_a_lead_confirms_and_completes(district: District, everything: dict[str, Issue]) -> None:
    assert sorted(codes(district.own["lead"], "todo")) == sorted(
        [everything[S.RETURNED].code, everything[S.AWAITING_CONFIRMATION].code]
    )


def test_an_explanation_is_told_only_after_the_second_opinion(district: District) -> None:
    journey = Journey(district, at=NOW)
    issue = journey.explanation()
    assert codes(district.own["secretary"], "confirm") == []
    assert codes(district["coordinator"], "review") == [issue.code]
    services.review_explanation(issue=issue, upheld=True, by=journey.office, at=NOW, version=None)
    assert codes(district.own["secretary"], "confirm") == [issue.code]
    assert codes(district["coordinator"], "review") == []


def test_a_lawyer_sees_what_waits_for_an_opinion(district: District) -> None:
    issue = Journey(district, at=NOW).to(S.IN_PROGRESS)
    services.ask_lawyer(issue=issue, by=district.own["street"], at=NOW, version=None)
    assert codes(district.own["lawyer"], "opinion") == [issue.code]
    assert codes(district.foreign["lawyer"], "opinion") == []


def test_escalated_issues_stay_in_sight_of_the_desk_that_had_them(district: District) -> None:
    issue = Journey(district, at=NOW).to(S.IN_PROGRESS)
    services.escalate_issue(issue=issue, by=district.own["street"], at=NOW, version=None, note="要部门办")
    assert codes(district.own["street"], "escalated") == [issue.code]
    assert codes(district.own["street"], "todo") == []


def test_the_most_urgent_stand_first(district: District) -> None:
    journey = Journey(district, at=NOW)
    later, late, fresh = journey.to(S.IN_PROGRESS), journey.to(S.IN_PROGRESS), journey.submitted()
    Issue.objects.filter(pk=late.pk).update(due_on=today(NOW) - timedelta(days=1))
    assert codes(district.own["street"], "todo") == [late.code, fresh.code, later.code]


def test_overdue_means_unanswered_after_the_day(district: District) -> None:
    journey = Journey(district, at=NOW)
    late, answered = journey.to(S.IN_PROGRESS), journey.to(S.AWAITING_CONFIRMATION)
    yesterday = today(NOW) - timedelta(days=1)
    Issue.objects.filter(pk__in=[late.pk, answered.pk]).update(due_on=yesterday)
    assert codes(district.own["street"], "overdue") == [late.code]
    assert codes(district["official"], "overdue") == [late.code]


def test_every_list_lies_within_what_may_be_seen(district: District, everything: dict[str, Issue]) -> None:
    """Counts are taken without the long rule of visibility, so no list may reach beyond it."""
    for who in (*OWN, *OFFICE):
        user = person(district, who)
        visible = set(Issue.objects.visible_to(user).values_list("pk", flat=True))
        for key, where in views_of(desk_of(user)).items():
            found = set(Issue.objects.filter(where).values_list("pk", flat=True))
            assert (who, key, found - visible) == (who, key, set())


def test_every_count_equals_its_list(district: District, everything: dict[str, Issue]) -> None:
    for who in (*OWN, *OFFICE):
        user = person(district, who)
        desk = desk_of(user)
        found = views_of(desk)
        counts = counts_of(desk)
        for key in found.keys() - {"all", "in_time"}:
            assert (who, key, counts[key]) == (who, key, len(codes(user, key)))


def test_a_desk_without_issues_counts_nothing(district: District) -> None:
    for who in (*OWN, *OFFICE):
        assert (who, set(counts_of(desk_of(person(district, who))).values())) == (who, {0})


@pytest.fixture
def forgotten_statements() -> Iterator[None]:
    lists._counting.cache_clear()
    yield
    lists._counting.cache_clear()


def test_counting_stops_at_a_thousand(
    district: District, monkeypatch: pytest.MonkeyPatch, forgotten_statements: None
) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    journey = Journey(district, at=NOW)
    for _each in range(3):
        journey.submitted()
    Issue.objects.update(due_on=today(NOW) - timedelta(days=1))
    desk = desk_of(district["official"])
    assert counts_of(desk)["overdue"] == 2
    assert (lists.number(1), lists.number(2)) == ("1", "1+")


def test_nothing_of_the_other_side_is_seen(district: District, everything: dict[str, Issue]) -> None:
    foreign = Issue.objects.filter(team=district.foreign.team)
    seen = {who: foreign.visible_to(person(district, who)).count() for who in (*OWN, *OFFICE)}
    assert seen == dict.fromkeys(OWN, 0) | dict.fromkeys(OFFICE, len(S.values) - 1)


def test_a_draft_is_seen_by_its_team_only(district: District) -> None:
    draft = Journey(district).draft()
    everybody = [*(district.own[who] for who in OWN), *(district[who] for who in OFFICE)]
    seeing = [user for user in everybody if Issue.objects.visible_to(user).filter(pk=draft.pk).exists()]
    assert seeing == [district.own["lead"], district.own["party_delegate"], district.own["lawyer"]]


def test_a_desk_goes_on_seeing_what_it_once_had(district: District) -> None:
    journey = Journey(district)
    issue = journey.to(S.AWAITING_RULING)
    services.rule_on_return(
        issue=issue, unit=district.own.department, ruling="裁定", by=journey.office, at=journey.at, version=None
    )
    moved = services.return_issue(
        issue=Issue.objects.get(pk=issue.pk),
        basis="清单",
        proposed_unit=district.foreign.department,
        by=district.own["department"],
        at=journey.at,
        version=None,
    )
    services.rule_on_return(
        issue=moved, unit=district.foreign.department, ruling="裁定", by=journey.office, at=journey.at, version=None
    )
    for user in (district.own["department"], district.foreign["department"]):
        assert Issue.objects.visible_to(user).filter(pk=issue.pk).exists()


# -- The page --------------------------------------------------------------------------------------


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def many(district: District, count: int) -> None:
    """Issues at the street's desk, without going through the services."""
    own, first = district.own, Issue.objects.count()
    common = {
        "area": own.area,
        "street": own.street,
        "team": own.team,
        "category": CategoryFactory(),
        "level": four_levels()[2],
        "title": "夜间停车占用消防通道",
        "original_text": "10 号楼到 14 号楼之间没有车位",
        "quarter": "26Q4",
        "status": S.IN_PROGRESS,
        "owner_unit": own.street,
        "handler": own["street"],
        "submitted_at": NOW,
        "raised_on": today(NOW),
        "accept_by": today(NOW),
    }
    Issue.objects.bulk_create(
        Issue(**common, code=f"26Q4-{number + 1:04d}", due_on=today(NOW) + timedelta(days=number % 40))
        for number in range(first, first + count)
    )


@pytest.mark.parametrize(
    ("who", "view", "queries"),
    [
        ("street", "todo", 9),
        ("street", "open", 8),
        ("coordinator", "open", 8),
        ("official", "overdue", 8),
        ("lead", "open", 9),
    ],
)
def test_the_queue_costs_the_same_queries_with_1_3_and_300_rows(
    district: District, django_assert_num_queries: Any, who: str, view: str, queries: int
) -> None:
    client = signed_in(person(district, who))
    client.get(reverse("issues:queue"), {"view": view})  # warms what is kept for a minute
    for more in (1, 2, 297):
        many(district, more)
        caches["answers"].clear()  # issues that came without an event leave what was counted before as it is
        with django_assert_num_queries(queries):
            client.get(reverse("issues:queue"), {"view": view})


def test_the_counts_above_the_list_follow_every_move(district: District) -> None:
    journey, client = Journey(district, at=NOW), signed_in(district.own["street"])

    def new() -> str | None:
        views = client.get(reverse("issues:queue"), {"view": "open"}).context["views"]
        return next(tab["count"] for tab in views if tab["url"].endswith("view=new"))

    seen = [new()]
    issue = journey.submitted()
    seen.append(new())
    services.accept_issue(issue=issue, by=district.own["street"], at=NOW, version=None)
    seen.append(new())
    assert seen == ["0", "1", "0"]


def test_300_rows_are_read_in_pages(district: District) -> None:
    many(district, 120)
    client, seen = signed_in(district.own["street"]), []
    cursor = ""
    for _page in range(5):
        answer = client.get(reverse("issues:queue"), {"view": "open", "cursor": cursor})
        seen += [row.code for part in answer.context["page"].rows for row in part.rows]
        cursor = answer.context["page"].next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 120


def test_a_made_up_view_or_filter_shows_the_first_list(district: District) -> None:
    answer = signed_in(district.own["street"]).get(
        reverse("issues:queue"), {"view": "'; --", "level": "x", "cursor": "%%%", "quarter": "99X9"}
    )
    assert (answer.status_code, answer.context["view"].key) == (200, "todo")


def test_filters_narrow_the_list(district: District) -> None:
    many(district, 3)
    other = Issue.objects.get(code="26Q4-0002")
    other.category = CategoryFactory(code="dogs", name_zh="养犬扰民")
    other.save()
    client = signed_in(district["coordinator"])
    answer = client.get(reverse("issues:queue"), {"view": "open", "category": "dogs"})
    assert [row.code for part in answer.context["page"].rows for row in part.rows] == ["26Q4-0002"]


def size(user: Any, **query: str) -> str:
    return signed_in(user).get(reverse("issues:queue"), query).context["size"]


def test_a_filtered_list_says_how_many_it_has(district: District, everything: dict[str, Issue]) -> None:
    """The office sees both sides, a street its own; drafts are in no list of the office."""
    quarter, street = everything[S.RESOLVED].quarter, district.own.street
    assert size(district["coordinator"], view="all", quarter=quarter) == "16 issues in this list"
    assert size(district["coordinator"], view="all", quarter=quarter, street=street.slug) == "8 issues in this list"
    assert size(district["coordinator"], view="all", status="closed") == "4 issues in this list"
    assert size(district["coordinator"], view="open", quarter=quarter, level="2") == "8 issues in this list"
    assert size(district["coordinator"], view="open", lacks="level") == "4 issues in this list"
    assert size(district["coordinator"], view="open", quarter="20Q1") == "0 issues in this list"
    assert size(district["coordinator"], view="all", q="消防", status="assigned") == "2 issues in this list"
    assert size(street_person(district), view="all", quarter=quarter) == "8 issues in this list"
    assert size(street_person(district), view="new") == ""  # its tab says so


def street_person(district: District) -> Any:
    return district.own["street"]


@pytest.mark.parametrize(
    "query",
    [
        {"view": "all"},
        {"view": "all", "status": "in_progress"},
        {"view": "open", "status": "resolved"},
        {"view": "open", "area": "own"},
        {"view": "all", "unit": "own"},
        {"view": "all", "category": "parking"},
        {"view": "all", "lacks": "category"},
        {"view": "closed", "category": "parking"},
        {"view": "overdue", "level": "2"},
        {"view": "todo", "level": "2"},
    ],
)
def test_the_number_is_that_of_the_rows(
    district: District, everything: dict[str, Issue], query: dict[str, str]
) -> None:
    slugs = {"area": district.own.area.slug, "unit": district.own.street.slug}
    query = {name: slugs.get(name, value) if value == "own" else value for name, value in query.items()}
    context = signed_in(district["coordinator"]).get(reverse("issues:queue"), query).context
    rows = [row for part in context["page"].rows for row in part.rows]
    assert context["size"].split(" ")[0] == str(len(rows))


@pytest.mark.parametrize("query", [{"level": "2"}, {"street": "own"}, {"area": "own"}, {"category": "parking"}])
def test_every_filter_finds_what_it_names(
    district: District, everything: dict[str, Issue], query: dict[str, str]
) -> None:
    slugs = {"area": district.own.area.slug, "street": district.own.street.slug}
    query = {name: slugs.get(name, value) if value == "own" else value for name, value in query.items()}
    context = signed_in(district["coordinator"]).get(reverse("issues:queue"), {"view": "all", **query}).context
    assert context["page"].rows != []
    other = {name: "9" if name == "level" else "nothing" for name in query}
    assert (
        signed_in(district["coordinator"]).get(reverse("issues:queue"), {"view": "all", **other}).context["page"].rows
        == []
    )


@pytest.mark.parametrize(("who", "named"), [("street", True), ("secretary", False)])
def test_the_filter_names_nobody_who_never_had_a_desk(district: District, who: str, named: bool) -> None:
    person = district.own[who]
    page = signed_in(district.own["lead"]).get(reverse("issues:queue"), {"view": "all", "handler": person.pk})
    assert [pill.value == person.name for pill in page.context["pills"] if pill.name == "handler"] == [named]
    assert (person.name in page.content.decode()) is named


def test_a_number_the_counters_do_not_know_stops_at_a_thousand(
    district: District, everything: dict[str, Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.lists.MOST", 3)
    assert size(district["coordinator"], view="all", q="消防") == "2+ issues in this list"


def test_the_number_of_a_filtered_list_costs_one_query_once(district: District, django_assert_num_queries: Any) -> None:
    client = signed_in(district["coordinator"])
    many(district, 3)
    client.get(reverse("issues:queue"), {"view": "open"})
    for query, more in (({"quarter": "26Q4"}, 0), ({"q": "消防"}, connection.vendor == "postgresql")):
        for queries in (9, 7):  # the second time nothing has changed: neither tabs nor list are counted
            with django_assert_num_queries(queries + more):  # PostgreSQL's index of words is asked first
                client.get(reverse("issues:queue"), {"view": "open", **query})


def test_the_quarter_reads_as_everywhere_else(district: District) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(district["coordinator"])
    page = client.get(reverse("issues:queue"), {"view": "all", "quarter": "26Q4"})
    assert [str(pill.value) for pill in page.context["pills"] if pill.name == "quarter"] == ["2026年第四季度"]


@pytest.mark.parametrize("words", ["消防", "14 号楼", "26q4-0001", "夜间 消防"])
def test_words_are_found_in_title_text_and_number(district: District, words: str) -> None:
    many(district, 1)
    client = signed_in(district.own["street"])
    found = client.get(reverse("issues:queue"), {"view": "open", "q": words})
    none = client.get(reverse("issues:queue"), {"view": "open", "q": f"{words} 电梯"})
    assert len(found.context["page"].rows) == 1
    assert none.context["page"].rows == []


def test_somebody_without_issues_may_not_enter(district: District) -> None:
    assert signed_in(district["administrator"]).get(reverse("issues:queue")).status_code == 403


def test_the_ledger_needs_its_permission_and_is_on_record(district: District) -> None:
    many(district, 2)
    refused = signed_in(district.own["lead"]).get(reverse("issues:queue"), {"view": "open", "format": "csv"})
    assert refused.status_code == 403
    street = district.own["street"]
    answer = signed_in(street).get(reverse("issues:queue"), {"view": "open", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert Event.objects.filter(verb="export_ledger", actor_id=street.pk).count() == 1
