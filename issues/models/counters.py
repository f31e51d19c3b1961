"""Numbers kept at write time, so that no page ever counts rows."""

from django.db import models


class IssueNumber(models.Model):
    """The last issue number given in a quarter."""

    quarter = models.CharField(primary_key=True, max_length=4)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.quarter} {self.last}"


class IssueCounter(models.Model):
    """How many submitted issues of a quarter have this status, for one value of one facet (see issues.counters)."""

    quarter = models.CharField(max_length=4)
    facet = models.CharField(max_length=16)
    key = models.CharField(max_length=24)
    status = models.CharField(max_length=24)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "facet", "key", "status"], name="issue_counter_once"),
        ]
        # A number over all quarters.
        indexes = [models.Index(fields=["facet", "key", "status"], name="issue_counter_facet")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.facet} {self.key} {self.status} {self.n}"
