"""A photograph as it may be kept: known by its content, turned upright, and nothing of it but the picture.

Its pixels are copied into a new image. What a camera adds (place, time, owner, a small copy) stays behind, and so does
whatever stands behind the picture's end; of a moving picture the first frame is kept.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp"}
HOW = {"jpeg": {"quality": 90}, "png": {}, "webp": {"quality": 90}}

# What Pillow's readers meet in a damaged file.
DAMAGED = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


class NoPicture(ValueError):
    """Neither JPEG, PNG nor WebP, broken, or too large when unpacked."""


@dataclass(frozen=True)
class Picture:
    kind: str
    content: bytes
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper() for kind in ENDINGS]) as opened:
            if opened.width * opened.height > MOST_PIXELS:  # only the head of the file has been read
                raise NoPicture("too many pixels")
            return _written_anew(opened, str(opened.format).lower())
    except DAMAGED as error:
        raise NoPicture("damaged, or of another kind") from error


def _written_anew(opened: Image.Image, kind: str) -> Picture:
    opened.getexif()
    opened.info.pop("exif", None)  # else it would be written again, which what some phones put there does not allow
    ImageOps.exif_transpose(opened, in_place=True)
    kept = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    kept.info.clear()
    file = io.BytesIO()
    kept.save(file, kind, **HOW[kind])
    return Picture(kind, file.getvalue(), kept.width, kept.height)
