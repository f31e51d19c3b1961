"""One box: what it finds, for whom, and that odd input does no harm."""

import pytest

from core.clock import today
from dashboard.search import search_everything
from issues.models import IssueStatus
from tests.dashboard.conftest import NOW, SignIn
from tests.factories.issues import Journey
from tests.people import District


def names(rows: list[object]) -> list[str]:
    return [str(row) for row in rows]


@pytest.mark.parametrize("text", ["春申", "申坊", "chun shen", "csf", "CSF"])
def test_an_area_is_found_by_name_and_by_pinyin(district: District, text: str) -> None:
    assert "春申坊" in names(search_everything(district["coordinator"], text).areas)


@pytest.mark.parametrize("text", ["118", "0118", "第118团队", "118团队", "区房管局", "房管"])
def test_a_team_is_found_by_number_and_by_its_unit(district: District, text: str) -> None:
    assert [team.number for team in search_everything(district["coordinator"], text).teams] == [118]


def test_a_person_is_found_by_colleagues_but_not_by_strangers(district: District) -> None:
    assert names(search_everything(district.own["lead"], "春申书记").people) == ["春申书记"]
    assert names(search_everything(district["coordinator"], "荷塘lawyer").people) == ["荷塘lawyer"]
    assert search_everything(district.own["lead"], "荷塘lawyer").people == []
    assert search_everything(district["administrator"], "春申书记").count == 0
    assert search_everything(district["nobody"], "无角色").count == 0


def test_only_what_may_be_seen_is_found(district: District) -> None:
    """Desks of units are no secret; the other side's area, team and members are."""
    found = search_everything(district.own["secretary"], "荷塘")
    assert (found.areas, found.teams, found.issues) == ([], [], [])
    assert names(found.units) == ["荷塘街道"]
    assert not {"荷塘lead", "荷塘lawyer", "荷塘书记"} & set(names(found.people))


def test_an_issue_is_found_by_the_beginning_of_its_number(district: District) -> None:
    first, second = Journey(district, at=NOW).submitted(), Journey(district, "foreign", at=NOW).submitted()
    start = first.code[:4]
    assert [issue.code for issue in search_everything(district["official"], start).issues] == [first.code, second.code]
    assert [issue.code for issue in search_everything(district.own["lead"], start).issues] == [first.code]
    assert search_everything(district["official"], f"{start.lower()}-00").exact == ""
    assert search_everything(district["organ"], first.code).count == 0


@pytest.mark.parametrize("form", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_whole_number_leads_straight_to_the_issue(district: District, sign_in: SignIn, form: object) -> None:
    issue = Journey(district, at=NOW).submitted()
    answer = sign_in(district["official"]).get("/search/", {"q": form(issue.code)})  # type: ignore[operator]
    assert (answer.status_code, answer.url) == (302, issue.get_absolute_url())


def test_a_draft_has_no_number_to_be_found_by(district: District) -> None:
    draft = Journey(district, at=NOW).to(IssueStatus.DRAFT)
    assert draft.code is None
    assert search_everything(district.own["lead"], f"{today(NOW):%y}Q4").issues == []


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "_",
        "'; DROP TABLE issues_issue; --",
        "<script>alert(1)</script>",
        "\\",
        "99999999999999999999",
        "团队" * 20,
        "26Q4-999999",
        "٣٤٥",
        "🙂",
        "​",
        "a" * 60,
        "(((",
        "1e5",
    ],
)
def test_odd_text_finds_nothing_and_breaks_nothing(district: District, sign_in: SignIn, text: str) -> None:
    answer = sign_in(district["coordinator"]).get("/search/", {"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=" + "a" * 61, "?x=1"])
def test_without_something_to_look_for_the_box_stands_alone(district: District, sign_in: SignIn, query: str) -> None:
    answer = sign_in(district["coordinator"]).get(f"/search/{query}")
    assert answer.status_code == 200
    assert "Nothing found" not in answer.content.decode()


def test_what_is_found_can_be_opened(district: District, sign_in: SignIn) -> None:
    client = sign_in(district.own["lead"])
    page = client.get("/search/", {"q": "春申"}).context["found"]
    rows = [*page.areas, *page.teams, *page.units, *page.people]
    assert len(rows) >= 4
    for row in rows:
        assert client.get(row.get_absolute_url()).status_code == 200, row
