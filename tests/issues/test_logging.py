"""Writing down what residents raised: forms, drafts that survive, and who may do it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Draft
from issues import services, vault
from issues.log_forms import SaidForm, WhoForm
from issues.models import Issue, IssueCounter
from issues.services import log_issue
from issues.vault import Reported
from tests.factories.issues import CategoryFactory, Journey, four_levels
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Visit, VisitStatus

WORDS = "10号楼到14号楼之间晚上8点以后就没有车位"
SEATS = ("lead", "party_delegate", "npc_deputy", "cppcc_member", "lawyer", "secretary")
SAID = {"original_text": WORDS, "place": "10号楼", "reporter_name": "", "reporter_phone": ""}


@pytest.fixture
def visit(district: District) -> Visit:
    four_levels()
    return placed_visit(team=district.own.team, area=district.own.area, status="held")


def address(name: str, visit: Visit, *more: Any) -> str:
    return reverse(f"issues:{name}", args=[visit.code, *more])


def written(district: District, visit: Visit, who: str = "lead", **fields: Any) -> Issue:
    by = district.own[who]
    fields = {"original_text": WORDS, **fields}
    return log_issue(area=visit.area, visit=visit, by=by, at=timezone.now(), **fields)


# -- Step 1 -----------------------------------------------------------------------------------------


def test_step_1_asks_for_nothing_but_the_words() -> None:
    form = SaidForm({"original_text": WORDS})
    assert form.is_valid()
    assert form.answers() == {"original_text": WORDS, "place": "", "reporter": Reported()}


@pytest.mark.parametrize("empty", ["", "   ", "\u200b\u200b", "\u3000"])
def test_words_nobody_can_see_are_no_words(empty: str) -> None:
    form = SaidForm({"original_text": empty})
    assert not form.is_valid()
    assert list(form.errors) == ["original_text"]


def test_too_many_words_say_how_many_there_are() -> None:
    form = SaidForm({"original_text": "车" * 532})
    assert "500" in form.errors["original_text"][0]
    assert "532" in form.errors["original_text"][0]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("138 1234 2207", "13812342207"), ("１３８１２３４２２０７", "13812342207"), ("021-55002345", "02155002345")],
)
def test_phones_are_taken_as_people_type_them(typed: str, kept: str) -> None:
    form = SaidForm({**SAID, "reporter_phone": typed})
    assert form.is_valid()
    assert form.answers()["reporter"] == Reported("", kept, wants_messages=True)


@pytest.mark.parametrize("typed", ["12", "张阿姨", "138123422071234"])
def test_what_is_no_phone_is_asked_again(typed: str) -> None:
    assert "reporter_phone" in SaidForm({**SAID, "reporter_phone": typed}).errors


@pytest.mark.parametrize("who", SEATS)
def test_all_five_members_and_the_secretary_write_a_draft(
    district: District, visit: Visit, client: Client, who: str
) -> None:
    client.force_login(district.own[who])
    answer = client.post(address("log_said", visit), SAID)
    issue = Issue.objects.get()
    assert answer.url == address("log_who", visit, issue.pk)
    assert (issue.original_text, issue.place, issue.team, issue.area, issue.status) == (
        WORDS,
        "10号楼",
        visit.team,
        visit.area,
        "draft",
    )
    assert issue.logged_by == district.own[who]


def test_who_raised_it_goes_into_the_vault(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    client.post(address("log_said", visit), {**SAID, "reporter_name": "陈阿姨", "reporter_phone": "138 1234 2207"})
    issue = Issue.objects.get()
    assert vault.for_editing(issue) == Reported("陈阿姨", "13812342207", wants_messages=True)
    assert (issue.reporter.name_masked, issue.reporter.phone_masked) == ("陈**", "138****2207")


def test_mistakes_keep_what_was_typed(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    page = client.post(address("log_said", visit), {**SAID, "original_text": "", "reporter_name": "陈阿姨"})
    assert page.status_code == 422
    assert page.context["form"]["place"].value() == "10号楼"
    assert page.context["form"]["reporter_name"].value() == "陈阿姨"
    assert not Issue.objects.exists()


def test_a_form_sent_twice_writes_one_issue(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    form = {**SAID, "form_key": "5c1cbb1e-6a38-4f0e-9a6e-0b8b4b2f7c11"}
    first, second = (client.post(address("log_said", visit), form) for _each in range(2))
    assert first.url == second.url
    assert Issue.objects.count() == 1


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_a_visit_that_is_over_takes_no_more_issues(district: District, client: Client, status: str) -> None:
    visit = placed_visit(team=district.own.team, area=district.own.area, status=status)
    client.force_login(district.own["lead"])
    assert client.get(address("log_start", visit)).status_code == 200
    page = client.post(address("log_said", visit), SAID)
    assert page.status_code == 422
    assert WORDS in page.content.decode()
    assert not Issue.objects.exists()


def test_changing_a_draft_changes_its_words_and_its_person(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit, reporter=Reported("陈阿姨", "13812342207"))
    client.force_login(district.own["lawyer"])
    page = client.get(address("log_edit", visit, issue.pk))
    assert page.context["form"]["reporter_name"].value() == "陈阿姨"
    changed = {**SAID, "original_text": "换个说法", "version": issue.version}
    assert client.post(address("log_edit", visit, issue.pk), changed).status_code == 302
    issue.refresh_from_db()
    assert issue.original_text == "换个说法"
    assert vault.for_editing(issue) == Reported()


def test_whoever_is_slower_sees_that_somebody_changed_it(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit)
    old = issue.version
    client.force_login(district.own["lawyer"])
    client.post(address("log_edit", visit, issue.pk), {**SAID, "version": old})
    page = client.post(
        address("log_edit", visit, issue.pk), {**SAID, "original_text": "我写的另一句话", "version": old}
    )
    assert page.status_code == 409
    assert "我写的另一句话" in page.content.decode()


def test_an_unfinished_change_does_not_overwrite_a_colleague_s(
    district: District, visit: Visit, client: Client
) -> None:
    issue = written(district, visit)
    typed = {**SAID, "original_text": "改到一半", "version": issue.version}
    client.force_login(district.own["lead"])
    client.post(address("log_autosave", visit, issue.pk), typed)
    services.change_draft(
        issue=issue, by=district.own["lawyer"], at=timezone.now(), version=None, original_text="同事写的"
    )
    form = client.get(address("log_edit", visit, issue.pk)).context["form"]
    page = client.post(address("log_edit", visit, issue.pk), typed | {"version": form["version"].value()})
    issue.refresh_from_db()
    assert (page.status_code, issue.original_text) == (409, "同事写的")
    assert form["original_text"].value() == page.context["form"]["original_text"].value() == "改到一半"
    again = typed | {"version": page.context["form"]["version"].value()}
    assert client.post(address("log_edit", visit, issue.pk), again).status_code == 302


# -- Drafts survive -----------------------------------------------------------------------------------


def test_a_closed_tab_gets_its_text_back(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    typed = {"original_text": "写到一半", "place": "8号楼", "reporter_name": "陈阿姨", "reporter_phone": "1381234"}
    assert client.post(address("log_autosave", visit), typed).status_code == 204
    form = client.get(address("log_said", visit)).context["form"]
    assert {name: form[name].value() for name in typed} == typed


def test_who_raised_it_is_sealed_while_it_is_being_typed(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    client.post(
        address("log_autosave", visit),
        {"original_text": "写到一半", "reporter_name": "陈阿姨", "reporter_phone": "13812342207"},
    )
    body = str(Draft.objects.get().body)
    assert "陈阿姨" not in body
    assert "13812342207" not in body


def test_an_unfinished_change_comes_back_in_its_own_issue(district: District, visit: Visit, client: Client) -> None:
    issue, other = written(district, visit), written(district, visit)
    client.force_login(district.own["lead"])
    client.post(address("log_autosave", visit, issue.pk), {"original_text": "改到一半"})
    assert client.get(address("log_edit", visit, issue.pk)).context["form"]["original_text"].value() == "改到一半"
    assert client.get(address("log_edit", visit, other.pk)).context["form"]["original_text"].value() == WORDS


def test_writing_later_keeps_the_text_and_asks_for_nothing(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    answer = client.post(address("log_said", visit), {"original_text": "", "place": "8号楼", "later": "1"})
    assert answer.url == address("log_start", visit)
    assert client.get(address("log_start", visit)).context["unfinished"]["place"] == "8号楼"
    assert not Issue.objects.exists()


def test_a_saved_issue_leaves_nothing_unfinished(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    client.post(address("log_autosave", visit), SAID)
    client.post(address("log_said", visit), SAID)
    assert client.get(address("log_start", visit)).context["unfinished"] == {}


def test_what_was_saved_while_typing_and_arrives_late_brings_nothing_back(
    district: District, visit: Visit, client: Client
) -> None:
    client.force_login(district.own["lead"])
    form = {**SAID, "form_key": "5c1cbb1e-6a38-4f0e-9a6e-0b8b4b2f7c11"}
    client.post(address("log_said", visit), form)
    assert client.post(address("log_autosave", visit), form).status_code == 204
    assert client.get(address("log_start", visit)).context["unfinished"] == {}


def test_nobody_else_sees_what_is_unfinished(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lawyer"])
    client.post(address("log_autosave", visit), SAID)
    client.force_login(district.own["lead"])
    assert client.get(address("log_start", visit)).context["unfinished"] == {}


def test_an_expired_session_keeps_what_was_saved_before(district: District, visit: Visit, client: Client) -> None:
    client.force_login(district.own["lead"])
    client.post(address("log_autosave", visit), SAID)
    client.logout()
    assert client.post(address("log_autosave", visit), SAID).status_code == 302
    client.force_login(district.own["lead"])
    assert client.get(address("log_said", visit)).context["form"]["original_text"].value() == WORDS


# -- Step 2 -----------------------------------------------------------------------------------------


def who_answers(**answers: Any) -> dict[str, Any]:
    return {"category": CategoryFactory().pk, "level": "2", **answers}


def test_step_2_takes_category_level_and_lawyer(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    answer = client.post(address("log_who", visit, issue.pk), who_answers(needs_lawyer="on"))
    issue.refresh_from_db()
    assert answer.url == address("log_start", visit)
    assert (issue.category.code, issue.level.number, issue.level_unsure, issue.needs_lawyer) == (
        "parking",
        2,
        False,
        True,
    )


def test_not_sure_is_an_answer(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit, level=four_levels()[3])
    client.force_login(district.own["lead"])
    client.post(address("log_who", visit, issue.pk), who_answers(level="unsure"))
    issue.refresh_from_db()
    assert (issue.level, issue.level_unsure) == (None, True)


def test_log_another_goes_on_to_the_next_issue(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    answer = client.post(address("log_who", visit, issue.pk), who_answers(another="1"))
    assert answer.url == address("log_said", visit)


@pytest.mark.parametrize(
    "wrong", [{"level": ""}, {"level": "5"}, {"category": ""}, {"category": "x"}, {"category": "99999999999999999999"}]
)
def test_an_answer_that_is_none_is_asked_again(
    district: District, visit: Visit, client: Client, wrong: dict[str, str]
) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    assert client.post(address("log_who", visit, issue.pk), who_answers(**wrong)).status_code == 422


def test_five_cards_each_with_its_unit_and_time(district: District, visit: Visit) -> None:
    form = WhoForm(visit=visit, at=timezone.now())
    cards = dict(form.fields["level"].choices)
    assert list(cards) == ["1", "2", "3", "4", "unsure"]
    assert "区房管局" in str(cards["1"].hint)
    assert "10" in str(cards["1"].hint)
    assert "春申街道" in str(cards["2"].hint)


def test_history_suggests_a_level_and_says_why(district: District, visit: Visit, client: Client) -> None:
    parking = CategoryFactory()
    quarter = timezone.localdate()
    code = f"{quarter.year % 100:02d}Q{(quarter.month - 1) // 3 + 1}"
    IssueCounter.objects.create(quarter=code, facet="category_level", key=f"{parking.pk}:2", status="resolved", n=7)
    IssueCounter.objects.create(quarter=code, facet="category_level", key=f"{parking.pk}:1", status="resolved", n=3)
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    page = client.get(address("log_levels", visit, issue.pk), {"category": parking.pk, "level": "1"})
    form = page.context["form"]
    tags = {value: str(card.tag) for value, card in form.fields["level"].choices}
    assert [value for value, tag in tags.items() if tag] == ["2"]
    assert "停车难" in str(dict(form.fields["level"].choices)["2"].hint)
    assert form["level"].value() == "1"


@pytest.mark.parametrize(
    "query", [{}, {"category": "x"}, {"category": "9" * 30, "level": "nine"}, {"category": ["1", "2"]}]
)
def test_made_up_questions_for_a_suggestion_are_answered_without_one(
    district: District, visit: Visit, client: Client, query: dict[str, Any]
) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    assert client.get(address("log_levels", visit, issue.pk), query).status_code == 200


# -- The list, deleting, undoing ------------------------------------------------------------------------


def test_the_list_says_what_each_draft_lacks(district: District, visit: Visit, client: Client) -> None:
    whole = written(district, visit, category=CategoryFactory(), level=four_levels()[1])
    bare = written(district, visit)
    client.force_login(district.own["lead"])
    rows = client.get(address("log_start", visit)).context["rows"]
    assert [(issue, list(gaps)) for issue, gaps in rows] == [(whole, []), (bare, ["category", "level"])]


def test_a_draft_taken_away_can_be_brought_back_as_it_was(district: District, visit: Visit, client: Client) -> None:
    issue = written(
        district,
        visit,
        category=CategoryFactory(),
        level=four_levels()[1],
        place="8号楼",
        reporter=Reported("陈阿姨", "13812342207"),
    )
    client.force_login(district.own["lead"])
    answer = client.post(address("log_delete", visit, issue.pk))
    assert not Issue.objects.exists()
    assert client.get(answer.url).context["removed"] == WORDS[:18]
    client.post(address("log_undelete", visit))
    back = Issue.objects.get()
    assert (back.original_text, back.place, back.category.code, back.level.number) == (WORDS, "8号楼", "parking", 1)
    assert vault.for_editing(back) == Reported("陈阿姨", "13812342207", wants_messages=True)


def test_undoing_twice_brings_back_one(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    client.post(address("log_delete", visit, issue.pk))
    client.post(address("log_undelete", visit))
    client.post(address("log_undelete", visit))
    assert Issue.objects.count() == 1


def test_a_draft_does_not_come_back_after_the_visit_is_over(district: District, visit: Visit, client: Client) -> None:
    issue = written(district, visit)
    client.force_login(district.own["lead"])
    client.post(address("log_delete", visit, issue.pk))
    Visit.objects.filter(pk=visit.pk).update(status=VisitStatus.CLOSED)
    assert client.post(address("log_undelete", visit)).status_code == 422
    assert not Issue.objects.exists()


def test_a_submitted_issue_is_not_a_draft_any_more(district: District, visit: Visit, client: Client) -> None:
    issue = Journey(district).submitted(visit=visit)
    client.force_login(district.own["lead"])
    for name in ("log_edit", "log_who"):
        assert client.get(address(name, visit, issue.pk)).status_code == 404
    assert client.post(address("log_delete", visit, issue.pk)).status_code == 404
    assert Issue.objects.filter(pk=issue.pk).exists()


# -- Who may ------------------------------------------------------------------------------------------

PAGES = ("log_start", "log_said", "check", "submitted")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("side", "who", "status"),
    [
        ("own", "street", 403),
        ("own", "pairing_unit", 403),
        ("foreign", "lead", 404),
        ("foreign", "secretary", 404),
        ("foreign", "street", 403),
    ],
)
def test_others_do_not_reach_the_pages(
    district: District, visit: Visit, client: Client, page: str, side: str, who: str, status: int
) -> None:
    client.force_login(getattr(district, side)[who])
    assert client.get(address(page, visit)).status_code == status


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_those_who_read_everything_write_nothing(district: District, visit: Visit, client: Client, who: str) -> None:
    client.force_login(district[who])
    assert client.get(address("log_start", visit)).status_code == 403


def test_an_issue_of_another_visit_is_not_reached_through_ones_own(
    district: District, visit: Visit, client: Client
) -> None:
    foreign = Journey(district, "foreign").draft()
    client.force_login(district.own["lead"])
    for name in ("log_edit", "log_who", "log_levels"):
        assert client.get(address(name, visit, foreign.pk)).status_code == 404
    assert client.post(address("log_delete", visit, foreign.pk)).status_code == 404


def test_the_secretary_sees_only_the_drafts_she_wrote(district: District, visit: Visit, client: Client) -> None:
    written(district, visit)
    own = written(district, visit, "secretary")
    client.force_login(district.own["secretary"])
    assert [issue for issue, _gaps in client.get(address("log_start", visit)).context["rows"]] == [own]


def test_the_list_costs_the_same_number_of_queries_for_one_and_for_three(
    district: District, visit: Visit, client: Client
) -> None:
    client.force_login(district.own["lead"])
    counts = []
    for wanted in (1, 3):
        while Issue.objects.count() < wanted:
            written(district, visit, category=CategoryFactory(), level=four_levels()[1])
        with CaptureQueriesContext(connection) as queries:
            client.get(address("log_start", visit))
        counts.append(len(queries))
    assert counts[0] == counts[1]
