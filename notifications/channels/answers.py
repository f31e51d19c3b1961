"""Reading what a provider said. A status of 200 means nothing by itself: its body says whether the message was taken."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from notifications.channels import ANSWER_LOST, NOT_SENT, Outcome, Result
from notifications.channels.talk import Answer, AnswerLost, NotAllowed, NotSent

MINUTE = timedelta(minutes=1)
BUSY = 503


@dataclass(frozen=True)
class Reading:
    """Where a provider's answer has its code, words and reference, and which codes mean what.

    `later`: not now, with the time to wait if the provider names one. Any other code is a refusal for good. What is in
    `pausing` was said to the whole channel.
    """

    code: tuple[str, ...]
    words: tuple[str, ...]
    ref: str = ""
    fine: Collection[str] = ("0",)
    later: Mapping[str, timedelta | None] = field(default_factory=dict)
    pausing: Collection[str] = ()

    def outcome(self, answer: Answer) -> Outcome:
        facts = answer.facts
        code = "" if facts is None else self._first(facts, self.code)
        if facts is not None and code and code not in self.fine:
            return self._refused(code, self._first(facts, self.words), answer)
        if 200 <= answer.status < 300 and code:
            return Outcome(Result.ACCEPTED, code, provider_ref=self._first(facts or {}, (self.ref,)))
        return by_status(answer)

    def _refused(self, code: str, words: str, answer: Answer) -> Outcome:
        if code in self.later:
            wait = answer.retry_after or self.later[code]
            return Outcome(Result.TEMPORARY, code, words, retry_after=wait, pause=code in self.pausing)
        if answer.status == 429:
            return Outcome(Result.TEMPORARY, code, words, retry_after=answer.retry_after or MINUTE)
        return Outcome(Result.PERMANENT, code, words)

    def _first(self, facts: Mapping[str, Any], paths: tuple[str, ...]) -> str:
        for path in paths:
            found: Any = facts
            for name in path.split("."):
                found = found.get(name) if isinstance(found, Mapping) else None
            if found is not None and not isinstance(found, Mapping | list):
                return str(found)
        return ""


def by_status(answer: Answer) -> Outcome:
    """An answer without a code of the provider. Of a broken server nobody knows what it had done before it broke."""
    status, code = answer.status, f"http {answer.status}"
    if status in (408, 425, 429, BUSY):
        return Outcome(Result.TEMPORARY, code, "too busy", retry_after=answer.retry_after or MINUTE)
    if 300 <= status < 400:
        return Outcome(Result.PERMANENT, code, "the address leads elsewhere; redirects are not followed")
    if 400 <= status < 500:
        return Outcome(Result.PERMANENT, code, "refused")
    if status >= 500:
        return Outcome(Result.UNKNOWN, code, "the provider's server failed")
    return Outcome(Result.UNKNOWN, code, "the answer cannot be understood")


def told(talk: Callable[[], Answer], reading: Reading) -> Outcome:
    """The outcome of one request, whatever happens on the way."""
    try:
        return reading.outcome(talk())
    except NotAllowed as error:
        return Outcome(Result.PERMANENT, "not_allowed", str(error))
    except NotSent as error:
        return Outcome(Result.TEMPORARY, NOT_SENT, str(error))
    except AnswerLost as error:
        return Outcome(Result.UNKNOWN, ANSWER_LOST, str(error))
