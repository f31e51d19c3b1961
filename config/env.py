"""Typed readers of the environment. They refuse what they do not understand and say what to type."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "on"}, {"0", "false", "off", ""}


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither on nor off; write {name}=1 or {name}=0")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a whole number; write for example {name}={default}"
        ) from None


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_secret(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE points to."""
    if os.environ.get(name):
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set; set {name} or {name}_FILE to a long random text")
    return default


def env_redis(name: str) -> str:
    """The server alone: which database is for what, the settings say, and one named in the address would win over them."""
    address, _mark, query = env_secret(name, "").partition("?")
    options = [option for option in query.split("&") if option]
    databases = {option.removeprefix("db=") for option in options if option.startswith("db=")}
    if not address.startswith("unix:"):
        scheme, slashes, rest = address.partition("://")
        host, _slash, path = rest.partition("/")
        address = f"{scheme}{slashes}{host}"
        databases.add(path)
    if found := databases - {"", "0"}:
        raise ImproperlyConfigured(
            f"{name} asks for database {found.pop()}; leave it out, 0 and 1 are taken: queue and cache"
        )
    options = [option for option in options if not option.startswith("db=")]
    return address + ("?" + "&".join(options) if options else "")
