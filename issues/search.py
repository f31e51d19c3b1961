"""Finding issues by words, as `LIKE` finds them; PostgreSQL looks into an index first.

A word of two characters or more stands only where all its neighbouring pairs stand. The table `issues_words` knows
these pairs (see the migration), so a rare or absent word costs what a common one does.
"""

from typing import Any

from django.db.models import BooleanField, Case, F, Func, Q, Value, When

WORDS = 5
FIELDS = ("title", "original_text", "place", "code")


def said(words: str) -> Q:
    """Every word stands in the title, in what was said, in the place or in the number."""
    found = Q()
    for word in words.split()[:WORDS]:
        found &= Q(HasPairs(word)) & Q(Certainly(_anywhere(word))) if len(word) > 1 else _anywhere(word)
    return found


def _anywhere(word: str) -> Q:
    found = Q()
    for field in FIELDS:
        found |= Q(**{f"{field}__icontains": word})
    return found


class HasPairs(Func):
    """Whether an issue may have this word, as far as its pairs of characters tell."""

    output_field = BooleanField()
    conditional = True
    template = "%(issue)s IN (SELECT issue_id FROM issues_words WHERE pairs @> issues_pairs(%(word)s))"

    def __init__(self, word: str) -> None:
        super().__init__(F("pk"), Value(word))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        if connection.vendor != "postgresql":
            return "1 = 1", []
        issue, word = (compiler.compile(part) for part in self.get_source_expressions())
        return self.template % {"issue": issue[0], "word": word[0]}, [*issue[1], *word[1]]


class Certainly(Case):
    """The condition itself, without PostgreSQL's guess how often it holds: about the pairs it knows better."""

    conditional = True

    def __init__(self, condition: Q) -> None:
        super().__init__(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
