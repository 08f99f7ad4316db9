"""Uploaded files between their check and their import: in the data folder, under a random name, of one person."""

import json
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from app.core.clock import now
from app.core.errors import NotFound
from app.exchange.reading import NamedFile

LIFE = timedelta(hours=24)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_GONE = "Ces fichiers ne sont plus là : ils sont effacés après 24 heures. Déposez-les à nouveau."
_LIST = "files.json"


def keep(folder: Path, files: Sequence[NamedFile], owner: int | None) -> str:
    """Store the files and return the name they go by. Names given by the sender are only written down, never used."""
    clean(folder)
    token = secrets.token_urlsafe(24)
    place = folder / token
    place.mkdir(parents=True, mode=0o700)
    for number, file in enumerate(files):
        (place / str(number)).write_bytes(file.load())
    head = Head(owner, [file.name for file in files], now().timestamp())
    (place / _LIST).write_text(json.dumps(asdict(head)), encoding="utf-8")
    return token


def find(folder: Path, token: str, owner: int | None) -> list[NamedFile]:
    """The files, for the person who sent them and nobody else."""
    head = _head(folder / token) if _TOKEN.fullmatch(token) else None
    if head is None or head.owner != owner or head.is_old:
        raise NotFound(_GONE)
    place = folder / token
    return [NamedFile(name, partial(Path.read_bytes, place / str(n))) for n, name in enumerate(head.names)]


def drop(folder: Path, token: str) -> None:
    """Forget the files: they hold names of pupils, and are of no more use."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(folder / token, ignore_errors=True)


def clean(folder: Path) -> None:
    """Forget what was sent more than a day ago."""
    for place in folder.iterdir() if folder.is_dir() else ():
        head = _head(place)
        if head is None or head.is_old:
            shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Head:
    """Who sent what, and when (seconds)."""

    owner: int | None
    names: list[str]
    at: float

    @property
    def is_old(self) -> bool:
        """Past its day."""
        return now().timestamp() - self.at > LIFE.total_seconds()


def _head(place: Path) -> Head | None:
    try:
        return Head(**json.loads((place / _LIST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
