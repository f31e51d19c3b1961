"""What residents said at a visit when they heard what had become of last time's issues."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Versioned
from issues.models.issues import Issue
from teams.models import User
from visits.models import Visit


class Response(models.TextChoices):
    HEARD = "heard", pgettext_lazy("promise", "Heard")
    ACCEPTED = "accepted", pgettext_lazy("promise", "Accepted")
    OBJECTED = "objected", pgettext_lazy("promise", "Objected")

    @property
    def look(self) -> str:
        return {"heard": "blue", "accepted": "green", "objected": "amber"}[self.value]


class PromiseMark(Versioned):
    """One a visit and issue. It may be corrected until the visit is closed; the issue's history keeps every mark."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="promise_marks")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="promise_marks")
    response = models.CharField(_("what residents said"), max_length=8, choices=Response)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "issue"], name="one_mark_per_visit_and_issue")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.response}"

    @property
    def answer(self) -> Response:
        return Response(self.response)
