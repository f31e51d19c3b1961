"""Finding issues by words, as `LIKE` finds them; PostgreSQL looks into an index first.

A word of two characters or more stands only where all its neighbouring pairs stand. The table `issues_words` knows
these pairs (see the migration). Where few issues have them only those are read; where many have them, the first page of
a list is full soon. So a rare, an absent and a common word cost about the same.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, F, Func, Q, Value, When

MOST_WORDS = 5
FEW = 1000
FIELDS = ("title", "original_text", "place", "code")
HAVE_PAIRS = "SELECT issue_id FROM issues_words WHERE "
PAIRS = "pairs @> issues_pairs(%s)"


class Search:
    """Every word stands in the title, in what was said, in the place or in the number."""

    def __init__(self, words: str) -> None:
        self.words = words.split()[:MOST_WORDS]
        self.long = [word for word in self.words if len(word) > 1] if connection.vendor == "postgresql" else []

    def where(self) -> Q:
        """For the first rows of a list."""
        like = _like(self.words)
        return Q(Perhaps(like)) if self._few is None else Q(pk__in=self._few) & like

    def counted(self) -> Q:
        """For counting all of them. A word of two characters is a pair: who has it has the word."""
        if self._few is not None or not self.long:
            return self.where()
        found = Q()
        for word in self.long:
            found &= Q(HasPairs(word))
        like = _like(word for word in self.words if word not in self.long or len(word) > 2)
        return found & Q(Perhaps(like)) if like else found

    @cached_property
    def _few(self) -> list[int] | None:
        """The issues that have all pairs; None when they are many or nobody knows. One query."""
        if not self.long:
            return None
        sql = HAVE_PAIRS + " AND ".join([PAIRS] * len(self.long)) + " LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self.long, FEW + 1])
            found = [pk for (pk,) in cursor.fetchall()]
        return found if len(found) <= FEW else None


def _like(words: Iterable[str]) -> Q:
    found = Q()
    for word in words:
        anywhere = Q()
        for field in FIELDS:
            anywhere |= Q(**{f"{field}__icontains": word})
        found &= anywhere
    return found


class HasPairs(Func):
    """Whether an issue has all pairs of a word; PostgreSQL chooses the way."""

    output_field = BooleanField()
    conditional = True
    template = f"%(issue)s IN ({HAVE_PAIRS}{PAIRS.replace('%s', '%(word)s')})"

    def __init__(self, word: str) -> None:
        super().__init__(F("pk"), Value(word))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        issue, word = (compiler.compile(part) for part in self.get_source_expressions())
        return self.template % {"issue": issue[0], "word": word[0]}, [*issue[1], *word[1]]


class Perhaps(Case):
    """The condition itself, but the planner takes it to hold for every second row instead of for hardly any.

    So it reads a list from its beginning until the page is full, and does not sort the whole list first.
    """

    conditional = True

    def __init__(self, condition: Q) -> None:
        super().__init__(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
