"""The stage of the story: who plays in it, and the windows they look through."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from core.clock import SHANGHAI, quarter_of, today
from teams import services
from teams.models import Area, Membership, Team, User
from teams.permissions import Role

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
PATIENCE = 30_000  # milliseconds: importing a district takes a while on a busy machine
PASSWORD = "走访-2026-a-long-one"
AREA, STREET, UNIT, DEPARTMENT = "春申一村", "长堤街道", "区市场监管局", "区房管局"
TOO_WIDE = """addEventListener("load", () => {
  const wide = document.documentElement.scrollWidth - innerWidth
  if (wide > 0) throw new Error(`${wide} px wider than the window`)
})"""

# Whoever is in no workbook. The coordinator begins; the administrator gave the others their roles.
STAFF = {
    "coordinator": ("许文君", "19900000101", Role.COORDINATOR),
    "official": ("陈立", "19900000102", Role.OFFICIAL),
    "other official": ("方远", "19900000103", Role.OFFICIAL),
    "auditor": ("顾清", "19900000107", Role.AUDITOR),
    "administrator": ("苏航", "19900000108", Role.ADMINISTRATOR),
}


class Clock:
    """Today's hour in Shanghai as the story needs it; the minutes pass as they do. Takes the place of `timezone.now`."""

    def __init__(self, real: Callable[[], datetime] = timezone.now) -> None:
        self.real = real
        self.shown = real().astimezone(SHANGHAI)
        self.turn_to(8)  # the visit of this day begins at half past nine

    def turn_to(self, hour: int) -> None:
        self.since = self.real()
        self.shown = self.shown.replace(hour=hour, minute=0, second=0)

    def __call__(self) -> datetime:
        return (self.shown + (self.real() - self.since)).astimezone(UTC)


@dataclass
class Story:
    """The windows of everybody, and what one of them hands to the next: numbers of issues, slips, cards."""

    page_of: Callable[..., Any]
    new_context: Callable[..., Any]
    clock: Clock
    found: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def desk(self, who: str) -> Iterator[Any]:
        """A window of 1280 px in which somebody is signed in."""
        yield from _watched(self.page_of(person(who), **DESK))

    @contextmanager
    def phone(self, who: str = "") -> Iterator[Any]:
        """A phone of 390 px, of somebody signed in or, without a name, of somebody without an account."""
        page = self.page_of(person(who), **PHONE) if who else self.new_context(**PHONE).new_page()
        yield from _watched(page)

    @property
    def day(self) -> date:
        return today(timezone.now())

    @property
    def round(self) -> str:
        year, quarter = quarter_of(self.day)
        return f"{year}q{quarter}"


def _watched(page: Any) -> Iterator[Any]:
    """The page, whose scripts have to work and which nowhere is wider than its window."""
    broken: list[str] = []
    page.set_default_timeout(PATIENCE)
    page.add_init_script(TOO_WIDE)
    page.context.on("weberror", lambda error: broken.append(f"{error.page and error.page.url}: {error.error}"))
    yield page
    page.context.close()
    assert broken == []


# -- Who is who ------------------------------------------------------------------------------------


def staff_arrives(at: datetime) -> None:
    """Accounts for those whom no workbook brings."""
    for name, phone, role in STAFF.values():
        user = services.create_person(phone=phone, name=name, title="", unit=None, by=None, at=at)
        services.grant(user=user, role=role, unit=None, from_day=today(at), by=None, at=at)


def person(who: str) -> User:
    """By role: one of the staff, a seat of the team, the secretary of its area, or the desk of a unit."""
    if who in STAFF:
        return User.objects.get(phone=STAFF[who][1])
    if who == "secretary":
        return User.objects.filter(role_grants__role=Role.SECRETARY, role_grants__area=area()).latest("role_grants__pk")
    seat = Membership.objects.filter(seat__team=team(), seat__kind__code=who).select_related("user").first()
    return seat.user if seat else handler_of(who)


def handler_of(unit: str) -> User:
    desks = User.objects.filter(role_grants__role=Role.HANDLER, role_grants__unit__name=unit)
    return desks.order_by("pk")[0]


def area() -> Area:
    return Area.objects.get(name=AREA)


def team() -> Team:
    return Team.objects.get(pairings__area=area(), pairings__until_day=None)


def choose(page: Any, words: str) -> None:
    """Touch the card of a radio or checkbox that begins with these words."""
    begins = re.compile(f"^{re.escape(words)}")
    field = page.get_by_role("radio", name=begins).or_(page.get_by_role("checkbox", name=begins))
    page.locator("label").filter(has=field).click()
    expect(field).to_be_checked()


def in_words(day: date) -> str:
    """As every page writes it: 11月22日."""
    return f"{day.month}月{day.day}日"
