"""The lines of a list of issues: every column's words, made once and written as one string, so that fifty stay cheap."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.localized import pick
from core.rows import join_rows
from issues.duewords import Due, due_of
from issues.lists import Desk
from issues.models import IssueStatus
from issues.models.issues import headline_of

COLUMNS = (
    "id",
    "code",
    "title",
    "original_text",
    "status",
    "due_on",
    "accept_by",
    "days_used",
    "closed_at",
    "category__name_zh",
    "category__name_en",
    "level__number",
    "level__name_zh",
    "level__name_en",
    "owner_unit_id",
    "area__name",
    "handler__name",
    "owner_unit__name",
)
LOOKS = {status.value: status.look for status in IssueStatus}
LADDER = '<span class="lad l{}" aria-hidden="true"><i></i><i></i><i></i><i></i></span>{}'
ROW = (
    '<tr><td class="wide"><a class="tt" href="{}" data-row{}>{}</a><span class="mt">{}{}</span></td>'
    '<td>{}</td><td><span class="st {}">{}</span></td><td><span class="due {}">{}</span></td><td>{}</td></tr>'
)
NAME_ONE = '<a class="in" href="{}assign/">{}<span class="sr"> {}</span></a>'


class Row(NamedTuple):
    """What one line says. Without a number it is a draft."""

    code: str
    headline: str
    place: str
    level: tuple[int, str] | None
    status: str
    look: str
    due: Due
    who: str
    url: str
    nobody: bool


class Words:
    """What many rows share, looked up once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.base = reverse("issues:queue")
        self.statuses = {value: str(label) for value, label in IssueStatus.choices}
        self.language = pick("zh", "en")
        self.dues: dict[tuple[Any, ...], Due] = {}

    def due(self, row: dict[str, Any]) -> Due:
        facts = (row["status"], row["due_on"], row["accept_by"], row["days_used"])
        if facts not in self.dues:
            status, due_on, accept_by, days_used = facts
            self.dues[facts] = due_of(
                status=status,
                due_on=due_on,
                accept_by=accept_by,
                days_used=days_used,
                day=self.desk.day,
                workdays=self.desk.workdays,
            )
        return self.dues[facts]

    def level(self, row: dict[str, Any]) -> tuple[int, str] | None:
        return (row["level__number"], row[f"level__name_{self.language}"]) if row["level__number"] else None

    def place(self, row: dict[str, Any]) -> str:
        category = row[f"category__name_{self.language}"]
        return f"{row['area__name']} · {category}" if category else row["area__name"]


def row_of(row: dict[str, Any], words: Words) -> Row:
    status = row["status"]
    return Row(
        code=row["code"] or "",
        headline=headline_of(row["title"], row["original_text"]),
        place=words.place(row),
        level=words.level(row),
        status=words.statuses[status],
        look=LOOKS[status],
        due=words.due(row),
        who=row["handler__name"] or row["owner_unit__name"] or "",
        url=f"{words.base}{row['code']}/" if row["code"] else _draft_url(row, words),
        nobody=not row["handler__name"]
        and row["owner_unit_id"] in words.desk.units
        and status in IssueStatus.desk_states,
    )


def _draft_url(row: dict[str, Any], words: Words) -> str:
    """Where a draft is finished: on the page of its visit."""
    code = row.get("visit__code")
    return reverse("issues:log_start", args=[code]) if code else words.base


def rows_html(rows: Iterable[Row]) -> SafeString:
    """The rows of the queue's table."""
    writer = Writer()
    return join_rows(ROW, map(writer.cells, rows))


class Writer:
    """The cells of a row. What is marked as safe here has been escaped before."""

    def __init__(self) -> None:
        self.name_one = escape(_("Name one"))
        self.levels: dict[tuple[int, str] | None, str] = {None: "–"}

    def cells(self, row: Row) -> tuple[str, ...]:
        code = escape(row.code)
        if row.level not in self.levels:
            self.levels[row.level] = format_html(LADDER, *row.level)  # type: ignore[misc]
        return (
            row.url,
            SafeString(f' data-code="{code}"') if code else "",
            row.headline,
            SafeString(f'<span class="num">{code}</span> · ') if code else "",
            row.place,
            self.levels[row.level],
            row.look,
            row.status,
            row.due.tone,
            row.due.words,
            SafeString(NAME_ONE.format(escape(row.url), self.name_one, code)) if row.nobody else row.who,
        )
