"""The mark of every view that asks for a permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from core.guards import Guard
from teams.grants import holds
from teams.permissions import Permission
from teams.requests import SignedInRequest

View = Callable[..., HttpResponseBase]


def policy(permission: Permission) -> Callable[[View], View]:
    """403 for people whose roles lack `permission`. Which objects they reach is the view's query: `visible_to`."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not holds(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.guard = Guard("policy", permission)  # type: ignore[attr-defined]
        return guarded

    return mark
