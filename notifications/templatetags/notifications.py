"""Words for the facts of a message: JSON knows neither dates nor languages."""

from datetime import date
from typing import Any

from django import template

from core.localized import pick
from core.templatetags.core import zhday
from notifications import words
from notifications.models import Delivery

register = template.Library()


@register.filter
def day_words(value: str | None) -> str:
    """`2026-07-08` as 7月8日（周三） / Wed 8 July; what is no date stays as it is."""
    try:
        return zhday(date.fromisoformat(value or ""))
    except ValueError:
        return value or ""


@register.filter
def in_language(value: Any) -> str:
    """`{"zh": …, "en": …}` in the reader's language; a plain text stays as it is."""
    return pick(value.get("zh", ""), value.get("en", "")) if isinstance(value, dict) else str(value or "")


@register.filter
def channel_words(name: str) -> str:
    return words.channel_label(name)


@register.filter
def state_look(state: str) -> str:
    return words.LOOKS.get(state, "")


@register.filter
def why_words(delivery: Delivery) -> str:
    return words.why(delivery)
