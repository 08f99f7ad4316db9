"""Drawings of the demonstration's parts, drawn here: an A4 sheet in PDF with views and a title block, or an image."""

import struct
import zlib
from math import hypot

from app.demo.catalogue import Part

WIDTH, HEIGHT = 842, 595
CIRCLE = 0.5523  # how far the handles of a curve stand for a quarter of a circle
SIDE = 480


def as_pdf(part: Part, name: str, index: str) -> bytes:
    """A landscape sheet: a round part in two views, a flat one from above with its holes."""
    views = _round_views() if _is_round(part) else _flat_views()
    content = "\n".join([*_frame(part, name, index), *views]).encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + table + tail


def as_png(index: str) -> bytes:
    """A sketch as a phone would take it: a flange seen from the front, its bore and its holes; each index its own."""
    holes = 3 + ord(index) % 5
    rows = b"".join(b"\x00" + bytes(_shade(x, y, holes) for x in range(SIDE)) for y in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _shade(x: int, y: int, holes: int) -> int:
    middle = SIDE // 2
    away = hypot(x - middle, y - middle)
    if any(abs(away - radius) < 1.5 for radius in (200, 70)):
        return 0
    if middle in {x, y} and (x + y) % 24 < 16:
        return 120
    turn = [(-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)][:holes]
    rings = (hypot(x - middle - 140 * dx, y - middle - 140 * dy) for dx, dy in turn)
    return 0 if any(abs(ring - 18) < 1.5 for ring in rings) else 255


def _is_round(part: Part) -> bool:
    return any(step.center.startswith("TOUR") for step in part.route)


def _text(x: int, y: int, size: int, words: str) -> str:
    safe = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").replace("’", "'")
    return f"BT /F1 {size} Tf {x} {y} Td ({safe}) Tj ET"


def _frame(part: Part, name: str, index: str) -> list[str]:
    return [
        "1.2 w 24 24 794 547 re S",
        "0.7 w 518 24 300 96 re S 518 72 m 818 72 l S 698 24 m 698 72 l S",
        _text(528, 98, 13, part.label[:40]),
        _text(528, 80, 9, "École de démonstration, plan inventé"),
        _text(528, 52, 11, f"Plan {name}"),
        _text(528, 34, 9, "Échelle 1:1   A4   cotes en mm"),
        _text(708, 44, 20, f"Indice {index}"),
        _text(36, 34, 9, "Tolérances générales ISO 2768-m   Ra 1,6"),
    ]


def _circle(x: int, y: int, radius: int) -> str:
    k = radius * CIRCLE
    return (
        f"{x + radius} {y} m {x + radius} {y + k} {x + k} {y + radius} {x} {y + radius} c "
        f"{x - k} {y + radius} {x - radius} {y + k} {x - radius} {y} c "
        f"{x - radius} {y - k} {x - k} {y - radius} {x} {y - radius} c "
        f"{x + k} {y - radius} {x + radius} {y - k} {x + radius} {y} c S"
    )


def _round_views() -> list[str]:
    axis = "[12 4 2 4] 0 d 0.5 w 90 340 m 440 340 l S 500 340 m 760 340 l S 630 210 m 630 470 l S [] 0 d"
    return [
        "1.4 w 120 260 m 120 420 l 400 420 l 400 260 l h S 0.8 w 120 300 m 400 300 l S 120 380 m 400 380 l S", axis,
        "1.4 w", _circle(630, 340, 80), _circle(630, 340, 40),
        "0.5 w 120 230 m 400 230 l S 120 222 m 120 256 l S 400 222 m 400 256 l S", _text(250, 234, 11, "40 ±0,1"),
        _text(640, 428, 11, "Ø24 ±0,05"), _text(640, 384, 11, "Ø12 H8"),
    ]  # fmt: skip


def _flat_views() -> list[str]:
    holes = [(180, 240), (480, 240), (180, 440), (480, 440)]
    return [
        "1.4 w 130 190 400 300 re S", *(_circle(x, y, 16) for x, y in holes), _circle(330, 340, 60),
        "[12 4 2 4] 0 d 0.5 w 110 340 m 550 340 l S 330 170 m 330 510 l S [] 0 d", "1.4 w 620 190 60 300 re S",
        "0.5 w 180 160 m 480 160 l S", _text(300, 164, 11, "80 ±0,05"), _text(345, 408, 11, "Ø16 H7"),
        _text(500, 448, 10, "4 x M6"), _text(630, 168, 11, "12"),
    ]  # fmt: skip
