from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.kinds import Kind
from notifications.models import Heartbeat, Message
from notifications.queries import sentence_of, unread_count
from notifications.services import mark_read, notify
from notifications.tasks import beat
from teams.models import User
from tests.factories.notifications import MessageFactory
from tests.factories.teams import UserFactory

pytestmark = pytest.mark.usefixtures("in_2026")

AT = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
FACTS = {
    "area": "春申坊",
    "day": "2026-07-08",
    "starts_at": "14:00",
    "venue": "302室",
    "code": "26Q2-0287",
    "headline": "3号楼加装电梯停工",
    "due_on": "2026-07-10",
    "team": 118,
    "seat": {"zh": "律师", "en": "Lawyer"},
    "person": "陆一鸣",
    "old": "江小舟",
    "new": "陆一鸣",
    "note": "资格不符",
    "period": {"zh": "2026年度", "en": "2026"},
}


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory()


@pytest.fixture
def client_of_reader(reader: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(reader, backend="teams.signing_in.NameOrPhoneBackend")
    return client


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_says_one_sentence_in_both_languages(kind: str, language: str) -> None:
    sentence = sentence_of(Message(kind=kind, facts=FACTS))

    assert len(sentence) > 10
    assert "{" not in sentence and "  " not in sentence


@pytest.mark.parametrize("kind", Kind.values)
def test_a_message_without_its_facts_is_still_shown(kind: str) -> None:
    assert sentence_of(Message(kind=kind, facts={}))


def test_the_words_are_made_in_the_readers_language() -> None:
    message = Message(kind=Kind.MEMBER_NOMINATED, facts=FACTS)
    with translation.override("en"):
        assert sentence_of(message) == "陆一鸣 is proposed as Lawyer of team 118 from Wed 8 July. Please decide."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("江小舟", "陆一鸣", "陆一鸣 is Lawyer of team 118 from Wed 8 July, after 江小舟. Open work is handed over."),
        ("", "陆一鸣", "陆一鸣 is Lawyer of team 118 from Wed 8 July."),
        ("江小舟", "", "江小舟 is no longer Lawyer of team 118 from Wed 8 July."),
    ],
)
def test_a_change_of_member_is_told_as_it_was(old: str, new: str, words: str) -> None:
    with translation.override("en"):
        assert sentence_of(Message(kind=Kind.MEMBER_REPLACED, facts=FACTS | {"old": old, "new": new})) == words


def test_a_message_is_text_and_the_page_escapes_it_once(reader: User, client_of_reader: Client) -> None:
    message = MessageFactory(recipient=reader, facts=FACTS | {"venue": "<b>A&B</b>"})

    assert "<b>A&B</b>" in sentence_of(message)
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in client_of_reader.get("/inbox/").content.decode()


def test_a_message_goes_to_each_person_once(db: None) -> None:
    first, second = UserFactory.create_batch(2)
    notify([first, second.pk, first.pk, second], Kind.VISIT_MOVED, facts=FACTS, url="/", at=AT)

    assert sorted(Message.objects.values_list("recipient_id", flat=True)) == sorted([first.pk, second.pk])


def test_the_inbox_shows_own_messages_newest_first(reader: User, client_of_reader: Client) -> None:
    old = MessageFactory(recipient=reader, created_at=AT - timedelta(days=1))
    new = MessageFactory(recipient=reader, created_at=AT)
    MessageFactory()
    page = client_of_reader.get("/inbox/").context["page"]

    assert [message for message, _sentence in page.rows] == [new, old]


def test_opening_marks_as_read_once_and_leads_to_the_thing(reader: User, client_of_reader: Client) -> None:
    message = MessageFactory(recipient=reader, url="/teams/118/")
    other = MessageFactory(recipient=reader)

    assert client_of_reader.get(f"/inbox/{message.pk}/")["Location"] == "/teams/118/"
    first_read = Message.objects.get(pk=message.pk).read_at
    client_of_reader.get(f"/inbox/{message.pk}/")
    assert Message.objects.get(pk=message.pk).read_at == first_read
    assert list(Message.objects.unread()) == [other]


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/"])
def test_a_message_leads_nowhere_outside(reader: User, client_of_reader: Client, url: str) -> None:
    message = MessageFactory(recipient=reader, url=url)

    assert client_of_reader.get(f"/inbox/{message.pk}/")["Location"] == "/inbox/"


def test_somebody_elses_message_is_not_there(client_of_reader: Client) -> None:
    foreign = MessageFactory()

    assert client_of_reader.get(f"/inbox/{foreign.pk}/").status_code == 404
    assert Message.objects.get().read_at is None


def test_all_are_marked_as_read_but_only_ones_own(reader: User, client_of_reader: Client) -> None:
    MessageFactory.create_batch(3, recipient=reader)
    foreign = MessageFactory()
    client_of_reader.post("/inbox/read/")

    assert unread_count(reader) == 0
    assert list(Message.objects.unread()) == [foreign]


def test_marking_all_keeps_the_time_of_what_was_read_before(reader: User) -> None:
    earlier = MessageFactory(recipient=reader, read_at=AT - timedelta(days=1))
    MessageFactory.create_batch(2, recipient=reader)

    assert mark_read(by=reader, at=AT) == 2
    assert Message.objects.get(pk=earlier.pk).read_at == AT - timedelta(days=1)


def test_the_inbox_costs_the_same_for_1_and_for_300_messages(reader: User, client_of_reader: Client) -> None:
    costs = []
    for more in (1, 2, 297):
        MessageFactory.create_batch(more, recipient=reader)
        client_of_reader.get("/inbox/")
        with CaptureQueriesContext(connection) as queries:
            client_of_reader.get("/inbox/")
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_paging_reaches_every_message_once(reader: User, client_of_reader: Client) -> None:
    MessageFactory.create_batch(120, recipient=reader, created_at=AT)
    seen, cursor = [], ""
    for _page in range(4):
        page = client_of_reader.get("/inbox/", {"cursor": cursor}).context["page"]
        seen += [message.pk for message, _sentence in page.rows]
        cursor = page.next

    assert (cursor, len(seen), len(set(seen))) == ("", 120, 120)


def test_the_heartbeat_is_one_row_that_moves(db: None) -> None:
    beat()
    first = Heartbeat.objects.get()
    beat()

    assert first.name == "scheduler"
    assert Heartbeat.objects.get().last_ok >= first.last_ok
