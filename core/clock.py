"""Days and quarters as the district counts them: Asia/Shanghai, whatever the server's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today(at: datetime) -> date:
    """The calendar day in Shanghai at this moment."""
    return at.astimezone(SHANGHAI).date()


def quarter_of(day: date) -> tuple[int, int]:
    """(year, quarter 1-4) of a day."""
    return day.year, (day.month - 1) // 3 + 1


def quarter_code(day: date) -> str:
    """`26Q4`, the prefix of issue numbers."""
    year, quarter = quarter_of(day)
    return f"{year % 100:02d}Q{quarter}"
