"""The repository as structural tests see it."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
DOMAINS = (
    "accounts", "clients", "orders", "pedagogy", "machines", "timetable", "absences", "learning", "records",
    "admissions", "workshop", "graduates", "ledger", "kiosk", "board", "exchange",
)  # fmt: skip


def relative(path: Path) -> str:
    """The path as an assertion should print it."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the folders, migrations' generated versions aside."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts and "__pycache__" not in path.parts]


def templates() -> list[Path]:
    """Every Jinja template."""
    return sorted(APP.glob("**/templates/**/*.html"))


def papers() -> list[Path]:
    """Every typst source: the house's layout and the papers."""
    return sorted(APP.glob("**/*.typ"))


@lru_cache(maxsize=512)
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """Calls of methods or functions with one of these names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names:
                yield node


@lru_cache(maxsize=1)
def tracked_files() -> list[Path]:
    """The files of the repository; outside a clone (an unpacked archive) everything that is not ignored by habit."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    hidden = {".venv", ".git", ".data", ".tools", "__pycache__", "node_modules", "build"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)]
