"""Small real files, put together byte by byte: images that any reader opens, and a drawing in PDF."""

import base64
import struct
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 4, height: int = 3, *, shade: int = 120, declared: tuple[int, int] | None = None) -> bytes:
    """A grey picture; `declared` writes another size into its head than it has."""
    head = struct.pack(">IIBBBBB", *(declared or (width, height)), 8, 0, 0, 0, 0)
    rows = (b"\x00" + bytes([shade]) * width) * height
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg(width: int = 8, height: int = 8, *, behind: bytes = b"") -> bytes:
    """A grey picture of one block; `behind` is what a phone writes after it."""
    table = b"\x00\x01" + bytes(15) + b"\x00"
    parts = (
        (0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        (0xDB, b"\x00" + bytes([16]) * 64),
        (0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        (0xC4, table),
        (0xC4, b"\x10" + table[1:]),
        (0xDA, b"\x01\x01\x00\x00\x3f\x00"),
    )
    segments = b"".join(b"\xff" + bytes([mark]) + struct.pack(">H", len(data) + 2) + data for mark, data in parts)
    return b"\xff\xd8" + segments + b"\x3f" + b"\xff\xd9" + behind


def webp() -> bytes:
    """One pixel, without loss."""
    return base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")


def webp_of(kind: bytes, body: bytes) -> bytes:
    """The frame of a WebP around one part."""
    body += b"\x00" * (len(body) % 2)
    inner = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def pdf(text: str = "Bride FAC-220", *, behind: bytes = b"") -> bytes:
    """One A4 page with a line of text."""
    content = f"BT /F1 18 Tf 72 770 Td ({text}) Tj ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 %s >> >> >>"
        % b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + table + trailer + behind
