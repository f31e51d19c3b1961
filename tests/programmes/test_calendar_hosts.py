"""The page of calendar servers: who may, what it counts, how a server is allowed and allowed no longer."""

from typing import Any

import pytest
from django.test import Client

from notifications.models import Message
from teams.models import User
from tests.factories.teams import UserFactory
from tests.people import District
from tests.visits.conftest import AT
from visits.models import CalendarHost, OutsideCalendar

PATH = "/settings/calendars/"


@pytest.fixture
def office(client: Client, district: District, settings: Any) -> Client:
    settings.CALENDAR_HOSTS = ["calendar.example.cn", ".icloud.com"]
    client.force_login(district["administrator"])
    return client


def read_from(host: str, **fields: Any) -> OutsideCalendar:
    return OutsideCalendar.objects.create(user=UserFactory(), host=host, url_sealed="x", made_at=AT, **fields)


def rows(client: Client) -> list[tuple[str, bool, int, int]]:
    found = client.get(PATH).context["rows"]
    return [(row.name, row.is_allowed, row.calendars, row.failing) for row in found]


def test_calendars_are_counted_with_the_server_that_allows_them(office: Client) -> None:
    CalendarHost.objects.create(name="cal.example.org")
    CalendarHost.objects.create(name="gone.example.org", is_allowed=False)
    for host in ("p01.icloud.com", "p02.icloud.com", "cal.example.org", "gone.example.org"):
        read_from(host)
    read_from("cal.example.org", failing_since=AT, failures=2, trouble="slow")
    assert rows(office) == [
        ("calendar.example.cn", True, 0, 0),
        (".icloud.com", True, 2, 0),
        ("cal.example.org", True, 2, 1),
        ("gone.example.org", False, 1, 0),
    ]


def test_a_server_is_allowed_and_allowed_no_longer(office: Client) -> None:
    assert office.post(PATH, {"name": "https://Cal.example.org/x.ics"}).status_code == 302
    host = CalendarHost.objects.get()
    assert (host.name, host.is_allowed) == ("cal.example.org", True)
    office.post(f"{PATH}{host.pk}/forbid/", {"version": host.version})
    assert not CalendarHost.objects.get().is_allowed
    assert "cal.example.org" in office.get(PATH).content.decode()  # in what has happened
    assert office.post(f"{PATH}{host.pk}/forbid/", {"version": host.version}).status_code == 409


def test_what_is_no_server_stays_in_the_form(office: Client) -> None:
    answer = office.post(PATH, {"name": "127.0.0.1"})
    assert (answer.status_code, "127.0.0.1" in answer.content.decode()) == (422, True)
    assert not CalendarHost.objects.exists()


def test_only_the_administrator_comes_in(client: Client, district: District) -> None:
    host = CalendarHost.objects.create(name="cal.example.org")
    client.force_login(district["coordinator"])
    assert client.get(PATH).status_code == client.post(f"{PATH}{host.pk}/forbid/").status_code == 403


def test_the_owners_page_names_the_server(office: Client, district: District) -> None:
    lead: User = district.own["lead"]
    office.post(PATH, {"name": "cal.example.org"})
    office.force_login(lead)
    assert "cal.example.org" in office.get("/me/calendar/").content.decode()
    assert not Message.objects.exists()
