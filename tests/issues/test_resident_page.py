"""The resident's page: what it says in each state, what it never says, and who may answer on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.events import history_of
from core.templatetags.core import zhdate, zhdaytime
from issues import guesses, services
from issues.models import Feedback, Issue, IssueStatus
from issues.residents import Told
from issues.slips import secret_of, token_of
from issues.vault import Reported
from tests.factories.issues import MONDAY, Journey
from tests.factories.visits import VisitRequestFactory, placed_visit
from tests.people import District
from visits.models import VisitStatus

pytestmark = pytest.mark.usefixtures("in_2026")

WRONG = "AAAAAAAA"
KEY = "5c1cbb1e-6a38-4f0e-9a6e-0b8b4b2f7c11"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def page_of(client: Client, issue: Issue, name: str = "resident") -> Any:
    return client.get(reverse(f"issues:{name}", args=[token_of(issue)]))


def send(client: Client, issue: Issue, name: str, **fields: str) -> Any:
    return client.post(reverse(f"issues:{name}", args=[token_of(issue)]), fields)


# -- In and out -------------------------------------------------------------------------------------


def test_number_and_code_typed_by_hand_open_the_page(district: District, client: Client) -> None:
    issue = Journey(district).submitted()
    typed = {"number": issue.code.lower(), "code": f"{secret_of(issue.pk)[:4]} {secret_of(issue.pk)[4:].lower()}"}
    answer = client.post(reverse("issues:resident_find"), typed)
    assert answer.url == reverse("issues:resident", args=[token_of(issue)])
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("token", [f"26Q4-9999-{WRONG}", "26Q4-0001", "x", "a" * 300, WRONG])
def test_an_address_that_opens_nothing_says_so(district: District, client: Client, token: str) -> None:
    page = client.get(reverse("issues:resident", args=[token]))
    assert page.status_code == 404
    assert page.context["not_found"]


def test_a_wrong_number_and_a_wrong_code_look_the_same(district: District, client: Client) -> None:
    issue = Journey(district).submitted()
    right_number = client.get(reverse("issues:resident", args=[f"{issue.code}-{WRONG}"]))
    wrong_number = client.get(reverse("issues:resident", args=[f"26Q1-7777-{WRONG}"]))
    by_hand = client.post(reverse("issues:resident_find"), {"number": issue.code, "code": WRONG})
    assert [page.status_code for page in (right_number, wrong_number, by_hand)] == [404, 404, 404]
    assert len({_without_token(page.content.decode()) for page in (wrong_number, right_number)}) == 1


def _without_token(text: str) -> str:
    """The page without what differs on every page: the form's token and its own address."""
    return "\n".join(line for line in text.splitlines() if "csrf" not in line and 'name="next"' not in line)


def test_a_draft_has_no_page(district: District, client: Client) -> None:
    draft = Journey(district).draft()
    assert client.get(reverse("issues:resident", args=[f"26Q4-0001-{secret_of(draft.pk)}"])).status_code == 404


def test_no_search_engine_and_no_cache_keeps_the_page(district: District, client: Client) -> None:
    page = page_of(client, Journey(district).submitted())
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("missing", ["number", "code"])
def test_an_empty_field_is_asked_for(client: Client, db: None, missing: str) -> None:
    typed = {"number": "26Q4-0001", "code": WRONG, missing: ""}
    page = client.post(reverse("issues:resident_find"), typed)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [missing]


# -- Wrong tries ------------------------------------------------------------------------------------


def test_after_ten_wrong_codes_a_browser_has_to_wait(district: District, client: Client) -> None:
    issue = Journey(district).submitted()
    wrong = reverse("issues:resident", args=[f"{issue.code}-{WRONG}"])
    client.get(reverse("issues:resident_find"))
    assert [client.get(wrong).status_code for _try in range(12)] == [404] * 10 + [429] * 2
    page = page_of(client, issue)
    assert page.status_code == 429
    assert page["Retry-After"] == "900"


def test_one_who_has_to_wait_does_not_keep_the_neighbour_waiting(district: District) -> None:
    issue = Journey(district).submitted()
    guesser, neighbour = Client(), Client()
    for visitor in (guesser, neighbour):
        visitor.get(reverse("issues:resident_find"))
    for _try in range(11):
        guesser.get(reverse("issues:resident", args=[f"{issue.code}-{WRONG}"]))
    assert page_of(guesser, issue).status_code == 429
    assert page_of(neighbour, issue).status_code == 200


def test_trying_many_numbers_ends_as_well(district: District, client: Client) -> None:
    client.get(reverse("issues:resident_find"))
    tries = [client.get(reverse("issues:resident", args=[f"26Q4-{n:04d}-{WRONG}"])) for n in range(guesses.TRIES + 1)]
    assert [page.status_code for page in tries] == [404] * guesses.TRIES + [429]


def test_throwing_the_cookie_away_does_not_help_for_long(district: District) -> None:
    issue = Journey(district).submitted()
    answers = [
        Client().get(reverse("issues:resident", args=[f"{issue.code}-{WRONG}"])).status_code for _try in range(11)
    ]
    assert answers == [404] * 10 + [429]


def test_a_made_up_cookie_counts_as_none(district: District) -> None:
    issue = Journey(district).submitted()
    answers = []
    for n in range(11):
        client = Client()
        client.cookies[guesses.COOKIE] = f"made-up-{n}"
        answers.append(client.get(reverse("issues:resident", args=[f"{issue.code}-{WRONG}"])).status_code)
    assert answers == [404] * 10 + [429]


def test_right_codes_are_never_counted(district: District, client: Client) -> None:
    issue = Journey(district).submitted()
    assert {page_of(client, issue).status_code for _try in range(15)} == {200}


# -- What it says -----------------------------------------------------------------------------------

STATES = {
    IssueStatus.AWAITING_LEVEL: "Waiting for the office to decide who does it",
    IssueStatus.ASSIGNED: "Waiting for 春申街道 to accept",
    IssueStatus.IN_PROGRESS: "Being dealt with",
    IssueStatus.AWAITING_RULING: "Waiting for the office to decide who does it",
    IssueStatus.RETURNED: "Waiting for the visit team to add details",
    IssueStatus.AWAITING_CONFIRMATION: "Please confirm",
    IssueStatus.RESOLVED: "It is done",
    IssueStatus.EXPLAINED: "Not possible for now (explained)",
}


@pytest.mark.parametrize("status", [status for status in IssueStatus.values if status != "draft"])
def test_every_state_has_plain_words(district: District, client: Client, status: str) -> None:
    issue = Journey(district).to(status)
    assert Told(issue, MONDAY).status == STATES[status]
    assert page_of(client, issue).status_code == 200


def test_the_latest_answer_comes_first(district: District, client: Client) -> None:
    journey = Journey(district)
    issue = journey.to("in_progress")
    for day, text in enumerate(("先量了路宽", "已经约了物业")):
        at = MONDAY + timedelta(days=day)
        issue = services.add_progress(
            issue=issue, text=text, public=True, by=journey.handler(issue), at=at, version=None
        )
    assert [answer.text for answer in page_of(client, issue).context["told"].answers] == ["已经约了物业", "先量了路宽"]


def test_without_an_answer_it_says_who_must_do_what_by_when(district: District) -> None:
    told = Told(Journey(district).submitted(), MONDAY)
    assert told.promise == "春申街道 has to accept it by 5 November."


@pytest.mark.parametrize("status", ["awaiting_level", "returned"])
def test_no_day_is_promised_before_somebody_has_said_who_does_it(
    district: District, client: Client, status: str
) -> None:
    issue = Journey(district).to(status)
    told = Told(issue, MONDAY)
    assert issue.due_on is not None
    assert told.promise.startswith("The leading group's office first decides who deals with it.")
    assert [step.detail for step in told.steps if step.look == "now"] == [""]
    assert (issue.due_on.month, issue.due_on.day) == (11, 16)
    assert "11月16日" not in page_of(client, issue).content.decode()


def test_once_somebody_does_it_the_day_stands_on_the_page(district: District, client: Client) -> None:
    assert "11月23日" in page_of(client, Journey(district).to("in_progress")).content.decode()


def test_it_says_honestly_that_a_day_has_passed(district: District) -> None:
    issue = Journey(district).to("in_progress")
    told = Told(issue, MONDAY + timedelta(days=60))
    assert "is late" in told.promise
    assert "23 November" in told.promise
    assert "late" in next(step.detail for step in told.steps if step.look == "now")


def test_steps_lead_from_the_meeting_to_the_question_whether_it_is_done(district: District) -> None:
    told = Told(Journey(district).to("in_progress"), MONDAY)
    assert [(step.look, step.title) for step in told.steps] == [
        ("ok", "You raised it"),
        ("now", "春申街道 is dealing with it"),
        ("fut", "When it is done you will be asked"),
    ]


def test_desks_it_has_left_stay_visible(district: District) -> None:
    journey = Journey(district)
    issue = journey.to("in_progress")
    issue = services.escalate_issue(
        issue=issue, by=journey.handler(issue), at=MONDAY + timedelta(days=3), version=None, note="要市里定"
    )
    titles = [step.title for step in Told(issue, MONDAY + timedelta(days=3)).steps]
    assert titles[1] == "春申街道 dealt with it"


def test_an_explanation_is_not_told_before_a_second_person_agrees(district: District, client: Client) -> None:
    issue = Journey(district).explanation()
    page = page_of(client, issue)
    assert page.context["told"].answers == []
    assert not page.context["told"].waits_for_resident
    assert "现有道路宽度不够" not in page.content.decode()
    services.review_explanation(issue=issue, upheld=True, by=district["coordinator"], at=MONDAY, version=None)
    assert "现有道路宽度不够" in page_of(client, issue).content.decode()


def test_what_a_resident_said_is_worded_for_whoever_reads_it(district: District, client: Client) -> None:
    issue = Journey(district).to("awaiting_confirmation")
    client.post(reverse("issues:resident_solved", args=[token_of(issue)]), headers={"accept-language": "en"})
    assert Feedback.objects.get(issue=issue).told == ""
    client.force_login(district["coordinator"])
    page = client.get(issue.get_absolute_url(), headers={"accept-language": "zh-hans"}).content.decode()
    assert "反映人本人" in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (VisitStatus.SCHEDULED, "The team will come. The day stands here once it is fixed."),
        (VisitStatus.ANNOUNCED, "The team comes: %(when)s, 活动室."),
        (VisitStatus.HELD, "The team was here on %(day)s."),
        (VisitStatus.CLOSED, "The team was here on %(day)s."),
        (VisitStatus.CANCELLED, "The visit you asked for was cancelled. You can ask again."),
    ],
)
def test_what_became_of_the_visit_asked_for_is_true_on_every_day(
    district: District, client: Client, status: str, words: str
) -> None:
    issue = Journey(district).submitted()
    visit = placed_visit(status=status, team=district.own.team, area=district.own.area)
    decided = {"decided_by": district["coordinator"], "decided_at": MONDAY}
    VisitRequestFactory(
        area=district.own.area, source="resident", issue_code=issue.code, status="accepted", visit=visit, **decided
    )
    assert Told(issue, MONDAY).visit_answer == words % {"when": zhdaytime(visit.begins), "day": zhdate(visit.day)}
    assert page_of(client, issue).context["told"].visit_answer in page_of(client, issue).content.decode()


# -- What it never says -----------------------------------------------------------------------------


def test_nothing_internal_reaches_the_resident(district: District, client: Client) -> None:
    journey = Journey(district)
    issue = services.change_draft(
        issue=journey.draft(title=""),
        by=district.own["lead"],
        at=MONDAY,
        version=None,
        original_text="有事请打 138 1234 2207，车位太少",
        reporter=Reported("金丝雀", "13998765432"),
    )
    issue = services.submit_issues(issues=[issue], by=district.own["lead"], at=MONDAY)[0]
    handler = journey.handler(issue)
    issue = services.accept_issue(issue=issue, by=handler, at=MONDAY, version=None)
    issue = services.add_progress(
        issue=issue, text="内部-先别告诉居民", public=False, by=handler, at=MONDAY, version=None
    )
    issue = services.ask_extension(issue=issue, reason="内部-人手不够", by=handler, at=MONDAY, version=None) or issue
    issue.refresh_from_db()
    district.own.street.contact_name = "联络员方晓"
    district.own.street.save()
    for status in ("awaiting_ruling", "returned", "resolved"):
        journey.to(status)
    pages = [page_of(client, each).content.decode() for each in Issue.objects.submitted()]
    secrets = [
        "金丝雀",
        "13998765432",
        "138 1234 2207",
        "内部-",
        "联络员方晓",
        handler.name,
        "职责清单第 3 条",
        "哪一栋楼？",
    ]
    people = [person.name for person in district.own.people.values()]
    assert [(secret, page[:0]) for page in pages for secret in secrets + people if secret in page] == []


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("021-5555 0100", "tel:021-5555 0100"),
        ("19974883284", ""),
        ("199 7488 3284", ""),
        ("+8619974883284", ""),
        ("5555 0100 / 19974883284", ""),
        ("", ""),
    ],
)
def test_a_mobile_number_of_an_official_is_never_shown(
    district: District, client: Client, phone: str, shown: str
) -> None:
    issue = Journey(district).submitted()
    district.own.street.contact_phone = phone
    district.own.street.save()
    text = page_of(client, issue).content.decode()
    assert ("tel:" in text, shown in text) == (bool(shown), True)
    assert str(district.own.street) in text


@pytest.mark.parametrize(
    ("status", "objection"),
    [("explained", "不同意这个答复"), ("resolved", "没有办好")],
)
def test_of_an_explained_issue_nobody_claimed_that_it_was_done(
    district: District, client: Client, status: str, objection: str
) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=2)).to(status)
    assert f"{objection}</a>" in page_of(client, issue).content.decode()
    form = page_of(client, issue, "resident_not_solved")
    assert form.context["form"]["words"].label == ("您不同意哪一点？" if status == "explained" else "哪里没有办好？")


# -- What the resident says -----------------------------------------------------------------------------


def test_done_closes_the_issue_as_the_residents_own_word(district: District, client: Client) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=2)).to("awaiting_confirmation")
    answer = send(client, issue, "resident_solved")
    issue.refresh_from_db()
    feedback = Feedback.objects.get()
    assert answer.status_code == 302
    assert (issue.status, feedback.reaction, feedback.by) == ("resolved", "accepts", None)
    assert history_of(issue).first().actor_id is None


def test_understood_closes_an_explained_issue(district: District, client: Client) -> None:
    journey = Journey(district, at=timezone.now() - timedelta(days=2))
    issue = journey.explanation()
    services.review_explanation(issue=issue, upheld=True, by=journey.office, at=journey.at, version=None)
    send(client, issue, "resident_solved")
    issue.refresh_from_db()
    assert (issue.status, Feedback.objects.get().reaction) == ("explained", "understands")


def test_not_done_goes_back_to_the_desk_with_the_residents_sentence(district: District, client: Client) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=2)).to("awaiting_confirmation")
    due_on = issue.due_on
    send(client, issue, "resident_not_solved", words="车位线第二天就被磨掉了")
    issue.refresh_from_db()
    feedback = Feedback.objects.get()
    assert (issue.status, issue.due_on) == ("in_progress", due_on)
    assert (feedback.reaction, feedback.note) == ("objects", "车位线第二天就被磨掉了")


@pytest.mark.parametrize("status", ["resolved", "explained"])
def test_not_done_reopens_what_was_over(district: District, client: Client, status: str) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=29)).to(status)
    assert send(client, issue, "resident_not_solved", words="又堵了").status_code == 302
    issue.refresh_from_db()
    assert issue.status == "in_progress"
    assert issue.replies.filter(text="又堵了", public=False).exists()


def test_after_thirty_days_the_page_says_to_call(district: District, client: Client) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=32)).to("resolved")
    assert not page_of(client, issue).context["told"].may_object
    page = send(client, issue, "resident_not_solved", words="又堵了")
    issue.refresh_from_db()
    assert (page.status_code, issue.status) == (422, "resolved")


def test_an_objection_needs_a_sentence(district: District, client: Client) -> None:
    issue = Journey(district).to("awaiting_confirmation")
    assert send(client, issue, "resident_not_solved", words=" ").status_code == 422
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("status", ["assigned", "in_progress", "resolved", "explained", "awaiting_level"])
def test_nothing_can_be_confirmed_before_there_is_an_answer_or_twice(
    district: District, client: Client, status: str
) -> None:
    issue = Journey(district).to(status)
    before = Feedback.objects.count()
    assert send(client, issue, "resident_solved").status_code == 422
    assert Feedback.objects.count() == before


def test_an_answer_sent_twice_counts_once(district: District, client: Client) -> None:
    issue = Journey(district, at=timezone.now() - timedelta(days=2)).to("awaiting_confirmation")
    answers = [send(client, issue, "resident_solved", form_key=KEY) for _each in range(2)]
    assert answers[0].url == answers[1].url
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize("name", ["resident_solved", "resident_not_solved"])
def test_without_the_code_nobody_answers_for_the_resident(district: District, client: Client, name: str) -> None:
    issue = Journey(district).to("awaiting_confirmation")
    answer = client.post(reverse(f"issues:{name}", args=[f"{issue.code}-{WRONG}"]), {"words": "x"})
    issue.refresh_from_db()
    assert (answer.status_code, issue.status) == (404, "awaiting_confirmation")


def test_answers_need_the_forms_token(district: District) -> None:
    issue = Journey(district).to("awaiting_confirmation")
    client = Client(enforce_csrf_checks=True)
    assert send(client, issue, "resident_solved").status_code == 403


def test_the_page_is_chinese_unless_the_browser_asks_for_english(district: District) -> None:
    issue = Journey(district).to("in_progress")
    chinese = page_of(Client(), issue)
    english = page_of(Client(headers={"accept-language": "en-GB"}), issue)
    assert (chinese["Content-Language"], english["Content-Language"]) == ("zh-hans", "en")
