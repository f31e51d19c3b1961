"""The pages of one issue: who may open them, what they offer, and every action through its form."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from issues import services, vault
from issues.models import Channel, Explanation, Extension, Issue, IssueStatus, Return
from issues.offers import ACTIONS as OFFERED
from issues.vault import Reported
from issues.views.actions import ACTIONS
from teams.permissions import Role
from tests.factories.issues import CategoryFactory, Journey
from tests.factories.teams import GrantFactory
from tests.people import District

S = IssueStatus
NOW = timezone.now()


@pytest.fixture
def journey(district: District) -> Journey:
    return Journey(district, at=NOW - timedelta(hours=4))


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def act(user: Any, issue: Issue, action: str, **data: Any) -> Any:
    current = Issue.objects.get(pk=issue.pk)
    return signed_in(user).post(
        reverse("issues:act", args=[issue.code, action]), {"version": current.version, **data}, follow=False
    )


def status_of(issue: Issue) -> str:
    return Issue.objects.get(pk=issue.pk).status


# -- Who may open what -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["issue", "preview", "print_issue"])
def test_a_stranger_finds_nothing(journey: Journey, name: str) -> None:
    issue = journey.submitted()
    answer = signed_in(journey.district.foreign["street"]).get(reverse(f"issues:{name}", args=[issue.code]))
    assert answer.status_code == 404


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_stranger_finds_no_action(journey: Journey, action: str) -> None:
    answer = act(journey.district.foreign["lead"], journey.submitted(), action)
    assert answer.status_code == 404


def test_whoever_sees_but_may_not_act_is_refused(journey: Journey) -> None:
    answer = act(journey.side["lead"], journey.submitted(), "accept")
    assert answer.status_code == 403


def test_an_unknown_action_is_no_page(journey: Journey) -> None:
    assert act(journey.side["street"], journey.submitted(), "delete").status_code == 404


def test_an_action_the_table_forbids_says_why(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    answer = act(journey.side["street"], issue, "accept")
    assert answer.status_code == 422
    assert "In progress" in answer.content.decode()


def test_every_offered_action_has_a_page_and_a_move() -> None:
    assert {action for action, *_rest in OFFERED} == set(ACTIONS)


# -- What is offered -------------------------------------------------------------------------------


def offered(user: Any, issue: Issue) -> list[str]:
    answer = signed_in(user).get(issue.get_absolute_url())
    return [offer.name for offer in answer.context["offers"]]


@pytest.mark.parametrize(
    ("who", "status", "names"),
    [
        ("street", S.ASSIGNED, ["accept", "assign", "escalate", "extend", "ask-lawyer", "return"]),
        ("street", S.IN_PROGRESS, ["progress", "resolve", "explain", "assign", "escalate", "extend", "ask-lawyer"]),
        ("street", S.AWAITING_CONFIRMATION, []),
        ("secretary", S.AWAITING_CONFIRMATION, ["confirm"]),
        ("lead", S.RETURNED, ["resubmit"]),
        ("lead", S.IN_PROGRESS, []),
        ("department", S.IN_PROGRESS, None),
    ],
)
def test_only_what_is_possible_now_is_offered(journey: Journey, who: str, status: str, names: list[str] | None) -> None:
    issue = journey.to(status)
    if names is None:
        assert signed_in(journey.side[who]).get(issue.get_absolute_url()).status_code == 404
    else:
        assert offered(journey.side[who], issue) == names


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (S.AWAITING_LEVEL, ["route", "send-back"]),
        (S.AWAITING_RULING, ["rule"]),
        (S.RESOLVED, ["reopen"]),
        (S.EXPLAINED, ["reopen"]),
        (S.IN_PROGRESS, []),
    ],
)
def test_the_office_is_offered_what_it_decides(journey: Journey, status: str, names: list[str]) -> None:
    assert offered(journey.office, journey.to(status)) == names


def test_the_reason_stands_where_a_button_would_have_been(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.ask_extension(issue=issue, reason="等材料", by=street, at=NOW, version=None)
    answer = signed_in(street).get(issue.get_absolute_url())
    assert "extend" not in [offer.name for offer in answer.context["offers"]]
    assert answer.context["reasons"] == ["You have asked for an extension; the office has not decided yet."]


def test_whoever_cannot_act_reads_whose_turn_it_is(journey: Journey) -> None:
    answer = signed_in(journey.side["lead"]).get(journey.to(S.IN_PROGRESS).get_absolute_url())
    assert answer.context["reasons"] == [f"It is with {journey.side.street} now."]


def test_a_handler_who_may_confirm_elsewhere_reads_why_not_here(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    issue.assignments.update(handler=journey.side["secretary"])
    answer = signed_in(journey.side["secretary"]).get(issue.get_absolute_url())
    assert answer.context["offers"] == []
    assert "somebody else" in answer.context["reasons"][0]


# -- Every action through its form -----------------------------------------------------------------


def test_accepting_names_the_deadline(journey: Journey) -> None:
    issue = journey.submitted()
    answer = act(journey.side["street"], issue, "accept")
    assert (answer.status_code, answer.url) == (302, issue.get_absolute_url())
    assert Issue.objects.get(pk=issue.pk).handler == journey.side["street"]


def test_an_action_returns_to_the_list_it_came_from(journey: Journey) -> None:
    queue = "/issues/?view=todo"
    assert act(journey.side["street"], journey.submitted(), "accept", next=queue).url == queue


def test_the_message_names_the_issue_and_leads_to_it(journey: Journey) -> None:
    issue = journey.submitted()
    issue.refresh_from_db()
    client = signed_in(journey.side["street"])
    answer = client.post(
        reverse("issues:act", args=[issue.code, "accept"]),
        {"version": issue.version, "next": "/issues/?view=new"},
        follow=True,
    )
    (message,) = answer.context["messages"]
    assert str(message).startswith(f'<a href="{issue.get_absolute_url()}">{issue.code} {issue.headline}</a>: Accepted.')
    assert str(message) in answer.content.decode()


def test_what_a_resident_said_is_text_in_the_message(journey: Journey) -> None:
    issue = journey.submitted(title="", original_text="<b>楼道</b>灯不亮")
    issue.refresh_from_db()
    client = signed_in(journey.side["street"])
    page = client.post(reverse("issues:act", args=[issue.code, "accept"]), {"version": issue.version}, follow=True)
    assert "<b>楼道" not in page.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "queue"])
def test_an_action_never_leads_elsewhere(journey: Journey, elsewhere: str) -> None:
    issue = journey.submitted()
    assert act(journey.side["street"], issue, "accept", next=elsewhere).url == issue.get_absolute_url()


def test_naming_a_case_handler(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(journey.side["street"], issue, "assign", handler=journey.side["street_lead"].pk)
    assert Issue.objects.get(pk=issue.pk).handler == journey.side["street_lead"]


def test_somebody_whose_earlier_role_has_ended_can_still_be_named(journey: Journey) -> None:
    """A handler who came from another unit, where the role is over."""
    person, issue = journey.side["street_lead"], journey.to(S.IN_PROGRESS)
    over = today(NOW) - timedelta(days=1)
    GrantFactory(user=person, role=Role.HANDLER, unit=journey.side.department, until_day=over)
    assert act(journey.side["street"], issue, "assign", handler=person.pk).status_code == 302
    assert Issue.objects.get(pk=issue.pk).handler == person


@pytest.mark.parametrize("role_ended", [True, False])
def test_only_whoever_works_at_the_desk_today_is_named(journey: Journey, role_ended: bool) -> None:
    issue = journey.to(S.IN_PROGRESS)
    until = today(NOW) - timedelta(days=1) if role_ended else None
    person = GrantFactory(role=Role.HANDLER, unit=issue.owner_unit, until_day=until).user
    assert act(journey.side["street"], issue, "assign", handler=person.pk).status_code == (422 if role_ended else 302)


def test_the_office_sets_the_level_and_the_rules_name_the_unit(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_LEVEL)
    act(journey.office, issue, "route", level="1", complexity="ordinary")
    assert Issue.objects.get(pk=issue.pk).owner_unit == journey.side.unit


def test_without_a_rule_the_office_has_to_name_the_unit(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_LEVEL)
    answer = act(journey.office, issue, "route", level="3", complexity="ordinary")
    assert answer.status_code == 422
    assert "Please choose the unit" in answer.content.decode()
    act(journey.office, issue, "route", level="3", complexity="complex", unit=journey.side.department.slug)
    assert Issue.objects.get(pk=issue.pk).owner_unit == journey.side.department


def test_sending_back_and_completing(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_LEVEL)
    act(journey.office, issue, "send-back", note="哪一栋楼？")
    assert status_of(issue) == S.RETURNED
    page = signed_in(journey.side["lead"]).get(reverse("issues:act", args=[issue.code, "resubmit"]))
    assert "哪一栋楼？" in page.content.decode()
    act(journey.side["lead"], issue, "resubmit", note="3 号楼", place="3 号楼")
    completed = Issue.objects.get(pk=issue.pk)
    assert (completed.status, completed.place) == (S.AWAITING_LEVEL, "3 号楼")


def test_returning_needs_a_basis_and_the_office_rules(journey: Journey) -> None:
    issue, other = journey.submitted(), journey.side.department
    refused = act(journey.side["street"], issue, "return", proposed_unit=other.slug)
    assert (refused.status_code, status_of(issue)) == (422, S.ASSIGNED)
    act(journey.side["street"], issue, "return", basis="职责清单第 3 条", proposed_unit=other.slug)
    assert Return.objects.get(issue=issue).proposed_unit == other
    page = signed_in(journey.office).get(reverse("issues:act", args=[issue.code, "rule"]))
    assert "职责清单第 3 条" in page.content.decode()
    act(journey.office, issue, "rule", unit=other.slug, ruling="由区城管执法局承办")
    assert Issue.objects.get(pk=issue.pk).owner_unit == other


def test_escalating(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(journey.side["street"], issue, "escalate", note="超出街道职责")
    assert (status_of(issue), Issue.objects.get(pk=issue.pk).level.number) == (S.AWAITING_LEVEL, 3)
    page = signed_in(journey.office).get(reverse("issues:act", args=[issue.code, "route"]))
    assert "超出街道职责" in page.content.decode()


def test_progress_for_residents_may_hold_no_number(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    text = "请联系老王 138 1234 2207"
    refused = act(journey.side["street"], issue, "progress", text=text, public="yes")
    assert refused.status_code == 422
    assert text in refused.content.decode()
    act(journey.side["street"], issue, "progress", text=text, public="no")
    assert [(reply.text, reply.public) for reply in issue.replies.all()] == [(text, False)]


def test_handing_in_the_result_and_confirming(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(journey.side["street"], issue, "resolve", text="已划定车位")
    page = signed_in(journey.side["secretary"]).get(reverse("issues:act", args=[issue.code, "confirm"]))
    assert "已划定车位" in page.content.decode()
    answer = act(
        journey.side["secretary"],
        issue,
        "confirm",
        told="反映人",
        channel=Channel.PHONE,
        told_on=today(NOW).isoformat(),
        reaction="accepts",
    )
    assert (answer.status_code, status_of(issue)) == (302, S.RESOLVED)


def test_explaining_reviewing_and_confirming(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(
        journey.side["street"],
        issue,
        "explain",
        rule="条例第 8 条",
        text="道路太窄",
        explained_by="沈佳",
        review_on=(today(NOW) + timedelta(days=90)).isoformat(),
    )
    assert Explanation.objects.get(issue=issue).upheld is None
    page = signed_in(journey.office).get(reverse("issues:act", args=[issue.code, "review"]))
    assert "道路太窄" in page.content.decode()
    refused = act(journey.office, issue, "review", upheld="no")
    assert refused.status_code == 422
    act(journey.office, issue, "review", upheld="yes")
    assert Explanation.objects.get(issue=issue).upheld is True


def test_an_extension_is_asked_for_and_decided(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(journey.side["street"], issue, "extend", reason="等材料")
    page = signed_in(journey.office).get(reverse("issues:act", args=[issue.code, "decide-extension"]))
    assert "等材料" in page.content.decode()
    act(journey.office, issue, "decide-extension", granted="yes")
    assert Extension.objects.get(issue=issue).granted is True


def test_the_lawyer_is_asked_and_answers(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    act(journey.side["street"], issue, "ask-lawyer")
    assert offered(journey.side["lawyer"], issue) == ["legal-opinion"]
    act(journey.side["lawyer"], issue, "legal-opinion", text="可先行调解")
    assert issue.legal_opinions.get().text == "可先行调解"


def test_reopening(journey: Journey) -> None:
    issue = journey.to(S.RESOLVED)
    act(journey.office, issue, "reopen", note="又停满了")
    assert status_of(issue) == S.IN_PROGRESS


def test_a_form_with_an_error_keeps_what_was_typed(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    answer = act(journey.side["street"], issue, "explain", text="道路太窄，划不了车位", review_on="2020-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "道路太窄，划不了车位" in page
    assert "Error:" in page


def test_somebody_faster_is_a_409_with_what_was_typed(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    services.add_progress(issue=issue, text="先到", public=False, by=journey.side["street_lead"], at=NOW, version=None)
    answer = signed_in(journey.side["street"]).post(
        reverse("issues:act", args=[issue.code, "progress"]),
        {"version": issue.version, "text": "我写的进展很长", "public": "no"},
    )
    assert answer.status_code == 409
    assert "我写的进展很长" in answer.content.decode()
    assert journey.side["street_lead"].name in answer.content.decode()


# -- The page --------------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_much_has_happened(journey: Journey, django_assert_num_queries: Any) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    client = signed_in(street)
    client.get(issue.get_absolute_url())
    for more in (1, 10):
        for number in range(more):
            services.add_progress(issue=issue, text=f"{number}", public=True, by=street, at=NOW, version=None)
        with django_assert_num_queries(12):
            client.get(issue.get_absolute_url())


def test_the_timeline_tells_who_did_what_newest_first(journey: Journey) -> None:
    issue = journey.to(S.RESOLVED)
    entries = signed_in(journey.office).get(issue.get_absolute_url()).context["entries"]
    assert [(entry.who, entry.text.split()[0]) for entry in entries] == [
        (journey.side["secretary"].name, "told"),
        (journey.side["street"].name, "handed"),
        (journey.side["street"].name, "accepted"),
        ("", "Went"),
        (journey.side["lead"].name, "submitted"),
    ]
    assert entries[-1].quote == issue.original_text


def test_the_timeline_can_show_what_residents_read(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.add_progress(issue=issue, text="内部", public=False, by=street, at=NOW, version=None)
    services.add_progress(issue=issue, text="公开", public=True, by=street, at=NOW, version=None)
    page = signed_in(street).get(issue.get_absolute_url(), {"show": "public"})
    assert [entry.more for entry in page.context["entries"]] == ["公开"]
    assert page.context["story"].answer[0] == "公开"


def test_an_explanation_is_no_answer_before_its_second_opinion(journey: Journey) -> None:
    issue = journey.explanation()
    assert signed_in(journey.office).get(issue.get_absolute_url()).context["story"].answer is None
    services.review_explanation(issue=issue, upheld=True, by=journey.office, at=NOW, version=None)
    page = signed_in(journey.office).get(issue.get_absolute_url())
    assert page.context["story"].answer[0] == Explanation.objects.get(issue=issue).text


def test_the_ladder_counts_the_working_days_of_each_level(journey: Journey) -> None:
    journey.at = NOW - timedelta(days=14)
    issue = journey.to(S.IN_PROGRESS)
    services.escalate_issue(
        issue=issue, by=journey.side["street"], at=NOW - timedelta(days=7), version=None, note="要部门办"
    )
    services.route_issue(
        issue=issue,
        level=journey.levels[3],
        unit=journey.side.department,
        by=journey.office,
        at=NOW - timedelta(days=7),
    )
    rungs = signed_in(journey.office).get(issue.get_absolute_url()).context["rungs"]
    assert [rung.look for rung in rungs] == ["skipl", "past", "cur", "nextl"]
    assert rungs[1].lines[1].endswith("5 working days")
    assert rungs[2].lines[1].endswith("5 working days used")


def test_the_people_to_call(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    people = signed_in(journey.office).get(issue.get_absolute_url()).context["people"]
    side = journey.side
    assert [person.phone for person in people] == [side[who].phone for who in ("street", "lead", "lawyer", "secretary")]


@pytest.mark.parametrize("status", [S.IN_PROGRESS, S.ASSIGNED])
def test_an_auditor_reads_names_but_no_mobile_number(journey: Journey, status: str) -> None:
    journey.side.street.contact_phone = "19974883284"
    journey.side.street.save()
    issue = journey.to(status)
    page = signed_in(journey.district["auditor"]).get(issue.get_absolute_url())
    people = page.context["people"]
    assert [person.name for person in people][1:] == [journey.side[who].name for who in ("lead", "lawyer", "secretary")]
    assert [person.phone for person in people] == [""] * 4
    assert "tel:" not in page.content.decode().partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("who", ["auditor", "coordinator"])
def test_the_number_of_an_office_is_no_secret(journey: Journey, who: str) -> None:
    journey.side.street.contact_phone = "021-5555 0100"
    journey.side.street.save()
    issue = journey.submitted()
    people = signed_in(journey.district[who]).get(issue.get_absolute_url()).context["people"]
    assert people[0].phone == "021-5555 0100"


@pytest.mark.parametrize("field", ["rule", "text"])
def test_an_explanation_residents_read_takes_no_telephone_number(journey: Journey, field: str) -> None:
    issue = journey.to(S.IN_PROGRESS)
    words = {"rule": "停车管理办法第8条", "text": "道路太窄", "explained_by": "沈佳"}
    words |= {"review_on": (today(NOW) + timedelta(days=90)).isoformat(), field: "请打13812342207"}
    answer = act(journey.side["street"], issue, "explain", **words)
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_of_telling_lies_between_submission_and_today(journey: Journey, days: int) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    assert issue.submitted_at is not None
    day = min(today(NOW), today(issue.submitted_at)) if days < 0 else today(NOW)
    words = {"told": "反映人", "channel": Channel.PHONE, "reaction": "accepts"}
    answer = act(journey.side["lead"], issue, "confirm", told_on=(day + timedelta(days=days)).isoformat(), **words)
    assert list(answer.context["form"].errors) == ["told_on"]
    assert "–" not in answer.context["form"].errors["told_on"][0]


def test_the_preview_names_similar_open_issues(journey: Journey) -> None:
    issue = journey.submitted()
    journey.submitted()
    journey.submitted(category=CategoryFactory(code="dogs"))
    answer = signed_in(journey.side["street"]).get(reverse("issues:preview", args=[issue.code]))
    assert answer.context["similar"] == 1


@pytest.mark.parametrize(("who", "shown"), [("street", True), ("lead", True), ("department", False)])
def test_the_number_is_offered_to_whoever_works_on_it(journey: Journey, who: str, shown: bool) -> None:
    draft = journey.draft()
    vault.seal(draft, Reported(name="顾秀英", phone="13812342207"))
    issue = services.submit_issues(issues=[draft], by=journey.side["lead"], at=journey.at)[0]
    issue.assignments.create(level=journey.levels[2], unit=journey.side.department, since=NOW, until=NOW)
    page = signed_in(journey.side[who]).get(issue.get_absolute_url())
    assert page.context["may_reveal"] is shown
    assert "138****2207" in page.content.decode()


def test_the_issues_of_an_area_are_a_page_and_a_fragment(journey: Journey) -> None:
    issue = journey.submitted()
    address = reverse("issues:for_area", args=[journey.side.area.slug])
    client = signed_in(journey.side["secretary"])
    whole, part = (
        client.get(address).content.decode(),
        client.get(address, headers={"HX-Request": "true"}).content.decode(),
    )
    assert issue.code in whole
    assert issue.code in part
    assert "<html" in whole
    assert "<html" not in part


def test_what_a_filter_offers_keeps_the_other_filters(journey: Journey) -> None:
    journey.submitted()
    client = signed_in(journey.side["street"])
    address = reverse("issues:choices", args=["category"])
    page = client.get(address, {"view": "open", "level": "2", "category": "x", "cursor": "y"}).content.decode()
    assert "?view=open&amp;level=2&amp;category=parking" in page
    assert client.get(reverse("issues:choices", args=["nothing"])).status_code == 404
