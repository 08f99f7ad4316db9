"""What a file really is, told by its own bytes. Names and what the browser says of them are never believed."""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})
_PNG = b"\x89PNG\r\n\x1a\n"
_PDF = re.compile(rb"%PDF-[12]\.\d")
_PDF_END, _PDF_TAIL = b"%%EOF", 1024


class MediaType(StrEnum):
    """The four kinds of files that are taken."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"

    @property
    def extension(self) -> str:
        """How the name of such a file ends."""
        return {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}[self]


PHOTOS = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
DRAWINGS = PHOTOS | {MediaType.PDF}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sound file: its type, the size of the image it declares (0 for a PDF), and where it ends.

    Phones write a film or a preview behind a photo: what follows `end` does not belong to the image.
    """

    media_type: MediaType
    width: int
    height: int
    end: int


def recognise(data: bytes) -> Recognised | None:
    """What the bytes are, walked from end to end; None for anything else, torn, or two things at once."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(b"RIFF"):
            return _webp(data)
        return _pdf(data)
    except (struct.error, IndexError):
        return None  # torn


def _png(data: bytes) -> Recognised | None:
    """Chunks to the last one, which must be the last byte too."""
    position, width, height = len(_PNG), 0, 0
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        if position == len(_PNG):
            if (length, kind) != (13, b"IHDR"):
                return None
            width, height = struct.unpack_from(">II", data, position + 8)
        position += length + 12
        if kind == b"IEND":
            return _image(MediaType.PNG, width, height, position) if position == len(data) else None


def _jpeg(data: bytes) -> Recognised | None:
    """Segments to the end mark; the coded image between them is jumped over."""
    position, width, height, scans = 2, 0, 0, 0
    while data[position] == 0xFF:
        marker = data[position + 1]
        position += 2
        if marker == 0xFF:  # padding
            position -= 1
            continue
        if marker == 0xD9:
            return _image(MediaType.JPEG, width, height, position) if scans else None
        (length,) = struct.unpack_from(">H", data, position)
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", data, position + 3)
        position += length
        if marker == 0xDA:
            scans += 1
            found = _NEXT_MARKER.search(data, position)
            if found is None:
                return None
            position = found.start()
    return None


def _webp(data: bytes) -> Recognised | None:
    (size,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP" or size + 8 != len(data):
        return None
    kind, start = data[12:16], 20
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (start + 4, start + 7))
    elif kind == b"VP8L" and data[start] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, start + 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and data[start + 3 : start + 6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, start + 6))
    else:
        return None
    return _image(MediaType.WEBP, width, height, len(data))


def _pdf(data: bytes) -> Recognised | None:
    if not _PDF.match(data):
        return None
    last = data.rfind(_PDF_END, max(0, len(data) - _PDF_TAIL))
    if last < 0:
        return None
    end = last + len(_PDF_END)
    return Recognised(MediaType.PDF, 0, 0, end if data[end:].strip(b"\r\n \t\x00") else len(data))


def _image(media_type: MediaType, width: int, height: int, end: int) -> Recognised | None:
    return Recognised(media_type, width, height, end) if width > 0 and height > 0 else None
