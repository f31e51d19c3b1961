"""The rows of the event log."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from dashboard import activity

register = template.Library()


@register.simple_tag
def event_rows(rows: Iterable[activity.Entry]) -> SafeString:
    return activity.rows_html(rows)
