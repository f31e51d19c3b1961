"""Nothing anybody sends makes the site stumble: no answer of 5xx at any address, as any role.

`make test` draws a thousand requests; `make fuzz` (FUZZ_REQUESTS) as many as one likes. Most go to people whom the
permission matrix lets in, and most forms are sent as the page offers them, with one or a few fields spoiled: what is
junk throughout is refused at the first field. The draw is seeded, another one on each database: a failure names the
request, and the same seed finds it again.
"""

import os
import random
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.fuzz.forms import Form, forms_of
from tests.fuzz.values import ALL, CURSORS, FOREIGN_FIELDS, PLAUSIBLE
from tests.site import matrix
from tests.site.addresses import Address, all_addresses
from tests.site.matrix import ROLES, Row
from tests.site.world import World, arguments, build_world, variants

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261008"))
QUERY = ["q", "view", "cursor", "page", "format", "status", "street", "area", "level", "category", "quarter", "handler"]
QUERY += ["round", "kind", "team", "day", "month", "unit", "next", "by", "part", "text", "print", "incomplete", "only"]
ODD_PARTS = ["x", "0", "字", "a" * 300, "..", "%00", "26Q4-9999", "2026q9", "-1", "%2e%2e", "' or 1=1", "99999"]
ODD_METHODS = ["get", "post", "put", "delete", "options", "head"]
# What shows in the matrix that somebody got in: a redirect takes those who are not signed in to the first page.
INSIDE = {False: {"200", "302", "422"}, True: {"200", "422"}}
NO_FORM: Form = {"note": [""], "version": ["1"]}


class Fuzz:
    def __init__(self, world: World, seed: str) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.table = matrix.read()
        self.addresses = [(address, variant) for address in all_addresses() for variant in variants(address)]
        self.clients = {role: self._client(role) for role in ROLES}
        self.cookies = {role: cookies_of(client) for role, client in self.clients.items()}
        self.forms: dict[tuple[str, str], Form] = {}
        self.opened: set[tuple[str, str]] = set()
        self.failures: list[str] = []

    def _look_at_every_page(self) -> None:
        """Once, as the first who may: many forms stand on another page than the one they are sent to."""
        for address, variant in self.addresses:
            cells = self.table.get(Row(key_of(address, variant), "GET"), {})
            if role := next((role for role in ROLES if cells.get(role, "").startswith("200")), None):
                self._ask(role, "get", reverse(address.name, kwargs=arguments(address, self.world, "own") | variant))

    def _client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        person = self.world.person(role)
        if person:
            client.force_login(person)
        return client

    def run(self, requests: int) -> list[str]:
        self._look_at_every_page()
        for number in range(requests):
            address, variant = self.addresses[number % len(self.addresses)]
            self.send(address, variant)
        return self.failures

    def send(self, address: Address, variant: dict[str, str]) -> None:
        key = key_of(address, variant)
        role, method = self._role_and_method(key)
        path = self._path(address, variant)
        data = self._body(self._form(role, path.partition("?")[0], key)) if method == "post" else None
        answer = self._ask(role, method, path, data)
        if answer.status_code >= 500:
            self.failures.append(
                f"{answer.status_code} {method} {path[:200]} {str(data)[:600]} as {role}: {_why(answer)}"
            )

    def _ask(self, role: str, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """The answer to a request that leaves nothing behind: no row, no cookie, no count of wrong tries."""
        client = self.clients[role]
        with transaction.atomic():
            answer = getattr(client, method)(path, data) if data is not None else getattr(client, method)(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
            elif method == "get" and answer.status_code == 200:
                self._learn(role, path.partition("?")[0], answer)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(self.cookies[role])
        for cache in caches.all(initialized_only=True):
            cache.clear()
        return answer

    # -- What is asked for ------------------------------------------------------------------------

    def _role_and_method(self, key: str) -> tuple[str, str]:
        """Mostly somebody who may enter and a method the address knows."""
        method = self.random.choice([one for one in ("GET", "POST") if self._knows(key, one)] or ["GET"])
        cells = self.table.get(Row(key, method), {})
        inside = [role for role in ROLES if cells.get(role, "200")[:3] in INSIDE[role == "anonymous"]]
        role = self.random.choice(inside if inside and self.random.random() < 0.8 else ROLES)
        return role, method.lower() if self.random.random() < 0.9 else self.random.choice(ODD_METHODS)

    def _knows(self, key: str, method: str) -> bool:
        return self.table.get(Row(key, method), {}).get("coordinator") != "405"

    def _path(self, address: Address, variant: dict[str, str]) -> str:
        values: dict[str, Any] = arguments(address, self.world, self.random.choice(["own", "foreign"])) | variant
        path = reverse(address.name, kwargs=values)
        if values and self.random.random() < 0.1:
            broken = str(self.random.choice(list(values.values())))
            path = path.replace(broken, quote(self.random.choice(ODD_PARTS)), 1)
        names = self.random.sample(QUERY, self.random.choice([0, 1, 2]))
        query = "&".join(f"{name}={self._quoted(name)}" for name in names)
        return f"{path}?{query}" if query else path

    def _quoted(self, name: str) -> str:
        value = self.random.choice(CURSORS if name == "cursor" else ALL)
        return quote(value.encode("utf-8", "surrogatepass"))

    # -- What is sent -----------------------------------------------------------------------------

    def _body(self, form: Form) -> dict[str, Any]:
        names = list(form)
        body: dict[str, Any] = {name: self._as_offered(values) for name, values in form.items()}
        if self.random.random() < 0.2:
            body = {}
        few = self.random.random() < 0.7
        body |= {name: self._value() for name in self._some(names, 3 if few else len(names))}
        for name in self._some(names, 1) if self.random.random() < 0.1 else ():
            body.pop(name, None)
        if self.random.random() < 0.1:
            body[self.random.choice(FOREIGN_FIELDS)] = self._value()
        return body

    def _some(self, names: list[str], most: int) -> Iterable[str]:
        return self.random.sample(names, self.random.randint(0, min(most, len(names))))

    def _as_offered(self, values: list[str]) -> str:
        return self.random.choice(values) or self.random.choice(["", *PLAUSIBLE])

    def _value(self) -> Any:
        if self.random.random() < 0.03:
            return SimpleUploadedFile("x.xlsx", b"not a workbook")
        return self.random.choice(ALL).encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    def _form(self, role: str, page: str, key: str) -> Form:
        """What this person is offered there; where that is nothing, what another was offered, or a guess."""
        known = (role, page) in self.forms or (role, page) in self.opened
        if self._knows(key, "GET") and not known:
            self.opened.add((role, page))
            self._ask(role, "get", page)
        others = (self.forms[other, page] for other in ROLES if (other, page) in self.forms)
        return self.forms.get((role, page)) or next(others, NO_FORM)

    def _learn(self, role: str, page: str, answer: Any) -> None:
        for path, form in forms_of(answer.content.decode(errors="replace"), page).items():
            self.forms[role, path] = form


def key_of(address: Address, variant: dict[str, str]) -> str:
    """How the permission matrix calls the address."""
    return f"{address.key} {' '.join(variant.values())}".strip()


def cookies_of(client: Client) -> dict[str, str]:
    return {name: each.value for name, each in client.cookies.items()}


def _why(answer: Any) -> str:
    error = getattr(answer, "exc_info", None)
    return f"{error[0].__name__}: {str(error[1])[:200]}" if error else ""


@pytest.fixture
def fuzz(db: None) -> Fuzz:
    return Fuzz(build_world(), f"{SEED} {connection.vendor}")


def test_no_request_from_the_catalogue_makes_a_server_error(fuzz: Fuzz) -> None:
    failures = fuzz.run(REQUESTS)
    assert not failures, "\n".join(failures)


def test_people_stay_signed_in_when_a_draw_signs_them_out(fuzz: Fuzz) -> None:
    """What the draw is worth: whoever was signed out would be sent to the first page ever after."""
    assert fuzz._ask("lead", "post", "/logout/", {}).status_code == 302
    assert fuzz._ask("lead", "get", "/inbox/").status_code == 200


def test_a_form_is_known_from_whoever_may_open_it(fuzz: Fuzz) -> None:
    name = "assessment:survey_new"
    page = reverse(name)
    assert fuzz._form("lead", page, name) == NO_FORM
    assert {"year", "title_zh", "opens_on"} <= fuzz._form("coordinator", page, name).keys()
    assert {"year", "title_zh", "opens_on"} <= fuzz._form("lead", page, name).keys()


def test_a_form_is_read_with_what_it_offers_and_wherever_it_is_sent() -> None:
    page = """
      <div hx-post="draft/"><form method="post"><input name="csrfmiddlewaretoken" value="x"><input name="version" value="3">
        <select name="part"><option value="am"></option><option value="pm"></option></select><textarea name="words">已谈
        </textarea><button name="go" value="on" formaction="/elsewhere/?a=1"></button></form></div>
      <form method="get"><input name="q"></form>"""
    form = {"version": ["3"], "part": ["am", "pm"], "words": ["已谈"], "go": ["on"]}
    assert forms_of(page, "/record/") == dict.fromkeys(["/record/", "/record/draft/", "/elsewhere/"], form)
