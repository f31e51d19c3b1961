"""An issue: what a resident said, who has it, until when, and how it ended."""

from enum import nonmember
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from issues import policies
from issues.models.rules import Category, Level
from teams.models import Area, OrgUnit, Team, User
from visits.models import Visit

if TYPE_CHECKING:
    from datetime import date


class IssueStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    AWAITING_LEVEL = "awaiting_level", _("Awaiting level")
    ASSIGNED = "assigned", _("Awaiting acceptance")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_RULING = "awaiting_ruling", _("Awaiting ruling")
    RETURNED = "returned", _("Returned for detail")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("Awaiting confirmation")
    RESOLVED = "resolved", _("Resolved")
    EXPLAINED = "explained", _("Explained")

    open_states = nonmember(
        ("awaiting_level", "assigned", "in_progress", "awaiting_ruling", "returned", "awaiting_confirmation")
    )
    closed_states = nonmember(("resolved", "explained"))
    # Nobody has answered yet: the clock runs.
    unanswered_states = nonmember(("awaiting_level", "assigned", "in_progress", "awaiting_ruling", "returned"))
    # At the desk of the responsible unit.
    desk_states = nonmember(("assigned", "in_progress"))

    @property
    def look(self) -> str:
        """The dot beside the word (see the status pill)."""
        return LOOKS[self.value]


LOOKS = {
    "draft": "off",
    "awaiting_level": "wait",
    "assigned": "wait",
    "in_progress": "doing",
    "awaiting_ruling": "back",
    "returned": "back",
    "awaiting_confirmation": "check",
    "resolved": "done",
    "explained": "done",
}


class Ending(models.TextChoices):
    """The two honest endings."""

    RESOLVED = "resolved", _("Resolved")
    EXPLAINED = "explained", _("Explained")


class Complexity(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary matter")
    COMPLEX = "complex", _("Complex matter")


class IssueQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.issue_scope(user))

    def submitted(self) -> Self:
        return self.exclude(status=IssueStatus.DRAFT)

    def open(self) -> Self:
        return self.filter(OPEN)

    def closed(self) -> Self:
        return self.filter(CLOSED)

    def unanswered(self) -> Self:
        return self.filter(status__in=IssueStatus.unanswered_states)

    def overdue(self, day: "date") -> Self:
        return self.unanswered().filter(due_on__lt=day)


# The lists of open and of closed issues; written as the querysets ask, so that the database sees that they match.
OPEN = Q(status__in=IssueStatus.open_states)
CLOSED = Q(status__in=IssueStatus.closed_states)


FIRST_WORDS = 18


def headline_of(title: str, text: str) -> str:
    """The short title, or the beginning of the resident's words, which shows that it was cut."""
    return title or (text if len(text) <= FIRST_WORDS else f"{text[:FIRST_WORDS]}…")


class Issue(Versioned):
    """`original_text` is the resident's words; a trigger refuses to change them once submitted.

    `code` (26Q4-0412) and `quarter` (26Q4) are given at submission. `street` repeats the area's street, so that
    every list of a street is one index. `due_on` counts from the day of submission and no transfer moves it; while
    nobody has said who solves it, the shortest time limit counts. `days_used` are the working days from
    submission to the answer, kept when it closes. `owner_unit` is empty while the office looks for the right one.
    """

    code = models.CharField(max_length=12, unique=True, null=True, editable=False)
    quarter = models.CharField(max_length=4, blank=True, editable=False)
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="issues")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="issues"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False, related_name="issues")
    street = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, db_index=False, related_name="issues_of_street", editable=False
    )
    logged_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="logged_issues", editable=False
    )
    raised_on = models.DateField(_("raised on"))

    title = models.CharField(_("title"), max_length=40, blank=True)
    original_text = models.TextField(_("what the resident said"), max_length=500)
    place = models.CharField(_("place"), max_length=60, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("category"))
    complexity = models.CharField(max_length=10, choices=Complexity, default=Complexity.ORDINARY)
    households = models.PositiveSmallIntegerField(_("households affected"), default=1)
    needs_lawyer = models.BooleanField(_("needs a lawyer's opinion"), default=False)

    status = models.CharField(max_length=24, choices=IssueStatus, default=IssueStatus.DRAFT, editable=False)
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.PROTECT, db_index=False, verbose_name=_("level")
    )
    level_unsure = models.BooleanField(default=False)
    suggested_level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    proposed_unit = models.ForeignKey(
        OrgUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("who should have it"),
    )
    owner_unit = models.ForeignKey(
        OrgUnit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="issues",
        verbose_name=_("responsible unit"),
    )
    handler = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handled_issues",
        verbose_name=_("case handler"),
    )
    accept_by = models.DateField(_("accept by"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("answer by"), null=True, blank=True, editable=False)
    extended = models.BooleanField(default=False, editable=False)
    returns = models.PositiveSmallIntegerField(default=0, editable=False)
    ending = models.CharField(max_length=10, choices=Ending, blank=True, editable=False)
    days_used = models.PositiveSmallIntegerField(null=True, editable=False)

    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, db_index=False, related_name="+", editable=False
    )
    accepted_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(code__isnull=False, submitted_at__isnull=False, due_on__isnull=False) & ~Q(quarter=""),
                name="a_submitted_issue_has_number_and_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["resolved", "explained"])
                | Q(closed_at__isnull=False, days_used__isnull=False, ending=models.F("status")),
                name="a_closed_issue_has_an_ending",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["assigned", "in_progress", "awaiting_confirmation"])
                | Q(owner_unit__isnull=False, level__isnull=False),
                name="an_assigned_issue_has_owner_and_level",
            ),
        ]
        indexes = [
            # The lists people work through: few open ones among very many closed. `status` makes counting cheap.
            models.Index(fields=["owner_unit", "due_on", "id", "status"], condition=OPEN, name="issue_open_by_owner"),
            models.Index(fields=["street", "due_on", "id", "status"], condition=OPEN, name="issue_open_by_street"),
            models.Index(fields=["due_on", "id", "status"], condition=OPEN, name="issue_open_by_due"),
            models.Index(fields=["status", "due_on", "id"], condition=OPEN, name="issue_open_by_status"),
            models.Index(fields=["level", "due_on", "id", "status"], condition=OPEN, name="issue_open_by_level"),
            models.Index(fields=["closed_at", "id"], condition=CLOSED, name="issue_closed"),
            models.Index(fields=["category", "closed_at", "id"], condition=CLOSED, name="issue_closed_by_category"),
            models.Index(fields=["street", "closed_at", "id"], condition=CLOSED, name="issue_closed_by_street"),
            models.Index(fields=["owner_unit", "closed_at", "id"], condition=CLOSED, name="issue_closed_by_owner"),
            # Drilling down from a figure.
            models.Index(fields=["quarter", "street", "id"], name="issue_quarter_street"),
            models.Index(fields=["quarter", "level", "id"], name="issue_quarter_level"),
            models.Index(fields=["quarter", "category", "id"], name="issue_quarter_category"),
            models.Index(fields=["area", "id"], name="issue_area"),
            models.Index(fields=["street", "id"], name="issue_street"),
            models.Index(fields=["owner_unit", "id"], name="issue_owner"),
            models.Index(fields=["team", "id"], name="issue_team"),
        ]

    def __str__(self) -> str:
        return self.code or self.headline

    def get_absolute_url(self) -> str:
        return reverse("issues:issue", args=[self.code])

    @property
    def headline(self) -> str:
        return headline_of(self.title, self.original_text)

    @property
    def is_open(self) -> bool:
        return self.status in IssueStatus.open_states

    @property
    def promised_on(self) -> "date | None":
        """The day a resident may count on; none before somebody has said who solves it, though the clock runs."""
        return self.due_on if self.level_id else None
