"""The words of a message, made once when it is planned: the sentence of its kind and a short subject."""

from functools import lru_cache
from typing import Any

from django.template import Context, Engine, Template
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.kinds import Kind
from notifications.templatetags.notifications import in_language

LONGEST_SUBJECT = 120


def sentence(kind: str, facts: dict[str, Any]) -> str:
    """Plain text from templates/messages/<kind>.txt and the facts, in the language of this moment. Not escaped."""
    return " ".join(_template(kind).render(Context(facts, autoescape=False)).split())


def subject_of(kind: str, facts: dict[str, Any]) -> str:
    """`Visit coming: 春申坊`: the kind, and what it is about."""
    about = facts.get("code") if "headline" in facts else facts.get("area") or in_language(facts.get("title"))
    words = str(Kind(kind).label)
    if isinstance(about, str) and about:
        words = _("%(kind)s: %(about)s") % {"kind": words, "about": about}
    return " ".join(words.split())[:LONGEST_SUBJECT]


class Words:
    """Subject and sentence of what is planned, each made once per language."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, str], tuple[str, str]] = {}

    def of(self, key: Any, kind: str, facts: dict[str, Any], language: str) -> tuple[str, str]:
        if (key, language) not in self._made:
            with override(language):
                self._made[key, language] = subject_of(kind, facts), sentence(kind, facts)
        return self._made[key, language]


@lru_cache(maxsize=200)
def _template(kind: str) -> Template:
    return Engine.get_default().get_template(f"messages/{kind}.txt")
