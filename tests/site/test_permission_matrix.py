"""Every address × method × role × own and foreign object gives the status that stands in permissions.tsv.

Each request runs in a transaction that is rolled back, so that all of them meet the same world. The same requests
show that a team's canary word never reaches anybody who has nothing to do with the team.

Reading is walked on SQLite, sending on PostgreSQL: who may enter does not depend on the database. MATRIX=all and
UPDATE_PERMISSIONS=1 walk both.
"""

import logging
import os
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.site import matrix
from tests.site.addresses import Address, all_addresses
from tests.site.matrix import ROLES, Matrix, Row
from tests.site.world import CANARIES, World, arguments, build_world, variants

pytestmark = pytest.mark.django_db

SIGNED_IN = "coordinator"
METHODS = {"sqlite": ["GET"], "postgresql": ["POST"]}
EVERY_METHOD = ["GET", "POST"]
NOT_ALLOWED = "405"
# These people work with one side only; what belongs to the other side must not stand on any of their pages.
ONE_SIDED = {
    "lead",
    "party_delegate",
    "lawyer",
    "secretary",
    "street",
    "department",
    "pairing_unit",
    "nobody",
    "anonymous",
}


class Walk:
    """Asks every address as every role and notes what came back."""

    def __init__(self, world: World, methods: list[str]) -> None:
        self.world, self.methods = world, methods
        self.clients = {role: self._client(role) for role in ROLES}
        self.cookies = {
            role: {name: each.value for name, each in client.cookies.items()} for role, client in self.clients.items()
        }
        self.found: Matrix = {}
        self.leaks: list[str] = []

    def _client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        person = self.world.person(role)
        if person:
            client.force_login(person)
        return client

    def everything(self) -> "Walk":
        for row, address, variant in all_rows():
            if row.method in self.methods:
                self.found[row] = self._cells(address, variant, row.method)
        return self

    def _cells(self, address: Address, variant: dict[str, str], method: str) -> dict[str, str]:
        """A method the view does not know is refused before anybody is asked who they are, but for signing in."""
        cells = {role: self._cell(address, variant, method, role) for role in (SIGNED_IN, "anonymous")}
        if cells[SIGNED_IN] == NOT_ALLOWED:
            return dict.fromkeys(ROLES, NOT_ALLOWED) | cells
        return {role: cells.get(role) or self._cell(address, variant, method, role) for role in ROLES}

    def _cell(self, address: Address, variant: dict[str, str], method: str, role: str) -> str:
        own = self._status(address, variant, method, role, "own")
        if not address.parameters:
            return str(own)
        return matrix.cell(own, self._status(address, variant, method, role, "foreign"))

    def _status(self, address: Address, variant: dict[str, str], method: str, role: str, which: str) -> int:
        path = reverse(address.name, kwargs=arguments(address, self.world, which) | variant)
        client = self.clients[role]
        with transaction.atomic():
            answer = getattr(client, method.lower())(path)
            if not (address.guard and address.guard.kind == "public"):  # a slip or a feed's address is itself the key
                self._look_for_canaries(answer, f"{method} {path} as {role}", role)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(self.cookies[role])  # signing out is undone as well
        return answer.status_code

    def _look_for_canaries(self, answer: object, where: str, role: str) -> None:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode(errors="replace")
        if role in ONE_SIDED and CANARIES["foreign"] in text:
            self.leaks.append(where)


def all_rows() -> Iterator[tuple[Row, Address, dict[str, str]]]:
    for address in all_addresses():
        for variant in variants(address):
            name = f"{address.key} {' '.join(variant.values())}".strip()
            for method in EVERY_METHOD:
                yield Row(name, method), address, variant


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker):
    methods = EVERY_METHOD if {"MATRIX", "UPDATE_PERMISSIONS"} & set(os.environ) else METHODS[connection.vendor]
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.CRITICAL)  # thousands of refusals are what is wanted here
    with django_db_blocker.unblock(), transaction.atomic():
        yield Walk(build_world(), methods).everything()
        transaction.set_rollback(True)
    log.setLevel(level)


def test_the_table_names_every_address_and_no_other():
    if os.environ.get("UPDATE_PERMISSIONS"):
        pytest.skip("it is about to be written")
    rows, table = {row for row, _address, _variant in all_rows()}, set(matrix.read())
    assert not rows - table, f"not in permissions.tsv: {sorted(rows - table)}"
    assert not table - rows, f"in permissions.tsv, but no longer on the site: {sorted(table - rows)}"


def test_every_cell_is_as_the_table_says(walk):
    if os.environ.get("UPDATE_PERMISSIONS"):
        matrix.write(walk.found)
    table = matrix.read()
    differences = [
        f"{row.method} {row.address} as {role}: {table[row][role]} expected, {cells[role]} found"
        for row, cells in walk.found.items()
        if row in table
        for role in ROLES
        if cells[role] != table[row][role]
    ]
    assert not differences, "\n".join(differences)


def test_no_answer_is_a_server_error(walk):
    assert server_errors(walk.found) == []


def server_errors(found: Matrix) -> list[Row]:
    statuses = {row: "/".join(cells.values()).split("/") for row, cells in found.items()}
    return [row for row, each in statuses.items() if any(status.startswith("5") for status in each)]


def test_the_search_for_server_errors_looks_at_both_sides():
    """The negative twin: an error at the foreign side's object is one too."""
    row = Row("issues:issue code", "GET")
    assert server_errors({row: {"lead": "200/500", "street": "405"}}) == [row]
    assert server_errors({row: {"lead": "200/404", "street": "405"}}) == []


def test_the_other_teams_canary_reaches_nobody_who_has_nothing_to_do_with_it(walk):
    assert walk.leaks == []


def test_the_canary_is_on_the_pages_of_those_it_belongs_to(walk):
    """The negative twin: the search would find a leak."""
    issue = walk.world.own.issue
    answer = walk.clients["lead"].get(issue.get_absolute_url())
    assert CANARIES["own"] in answer.content.decode()


def test_nobody_enters_without_signing_in_but_where_it_says_public(walk):
    public = {address.key for address in all_addresses() if address.guard and address.guard.kind == "public"}
    for row, cells in walk.found.items():
        if row.address not in public:
            assert cells["anonymous"] in {"302", "405"}, row
