"""Pictures made by hand: small, and with everything a camera adds that must not be kept."""

import struct
import zlib
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from issues.models import Issue, Photo

SECRET = b"GPS 31.1883 121.4365 <?php evil"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int = 6) -> bytes:
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0) + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(width: int = 640, height: int = 480, *, orientation: int = 6, end: bytes = b"\xff\xd9" + SECRET) -> bytes:
    """Sound in its structure; what the scan says would be noise."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [
        b"\xff\xd8",
        segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        exif(orientation),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xFE, SECRET),
        segment(0xDB, b"\0" + bytes(64)),
        segment(0xC0, frame),
        segment(0xC4, b"\0" + bytes(16)),
        segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56",
        end,
    ]
    return b"".join(parts)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 64, height: int = 48, *, end: bytes = b"", noise: bool = False) -> bytes:
    """A picture that every browser can draw: grey, or `noise` as little to be packed as a camera's."""
    lines = (
        [b"\0" + (Random(n).randbytes(width) if noise else b"\x80" * width) for n in range(height)]
        if width < 5000
        else []
    )
    rows = zlib.compress(b"".join(lines), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    extra = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", SECRET)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", rows)
        + (end or chunk(b"IEND", b""))
        + SECRET
    )


def webp(width: int = 64, height: int = 48) -> bytes:
    lossless = b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + b"\0\0"
    parts = [(b"VP8X", b"\x0c\0\0\0" + bytes(6)), (b"VP8L", lossless), (b"EXIF", SECRET), (b"XMP ", SECRET)]
    riff = b"WEBP" + b"".join(
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in parts
    )
    return b"RIFF" + struct.pack("<I", len(riff)) + riff + SECRET


def photo_of(issue: Issue, **fields: Any) -> Photo:
    photo = Photo(issue=issue, kind="png", width=64, height=48, sha256="0" * 64, at=timezone.now(), **fields)
    photo.file.save("", ContentFile(png()), save=False)
    photo.save()
    return photo
