"""Mail against a real server that answers what a test wants; every answer ends in its state, under one Message-ID."""

import email
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from notifications.channels import ANSWER_LOST, NOT_SENT, Outgoing, channels
from notifications.channels.mail import Mail
from notifications.drain import drain
from notifications.models import Attempt, Delivery, Preference
from tests.notifications.channels.conftest import AT
from tests.notifications.things import Shelf

Due = Callable[..., list[Delivery]]
HOUR = timedelta(hours=1)
FINE = {
    "greeting": "220 ready",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go",
    ".": "250 taken",
}
HANG_UP = "hang up"
WAIT = "wait"
# Only for a server that waits: every other answer comes, on a machine that stalls as well.
IMPATIENT = 0.3


class Sink:
    """Speaks as much SMTP as is needed, says `answers` in place of what is usual, keeps every letter that came whole."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.letters: list[EmailMessage] = []
        self.lines = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
                self.lines += 1
            except OSError:
                return
            threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        try:
            with line, line.makefile("rb") as heard:
                self._say(line, "greeting")
                for raw in heard:
                    word = raw[:4].strip().decode().upper()
                    if word == "DATA" and self._say(line, "DATA"):
                        self._take(line, heard)
                    elif word == "QUIT":
                        return
                    elif word != "DATA":
                        self._say(line, word)
        except OSError:
            pass  # the other side has gone, or we hung up

    def _take(self, line: socket.socket, heard: Any) -> None:
        raw = b""
        for one in heard:
            if one == b".\r\n":
                break
            raw += one.removeprefix(b".") if one.startswith(b"..") else one
        self.letters.append(email.message_from_bytes(raw, policy=default))
        self._say(line, ".")

    def _say(self, line: socket.socket, word: str) -> bool:
        answer = {**FINE, "RSET": "250 ok", "AUTH": "535 wrong password", **self.answers}.get(word, "500 what?")
        if answer == WAIT:
            time.sleep(1)
        if answer in (WAIT, HANG_UP):
            line.shutdown(socket.SHUT_RDWR)
            raise OSError
        line.sendall(f"{answer}\r\n".encode())
        return answer.startswith("354")


@pytest.fixture
def sink(shelf: Shelf, settings: Any) -> Iterator[Sink]:
    sink = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5.0
    yield sink
    channels()["mail"].close()
    sink.close()


LETTER = Outgoing(
    delivery_id=1,
    message_id="<one@manyi>",
    recipient_id=1,
    address="wang@example.cn",
    language="en",
    subject="Visit coming",
    lines=(("Tomorrow.", "/visits/1/"),),
    rule_code="coming",
    mandatory=True,
)
CASES: dict[str, tuple[dict[str, str], str]] = {
    "ok": ({}, "sent"),
    "taken and then refused": ({".": "554 looks like spam"}, "dead"),
    "too many, later": ({"RCPT": "450 greylisted"}, "due"),
    "closing the line": ({"MAIL": "421 too many connections"}, "due"),
    "wrong password": ({"EHLO": "250-hello\r\n250 AUTH PLAIN"}, "due"),
    "no such person": ({"RCPT": "550 no such user"}, "dead"),
    "too large": ({".": "552 too large"}, "dead"),
    "broken server": ({".": "451 local error"}, "due"),
    "time-out before the answer": ({".": WAIT}, "due"),
    "cut off in the answer": ({".": HANG_UP}, "due"),
    "connection refused": ({}, "due"),
    "garbage": ({"greeting": "hello, is it me you are looking for"}, "due"),
    "lives elsewhere": ({"RCPT": "551 user not local; try <other@example.cn>"}, "dead"),
}


@pytest.mark.parametrize("case", CASES)
def test_every_answer_ends_in_its_state(sink: Sink, due: Due, settings: Any, case: str) -> None:
    sink.answers, state = CASES[case]
    if case == "wrong password":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "manyi", "wrong"
    if WAIT in sink.answers.values():
        settings.EMAIL_TIMEOUT = IMPATIENT
    if case == "connection refused":
        sink.close()
        sink._socket = socket.create_server(("127.0.0.1", 0))  # another port: nobody listens where mail goes
    (delivery,) = due("mail")
    drain(at=AT, only=["mail"])
    row, tried = Delivery.objects.get(pk=delivery.pk), Attempt.objects.get()
    assert row.state == state, tried.detail
    assert (row.sent_at is not None) == (state == "sent")
    if state != "sent":
        assert tried.code and tried.detail, "a refusal has words"


@pytest.mark.parametrize(("word", "code"), [("greeting", NOT_SENT), (".", ANSWER_LOST)])
def test_three_letters_to_a_server_that_says_nothing_are_enough(
    sink: Sink, due: Due, settings: Any, word: str, code: str
) -> None:
    """It is left alone for a while, as whoever waits for it keeps the other channels waiting."""
    settings.EMAIL_TIMEOUT, sink.answers = IMPATIENT, {word: WAIT}
    due("mail", 5)
    Delivery.objects.filter(channel="mail").update(attempts=1)  # tried before, so they are not gathered
    assert drain(at=AT, only=["mail"]).counts == {"temporary": 3}
    assert drain(at=AT + timedelta(minutes=2), only=["mail"]).counts == {}
    assert set(Attempt.objects.values_list("code", flat=True)) == {code}


def test_two_threads_have_a_line_each(sink: Sink) -> None:
    """The channel is one for the whole process, and Celery and gunicorn may run threads."""
    mail, sent = Mail(), []
    begun, closed = threading.Barrier(2, timeout=10), threading.Event()

    def one() -> None:
        sent.append(mail.send(LETTER).result)
        begun.wait()
        closed.wait(10)
        sent.append(mail.send(LETTER).result)
        mail.close()

    def other() -> None:
        sent.append(mail.send(LETTER).result)
        begun.wait()
        mail.close()
        closed.set()

    threads = [threading.Thread(target=work) for work in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (sent, sink.lines) == (["accepted"] * 3, 2)


def test_a_letter_sent_again_after_a_lost_answer_has_the_same_id(sink: Sink, due: Due, settings: Any) -> None:
    settings.EMAIL_TIMEOUT, sink.answers = IMPATIENT, {".": WAIT}
    (delivery,) = due("mail")
    drain(at=AT, only=["mail"])
    settings.EMAIL_TIMEOUT, sink.answers = 5.0, {}
    drain(at=AT + HOUR, only=["mail"])
    assert [letter["Message-ID"] for letter in sink.letters] == [delivery.message_id] * 2
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "您因承担走访工作收到这封邮件"), ("en", "You receive this because")]
)
def test_a_letter_is_plain_and_html_in_the_readers_language_with_a_way_out(
    sink: Sink, due: Due, shelf: Shelf, settings: Any, language: str, words: str
) -> None:
    (person,) = shelf.people["team"]
    Preference.objects.create(user_id=person, language=language)
    due("mail")
    drain(at=AT, only=["mail"])
    (letter,) = sink.letters
    parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
    assert list(parts) == ["text/plain", "text/html"]
    assert all(words in part and "/visits/1/" in part for part in parts.values())
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip().startswith(f"<{settings.SITE_URL}/reminders/stop/")
    assert letter["To"] == "wang@example.cn" and letter["Auto-Submitted"] == "auto-generated"
