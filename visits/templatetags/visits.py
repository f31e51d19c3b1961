"""Rows of the round board and of the visit list as one string each: too many cells for a template's loop."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core.templatetags.core import bar, icon
from visits.board import Cell
from visits.rows import VisitRow, rows_html

register = template.Library()

EMPTY = '<td class="{look}"><span class="cell z">–</span></td>'
FULL = '<td class="{look}"><a class="cell" href="{url}">{conflicts}{numbers}</a></td>'


@register.simple_tag
def visit_rows(rows: Iterable[VisitRow], leads: Mapping[int, str]) -> SafeString:
    return rows_html(rows, leads)


@register.simple_tag
def board_cells(cells: Iterable[Cell]) -> SafeString:
    """Every value is a number, a word of our own or an address of reverse(), slugs and dates."""
    check, warning = icon("check"), icon("alert-triangle")
    return mark_safe("".join(_cell(cell, check, warning) for cell in cells))


def _cell(cell: Cell, check: str, warning: str) -> str:
    look = cell.column.look
    if not cell.total:
        return EMPTY.format(look=look)
    return FULL.format(
        look=look,
        url=cell.url.replace("&", "&amp;"),
        conflicts=_conflicts(cell.conflicts, warning) if cell.conflicts else "",
        numbers=_numbers(cell, check),
    )


def _conflicts(number: int, warning: str) -> str:
    many = number if number > 1 else ""
    return format_html('<span class="cf">{}{}<span class="sr">{}</span></span>', warning, many, gettext("clash"))


def _numbers(cell: Cell, check: str) -> str:
    if cell.state == "done":
        return f'<span class="ok">{check}{cell.total}</span>'
    if cell.state == "today":
        return f"<span>{cell.done}/{cell.total}</span>{bar(cell.done, 0, cell.total)}"
    if cell.state == "missed":
        return f'<span class="bad">{cell.done}/{cell.total}</span>'
    return f"<span>{cell.total}</span>"
