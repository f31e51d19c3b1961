"""Parts of the frame that look the same again and again: rendered once, then kept in this process."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Stand in what is kept for what differs from request to request.
CSRF, PATH = "\ue000", "\ue001"
MOST = 1000
_kept: dict[tuple[Any, ...], str] = {}


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, *looks: Any) -> SafeString:
    """The part `name`. `looks` is everything it shows beside the language, the form token and `next_path`."""
    key = (name, get_language(), looks)
    html = _kept.get(key)
    if html is None or settings.DEBUG:
        with context.push(csrf_token=CSRF, next_path=PATH):
            html = get_template(name).template.render(context)  # type: ignore[attr-defined]
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = html
    if CSRF in html:  # asking for a token sets a cookie, which pages without forms do without
        html = html.replace(CSRF, str(context.get("csrf_token", "")))
    if PATH in html:
        html = html.replace(PATH, escape(context["request"].get_full_path()))
    return SafeString(html)
