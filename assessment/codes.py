"""The code on a card: twelve characters nobody can guess, read aloud or mistype by accident, and its keyed hash."""

import hashlib
import hmac
import secrets
import unicodedata

from django.conf import settings

# Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """60 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """`7K3Q-W8ZD-42MN`, as printed."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def clean_code(typed: str) -> str:
    """The code in what somebody typed or scanned, "" when it cannot be one: full-width, lower case, O for 0 are fine."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(LOOKALIKES)
    code = "".join(char for char in folded if char.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def hash_code(code: str) -> str:
    """HMAC-SHA256 under CODE_PEPPER: the database alone cannot tell whether a guess is right."""
    return hmac.new(settings.CODE_PEPPER.encode(), code.encode(), hashlib.sha256).hexdigest()
