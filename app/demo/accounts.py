"""The accounts of a demonstration: one per role, with passwords that belong to this installation alone.

Passwords are drawn at random, printed once, and kept beside the database in a file that only its owner can read: a
demonstration is shown more than once, and a real school never has this file.
"""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.permissions import Role

FILE = "comptes-demonstration.json"
CONSONANTS, VOWELS = "bdfgjklmnprstvz", "aeiou"
SYLLABLES, WORDS = 3, 3  # nine syllables out of 75: 56 bits


@dataclass(frozen=True, slots=True)
class Credential:
    """What a visitor needs to sign in as somebody."""

    role: Role
    name: str
    email: str
    password: str

    @property
    def label(self) -> str:
        """The French word for the role."""
        return self.role.label


@dataclass(frozen=True, slots=True)
class TabletCodes:
    """What opens a tablet of the workshop: the PIN of every pupil, and the badge and PIN of a master who signs."""

    pupil_pin: str
    master_pin: str
    master: str
    master_badge: str


def new_password() -> str:
    """Three words of three syllables: easy to type, hard to guess."""
    words = ("".join(map(_syllable, range(SYLLABLES))) for _ in range(WORDS))
    return "-".join(words)


def keep(folder: Path, credentials: Iterable[Credential], codes: TabletCodes | None = None) -> None:
    """Write the accounts down for this user alone, replacing those of an earlier demonstration."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    entries = [*map(asdict, credentials), *([asdict(codes)] if codes else [])]
    text = json.dumps(entries, ensure_ascii=False, indent=2)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")


def kept(folder: Path) -> list[Credential]:
    """The accounts written down in this folder; none where there is no demonstration."""
    entries = [entry for entry in _entries(folder) if "role" in entry]
    return [Credential(Role(entry["role"]), entry["name"], entry["email"], entry["password"]) for entry in entries]


def kept_codes(folder: Path) -> TabletCodes | None:
    """What opens the tablets; None where there is no demonstration."""
    found = next((entry for entry in _entries(folder) if "pupil_pin" in entry), None)
    return TabletCodes(**found) if found else None


def _entries(folder: Path) -> list[dict[str, str]]:
    try:
        entries: list[dict[str, str]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return entries


def _syllable(_place: int) -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)
