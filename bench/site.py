"""The site as people reach it, on gunicorn with two workers, and somebody who asks it for pages."""

import http.client
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.test import Client
from django.utils.crypto import get_random_string

from teams.models import User
from tools.ports import free_port
from tools.processes import Child, wait_until
from tools.run import HOST, answers, gunicorn

TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Site:
    port: int
    pid: int


@contextmanager
def running() -> Iterator[Site]:
    """A site that runs until the block ends. A connection outlives whatever this process does between two requests."""
    port = free_port()
    with Child("web", [sys.executable, "-m", *gunicorn(port), "--keep-alive", "600"]) as child:
        if not wait_until(lambda: answers(port), seconds=60, child=child):
            raise SystemExit("the web server does not answer")
        yield Site(port, child.pid)


class Visitor:
    """Somebody signed in, on a connection that stays open, so that every request meets the same worker."""

    def __init__(self, connection: http.client.HTTPConnection, user: User) -> None:
        client, token = Client(), get_random_string(32)
        client.force_login(user, backend="teams.signing_in.NameOrPhoneBackend")
        session = client.cookies["sessionid"].value
        self.connection, self.user = connection, user
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept-Language": "zh",
        }

    def get(self, address: str) -> str:
        return self._ask("GET", address, 200)

    def post(self, address: str, *, expected: int = 302, headers: Mapping[str, str] = NO_HEADERS, **fields: str) -> str:
        """The address it leads to, or the words that come back."""
        return self._ask("POST", address, expected, urlencode(fields), {**TYPE, **headers})

    def _ask(
        self,
        method: str,
        address: str,
        expected: int,
        body: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        self.connection.request(method, address, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != expected:
            raise SystemExit(f"{method} {address} answered {answer.status}: {text[:300]}")
        return answer.headers.get("Location", "") or text


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, port, timeout=600)
