"""A photograph as it may be kept: known by its content, and nothing of it but the picture.

What a camera adds (place, time, owner, a small copy) is left out, and so is whatever stands behind the picture's end.
Only which way up it belongs is written anew. No pixel is touched, so nothing has to be decoded here.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PIXELS = 40_000_000
JPEG, PNG, WEBP = "jpeg", "png", "webp"
ENDINGS = {JPEG: "jpg", PNG: "png", WEBP: "webp"}


class NoPicture(ValueError):
    """Neither JPEG, PNG nor WebP, broken, or too large when unpacked."""


@dataclass(frozen=True)
class Picture:
    kind: str
    content: bytes
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    for start, read in ((b"\xff\xd8\xff", _jpeg), (PNG_START, _png), (b"RIFF", _webp)):
        if content.startswith(start):
            try:
                picture = read(content)
            except (struct.error, IndexError) as error:
                raise NoPicture("truncated") from error
            if not 0 < picture.width * picture.height <= MOST_PIXELS:
                raise NoPicture("too many pixels")
            return picture
    raise NoPicture("unknown type")


# -- JPEG -------------------------------------------------------------------------------------

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
FRAMES = {0xC0, 0xC1, 0xC2}
TABLES = {0xC4, 0xDB, 0xDD}
ADOBE, EXIF = 0xEE, 0xE1
ORIENTATION = 0x0112


def _jpeg(content: bytes) -> Picture:
    kept, size, turned, ended = [b"\xff\xd8"], (0, 0), 1, False
    for marker, body in _segments(content):
        if marker == EXIF and turned == 1:
            turned = _orientation(body)
        elif marker in FRAMES:
            size = struct.unpack(">HH", body[3:7])
        elif marker == EOI:
            ended = True
        if marker in FRAMES | TABLES | {SOS, EOI} or marker == ADOBE and body[2:7] == b"Adobe" and len(body) == 14:
            kept.append(bytes((0xFF, marker)) + body)
    if not ended or not size[0]:
        raise NoPicture("truncated")
    if turned != 1:
        kept.insert(1, _turned(turned))
    return Picture(JPEG, b"".join(kept), size[1], size[0])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with what belongs to them (the length included); after the start of a scan its data as well."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise NoPicture("no marker")
        while content[at] == 0xFF:
            at += 1
        marker, at = content[at], at + 1
        if marker == EOI:
            yield marker, b""
            return
        if marker in (SOI, 0) or 0xD0 <= marker <= 0xD7:
            raise NoPicture("a marker where none belongs")
        end = at + struct.unpack_from(">H", content, at)[0]
        if end < at + 2 or end > len(content):
            raise NoPicture("truncated")
        if marker == SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0:
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    raise NoPicture("truncated")


def _orientation(body: bytes) -> int:
    """Which way up, 1 to 8; 1 where the camera does not say."""
    if body[2:8] != b"Exif\0\0":
        return 1
    tiff = body[8:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(min(entries, 200)):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if (tag, kind, count) == (ORIENTATION, 3, 1):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _turned(orientation: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# -- PNG --------------------------------------------------------------------------------------

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_PARTS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def _png(content: bytes) -> Picture:
    kept, at = [PNG_START], len(PNG_START)
    names: list[bytes] = []
    while not names or names[-1] != b"IEND":
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise NoPicture("truncated")
        if name in PNG_PARTS:
            if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
                raise NoPicture("broken")
            kept.append(content[at:end])
        names.append(name)
        at = end
    if names[0] != b"IHDR" or b"IDAT" not in names:
        raise NoPicture("broken")
    width, height = struct.unpack_from(">II", content, 16)
    return Picture(PNG, b"".join(kept), width, height)


# -- WebP -------------------------------------------------------------------------------------

WEBP_PARTS = (b"VP8X", b"ALPH", b"VP8 ", b"VP8L")
ALPHA_ONLY = 0x10  # of the flags of an extended file: no profile, no Exif, no XMP, no animation


def _webp(content: bytes) -> Picture:
    if content[8:12] != b"WEBP":
        raise NoPicture("unknown type")
    kept, at, size = [b"WEBP"], 12, (0, 0)
    end = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at < end:
        name, (length,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise NoPicture("truncated")
        if name == b"VP8X":
            body = bytes((body[0] & ALPHA_ONLY,)) + body[1:]
        if name in WEBP_PARTS:
            kept.append(name + struct.pack("<I", length) + body + b"\0" * (length % 2))
        size = _webp_size(name, body) or size
        at += 8 + length + length % 2
    if not size[0]:
        raise NoPicture("no picture, or a moving one")
    riff = b"".join(kept)
    return Picture(WEBP, b"RIFF" + struct.pack("<I", len(riff)) + riff, *size)


def _webp_size(name: bytes, body: bytes) -> tuple[int, int] | None:
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L" and body[:1] == b"\x2f":
        (bits,) = struct.unpack_from("<I", body, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
