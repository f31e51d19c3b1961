"""Groups of people who share a chat, from the app above that knows offices and units (settings.REMINDER_GROUPS)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Groups(Protocol):
    def choices(self) -> Sequence[tuple[str, Any]]:
        """Every group: its key and its name."""

    def of(self, people: Collection[int]) -> Mapping[int, Sequence[str]]:
        """The groups of each person, the nearest first."""


def groups() -> Groups:
    found: Groups = import_string(settings.REMINDER_GROUPS)()
    return found
