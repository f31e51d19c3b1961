"""The text of a message where there is room for some lines only."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.channels import Outgoing

SHOWN = 5
# The shortest of the providers' limits is 2,048 bytes.
MOST_BYTES = 1900
LONGEST_LINE = 160


def digest(message: Outgoing) -> str:
    """How many, the first few with their addresses, and where the rest stands."""
    lines = list(dict.fromkeys(message.lines))
    with override(message.language):
        if len(lines) == 1:
            return cut("\n".join([_headed(plain(message.subject)), _line(*lines[0])]))
        head = _headed(_many(len(lines)))
        for shown in range(min(SHOWN, len(lines)), 0, -1):
            told = [f"{n}. {_line(*line)}" for n, line in enumerate(lines[:shown], 1)]
            text = "\n".join([head, *told, *_rest(len(lines) - shown)])
            if len(text.encode()) <= MOST_BYTES:
                return text
        return cut(text)


def _rest(n: int) -> list[str]:
    if not n:
        return []
    words = ngettext("%(n)s more in the inbox: %(url)s", "%(n)s more in the inbox: %(url)s", n)
    return [words % {"n": n, "url": f"{settings.SITE_URL}/inbox/"}]


def _many(n: int) -> str:
    return ngettext("%(n)s reminder", "%(n)s reminders", n) % {"n": n}


def short(message: Outgoing, most: int) -> str:
    """One sentence and one address, for a message that is paid by its length."""
    lines = list(dict.fromkeys(message.lines))
    with override(message.language):
        sentence, path = lines[0]
        if len(lines) > 1:
            sentence, path = _("%(kind)s: %(about)s") % {"kind": _many(len(lines)), "about": sentence}, "/inbox/"
    url = f" {settings.SITE_URL}{path}" if path else ""
    room = max(most - len(url), 20)
    text = plain(sentence)
    return (text if len(text) <= room else f"{text[: room - 1]}…") + url


def plain(text: str) -> str:
    """What people typed must not become a link or call everybody in the group."""
    return " ".join(text.replace("<", "＜").replace("@", "＠").split())


def cut(text: str) -> str:
    raw = text.encode()
    return text if len(raw) <= MOST_BYTES else raw[: MOST_BYTES - 3].decode(errors="ignore") + "…"


def _headed(words: str) -> str:
    """The name first: robots may be told to take only messages with a certain word."""
    return _("%(kind)s: %(about)s") % {"kind": _("Manyi Visits"), "about": words}


def _line(sentence: str, path: str) -> str:
    text = plain(sentence)
    text = text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
    return f"{text} {settings.SITE_URL}{path}" if path else text
