"""Everybody the tables name, and what they say about them: post, unit, law firm."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from programmes.imports.report import Count
from programmes.imports.steps import Change, Step, save
from programmes.imports.tables import Table
from teams import importing as door
from teams.models import User


@dataclass
class People(Step):
    """Has no table of its own: the other steps say whom they name."""

    new: list[User] = field(default_factory=list)
    left: int = 0

    def plan(self, tables: list[Table]) -> None:
        """Nothing to read."""

    def finish(self) -> None:
        for said in self.known.said.values():
            if said.user.pk is None:
                for fact, value in said.facts.items():
                    setattr(said.user, fact, value)
                self.new.append(said.user)
            else:
                self._compare(said.user, said.facts)

    def _compare(self, user: User, facts: dict[str, object]) -> None:
        """Units are compared by name: one that is new in the same import has no key yet."""
        found = {name: value for name, value in facts.items() if str(getattr(user, name) or "") != str(value)}
        if found:
            words = _(", ").join(str(value) for value in found.values())
            self.changes.append(Change(f"{user}：{words}", save(user, "import", **found), [user]))
        else:
            self.left += 1

    def create(self, by: User | None, at: datetime) -> list[Happened]:
        return door.add_people(self.new, by=by, at=at)

    def counts(self) -> list[Count]:
        words = [one.words for one in self.changes]
        return [Count(gettext_lazy("People"), len(self.new), len(self.changes), self.left, words)]

    def actions(self) -> Iterator[str]:
        for person in self.new:
            yield f"person {person.phone} {person.name} {person.title} {person.unit or ''} {person.law_firm}"
        yield from (one.words for one in self.changes)
