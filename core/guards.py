"""The marks a view carries. A test walks every URL and fails on a view without one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """Who may enter: `public`, `signed_in`, or `policy` with the permission it asks for."""

    kind: str
    permission: str = ""


def public(view: View) -> View:
    """Anybody, signed in or not."""
    view = login_not_required(view)
    view.guard = Guard("public")  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in; LoginRequiredMiddleware sends the others to the sign-in page."""
    view.guard = Guard("signed_in")  # type: ignore[attr-defined]
    return view
