"""Database constraints that several apps share, each under a name that tells what was broken."""

from django.db.models import CheckConstraint, F, Q


def both_or_neither(first: str, second: str, *, name: str) -> CheckConstraint:
    """Who and when are one fact: both are set or neither is."""
    neither = Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    both = Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return CheckConstraint(condition=neither | both, name=name)


def start_before_end(start: str, end: str, *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}), name=name)
