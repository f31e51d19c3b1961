"""The slip a resident takes home: number, secret code and QR.

The secret follows from the issue's id and the site's pepper, so a slip can be printed again and nothing is stored.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from core.personal import without_numbers
from core.qr import qr_svg
from issues.models import Issue

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH = 8
LOOKALIKES = str.maketrans("ILO", "110")
DASHES = re.compile(r"[\s\u2010-\u2015\u2212\uFE58\uFF0D_.·・—-]+")
NUMBER = re.compile(r"(\d{2}Q[1-4])(\d{4,6})")


def secret_of(issue_id: int, purpose: str = "slip") -> str:
    """Eight characters of Crockford's base 32: forty bits nobody can guess from the number."""
    digest = hmac.new(settings.CODE_PEPPER.encode(), f"issue:{issue_id}:{purpose}".encode(), hashlib.sha256).digest()
    bits = int.from_bytes(digest[:5], "big")
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(LENGTH)))


def is_secret_of(issue_id: int, typed: str) -> bool:
    """Whether the code belongs to this issue, in the same time for every wrong one."""
    return hmac.compare_digest(secret_of(issue_id).encode(), plain(typed).translate(LOOKALIKES).encode())


def plain(typed: str) -> str:
    """What was typed, in capitals, without dashes and blanks, full-width letters folded."""
    return DASHES.sub("", unicodedata.normalize("NFKC", typed)).upper()


def number_of(typed: str) -> str:
    """`26q2 0287` as `26Q2-0287`; "" when it is no issue number."""
    found = NUMBER.fullmatch(plain(typed))
    return f"{found[1]}-{found[2]}" if found else ""


def split_token(token: str) -> tuple[str, str]:
    """`26Q2-0287-9F2K7QWX` into number and code; a part that cannot be read is ""."""
    text = plain(token)
    return number_of(text[:-LENGTH]), text[-LENGTH:]


def token_of(issue: Issue) -> str:
    return f"{issue.code}-{secret_of(issue.pk)}"


def find_issue(number: str, secret: str) -> Issue | None:
    """The submitted issue that this number and code open together, else None."""
    issue = Issue.objects.submitted().filter(code=number).select_related("area__street", "visit", "owner_unit").first()
    known = issue.pk if issue else 0  # as slow for a wrong number as for a wrong code
    return issue if is_secret_of(known, secret) and issue else None


@dataclass(frozen=True)
class Slip:
    """What is printed on one of them."""

    issue: Issue
    secret: str
    url: str

    @property
    def headline(self) -> str:
        return without_numbers(self.issue.headline)

    @property
    def spaced_secret(self) -> str:
        """Read out and typed in two groups of four."""
        return f"{self.secret[:4]} {self.secret[4:]}"

    @property
    def qr(self) -> SafeString:
        return qr_svg(self.url)


def slip_for(issue: Issue) -> Slip:
    return Slip(issue, secret_of(issue.pk), f"{settings.SITE_URL}/t/{token_of(issue)}/")
