"""Pictures with everything a camera adds that must not be kept."""

import io
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from issues.models import Issue, Photo

SECRET = b"GPS 31.1883 121.4365 <?php evil"


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def camera(orientation: int = 1) -> Image.Exif:
    """What a phone writes beside the picture."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (31.0, 11.0, 18.0)
    place[ExifTags.GPS.GPSProcessingMethod] = SECRET
    return exif


def jpeg(width: int = 640, height: int = 480, *, orientation: int = 6) -> bytes:
    """Its left half is black, its right half white."""
    picture = Image.new("RGB", (width, height))
    picture.paste("white", (width // 2, 0, width, height))
    return saved(picture, "jpeg", exif=camera(orientation), comment=SECRET, xmp=SECRET, icc_profile=SECRET) + SECRET


def png(width: int = 64, height: int = 48, *, noise: bool = False) -> bytes:
    """Grey, or `noise` as little to be packed as a camera's."""
    picture = Image.frombytes("L", (width, height), Random(0).randbytes(width * height)) if noise else None
    words = PngInfo()
    words.add_text("Comment", SECRET.decode())
    return saved(picture or Image.new("L", (width, height), 128), "png", exif=camera(), pnginfo=words) + SECRET


def webp(width: int = 64, height: int = 48) -> bytes:
    picture = Image.new("RGBA", (width, height), (200, 0, 0, 128))
    return saved(picture, "webp", exif=camera(), xmp=SECRET) + SECRET


def bomb(width: int, height: int) -> bytes:
    """A few kilobytes of PNG that would fill the memory."""
    return saved(Image.new("1", (width, height)), "png")


def photo_of(issue: Issue, **fields: Any) -> Photo:
    photo = Photo(issue=issue, kind="png", width=64, height=48, sha256="0" * 64, at=timezone.now(), **fields)
    photo.file.save("", ContentFile(png()), save=False)
    photo.save()
    return photo
