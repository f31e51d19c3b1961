"""The briefing pack of a round: the office adds and removes; every team reads."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core.events import append
from core.refusals import RuleBroken
from teams.grants import holds
from teams.models import User
from teams.permissions import Permission
from visits.models import BriefingContent, BriefingDocument, BriefingItem, Round

LARGEST = 10 * 1024 * 1024
MOST_DOCUMENTS, MOST_ITEMS = 20, 40
LONGEST_NAME = 120
ZIP = b"PK\x03\x04"
OFFICE = "application/vnd.openxmlformats-officedocument"
# What a file has to begin with to be what its name says. Nothing that a browser runs is among them.
TYPES = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".docx": (f"{OFFICE}.wordprocessingml.document", ZIP),
    ".pptx": (f"{OFFICE}.presentationml.presentation", ZIP),
    ".xlsx": (f"{OFFICE}.spreadsheetml.sheet", ZIP),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


def add_item(*, round: Round, kind: str, text: str, by: User, at: datetime) -> BriefingItem:
    with transaction.atomic():
        _may_edit(round, by)
        if round.briefing_items.count() >= MOST_ITEMS:
            raise RuleBroken(_("That is more than a team can remember. Please take something out first."))
        item = BriefingItem.objects.create(round=round, kind=kind, text=text.strip(), by=by, at=at)
        append(round, "brief", by=by, at=at, payload={"kind": kind, "text": item.text})
    return item


def remove_item(*, item: BriefingItem, by: User, at: datetime) -> None:
    with transaction.atomic():
        _may_edit(item.round, by)
        append(item.round, "unbrief", by=by, at=at, payload={"kind": item.kind, "text": item.text})
        item.delete()


def add_document(*, round: Round, title: str, name: str, data: bytes, by: User, at: datetime) -> BriefingDocument:
    """Only papers and pictures that are what they say, up to 10 MB."""
    media_type = type_of(name, data)
    with transaction.atomic():
        _may_edit(round, by)
        if round.briefing_documents.count() >= MOST_DOCUMENTS:
            raise RuleBroken(_("That is more than a team can read. Please take a document out first."))
        path = PurePath(name.replace("\\", "/"))
        document = BriefingDocument.objects.create(
            round=round,
            title=title.strip() or path.stem[:80],
            name=path.stem[: LONGEST_NAME - len(path.suffix)] + path.suffix,
            media_type=media_type,
            size=len(data),
            digest=hashlib.sha256(data).hexdigest(),
            by=by,
            at=at,
        )
        BriefingContent.objects.create(document=document, data=data)
        append(round, "brief_document", by=by, at=at, payload={"title": document.title, "digest": document.digest})
    return document


def remove_document(*, document: BriefingDocument, by: User, at: datetime) -> None:
    with transaction.atomic():
        _may_edit(document.round, by)
        payload = {"title": document.title, "digest": document.digest}
        append(document.round, "unbrief_document", by=by, at=at, payload=payload)
        document.delete()


def type_of(name: str, data: bytes) -> str:
    """The media type, if the name's ending is one we take and the first bytes agree with it."""
    suffix = PurePath(name).suffix.lower().replace(".jpeg", ".jpg")
    if suffix not in TYPES:
        raise RuleBroken(_("Please choose a PDF, Word, PowerPoint or Excel file, or a picture (JPG, PNG)."))
    media_type, begins = TYPES[suffix]
    if not data.startswith(begins):
        raise RuleBroken(_("This file is not what its name says. Please save it again and choose it once more."))
    if len(data) > LARGEST:
        raise RuleBroken(_("This file is too large (at most 10 MB)."))
    return media_type


def _may_edit(round: Round, by: User) -> None:
    if not holds(by, Permission.ROUND_MANAGE):
        raise PermissionDenied
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)
