"""One request to a provider: only https to a named host, never redirected, never for long, and honest about what left."""

import http.client
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

CONNECT_SECONDS = 5.0
SECONDS = 8.0
LARGEST = 100_000
LONGEST_WAIT = timedelta(hours=6)
PORTS = {"https": 443, "http": 80}
# Nothing but https. Tests add the other one, for a provider on this machine.
LINES: dict[str, type[http.client.HTTPConnection]] = {"https": http.client.HTTPSConnection}
TEXT = re.compile(r"[\x21-\x7e]+")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class NotSent(Exception):
    """Nothing of the message left this house. The text says why, in English like a provider's own words."""


class AnswerLost(Exception):
    """It was sent, or a part of it, and there is no answer."""


class NotAllowed(Exception):
    """No address that may be asked. The text says why, for whoever typed it."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def facts(self) -> dict[str, Any] | None:
        """The body where it is a JSON object."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def checked(url: str) -> SplitResult:
    """The parts of an address that may be asked, or NotAllowed."""
    parts = _plain_parts(url)
    if parts is None:
        raise NotAllowed(_("This is no address of a provider. It begins with https://."))
    host = _host(parts)
    if not is_allowed(host, parts.port or PORTS[parts.scheme]):
        raise NotAllowed(_("This server is not among those messages may be sent to: %(host)s.") % {"host": host})
    return parts


def _plain_parts(url: str) -> SplitResult | None:
    """None for what cannot be read, and for whatever could hide where it leads."""
    try:
        parts = urlsplit(url if TEXT.fullmatch(url) else "")
        _port = parts.port  # refuses what is no number
    except ValueError:
        return None
    hides_something = parts.username or parts.password or parts.fragment
    return parts if parts.scheme in LINES and HOST.fullmatch(_host(parts)) and not hides_something else None


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def is_allowed(host: str, port: int) -> bool:
    """Whether settings.CHANNEL_HOSTS names it: `host`, `host:port`, or `.domain` for all hosts of a domain."""
    for entry in settings.CHANNEL_HOSTS:
        name, _colon, wanted = entry.lower().partition(":")
        if port == int(wanted or PORTS["https"]) and (host == name or (name.startswith(".") and host.endswith(name))):
            return True
    return False


def post_json(url: str, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    return ask("POST", url, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def ask(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """What the provider says, whatever its status: a redirect is an answer as well and is not followed."""
    parts = checked(url)
    end = time.monotonic() + SECONDS
    line = LINES[parts.scheme](parts.hostname or "", parts.port, timeout=min(CONNECT_SECONDS, SECONDS))
    try:
        line.connect()
    except (OSError, http.client.HTTPException) as error:
        line.close()
        raise NotSent(_words(error)) from None
    try:
        with _cut_off(line, end):
            line.sock.settimeout(SECONDS)
            target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            line.request(method, target, body=body, headers={"User-Agent": "Manyi", **(headers or {})})
            with line.getresponse() as response:
                content = response.read(LARGEST)
                if response.length and len(content) < LARGEST:
                    raise AnswerLost("the answer was cut off")
                answer = Answer(response.status, content, _retry_after(response.getheader("Retry-After", "")))
        if time.monotonic() >= end:  # what was cut off looks like an answer that has ended
            raise AnswerLost("timed out")
        return answer
    except (OSError, http.client.HTTPException) as error:
        raise AnswerLost(_words(error)) from None
    finally:
        line.close()


@contextmanager
def _cut_off(line: http.client.HTTPConnection, end: float) -> Iterator[None]:
    """Ends the connection at that moment: a server that sends a byte now and then would never time out."""
    raw = socket.socket(fileno=os.dup(line.sock.fileno()))
    timer = threading.Timer(max(end - time.monotonic(), 0), _hang_up, [raw])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        raw.close()


def _hang_up(raw: socket.socket) -> None:
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # over already


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _retry_after(text: str) -> timedelta | None:
    """Seconds or a date, as HTTP has it; never more than some hours."""
    if text.strip().isdigit():
        wait = timedelta(seconds=min(int(text.strip()[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            wait = parsedate_to_datetime(text) - datetime.now(UTC)
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
