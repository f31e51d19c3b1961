"""Categories, levels, deadlines and who is responsible for what: dated rows the district keeps itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.dated import Dated, DatedQuerySet
from core.localized import Named
from teams.models import OrgUnit


class Level(Named):
    """Who can solve it: 1 pairing unit, 2 street office, 3 district department, 4 district coordination.

    `office_confirms`: the office looks at it before it goes out.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    code = models.SlugField(max_length=20, unique=True)
    office_confirms = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]


class Category(Named):
    code = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_frequent = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]


class DeadlineRule(Dated):
    """Working days from the day of submission: to accept, and to answer."""

    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="deadlines")
    accept_days = models.PositiveSmallIntegerField(_("working days to accept"))
    answer_days = models.PositiveSmallIntegerField(_("working days to answer"))
    extension_days = models.PositiveSmallIntegerField(_("working days one extension adds"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["level", "from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["level"], condition=models.Q(until_day__isnull=True), name="level_has_one_open_deadline_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.answer_days}"


class Responsibility(Dated):
    """One entry of the responsibility list: this category belongs to this department, on this basis."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="responsibilities")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="responsibilities")
    basis = models.CharField(_("basis of responsibility"), max_length=100)
    ordinary_days = models.PositiveSmallIntegerField(_("working days, ordinary matter"))
    complex_days = models.PositiveSmallIntegerField(_("working days, complex matter"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["category", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["category"],
                condition=models.Q(until_day__isnull=True),
                name="category_has_one_open_responsibility",
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} / {self.unit}"
