"""The list behind a number: addresses of the issue and visit lists with the filters that give the same count."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def issues(quarter: str, **filters: Any) -> str:
    """`filters` as the issue list names them: level, category, street, area, status. The view is still to be said."""
    return _address("issues:queue", {"quarter": quarter} | filters)


def visits(round_code: str, **filters: Any) -> str:
    return _address("visits:visits", {"round": round_code} | filters)


def _address(name: str, query: dict[str, Any]) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value})}"
