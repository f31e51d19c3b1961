"""Quarters: `26Q4` in issue numbers and counters, `2026q4` in addresses and rounds, words for people."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from visits.models.rounds import QUARTERS

SHORT = {1: _("Q1 %(year)s"), 2: _("Q2 %(year)s"), 3: _("Q3 %(year)s"), 4: _("Q4 %(year)s")}


def quarter_of_round(round_code: str) -> str:
    return f"{round_code[2:4]}Q{round_code[5]}"


def round_of_quarter(quarter: str) -> str:
    return f"20{quarter.lower()}"


def year_of(quarter: str) -> int:
    return 2000 + int(quarter[:2])


def in_words(quarter: str) -> str:
    """2026年第二季度 / second quarter of 2026."""
    return str(QUARTERS[int(quarter[3])] % {"year": year_of(quarter)})


def in_short(quarter: str) -> str:
    """26年二季 / Q2 26."""
    return str(SHORT[int(quarter[3])] % {"year": quarter[:2]})


def first_day(quarter: str) -> date:
    return date(year_of(quarter), int(quarter[3]) * 3 - 2, 1)


def quarters_up_to(quarter: str, count: int) -> list[str]:
    """The last `count` quarters, oldest first."""
    last = int(quarter[:2]) * 4 + int(quarter[3]) - 1
    return [f"{at // 4 % 100:02d}Q{at % 4 + 1}" for at in range(last - count + 1, last + 1)]


def quarter_before(quarter: str) -> str:
    return quarters_up_to(quarter, 2)[0]
