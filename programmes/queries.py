"""The programme's rules as they hold today, for the page that shows them."""

from datetime import datetime
from typing import Any

from core.clock import today
from issues.models import Category, DeadlineRule, Level, Responsibility
from teams.models import Programme, TeamTemplate
from visits.calendar import Calendar
from visits.models import CalendarDay


def rules_on(at: datetime) -> dict[str, Any]:
    """As many queries in a large district as in a small one."""
    day = today(at)
    limits = {rule.level_id: rule for rule in DeadlineRule.objects.on(day)}
    entries = {entry.category_id: entry for entry in Responsibility.objects.on(day).select_related("unit")}
    return {
        "programme": Programme.current(),
        "templates": TeamTemplate.objects.prefetch_related("seat_kinds__supplied_by"),
        "levels": [(level, limits.get(level.pk)) for level in Level.objects.all()],
        "categories": [(category, entries.get(category.pk)) for category in Category.objects.filter(is_active=True)],
        "days": CalendarDay.objects.filter(day__gte=day).order_by("day")[:20],
        "unknown_years": Calendar.load(day, day).unknown_years(day, day.replace(year=day.year + 1, day=1)),
    }
