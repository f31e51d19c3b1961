"""The demonstration district's round of 2026 Q4 as the planner sees it, read from the workbooks without a database."""

import csv
import io
import re
import unicodedata
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from visits.scheduling.model import Limits, Need, Part, Problem, offered
from visits.workdays import DAY, Workdays

FOLDER = Path(__file__).parents[2] / "programmes/demo_data/huining"
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 10)
SEATS = (5, 7, 9, 11, 14)  # the columns of their phones
PARTS = {"上午": [Part.MORNING], "下午": [Part.AFTERNOON], "晚间": [Part.EVENING], "全天": list(Part)}


@cache
def huining_round() -> Problem:
    secretaries, venues = _areas()
    needs: list[Need] = []
    for street, sheet in enumerate(_book("03_teams").worksheets, start=1):
        for row in sheet.iter_rows(min_row=3, values_only=True):
            if str(row[0] or "").startswith("第"):
                area = str(row[1]).strip()
                people = {phone for column in SEATS if (phone := _phone(row[column]))} | {secretaries[area]}
                needs.append(Need(len(needs) + 1, street, f"{street}/{venues[area]}", frozenset(people)))
    half_days = offered(FIRST, LAST, _workdays())
    extra = offered(FIRST, LAST, _workdays(), evenings=True)
    extra += offered(LAST + DAY, LAST + 5 * DAY, _workdays(), outside=True)
    return Problem(needs, half_days, _busy(), Limits(street=7), extra=extra)


def _areas() -> tuple[dict[str, int], dict[str, str]]:
    rows = [row for row in _book("02_areas").worksheets[0].iter_rows(min_row=3, values_only=True) if row[4]]
    return {str(row[1]).strip(): _phone(row[4]) for row in rows}, {str(row[1]).strip(): str(row[5]) for row in rows}


def _workdays() -> Workdays:
    rows = list(_book("01_units")["节假日"].iter_rows(min_row=2, values_only=True))
    days = {kind: frozenset(row[0].date() for row in rows if row[1] == kind) for kind in ("放假", "上班")}
    return Workdays(days["放假"], days["上班"], frozenset({2026}))


def _busy() -> frozenset[tuple[int, date, str]]:
    text = (FOLDER / "05_busy_times.csv").read_bytes().decode("gb18030")
    busy = set()
    for row in csv.DictReader(io.StringIO(text)):
        for part in PARTS[row["时段"]]:
            busy.add((_phone(row["手机"]), _day(row["日期"]), str(part)))
    return frozenset(busy)


def _day(text: str) -> date:
    if found := re.fullmatch(r"(\d+)月(\d+)日", text):
        return date(2026, int(found[1]), int(found[2]))
    return datetime.fromisoformat(text).date()


def _phone(value: Any) -> int:
    return int(re.sub(r"\D", "", unicodedata.normalize("NFKC", str(value or ""))) or 0)


def _book(name: str) -> Any:
    return openpyxl.load_workbook(FOLDER / f"{name}.xlsx", data_only=True)
