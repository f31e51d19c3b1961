"""Rows that hold from one day to another. The last day counts; no last day means until further notice."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q


def valid_on(day: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}from_day__lte": day}) & not_over_by(day, prefix)


def not_over_by(day: date, prefix: str = "") -> Q:
    """Held on the day or at any time after it."""
    return Q(**{f"{prefix}until_day__isnull": True}) | Q(**{f"{prefix}until_day__gte": day})


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> Self:
        return self.filter(valid_on(day))

    def open_ended(self) -> Self:
        return self.filter(until_day__isnull=True)


class Dated(models.Model):
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_valid_on(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)
