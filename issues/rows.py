"""One line of a list of issues: the words of every column, made once, so that a page of fifty stays cheap."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.localized import pick
from issues.duewords import Due, due_of
from issues.lists import Desk
from issues.models import IssueStatus
from issues.models.issues import headline_of

LOOKS = {status.value: status.look for status in IssueStatus}


class Words:
    """What many rows share, looked up once."""

    def __init__(self) -> None:
        self.base = reverse("issues:queue")
        self.statuses = {value: str(label) for value, label in IssueStatus.choices}


@dataclass(frozen=True)
class Row:
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

    def __html__(self) -> str:
        """A row of the queue's table."""
        return format_html(
            '<tr><td class="wide"><a class="tt" href="{}" data-row{}>{}</a><span class="mt">{}{}</span></td>'
            '<td>{}</td><td><span class="st {}">{}</span></td><td><span class="due {}">{}</span></td><td>{}</td></tr>',
            self.url,
            format_html(' data-code="{}"', self.code) if self.code else "",
            self.headline,
            format_html('<span class="num">{}</span> · ', self.code) if self.code else "",
            self.place,
            format_html(LADDER, *self.level) if self.level else "–",
            self.look,
            self.status,
            self.due.tone,
            self.due.words,
            self._who(),
        )

    def _who(self) -> str:
        if not self.nobody:
            return self.who
        link = '<a class="in" href="{}assign/">{}<span class="sr"> {}</span></a>'
        return format_html(link, self.url, _("Name one"), self.code)


LADDER = '<span class="lad l{}" aria-hidden="true"><i></i><i></i><i></i><i></i></span>{}'


def rows_html(rows: list[Row]) -> SafeString:
    return format_html_join("", "{}", ((row,) for row in rows))


def row_of(row: dict[str, Any], desk: Desk, words: Words) -> Row:
    status, category = row["status"], pick(row["category__name_zh"], row["category__name_en"])
    due = due_of(
        status=status,
        due_on=row["due_on"],
        accept_by=row["accept_by"],
        days_used=row["days_used"],
        day=desk.day,
        workdays=desk.workdays,
    )
    return Row(
        code=row["code"] or "",
        headline=headline_of(row["title"], row["original_text"]),
        place=f"{row['area__name']} · {category}" if category else row["area__name"],
        level=(row["level__number"], pick(row["level__name_zh"], row["level__name_en"]))
        if row["level__number"]
        else None,
        status=words.statuses[status],
        look=LOOKS[status],
        due=due,
        who=row["handler__name"] or row["owner_unit__name"] or "",
        url=f"{words.base}{row['code']}/" if row["code"] else _draft_url(row, words),
        nobody=not row["handler__name"] and row["owner_unit_id"] in desk.units and status in IssueStatus.desk_states,
    )


def _draft_url(row: dict[str, Any], words: Words) -> str:
    """Where a draft is finished: on the page of its visit."""
    code = row.get("visit__code")
    return reverse("issues:log_start", args=[code]) if code else words.base
