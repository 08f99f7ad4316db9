"""Files that people hand in: their name, type, size and fingerprint. The bytes lie in the data folder, once each.

`keep` looks at the bytes and writes them, before the write lock; `store` adds the row that names them. So no row is
ever without its bytes, whatever breaks in between; bytes without a row are harmless.
"""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.db import NO_WRITING, Base
from app.core.errors import Busy, NotFound, Refused
from app.core.filetypes import PHOTOS, MediaType, Recognised, recognise
from app.core.types import UtcDateTime

FOLDER = "files"
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_NAME = 100
EMPTY = "Ce fichier est vide."
TOO_HEAVY = "Ce fichier dépasse 12 Mo."
TOO_MANY_PIXELS = "Cette image est trop grande : 25 millions de pixels au plus."
NOT_A_PHOTO = "Ce fichier n’est pas une photo. Attendu : JPEG, PNG ou WebP."
NOT_A_DRAWING = "Ce fichier n’est ni un PDF ni une image. Attendu : PDF, JPEG, PNG ou WebP."
GONE = "Ce fichier n’est plus dans le dossier de données. Prévenez la direction."
_ODD = re.compile(r'[\x00-\x1f\x7f-\x9f"<>|*?:\\/\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


class StoredFile(Base):
    """A file as it was handed in; never changed. `sha256` names its bytes in the data folder."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie in the data folder already, on their way to a row."""

    sha256: str
    name: str
    media_type: MediaType
    size: int


def keep(data_dir: Path, name: str, data: bytes, *, kinds: Collection[MediaType] = PHOTOS, field: str = "") -> Kept:
    """Look at the bytes, refuse what they may not be (at `field`), and write them. Call it before the write lock."""
    found = _recognised(data, kinds, field)
    data = data[: found.end]
    kept = Kept(hashlib.sha256(data).hexdigest(), clean_name(name, found.media_type), found.media_type, len(data))
    _write(path_of(data_dir, kept.sha256), data)
    return kept


def store(db: Session, kept: Kept) -> StoredFile:
    """The row of bytes that lie in the data folder; its id is known at once."""
    row = StoredFile(sha256=kept.sha256, name=kept.name, media_type=kept.media_type.value, size=kept.size, at=now())
    db.add(row)
    db.flush()  # its id, for whoever refers to it
    return row


def read(data_dir: Path, stored: StoredFile) -> bytes:
    """The bytes of a row."""
    try:
        return path_of(data_dir, stored.sha256).read_bytes()
    except OSError:
        raise NotFound(GONE) from None


def path_of(data_dir: Path, sha256: str) -> Path:
    """Where bytes lie, by their fingerprint."""
    return data_dir / FOLDER / sha256[:2] / sha256


def missing(db: Session, data_dir: Path) -> list[StoredFile]:
    """Rows whose bytes are not there, or not whole."""
    rows = db.execute(select(StoredFile).order_by(StoredFile.id)).scalars()
    return [row for row in rows if _size(path_of(data_dir, row.sha256)) != row.size]


def copy_all(data_dir: Path, target: Path) -> int:
    """Copy every file to another folder, those that lie there already left alone; how many lie there now."""
    sources = [path for path in sorted((data_dir / FOLDER).glob("??/*")) if not path.name.startswith(".")]
    for source in sources:
        _write(target / source.parent.name / source.name, source.read_bytes())
    return len(sources)


def clean_name(name: str, media_type: MediaType) -> str:
    """A name that is safe to show and to save under: no folder, nothing that hides, and the ending of what it is."""
    base = " ".join(_ODD.sub(" ", re.split(r"[/\\]", name)[-1]).split()).strip(" .")
    stem = base.rpartition(".")[0] if re.search(r"\.[A-Za-z]\w{1,4}$", base) else base
    return f"{stem[:MAX_NAME].strip(' .') or 'fichier'}.{media_type.extension}"


def _recognised(data: bytes, kinds: Collection[MediaType], field: str) -> Recognised:
    found = recognise(data) if 0 < len(data) <= MAX_BYTES else None
    if found is not None and found.media_type in kinds:
        if found.width * found.height > MAX_PIXELS:
            raise Refused(TOO_MANY_PIXELS, field=field)
        return found
    if not data:
        raise Refused(EMPTY, field=field)
    if len(data) > MAX_BYTES:
        raise Refused(TOO_HEAVY, field=field)
    raise Refused(NOT_A_DRAWING if MediaType.PDF in kinds else NOT_A_PHOTO, field=field)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: aside first, on the disk, then under its name."""
    if _size(path) == len(data):
        return
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o600)
        aside.replace(path)
        _settle(path.parent)
    except OSError:
        raise Busy(NO_WRITING) from None
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
