"""Which addresses may be asked at all: https, on a server the office has named."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from visits.outside.trouble import NotRead, Trouble

LONGEST = 1000
HTTPS = 443
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
TEXT = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        port = "" if self.port == HTTPS else f":{self.port}"
        return f"https://{self.host}{port}{self.target}"


def checked(text: str) -> Address:
    """The address, or NotRead with the reason. `webcal:` is what programs call the same thing."""
    text = text.strip()
    if len(text) > LONGEST or not TEXT.fullmatch(text):
        raise NotRead(Trouble.ADDRESS)
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port or HTTPS
    except ValueError:
        raise NotRead(Trouble.ADDRESS) from None
    if (
        parts.scheme not in ("https", "webcal", "webcals")
        or parts.username
        or parts.password
        or not HOST.fullmatch(host)
    ):
        raise NotRead(Trouble.ADDRESS)
    if not is_allowed(host, port):
        raise NotRead(Trouble.HOST)
    return Address(host, port, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")


def is_allowed(host: str, port: int) -> bool:
    """Whether settings.CALENDAR_HOSTS names it: `host`, `host:port`, or `.domain` for all hosts of a domain."""
    for entry in settings.CALENDAR_HOSTS:
        name, _colon, wanted = entry.lower().partition(":")
        if port == int(wanted or HTTPS) and (host == name or (name.startswith(".") and host.endswith(name))):
            return True
    return False
