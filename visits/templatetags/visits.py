"""Rows of the round board and of the visit list as one string each: too many cells for a template's loop."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core.rows import join_rows
from core.templatetags.core import bar, icon
from visits.grid import Cell, Chip, Line, Place, Wish
from visits.rows import VisitRow, rows_html

register = template.Library()

EMPTY = "<td{look}></td>"
FULL = '<td{look}><a class="cell" href="{url}">{conflicts}{numbers}</a></td>'
PLAIN = "<td{look}>{conflicts}{numbers}</td>"
CHIP = (
    '<a class="chip {}" id="v-{}" href="{}"{}><span class="t">{}{}<span class="sr"> {}</span></span>'
    '<span class="nm">{}</span>{}</a>'
)


@register.simple_tag
def visit_rows(rows: Iterable[VisitRow], leads: Mapping[int, str], day: date) -> SafeString:
    return rows_html(rows, leads, day)


@register.simple_tag
def board_cells(cells: Iterable[Cell]) -> SafeString:
    """Every value is a number, a word of our own or an address of reverse(), slugs and dates."""
    warning = icon("alert-triangle")
    return mark_safe("".join(_cell(cell, warning) for cell in cells))


def _cell(cell: Cell, warning: str) -> str:
    look = f' class="{cell.column.look}"' if cell.column.look else ""
    if not cell.total:
        return EMPTY.format(look=look)
    return (FULL if cell.url else PLAIN).format(
        look=look,
        url=cell.url.replace("&", "&amp;"),
        conflicts=_conflicts(cell.conflicts, warning) if cell.conflicts else "",
        numbers=_numbers(cell),
    )


def _conflicts(number: int, warning: str) -> str:
    many = number if number > 1 else ""
    return format_html('<span class="cf">{}{}<span class="sr">{}</span></span>', warning, many, gettext("clash"))


def _numbers(cell: Cell) -> str:
    if cell.state == "done":
        return f'<span class="ok">{cell.total}</span>'
    if cell.state == "today":
        return f"<span>{cell.done}/{cell.total}</span>{bar(cell.done, 0, cell.total)}"
    if cell.state == "missed":
        return f'<span class="bad">{cell.done}/{cell.total}</span>'
    return str(cell.total)


@register.simple_tag
def board_lane(places: Iterable[Place], may_plan: bool = False) -> SafeString:
    """The half-days of one lane. What can be moved carries its version; where it can be put, the slot's name."""
    shown, base = list(places), reverse("visits:visits")
    icons = {name: icon(name) for name in {chip.icon for place in shown for chip in place.chips if chip.icon}}
    return mark_safe("".join(_place(place, base, icons, may_plan) for place in shown))


def _place(place: Place, base: str, icons: Mapping[str, SafeString], may_plan: bool) -> str:
    slot = f' data-slot="{place.slot}"' if may_plan and place.slot else ""
    chips = join_rows(CHIP, (_chip(chip, base, icons, may_plan) for chip in place.chips))
    look = f' class="{place.column.look}"' if place.column.look else ""
    return f"<td{look}{slot}>{chips}</td>"


def _chip(chip: Chip, base: str, icons: Mapping[str, SafeString], may_plan: bool) -> tuple[object, ...]:
    version = format_html(' data-v="{}"', chip.version) if may_plan and chip.version else ""
    below = format_html('<span class="bl">{}</span>', chip.below) if chip.below else ""
    picture = icons.get(chip.icon, "")
    address = f"{base}{chip.code}/"
    return chip.look, chip.code, address, version or SafeString(), chip.hour, picture, chip.words, chip.area, below


@register.simple_tag
def board_toggle(wish: Wish, line: Line) -> str:
    """The same board with this row opened, or closed when it is open; one row is open at a time."""
    return f"{wish.address(open='' if line.lanes else line.slug)}#s-{line.slug}"


@register.simple_tag
def board_options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    pattern = '<option value="{}"{}>{}</option>'
    marked = ((slug, SafeString(" selected") if slug == chosen else "", name) for slug, name in choices)
    return join_rows(pattern, marked)
