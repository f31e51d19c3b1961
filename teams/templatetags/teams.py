"""Asking the policy from a template, about what the view has loaded."""

from typing import Any

from django import template

from teams import policies
from teams.grants import holds as person_holds
from teams.models import User
from teams.permissions import Permission

register = template.Library()


@register.filter
def holds(user: User, permission: str) -> bool:
    """Whether one of today's roles has the permission, wherever it reaches."""
    return person_holds(user, Permission(permission))


@register.simple_tag
def may(user: User, permission: str, obj: Any) -> bool:
    """Whether the person may do this to this team or seat."""
    return policies.may(user, Permission(permission), obj)
