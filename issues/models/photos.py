"""Photographs of what a resident described. Inside only: whoever sees the issue sees them, residents do not."""

import uuid
from typing import Self

from django.db import models
from django.urls import reverse

from issues.models.issues import Issue
from issues.pictures import ENDINGS
from teams.models import User

FOLDER = "photos"


def place_of(photo: "Photo", _filename: str) -> str:
    """The name somebody's phone gave it is not kept."""
    return f"{FOLDER}/{photo.at:%Y/%m}/{photo.name}.{ENDINGS[photo.kind]}"


class PhotoQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(issue__in=Issue.objects.visible_to(user))


class Photo(models.Model):
    """`name` is what its address says: nobody can guess it. `sha256` stays in the event log when the file is gone."""

    name = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=4)
    file = models.FileField(upload_to=place_of, max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["at", "name"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("issues:photo", args=[self.name])
