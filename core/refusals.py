"""The two ways a change can be refused, each with words a person can act on."""

from typing import Any


class RuleBroken(Exception):
    """A rule forbids it. The message is a sentence for the user, in the user's language."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Conflict(Exception):
    """Somebody changed the thing between showing the form and sending it.

    `by` and `at` name who and when; the page keeps what was typed.
    """

    def __init__(self, obj: Any, *, by: str = "", at: Any = None) -> None:
        super().__init__(f"{obj!r} was changed meanwhile")
        self.obj, self.by, self.at = obj, by, at
