"""Legal moves as data. Buttons, checks, sentences, the diagrams and the tests are all read from these tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import RuleBroken


@dataclass(frozen=True)
class Transition:
    """One move: from any of `sources` to `target`, for whoever holds `permission`.

    `target` None keeps the status. `needs_note` asks for a sentence of reason.
    """

    name: str
    sources: frozenset[str]
    target: str | None
    permission: str
    label: Any
    needs_note: bool = False


class Machine:
    def __init__(self, *transitions: Transition) -> None:
        self.transitions = transitions
        self._by_name = {transition.name: transition for transition in transitions}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions)

    def find(self, name: str) -> Transition:
        return self._by_name[name]

    def available(self, status: str) -> list[Transition]:
        """The moves the table allows from here, whoever asks."""
        return [transition for transition in self.transitions if status in transition.sources]

    def check(self, name: str, *, status: str, status_label: Any, note: str = "") -> Transition:
        """The transition, or RuleBroken with the sentence for the user."""
        transition = self._by_name[name]
        if status not in transition.sources:
            raise RuleBroken(
                _("This is “%(status)s” now, so “%(move)s” is not possible.")
                % {"status": status_label, "move": transition.label}
            )
        if transition.needs_note and not note.strip():
            raise RuleBroken(_("Please write down the reason for “%(move)s”.") % {"move": transition.label})
        return transition
