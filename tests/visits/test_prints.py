"""What is printed for a visit: one sheet each, and a QR that opens the page everybody may read."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.qr import qr_svg
from tests.factories.issues import Journey
from tests.factories.visits import BriefingItemFactory, placed_visit, shanghai
from tests.people import District
from visits.models import Topic, Visit, VisitStatus

SHEETS = ["notice", "agenda", "sign-in", "paper-survey", "qr"]
PROMISES = 20  # more than any area of the old ledger has


@pytest.fixture
def visit(district: District, settings: Any) -> Visit:
    settings.SITE_URL = "https://zoufang.example"
    return placed_visit(
        day=date(2026, 12, 9), status=VisitStatus.ANNOUNCED, team=district.own.team, area=district.own.area
    )


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_sheet_fits_on_one_page(
    district: District, visit: Visit, page_of: Callable[..., Any], live_server: Any, language: str
) -> None:
    """Even the agenda of an area where much was promised and much is to be said."""
    journey = Journey(district, at=shanghai(2026, 11, 2))
    for n in range(PROMISES):
        journey.to("in_progress" if n % 2 else "awaiting_confirmation", title=f"{n}号楼门前的路灯到了晚上就不亮")
    for n in range(8):
        Topic.objects.create(visit=visit, text=f"第{n}件想说的事情", by=district.own["secretary"], at=timezone.now())
        BriefingItemFactory(round=visit.round, text="既有多层住宅加装电梯：补贴标准和办理步骤，三分之二以上业主同意。")
    page = page_of(district.own["secretary"])
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    pages = {}
    for sheet in SHEETS:
        page.goto(f"/visits/{visit.code}/print/{sheet}/")
        pages[sheet] = pages_of(page.pdf(prefer_css_page_size=True))
    assert pages == dict.fromkeys(SHEETS, 1)


@pytest.mark.parametrize("sheet", ["notice", "qr"])
def test_the_qr_leads_to_the_public_page(district: District, visit: Visit, sheet: str) -> None:
    client = Client()
    client.force_login(district.own["secretary"])
    page = client.get(f"/visits/{visit.code}/print/{sheet}/").content.decode()
    assert str(qr_svg(f"https://zoufang.example/v/{visit.code}/")) in page
    assert f"zoufang.example/v/{visit.code}/" in page


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_sheet_tells_the_mobile_of_a_streets_contact(district: District, visit: Visit, sheet: str) -> None:
    client, shown = Client(), []
    client.force_login(district.own["secretary"])
    for phone in ("19974883284", "021-5555 0100"):
        district.own.street.contact_phone = phone
        district.own.street.save()
        shown.append(phone in client.get(f"/visits/{visit.code}/print/{sheet}/").content.decode())
    assert shown == [False, sheet in ("notice", "qr")]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (VisitStatus.SCHEDULED, 404),
        (VisitStatus.ANNOUNCED, 200),
        (VisitStatus.CLOSED, 200),
        (VisitStatus.CANCELLED, 200),
    ],
)
def test_a_visit_is_public_once_it_was_announced(visit: Visit, status: str, answer: int) -> None:
    Visit.objects.filter(pk=visit.pk).update(status=status)
    assert Client().get(f"/v/{visit.code}/").status_code == answer


def test_the_public_page_names_nobody(district: District, visit: Visit) -> None:
    page = Client().get(f"/v/{visit.code}/").content.decode()
    assert visit.venue in page
    assert not [user.name for user in district.own.people.values() if user.name in page]
