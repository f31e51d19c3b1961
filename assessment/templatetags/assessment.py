"""How points are written: 15, 13.3, never 15.0. Load with {% load assessment %}."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def points(value: Decimal | int | str | None) -> str:
    if value is None or value == "":
        return "–"
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
