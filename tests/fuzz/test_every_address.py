"""Nothing anybody sends makes the site stumble: no answer of 5xx at any address, as any role.

`make test` draws a thousand requests; `make fuzz` (FUZZ_REQUESTS) as many as one likes. The draw is seeded: a
failure names the request, and the same seed finds it again.
"""

import os
import random
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.fuzz.values import ALL, CURSORS, FOREIGN_FIELDS
from tests.site.addresses import Address, all_addresses
from tests.site.world import World, arguments, build_world, variants

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261008"))
ROLES = ["coordinator", "lead", "secretary", "street", "organ", "auditor", "administrator", "anonymous"]
QUERY = ["q", "view", "cursor", "page", "format", "status", "street", "area", "level", "category", "quarter", "handler"]
QUERY += ["round", "kind", "team", "day", "month", "unit", "next", "by", "part", "text", "print", "incomplete", "only"]
FIELD = re.compile(r"""<(?:input|select|textarea)[^>]*\sname=["']([^"']+)["']""")
ODD_PARTS = ["x", "0", "字", "a" * 300, "..", "%00", "26Q4-9999", "2026q9", "-1", "%2e%2e", "' or 1=1"]


class Fuzz:
    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.addresses = [(address, variant) for address in all_addresses() for variant in variants(address)]
        self.clients = {role: self._client(role) for role in ROLES}
        self.fields: dict[str, list[str]] = {}
        self.failures: list[str] = []

    def _client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        person = self.world.person(role)
        if person:
            client.force_login(person)
        return client

    def run(self, requests: int) -> list[str]:
        for number in range(requests):
            address, variant = self.addresses[number % len(self.addresses)]
            self._send(address, variant, self.random.choice(ROLES))
        return self.failures

    def _send(self, address: Address, variant: dict[str, str], role: str) -> None:
        path = self._path(address, variant)
        client = self.clients[role]
        method = self.random.choice(["get", "get", "post", "post", "post", "put", "delete", "options", "head"])
        data = self._body(client, path) if method == "post" else None
        with transaction.atomic():
            answer = getattr(client, method)(path, data) if data is not None else getattr(client, method)(path)
            if answer.status_code >= 500:
                self.failures.append(
                    f"{answer.status_code} {method} {path[:200]} {str(data)[:300]} as {role}: {_why(answer)}"
                )
            elif answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)

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

    def _body(self, client: Client, path: str) -> dict[str, Any]:
        names = self._fields_of(client, path)
        chosen = self.random.sample(names, self.random.randint(0, len(names)))
        body: dict[str, Any] = {name: self._value() for name in chosen}
        if self.random.random() < 0.2:
            body[self.random.choice(FOREIGN_FIELDS)] = self._value()
        return body

    def _value(self) -> Any:
        if self.random.random() < 0.03:
            return SimpleUploadedFile("x.xlsx", b"not a workbook")
        return self.random.choice(ALL).encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    def _fields_of(self, client: Client, path: str) -> list[str]:
        page = path.partition("?")[0]
        if page not in self.fields:
            with transaction.atomic():
                answer = client.get(page)
                text = "" if answer.streaming else answer.content.decode(errors="replace")
                transaction.set_rollback(True)
            self.fields[page] = sorted(set(FIELD.findall(text)) - {"csrfmiddlewaretoken"}) or ["note", "version"]
        return self.fields[page]


def _why(answer: Any) -> str:
    error = getattr(answer, "exc_info", None)
    return f"{error[0].__name__}: {str(error[1])[:200]}" if error else ""


@pytest.mark.django_db
def test_no_request_from_the_catalogue_makes_a_server_error():
    failures = Fuzz(build_world(), SEED).run(REQUESTS)
    assert not failures, "\n".join(failures)
