"""Who raised an issue is sealed, masked everywhere, and seen in clear only for a reason that stays on record."""

import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from core.events import history_of
from core.refusals import RuleBroken
from issues import services, vault
from issues.models import Issue, IssueStatus, Reply, Reporter
from issues.reminders import to_accept
from issues.vault import Reported
from notifications.models import Message
from notifications.sources import Ask
from tests.factories.issues import MONDAY, Journey
from tests.people import District

GU = Reported(name="顾秀英", phone="138 1234 2207", wants_messages=True)


@pytest.fixture
def issue(district: District) -> Issue:
    journey = Journey(district)
    draft = journey.draft()
    vault.seal(draft, GU)
    submitted = services.submit_issues(issues=[draft], by=district.own["lead"], at=MONDAY)[0]
    return services.accept_issue(issue=submitted, by=district.own["street"], at=MONDAY, version=None)


def test_no_column_of_the_database_holds_name_or_number(issue: Issue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM issues_reporter")
        row = str(cursor.fetchall())
    assert "13812342207" not in row
    assert "顾秀英" not in row
    assert "138****2207" in row


def test_masked_forms_are_kept_beside(issue: Issue) -> None:
    reporter = Reporter.objects.get(issue=issue)
    assert (reporter.name_masked, reporter.phone_masked) == ("顾**", "138****2207")


def test_nothing_to_keep_forgets_the_person(issue: Issue) -> None:
    vault.seal(issue, Reported())
    assert not Reporter.objects.filter(issue=issue).exists()


def test_without_a_number_nobody_wants_messages(district: District) -> None:
    draft = Journey(district).draft()
    vault.seal(draft, Reported(name="顾阿姨", wants_messages=True))
    assert Reporter.objects.get(issue=draft).wants_messages is False


@pytest.mark.parametrize("who", ["lead", "lawyer", "secretary", "street"])
def test_whoever_works_on_it_may_look_for_a_reason(district: District, issue: Issue, who: str) -> None:
    seen = vault.reveal(issue=issue, by=district.own[who], reason="约上门时间", at=MONDAY)
    assert (seen.name, seen.phone) == ("顾秀英", "13812342207")


@pytest.mark.parametrize("who", ["department", "pairing_unit"])
def test_other_desks_may_not_look(district: District, issue: Issue, who: str) -> None:
    with pytest.raises(PermissionDenied):
        vault.reveal(issue=issue, by=district.own[who], reason="约上门时间", at=MONDAY)


@pytest.mark.parametrize("who", ["official", "auditor", "administrator"])
def test_reading_everything_does_not_include_persons(district: District, issue: Issue, who: str) -> None:
    with pytest.raises(PermissionDenied):
        vault.reveal(issue=issue, by=district[who], reason="检查", at=MONDAY)


def test_a_look_is_an_event_with_its_reason_and_without_the_data(district: District, issue: Issue) -> None:
    vault.reveal(issue=issue, by=district.own["street"], reason="约上门时间", at=MONDAY)
    event = history_of(issue).first()
    assert (event.verb, event.actor_id) == ("reveal", district.own["street"].pk)
    assert set(event.payload) == {"reply"}
    assert Reply.objects.get(pk=event.payload["reply"]).text == "约上门时间"


def test_without_a_reason_nobody_looks(district: District, issue: Issue) -> None:
    with pytest.raises(RuleBroken):
        vault.reveal(issue=issue, by=district.own["street"], reason="  ", at=MONDAY)
    assert history_of(issue).first().verb != "reveal"


def test_thirty_looks_a_day_and_no_more(district: District, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "REVEALS_A_DAY", 3)
    street = district.own["street"]
    for _look in range(3):
        vault.reveal(issue=issue, by=street, reason="约上门时间", at=MONDAY)
    with pytest.raises(RuleBroken):
        vault.reveal(issue=issue, by=street, reason="约上门时间", at=MONDAY)
    vault.reveal(issue=issue, by=district.own["street_lead"], reason="约上门时间", at=MONDAY)


def test_a_submitted_issue_is_not_opened_for_editing(issue: Issue) -> None:
    with pytest.raises(PermissionDenied):
        vault.for_editing(issue)


def test_issues_are_found_by_the_number_they_came_from(issue: Issue) -> None:
    assert list(vault.issues_by_phone("１３８-1234-2207")) == [issue]
    assert list(vault.issues_by_phone("13812342208")) == []
    assert list(vault.issues_by_phone("")) == []


def test_the_number_for_a_message_only_when_wished(district: District, issue: Issue) -> None:
    assert vault.phone_to_tell(issue) == "13812342207"
    vault.seal(issue, Reported(name="顾秀英", phone="13812342207", wants_messages=False))
    assert vault.phone_to_tell(issue) == ""


def test_a_new_key_in_front_still_opens_old_seals(issue: Issue) -> None:
    with override_settings(VAULT_KEYS=[Fernet.generate_key().decode(), *settings.VAULT_KEYS]):
        assert vault.phone_to_tell(issue) == "13812342207"


def test_a_lost_key_is_a_sentence_not_a_crash(issue: Issue) -> None:
    with override_settings(VAULT_KEYS=[Fernet.generate_key().decode()]), pytest.raises(RuleBroken):
        vault.phone_to_tell(issue)


def test_persons_are_destroyed_a_year_after_closing(district: District) -> None:
    journey = Journey(district)
    for status in (IssueStatus.RESOLVED, IssueStatus.IN_PROGRESS):
        vault.seal(journey.to(status), GU)
    assert vault.shred_closed_before(MONDAY) == 0
    assert vault.shred_closed_before(MONDAY + timedelta(days=366)) == 1
    assert [row.issue.status for row in Reporter.objects.all()] == [IssueStatus.IN_PROGRESS]


def test_a_person_shows_masked_when_printed() -> None:
    assert repr(GU) == "Reported('顾**', '138****2207')"


@pytest.mark.parametrize("name", ["issue", "preview", "print_issue"])
@pytest.mark.parametrize("who", ["street", "lead", "secretary"])
def test_pages_show_the_person_masked(district: District, issue: Issue, who: str, name: str) -> None:
    client = Client()
    client.force_login(district.own[who])
    page = client.get(reverse(f"issues:{name}", args=[issue.code])).content.decode()
    assert "顾秀英" not in page
    assert "13812342207" not in page


def test_the_ledger_holds_no_person(district: District, issue: Issue) -> None:
    client = Client()
    client.force_login(district.own["street"])
    answer = client.get(reverse("issues:queue"), {"view": "todo", "format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert issue.code in text
    assert "顾" not in text
    assert re.findall(r"1[3-9]\d{9}", text) == []


@pytest.mark.parametrize("title", ["", "找我13912345678修灯"])
def test_numbers_in_the_resident_s_words_leave_neither_in_the_ledger_nor_in_messages(
    district: District, title: str
) -> None:
    text = "电话13912345678，路灯坏了" if not title else "路灯坏了，139 1234 5678"
    issue = Journey(district).submitted(title=title, original_text=text)
    client = Client()
    client.force_login(district["coordinator"])
    answer = client.get(reverse("issues:queue"), {"view": "all", "format": "csv"})
    ledger = b"".join(answer.streaming_content).decode()
    told = [
        *(message.facts["headline"] for message in Message.objects.filter(url=issue.get_absolute_url())),
        *_reminded(issue),
    ]
    assert issue.code in ledger
    assert len(told) > 1
    assert [words for words in (ledger, *told) if "1391234" in words.replace(" ", "")] == []


def _reminded(issue: Issue) -> list[str]:
    ask = Ask(MONDAY, ids=frozenset({issue.pk}))
    return [subject.facts["headline"] for subject in to_accept(ask)]


def test_revealing_shows_the_number_once_and_is_never_cached(district: District, issue: Issue) -> None:
    client = Client()
    client.force_login(district.own["street"])
    address = reverse("issues:reveal", args=[issue.code])
    assert "13812342207" not in client.get(address).content.decode()
    answer = client.post(address, {"reason": "约上门时间"})
    assert "13812342207" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
