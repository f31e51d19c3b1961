"""Which addresses may be asked at all: https, on a server the installation or its administrator has named."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from visits.outside.trouble import NotRead, Trouble

LONGEST = 1000
LONGEST_NAME = 120
HTTPS = 443
SCHEMES = ("https", "webcal", "webcals")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
TEXT = re.compile(r"[\x21-\x7e]+")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?:{LABEL}\.)+(?=[a-z]){LABEL}")
INWARDS = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "arpa")
INWARDS_OF = tuple(f".{name}" for name in INWARDS)


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        port = "" if self.port == HTTPS else f":{self.port}"
        return f"https://{self.host}{port}{self.target}"


def checked(text: str, named: Collection[str] = ()) -> Address:
    """The address, or NotRead with the reason. `webcal:` is what programs call the same thing. `named` are servers
    allowed besides those of the settings.
    """
    address = _taken_apart(text.strip())
    by_name = address.host in named and address.port == HTTPS
    if not by_name and not is_allowed(address.host, address.port):
        raise NotRead(Trouble.HOST)
    return address


def _taken_apart(text: str) -> Address:
    if len(text) > LONGEST or not TEXT.fullmatch(text):
        raise NotRead(Trouble.ADDRESS)
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port or HTTPS
    except ValueError:
        raise NotRead(Trouble.ADDRESS) from None
    if parts.scheme not in SCHEMES or "@" in parts.netloc or not HOST.fullmatch(host):
        raise NotRead(Trouble.ADDRESS)
    return Address(host, port, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")


def is_allowed(host: str, port: int) -> bool:
    """Whether settings.CALENDAR_HOSTS names it: `host`, `host:port`, or `.domain` for all hosts of a domain."""
    for entry in settings.CALENDAR_HOSTS:
        name, _colon, wanted = entry.lower().partition(":")
        if port == int(wanted or HTTPS) and (host == name or (name.startswith(".") and host.endswith(name))):
            return True
    return False


def host_in(text: str) -> str:
    """The name of a server as somebody typed it, or taken from an address; "" for what is none: an IP, localhost, a name
    that only an inner network knows.
    """
    text = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        has_other_port = parts.port not in (None, HTTPS)
    except ValueError:  # also what idna says
        return ""
    if has_other_port:
        return ""
    return host if len(host) <= LONGEST_NAME and NAME.fullmatch(host) and not host.endswith(INWARDS_OF) else ""
