"""Questions pages ask about issues: suggested levels, drafts, answers, similar ones."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import quarter_code, today
from core.statements import Statement, written
from issues.lists import Desk, counts_of
from issues.models import Category, Complexity, Issue, IssueCounter, IssueStatus, Level, Photo, Reply
from issues.rulebook import Rulebook, all_levels
from teams.models import Area, OrgUnit, Team, User
from visits.calendar import Calendar
from visits.models import Visit

NOBODY = -1
ENOUGH = 5  # fewer solved issues than this suggest nothing
CLEAR = 0.5  # a level that solved fewer than half of them is no suggestion


@dataclass(frozen=True)
class Suggestion:
    """The level that solved most issues of a category in the past year."""

    level: Level
    share: float
    category: Category

    @property
    def words(self) -> str:
        tenths = round(self.share * 10)
        values = {"category": self.category.name, "level": self.level.name}
        if tenths >= 10:
            return _("In the past year all issues of “%(category)s” were: %(level)s") % values
        return ngettext(
            "In the past year %(n)s in ten issues of “%(category)s” was: %(level)s",
            "In the past year %(n)s in ten issues of “%(category)s” were: %(level)s",
            tenths,
        ) % {**values, "n": _in_words(tenths)}


def suggested_level(category: Category, *, at: datetime) -> Suggestion | None:
    return suggestions({category.pk}, at=at).get(category.pk)


def suggestions(categories: Iterable[int | None], *, at: datetime) -> dict[int | None, Suggestion]:
    """By category, from the counters of the last four quarters: two queries, no issue is read."""
    wanted = {pk for pk in categories if pk}
    solved: dict[int, dict[int, int]] = defaultdict(dict)
    quarters = tuple(last_quarters(today(at), 5))
    keys = [f"{pk}:{number}" for pk in wanted for number in range(1, 5)]
    counted = written("experience", quarters, make=lambda: _experience(quarters))
    for key, n in counted.rows(keys=keys) if keys else []:
        pk, number = map(int, key.split(":"))
        solved[pk][number] = n
    clear = {pk: best for pk, by_level in solved.items() if (best := clear_level(by_level))}
    names = Category.objects.in_bulk(list(clear))
    levels = {level.number: level for level in all_levels()} if clear else {}
    return {
        pk: Suggestion(levels[number], solved[pk][number] / sum(solved[pk].values()), names[pk])
        for pk, number in clear.items()
        if number in levels
    }


def clear_level(solved: dict[int, int]) -> int | None:
    """The level that solved clearly most, the lowest of equals; None when there is too little to go by."""
    number = max(solved, key=lambda each: (solved[each], -each))
    total = sum(solved.values())
    return number if total >= ENOUGH and solved[number] / total >= CLEAR else None


def _experience(quarters: tuple[str, ...]) -> Statement:
    rows = IssueCounter.objects.filter(
        facet="category_level", status=IssueStatus.RESOLVED, quarter__in=quarters, key__in=["?"]
    )
    return Statement(rows.values_list("key").annotate(n=Sum("n")), blanks={"?": "keys"})


@dataclass(frozen=True)
class LevelChoice:
    """One answer to “who solves it”: the unit, how long it has, and what experience says."""

    level: Level
    unit: OrgUnit | None
    days: int
    due_on: date
    suggested: bool
    words: str


def level_choices(
    *,
    area: Area,
    team: Team | None,
    category: Category | None,
    at: datetime,
    complexity: str = Complexity.ORDINARY,
) -> list[LevelChoice]:
    """The levels in their order, as things stand today for this area and category."""
    day = today(at)
    rules = Rulebook(day)
    suggestion = suggested_level(category, at=at) if category else None
    choices = []
    for number, level in sorted(rules.levels.items()):
        days = rules.days(number, category, complexity)
        is_suggested = suggestion is not None and suggestion.level == level
        choices.append(
            LevelChoice(
                level=level,
                unit=rules.unit(number, area=area, team=team, category_id=category.pk if category else None),
                days=days,
                due_on=rules.workdays.add(day, days),
                suggested=is_suggested,
                words=suggestion.words if suggestion and is_suggested else "",
            )
        )
    return choices


def drafts_of(visit: Visit) -> QuerySet[Issue]:
    return issues_of(visit).filter(status=IssueStatus.DRAFT)


def issues_of(visit: Visit) -> QuerySet[Issue]:
    """In the order they were written down."""
    related = ("category", "level", "owner_unit", "area__street", "team__unit")
    issues = Issue.objects.filter(visit=visit).select_related(*related).order_by("pk")
    return issues.annotate(photo_count=Count("photos"))


def public_answers(issue: Issue) -> list[Reply]:
    """What residents read, newest first."""
    return list(issue.replies.filter(public=True).select_related("unit"))


def open_of_kind(*, street_id: int, category_id: int | None, at: datetime) -> int:
    """How many issues of a street and category are open: from the counters of two years."""
    rows = IssueCounter.objects.filter(
        facet="street_category",
        key=f"{street_id}:{category_id or 0}",
        status__in=IssueStatus.open_states,
        quarter__in=last_quarters(today(at), 9),
    )
    return rows.aggregate(n=Sum("n"))["n"] or 0


def last_quarters(day: date, how_many: int) -> list[str]:
    """`26Q4`, `26Q3`, …: the quarter of the day and those before it."""
    codes = []
    for _step in range(how_many):
        codes.append(quarter_code(day))
        month = (day.month - 1) // 3 * 3
        day = date(day.year, month, 1) if month else date(day.year - 1, 12, 1)
    return codes


def _in_words(tenths: int) -> Any:
    """Seven in ten, as people say it."""
    words = {5: _("five"), 6: _("six"), 7: _("seven"), 8: _("eight"), 9: _("nine")}
    return words.get(tenths, str(tenths))


def desk_counts(user: User, at: datetime) -> dict[str, int]:
    """What waits for somebody: every list of theirs and every group of the to-do list, up to a thousand each."""
    day = today(at)
    return counts_of(Desk.of(user, at, Calendar.load(day, day)))


def photos_of(issue: Issue) -> list[Photo]:
    taken = written("photos", make=lambda: Statement(Photo.objects.filter(issue_id=NOBODY), blanks={NOBODY: "issue"}))
    return taken.rows(issue=issue.pk)
