"""Secrets at rest: sealed with the newest key of the installation, opened with any of them."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyMissing(Exception):
    """The key this text was sealed with is not among those of this server."""


def key_ring() -> MultiFernet:
    return _ring(tuple(settings.VAULT_KEYS))


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """Nothing stays nothing."""
    return key_ring().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    if not sealed:
        return ""
    try:
        return key_ring().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise KeyMissing from None


def keyed_hash(purpose: str, text: str) -> str:
    """For finding a row by a secret without keeping it in clear. Each purpose has hashes of its own."""
    return hmac.new(settings.CODE_PEPPER.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
