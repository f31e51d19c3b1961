"""Issue numbers: 26Q4-0412, without gaps, in the order of submission within a quarter."""

from datetime import date

from django.db import connection

from core.clock import quarter_code
from issues.models import IssueNumber

# One statement that makes the row, or locks it and counts on: two submissions wait for each other.
TAKE = """
INSERT INTO {table} (quarter, last) VALUES (%s, %s)
ON CONFLICT (quarter) DO UPDATE SET last = {table}.last + excluded.last
RETURNING last
"""


def next_codes(day: date, how_many: int) -> list[str]:
    """The next numbers of the quarter. Call it in the transaction that uses them."""
    quarter = quarter_code(day)
    with connection.cursor() as cursor:
        cursor.execute(TAKE.format(table=IssueNumber._meta.db_table), [quarter, how_many])
        last = cursor.fetchone()[0]
    return [f"{quarter}-{number:04d}" for number in range(last - how_many + 1, last + 1)]
