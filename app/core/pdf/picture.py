"""The first page of somebody's PDF as a picture, for a tablet that cannot open PDF in a page."""

import threading
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

PPI = 150.0
KEPT = 12
SOURCE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("plan.pdf", page: 1)'
_slot = threading.BoundedSemaphore(1)


def first_page(path: Path) -> bytes | None:
    """The page as PNG; None for a file that cannot be drawn. The latest ones are kept: drawing takes a third of a
    second, and a class looks at the same few. Files never change under their path.
    """
    return _drawn(str(path))


@lru_cache(maxsize=KEPT)
def _drawn(path: str) -> bytes | None:
    with _slot, TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "plan.pdf").write_bytes(Path(path).read_bytes())
        (root / "page.typ").write_text(SOURCE, encoding="utf-8")
        try:
            # Nothing but that one file can be read from the page, and no font is needed.
            compiler = typst.Compiler(root=root, ignore_system_fonts=True)
            drawn = compiler.compile(input=root / "page.typ", format="png", ppi=PPI)
        except typst.TypstError:
            return None
        except BaseException as trouble:
            # A reader that breaks on a broken file does so by a panic, which is no Exception.
            if type(trouble).__name__ == "PanicException":
                return None
            raise
    return drawn if isinstance(drawn, bytes) else None
