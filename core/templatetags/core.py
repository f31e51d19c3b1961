"""Tags every page speaks with: icons, bars, dates, links, errors. No queries; builtin, so no load tag is needed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

register = template.Library()

Number = int | float | Decimal
WEEKDAYS_ZH = "一二三四五六日"
CURSORS = ("cursor", "page")  # where a list stood: meaningless once a filter changes


# -- Icons, keys, blocks ----------------------------------------------------------------------


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    return _icon(name, classes, static("vendor/icons.svg"))


@lru_cache(maxsize=1000)
def _icon(name: str, classes: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"i {classes}".strip(),
        sprite,
        name,
    )


@register.simple_tag
def form_key() -> SafeString:
    """One key a rendered form: core.once.once answers the second copy of it with the first answer."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid4())


@register.simple_tag(takes_context=True)
def repeat_block(context: Context, name: str) -> str:
    """What another block of this page says, once more: the heading is the title unless the page says otherwise."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return block.render(context) if block else ""


# -- Where am I -------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def active(context: Context, *names: str) -> SafeString:
    """aria-current for a link: names are url names ("issues:detail") or whole apps ("issues:")."""
    here = getattr(getattr(context.get("request"), "resolver_match", None), "view_name", "") or ""
    hit = any(here == name or (name.endswith(":") and here.startswith(name)) for name in names)
    return format_html(' aria-current="{}"', "page") if hit else SafeString("")


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The query string of this page with some keys changed; None or "" takes a key away."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return ""
    for key in CURSORS:
        query.pop(key, None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else (request.path if request else "?")


# -- Words for time and numbers ---------------------------------------------------------------


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


def _chinese() -> bool:
    return (translation.get_language() or "zh").startswith("zh")


def this_year() -> int:
    return timezone.localdate().year


def _date_words(day: date) -> str:
    with_year = day.year != this_year()
    if _chinese():
        return f"{day.year}年{day.month}月{day.day}日" if with_year else f"{day.month}月{day.day}日"
    return f"{day.day} {day:%B %Y}" if with_year else f"{day.day} {day:%B}"


@register.filter
def zhdate(moment: date | datetime | None) -> str:
    """7月8日 / 8 July; the year only when it is not this year."""
    return _date_words(_local(moment)) if moment else "–"


@register.filter
def zhday(moment: date | datetime | None) -> str:
    """7月8日（周三） / Wed 8 July."""
    if not moment:
        return "–"
    day = _local(moment)
    words = _date_words(day)
    return f"{words}（周{WEEKDAYS_ZH[day.weekday()]}）" if _chinese() else f"{day:%a} {words}"


@register.filter
def zhdaytime(moment: date | datetime | None) -> str:
    """7月8日（周三）14:00 / Wed 8 July, 14:00; a plain date has no hour to show."""
    if not isinstance(moment, datetime):
        return zhday(moment)
    local = _local(moment)
    return f"{zhday(moment)}{'' if _chinese() else ', '}{local:%H:%M}"


@register.filter
def zhmoment(moment: datetime | None) -> str:
    """7月8日 14:50 / 8 July 14:50: the stamp of a timeline."""
    return f"{zhdate(moment)} {_local(moment):%H:%M}" if moment else "–"


@register.filter
def clock(moment: Any) -> str:
    """14:00, for a time or a datetime."""
    if not moment:
        return "–"
    return f"{_local(moment) if isinstance(moment, datetime) else moment:%H:%M}"


@register.filter
def percent(share: Number | None) -> str:
    """A share of one as 70.7%; nothing measured is a dash, never 0."""
    if share is None or share == "":
        return "–"
    value = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{value}%"


@register.filter
def bracketed(text: Any) -> str:
    """In brackets after other words; Chinese ones are wide and need no blank before them."""
    return pgettext("sentence", " (%(text)s)") % {"text": text}


@register.filter
def nowrap(text: Any) -> SafeString:
    """Keeps a date, a name or a number with its unit on one line."""
    return format_html('<span class="nowrap">{}</span>', text)


# -- Small pictures: SVG with attributes only, because the policy forbids style="" -------------


def _share(value: Number, total: Number) -> str:
    return f"{min(max(float(value) / float(total), 0), 1) * 100:.2f}".rstrip("0").rstrip(".") if total else "0"


def _picture(css: str, body: SafeString, label: str, role: str = "img") -> SafeString:
    named = format_html('role="{}" aria-label="{}"', role, label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="{}" {} focusable="false">{}</svg>', css, named, body)


@register.simple_tag
def bar(done: Number, planned: Number = 0, total: Number = 0, label: str = "", size: str = "") -> SafeString:
    """Done (green) and planned (blue) out of a total."""
    first = _share(done, total)
    body = format_html(
        '<rect class="d" width="{}%" height="100%"></rect><rect class="p" x="{}%" width="{}%" height="100%"></rect>',
        first,
        first,
        _share(planned, total),
    )
    return _picture(f"bar {size}".strip(), body, label)


@register.simple_tag
def meter(value: Number | None, total: Number = 100, tone: str = "b", label: str = "", size: str = "") -> SafeString:
    """One length out of a total; tones: b blue, d green, a amber, r red, t steel."""
    body = format_html('<rect class="{}" width="{}%" height="100%"></rect>', tone, _share(value or 0, total))
    return _picture(f"bar {size}".strip(), body, label)


@register.simple_tag
def stack(segments: Iterable[Sequence[Any]], total: Number = 0, label: str = "", size: str = "") -> SafeString:
    """Segments (tone, value[, url[, title]]) side by side with their numbers; tones: ok ex go od d p a b t me."""
    rows = [tuple(row) + ("",) * (4 - len(row)) for row in segments]
    whole = total or sum(row[1] for row in rows) or 1
    pieces, start = [], 0.0
    for tone, value, url, title in rows:
        width = float(value) / float(whole) * 100
        piece = _segment(tone, value, title, start, width)
        if url:
            piece = format_html('<a href="{}" aria-label="{}">{}</a>', url, title or value, piece)
        pieces.append((piece,))
        start += width
    # A picture hides what is in it; links in it must stay within reach, so then it is a group.
    role = "group" if any(row[2] for row in rows) else "img"
    return _picture(f"stack {size}".strip(), format_html_join("", "{}", pieces), label, role)


def _segment(tone: str, value: Number, title: str, start: float, width: float) -> SafeString:
    """From `start` on, `width` per cent of the whole; its number only where there is room for it."""
    named = format_html("<title>{}</title>", title) if title else ""
    left, middle = f"{start:.2f}", f"{start + width / 2:.2f}"
    body = '<rect class="{}" x="{}%" width="{}%" height="100%">{}</rect>'
    piece = format_html(body, tone, left, f"{width:.2f}", named)
    if width >= 5:
        piece += format_html('<text class="{}" x="{}%" y="50%">{}</text>', tone, middle, value)
    return piece


@register.simple_tag
def sparkline(values: Sequence[Number | None], tone: str = "", label: str = "") -> SafeString:
    """A line of up to a dozen values in an 88 by 36 box; fewer than two values draw nothing."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(known), max(known)
    step, span = 84 / (len(known) - 1), (high - low) or 1
    points = [(2 + at * step, 32 - (value - low) / span * 28) for at, value in enumerate(known)]
    body = format_html(
        '<polyline points="{}"></polyline><circle cx="{}" cy="{}" r="2.5"></circle>',
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        *(f"{part:.1f}" for part in points[-1]),
    )
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="sp {}" viewBox="0 0 88 36" {} focusable="false">{}</svg>', tone, role, body)


@register.simple_tag
def avatar(name: Any, classes: str = "") -> SafeString:
    """The first character of a name in a circle; the full name always stands beside it."""
    return format_html('<span class="av {}" aria-hidden="true">{}</span>', classes, str(name or "?")[:1])


# -- States and errors ------------------------------------------------------------------------


@register.inclusion_tag("_parts/status_pill.html")
def status_pill(status: Any, look: str = "") -> dict[str, Any]:
    """A status with `label` and `look` (wait, doing, check, back, done, off), or its words and a look."""
    return {"label": getattr(status, "label", status), "look": look or getattr(status, "look", "off")}


@register.filter
def anchor(field: BoundField) -> str:
    """The id to jump to: the input, or the first choice of a group."""
    if field.id_for_label:
        return field.id_for_label
    return next((part.id_for_label for part in field.subwidgets if part.id_for_label), field.auto_id)


@register.inclusion_tag("_parts/error_summary.html")
def error_summary(form: BaseForm | None = None, *others: BaseForm) -> dict[str, Any]:
    """Every error of the forms as a link to its field; errors of the whole form come first, unlinked."""
    found: list[Mapping[str, Any]] = []
    for one in (form, *others):
        if not one or not one.is_bound:
            continue
        found += [{"text": text} for text in one.non_field_errors()]
        found += [{"text": text} for field in one.hidden_fields() for text in field.errors]
        found += [{"text": field.errors[0], "anchor": anchor(field)} for field in one.visible_fields() if field.errors]
    return {"errors": found}
