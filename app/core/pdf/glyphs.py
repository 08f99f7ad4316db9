"""Which characters the papers can draw. A tagged PDF refuses a character that its face lacks, and people type any: what
cannot be drawn is replaced before it gets there.
"""

import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

MISSING = "\N{REPLACEMENT CHARACTER}"
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"})
STAND_INS = str.maketrans({"⌀": "Ø", "∅": "Ø", "□": "☐", "\N{NON-BREAKING HYPHEN}": "-", "\N{HYPHEN}": "-", "\t": " "})
RANGES = 12  # the layout of a character map that lists ranges of code points


def drawn_by(face: Path) -> frozenset[str]:
    """The characters of an OpenType face, out of its full character map."""
    content = face.read_bytes()
    count = struct.unpack_from(">H", content, 4)[0]
    tables = {
        content[at : at + 4]: struct.unpack_from(">I", content, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }
    start = tables[b"cmap"]
    maps = [
        start + struct.unpack_from(">I", content, start + 8 + 8 * place)[0]
        for place in range(struct.unpack_from(">H", content, start + 2)[0])
    ]
    full = next(at for at in maps if struct.unpack_from(">H", content, at)[0] == RANGES)
    return frozenset(_ranges(content, full))


def _ranges(content: bytes, at: int) -> Iterator[str]:
    for place in range(struct.unpack_from(">I", content, at + 12)[0]):
        first, last, _ = struct.unpack_from(">III", content, at + 16 + 12 * place)
        yield from map(chr, range(first, last + 1))


def legible(text: str, known: frozenset[str]) -> str:
    """The text as typed, in characters that can be drawn: an emoji becomes « � », what is never seen is left out."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(STAND_INS))
    if known.issuperset(whole):
        return whole
    return "".join(_drawable(each, known) for each in whole)


def _drawable(character: str, known: frozenset[str]) -> str:
    if character == "\n" or character in known:
        return character
    if unicodedata.category(character) in UNSEEN:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if known.issuperset(plain) else MISSING
