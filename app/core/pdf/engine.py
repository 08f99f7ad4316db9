"""Papers as PDF, by typst: the house's faces only, tagged for screen readers, the same bytes for the same data.

What people typed goes to the template as data, never into its source: `#`, `$` or `[` come out as typed.
Papers are drawn in a GET, away from the lock of those who write.
"""

import dataclasses
import importlib.util
import json
import shutil
import threading
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from app.core.pdf.glyphs import MISSING, drawn_by, legible

ROOT = Path(__file__).resolve().parents[2]  # templates lie beside their domain, and all take the house's layout
FACES = {
    "font_source_sans_pro": ("SourceSansPro-Regular.otf", "SourceSansPro-Semibold.otf"),
    "font_rhd": ("RedHatDisplay-SemiBold.ttf", "RedHatDisplay-Bold.ttf"),
}
ALL_FACES = b"""#set document(title: "Faces")
#text(font: "Source Sans Pro")[A #text(weight: 600)[A]] #text(font: "Red Hat Display", weight: 600)[A #strong[A]]"""
AT_ONCE = 2
_slots = threading.BoundedSemaphore(AT_ONCE)


class BadPaper(Exception):
    """A template and its data do not fit: a mistake of ours, never of the person who asked for the paper."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What every paper says of itself: « Fiche suiveuse », OF2026-0203, whose it is, and when it was printed."""

    kind: str
    number: str
    school: str
    printed: str
    at: datetime
    several: str = ""

    @property
    def title(self) -> str:
        """The title of the file: of its one paper, or what `several` papers are together."""
        return self.several or f"{self.kind} {self.number}".strip()


def draw(template: str, sheet: Sheet, content: Any) -> bytes:
    """The paper of a template (`workshop/templates/pdf/traveller.typ`) filled with a dataclass of ready French texts.

    A compiler of its own for each paper: making one costs half a millisecond, and two threads may not share one.
    """
    told = {
        "sheet": {"kind": sheet.kind, "number": sheet.number, "school": sheet.school, "printed": sheet.printed},
        "title": sheet.title, "content": dataclasses.asdict(content),
    }  # fmt: skip
    data = json.dumps(_legible(told, characters()), ensure_ascii=False, allow_nan=False)
    with _slots:
        compiler = typst.Compiler(root=ROOT, font_paths=_fonts(), ignore_system_fonts=True)
        try:
            drawn, warnings = compiler.compile_with_warnings(
                input=ROOT / template, format="pdf", pdf_standards=["ua-1"], timestamp=int(sheet.at.timestamp()),
                sys_inputs={"data": data},
            )  # fmt: skip
        except typst.TypstError as trouble:
            raise BadPaper(f"{template}: {trouble.diagnostic}") from trouble
    if warnings or not isinstance(drawn, bytes):
        raise BadPaper(f"{template}: {'; '.join(each.message for each in warnings) or 'nothing drawn'}")
    return drawn


@lru_cache(maxsize=1)
def characters() -> frozenset[str]:
    """What the face of the text draws; the sign for what is missing comes from the face of the titles."""
    return drawn_by(_face("font_source_sans_pro", FACES["font_source_sans_pro"][0])) | {MISSING}


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The four faces, read into memory once. Their packages hold others, so they are laid out apart for that moment."""
    with TemporaryDirectory() as folder:
        for package, names in FACES.items():
            for name in names:
                shutil.copy(_face(package, name), folder)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        typst.Compiler(root=folder, font_paths=fonts, ignore_system_fonts=True).compile(ALL_FACES, format="pdf")
    return fonts


def _face(package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BadPaper(f"the package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "files" / name


def _legible(value: Any, known: frozenset[str]) -> Any:
    """The same value, every text of it in characters that can be drawn."""
    if isinstance(value, str):
        return legible(value, known)
    if isinstance(value, dict):
        return {key: _legible(each, known) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_legible(each, known) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise BadPaper(f"a paper takes texts and whole numbers, not {type(value).__name__}")
