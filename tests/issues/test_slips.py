"""Slips: the same secret every time, nothing stored, and a sheet of twelve."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from issues import slips
from tests.factories.issues import Journey
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Visit

pytestmark = pytest.mark.usefixtures("in_2026")


@pytest.fixture
def visit(district: District) -> Visit:
    return placed_visit(team=district.own.team, area=district.own.area, status="held")


def test_the_secret_is_eight_characters_nobody_mistakes() -> None:
    for pk in range(1, 200):
        secret = slips.secret_of(pk)
        assert len(secret) == 8
        assert set(secret) <= set(slips.ALPHABET)


def test_the_secret_is_the_same_on_every_print_and_differs_between_issues() -> None:
    assert slips.secret_of(7) == slips.secret_of(7)
    assert len({slips.secret_of(pk) for pk in range(1, 1000)}) == 999


def test_another_purpose_or_pepper_gives_another_secret() -> None:
    here = slips.secret_of(7)
    assert slips.secret_of(7, "rating") != here
    with override_settings(CODE_PEPPER="another"):
        assert slips.secret_of(7) != here


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f"{code[:4]} {code[4:]}", lambda code: f"{code[:4]}-{code[4:]}"]
)
def test_a_code_may_be_typed_small_and_in_groups(change: Callable[[str], str]) -> None:
    assert slips.is_secret_of(7, change(slips.secret_of(7)))


def test_lookalikes_are_read_as_the_digit_that_was_printed() -> None:
    pk = next(pk for pk in range(1, 500) if {"0", "1"} <= set(slips.secret_of(pk)))
    assert slips.is_secret_of(pk, slips.secret_of(pk).replace("0", "O").replace("1", "l"))


@pytest.mark.parametrize("wrong", ["", "AAAAAAAA", "安", "\U00020bb7", "A" * 500])
def test_a_wrong_code_opens_nothing(wrong: str) -> None:
    assert not slips.is_secret_of(7, wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("26q2 0287", "26Q2-0287"),
        ("２６Ｑ２－０２８７", "26Q2-0287"),
        ("26Q2—0287", "26Q2-0287"),
        ("26Q5-0287", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert slips.number_of(typed) == number


def test_the_token_on_the_qr_opens_its_own_issue_only(district: District) -> None:
    first, second = Journey(district).submitted(), Journey(district).submitted()
    number, secret = slips.split_token(slips.token_of(first))
    assert slips.find_issue(number, secret) == first
    assert slips.find_issue(second.code, secret) is None


def test_a_draft_has_no_slip(district: District) -> None:
    draft = Journey(district).draft()
    assert slips.find_issue("", slips.secret_of(draft.pk)) is None


def test_the_qr_is_an_svg_without_inline_style(district: District) -> None:
    svg = slips.slip_for(Journey(district).submitted()).qr
    assert svg.startswith("<svg")
    assert "style=" not in svg


def test_the_sheet_shows_number_code_and_address_of_each_issue(
    district: District, visit: Visit, client: Client
) -> None:
    issues = [Journey(district).submitted(visit=visit) for _each in range(13)]
    client.force_login(district.own["secretary"])
    page = client.get(reverse("issues:slips", args=[visit.code]))
    text = page.content.decode()
    assert [len(sheet) for sheet in page.context["sheets"]] == [12, 1]
    for issue in issues:
        slip = slips.slip_for(issue)
        assert issue.code in text
        assert slip.spaced_secret in text
        assert slip.url == f"http://127.0.0.1:8000/t/{issue.code}-{slip.secret}/"


@pytest.mark.parametrize(
    ("level", "words"),
    [(2, "An answer is due by 23 November."), (None, "first decides who deals with it.")],
)
def test_a_slip_names_a_day_only_when_somebody_has_the_issue(
    district: District, visit: Visit, client: Client, level: int | None, words: str
) -> None:
    issue = Journey(district).submitted(level, visit=visit)
    client.force_login(district.own["lead"])
    text = client.get(reverse("issues:slips", args=[visit.code]), headers={"accept-language": "en"}).content.decode()
    assert issue.due_on is not None
    assert words in text
    assert ("is due by" in text) == (level is not None)


def test_no_slip_tells_the_mobile_of_a_streets_contact(district: District, visit: Visit, client: Client) -> None:
    Journey(district).submitted(visit=visit)
    client.force_login(district.own["lead"])
    shown = []
    for phone in ("19974883284", "021-5555 0100"):
        district.own.street.contact_phone = phone
        district.own.street.save()
        shown.append(phone in client.get(reverse("issues:slips", args=[visit.code])).content.decode())
    assert shown == [False, True]


def test_the_sheet_costs_the_same_number_of_queries_for_one_and_for_three(
    district: District, visit: Visit, client: Client
) -> None:
    client.force_login(district.own["lead"])
    counts = []
    for wanted in (1, 3):
        while visit.issues.count() < wanted:
            Journey(district).submitted(visit=visit)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("issues:slips", args=[visit.code]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("side", "who", "status"),
    [
        ("own", "lead", 200),
        ("own", "lawyer", 200),
        ("own", "secretary", 200),
        ("own", "street", 403),
        ("foreign", "lead", 404),
        ("foreign", "secretary", 404),
    ],
)
def test_only_those_who_may_log_print_slips(
    district: District, visit: Visit, client: Client, side: str, who: str, status: int
) -> None:
    client.force_login(getattr(district, side)[who])
    assert client.get(reverse("issues:slips", args=[visit.code])).status_code == status
