"""The field that takes photographs: several at once, each looked at, none kept before the whole form is right."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.refusals import RuleBroken
from issues.pictures import NoPicture, Picture, picture_of
from issues.services.photos import refuse_too_many

MOST_BYTES = 10 * 1024 * 1024
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftyphevc")


class ManyPhotos(forms.FileInput):
    """Phones offer the camera and the album for these types, and turn their own formats into JPEG."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": "image/jpeg,image/png,image/webp", "data-photos": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyPhotos(), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:
        uploads = [upload for upload in data or [] if upload.size]
        try:
            refuse_too_many(len(uploads))
        except RuleBroken as refused:
            raise ValidationError(str(refused.sentence)) from refused
        return [_picture(upload) for upload in uploads]


def _picture(upload: Any) -> Picture:
    if upload.size > MOST_BYTES:
        raise ValidationError(_("The photo is too large (at most 10 MB). Send fewer at once, or a screenshot of it."))
    content = upload.read()
    try:
        return picture_of(content)
    except NoPicture as error:
        if content[4:12] in HEIC:
            raise ValidationError(
                _("This photo is in Apple's HEIC format. Please take a screenshot of it and send that.")
            ) from error
        raise ValidationError(
            _("This file cannot be read as a photo. Please choose a JPG, PNG or WebP picture.")
        ) from error
