"""The identity vault: who raised an issue, sealed and kept apart from it. Read only through issues.vault."""

from django.db import models

from issues.models.issues import Issue


class Reporter(models.Model):
    """`*_sealed` are encrypted; `phone_lookup` is a keyed hash for finding a resident's issues by telephone."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, related_name="reporter")
    name_sealed = models.TextField(blank=True)
    phone_sealed = models.TextField(blank=True)
    name_masked = models.CharField(max_length=20, blank=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    phone_lookup = models.CharField(max_length=64, blank=True, db_index=True)
    wants_messages = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.issue_id} {self.name_masked}"
