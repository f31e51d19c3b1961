"""Words find exactly what LIKE finds, whatever index helps, and only what may be seen."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core.clock import today
from issues import search
from issues.models import Issue
from issues.search import FIELDS, Search
from tests.factories.issues import Journey
from tests.people import District

NOW = timezone.now()
TEXTS = (
    ("夜间停车占用消防通道", "10 号楼到 14 号楼之间没有车位，100% 占满", "东门"),
    ("", "停水", "Gate_B"),
    ("电梯", "三号楼电梯停了，车也出不来", ""),
    ("Wi-Fi 'free' \\ \"x\"", "WIFI 信号", "停"),
)
WORDS = (
    *(
        "停",
        "停车",
        "停水",
        "车也",
        "消防通道",
        "水",
        "凉亭",
        "亭",
        "号楼到",
        "Wi",
        "wifi",
        "GATE_b",
        "gateXb",
        "100%",
        "0 %",
    ),
    *("26Q4", "26q4-00", "4-0002", "Q4-1", "\\", "'free'", '"x"', "道\n10", "停车 消防", "停车 电梯", "x" * 40),
)


@pytest.fixture
def told(district: District) -> list[Issue]:
    """Four issues of the own side."""
    own = district.own
    return [
        Issue.objects.create(
            area=own.area,
            street=own.street,
            team=own.team,
            title=title,
            original_text=text,
            place=place,
            code=f"26Q4-{number:04d}",
            quarter="26Q4",
            status="awaiting_level",
            raised_on=today(NOW),
            due_on=today(NOW),
            submitted_at=NOW,
        )
        for number, (title, text, place) in enumerate(TEXTS)
    ]


def like(words: str) -> Q:
    found = Q()
    for word in words.split()[:5]:
        anywhere = Q()
        for field in FIELDS:
            anywhere |= Q(**{f"{field}__icontains": word})
        found &= anywhere
    return found


@pytest.mark.parametrize("words", WORDS)
def test_words_find_what_like_finds(told: list[Issue], words: str) -> None:
    assert set(Issue.objects.filter(Search(words).where())) == set(Issue.objects.filter(like(words)))


@pytest.mark.parametrize("words", WORDS)
def test_common_words_find_the_same(told: list[Issue], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", -1)
    wanted = Search(words)
    assert set(Issue.objects.filter(wanted.where())) == set(Issue.objects.filter(like(words)))
    assert set(Issue.objects.filter(wanted.counted())) == set(Issue.objects.filter(like(words)))


def test_some_words_find_something(told: list[Issue]) -> None:
    def found(words: str) -> list[str]:
        return list(Issue.objects.filter(Search(words).where()).order_by("pk").values_list("code", flat=True))

    assert found("停") == ["26Q4-0000", "26Q4-0001", "26Q4-0002", "26Q4-0003"]
    assert found("停车") == ["26Q4-0000"]
    assert found("26q4-0002") == ["26Q4-0002"]
    assert found("凉亭") == []


def test_changed_words_are_found_and_the_old_ones_are_not(told: list[Issue]) -> None:
    Issue.objects.filter(pk=told[0].pk).update(title="凉亭漏雨", place="")
    assert [issue.pk for issue in Issue.objects.filter(Search("凉亭").where())] == [told[0].pk]
    assert list(Issue.objects.filter(Search("东门").where())) == []
    told[1].delete()
    assert list(Issue.objects.filter(Search("停水").where())) == []


def test_only_what_may_be_seen_is_found(district: District, told: list[Issue], client: Any) -> None:
    def found(user: Any) -> int:
        client.force_login(user)
        rows = client.get("/issues/", {"view": "all", "q": "停车"}).context["page"].rows
        return sum(len(part.rows) for part in rows)

    assert found(district.own["street"]) == 1
    assert found(district.foreign["street"]) == 0


def test_an_absent_word_is_in_no_issue(district: District, told: list[Issue], client: Any) -> None:
    client.force_login(district["coordinator"])
    for view in ("todo", "all"):
        context = client.get("/issues/", {"view": view, "q": "飞碟"}, headers={"accept-language": "en"}).context
        assert (context["page"].rows, context["size"]) == ([], "0 issues in this list")


def test_what_was_logged_through_the_services_is_found(district: District) -> None:
    issue = Journey(district, at=NOW).submitted()
    assert issue in Issue.objects.filter(Search(issue.original_text[:2]).where())
    assert issue in Issue.objects.filter(Search(issue.code).where())


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has the index")
def test_the_index_knows_every_issue(told: list[Issue]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM issues_issue i LEFT JOIN issues_words w ON w.issue_id = i.id WHERE w.pairs IS NULL"
        )
        assert cursor.fetchone()[0] == 0
