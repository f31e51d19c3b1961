"""How alike two texts are: the share of characters they have in common in the same order. Pure."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.85  # more than this raises a hint, never a penalty
SHORTEST = 20  # characters; two short sentences are alike by chance


def essence(text: str) -> str:
    """Letters, figures and Chinese characters only: blanks and punctuation make no difference."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN")


def most_alike(text: str, others: Iterable[tuple[int, str]]) -> tuple[int, float] | None:
    """The key and the share of the other text that is most alike, if it is more than ALIKE."""
    own = essence(text)
    if len(own) < SHORTEST:
        return None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(own)
    best: tuple[int, float] | None = None
    for key, other in others:
        least = best[1] if best else ALIKE
        matcher.set_seq1(essence(other))
        # two cheap upper bounds spare most comparisons
        if matcher.real_quick_ratio() > least and matcher.quick_ratio() > least and (share := matcher.ratio()) > least:
            best = key, share
    return best
