"""Photographs of a draft: added, taken away, brought back with it, and forgotten in the end."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import ngettext

from core import changes
from core.events import append
from core.refusals import RuleBroken
from issues import policies
from issues.models import Issue, IssueStatus, Photo
from issues.models.photos import FOLDER
from issues.pictures import Picture
from teams.models import User

MOST = 9
KEEP = timedelta(days=365)
LEFT_OVER = timedelta(days=2)  # how long a removed draft may come back with its photos


def change_photos(
    *, issue: Issue, add: Sequence[Picture] = (), remove: Iterable[Photo] = (), by: User, at: datetime
) -> list[Photo]:
    """Keep the pictures with the issue and destroy the others, while it is a draft."""
    gone = [photo.name for photo in remove]
    if not add and not gone:
        return []
    with transaction.atomic():
        current = changes.lock(issue, version=None)
        if not policies.may_write(by, current) or current.status != IssueStatus.DRAFT:
            raise PermissionDenied
        old = list(current.photos.filter(name__in=gone))
        refuse_too_many(current.photos.count() - len(old) + len(add))
        current.photos.filter(name__in=gone).delete()
        new = [_keep(current, picture, by, at) for picture in add]
        payload = {"added": [photo.sha256 for photo in new], "removed": [photo.sha256 for photo in old]}
        append(current, "photos", by=by, at=at, payload=payload)
        transaction.on_commit(lambda: _destroy(str(photo.file) for photo in old))
    return new


def refuse_too_many(n: int) -> None:
    if n > MOST:
        raise RuleBroken(
            ngettext("At most %(n)s photo for one issue.", "At most %(n)s photos for one issue.", MOST) % {"n": MOST}
        )


def _keep(issue: Issue, picture: Picture, by: User, at: datetime) -> Photo:
    photo = Photo(
        name=uuid4(),
        issue=issue,
        kind=picture.kind,
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(picture.content).hexdigest(),
        by=by,
        at=at,
    )
    photo.file.save("", ContentFile(picture.content), save=False)
    photo.save(force_insert=True)
    return photo


# -- A removed draft that comes back -----------------------------------------------------------

FACTS = ("kind", "width", "height", "sha256")


def facts_of(issue: Issue) -> list[dict[str, Any]]:
    """Enough to bring the photos of a draft back with it; their files stay for a while (see `forget_photos`)."""
    return [
        {name: getattr(photo, name) for name in FACTS}
        | {"name": str(photo.name), "file": photo.file.name, "at": photo.at.isoformat()}
        for photo in issue.photos.all()
    ]


def put_back(*, issue: Issue, facts: Iterable[dict[str, Any]], by: User, at: datetime) -> None:
    """The photos of a removed draft that is there again."""
    photos = [
        Photo(**fact | {"name": UUID(fact["name"]), "at": datetime.fromisoformat(fact["at"])}, issue=issue, by=by)
        for fact in facts
        if default_storage.exists(fact["file"])
    ]
    if photos:
        Photo.objects.bulk_create(photos)
        append(issue, "photos", by=by, at=at, payload={"added": [photo.sha256 for photo in photos], "removed": []})


# -- Forgetting --------------------------------------------------------------------------------


def forget_photos(at: datetime) -> str:
    """Photos go a year after their issue was closed, and files that belong to no issue any more after two days."""
    old = Photo.objects.filter(issue__in=Issue.objects.closed().filter(closed_at__lt=at - KEEP))
    files = list(old.values_list("file", flat=True))
    old.delete()
    _destroy(files)
    known = set(Photo.objects.values_list("file", flat=True))
    left = [name for name in _files(FOLDER) if name not in known and _is_left_over(name, at)]
    _destroy(left)
    return f"{len(files)} photos and {len(left)} left over files forgotten"


def _files(folder: str) -> Iterable[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files(f"{folder}/{name}")


def _is_left_over(name: str, at: datetime) -> bool:
    return default_storage.get_modified_time(name) < at - LEFT_OVER


def _destroy(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
