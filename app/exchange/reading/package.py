"""Zip archives, looked at before they are opened: sizes, number of entries, names (S11, T18)."""

import io
import zipfile
from collections.abc import Iterator

from app.exchange.sheets import IGNORED, Unreadable

MAX_UNPACKED = 50_000_000
MAX_ENTRIES = 1_000
LONG, MAX_RATIO = 5_000_000, 200
CLIMBING = (".", "..")
_WHY_DAMAGED = "L'archive est abîmée ou n'en est pas une : créez-la à nouveau."


def open_package(data: bytes) -> zipfile.ZipFile:
    """The archive, if what it declares is within the limits."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
    except Exception:  # noqa: BLE001
        # The library raises many kinds of errors on a damaged file; all of them mean this.
        raise Unreadable(_WHY_DAMAGED) from None
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"L'archive contient {len(entries)} fichiers : {MAX_ENTRIES} au plus.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable(f"L'archive dépasse {MAX_UNPACKED // 1_000_000} Mo une fois ouverte : partagez la reprise.")
    if any(_is_bomb(entry) for entry in entries):
        raise Unreadable("L'archive contient un fichier anormalement long pour son poids : vérifiez son contenu.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("L'archive est protégée par un mot de passe : créez-la sans mot de passe.")
    return package


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    """Real tables shrink ten to fifty times; what shrinks far more is made to be long."""
    return entry.file_size > LONG and entry.file_size > MAX_RATIO * max(1, entry.compress_size)


def read_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One file of the archive; never more than the size it declares."""
    try:
        with package.open(entry) as stream:
            return stream.read(MAX_UNPACKED)
    except Exception:  # noqa: BLE001
        # Wrong checksum, unknown method, truncated stream: the same thing to the person.
        raise Unreadable(_WHY_DAMAGED) from None


def is_workbook(package: zipfile.ZipFile) -> bool:
    """Whether this archive is an office document; one that is no workbook is then refused as such."""
    names = package.namelist()
    return "xl/workbook.xml" in names or "[Content_Types].xml" in names


def named_entries(package: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files of an archive by name; one folder around them all is taken away, what a Mac adds is passed over."""
    entries = [(entry.filename.replace("\\", "/"), entry) for entry in package.infolist() if not entry.is_dir()]
    entries = [(name, entry) for name, entry in entries if not _is_noise(name)]
    tops = {name.split("/", 1)[0] for name, _ in entries if "/" in name}
    wrapped = len(tops) == 1 and all("/" in name for name, _ in entries)
    for name, entry in entries:
        yield (name.split("/", 1)[1] if wrapped else name), entry


def _is_noise(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(is_ignored(part) for part in parts if part not in CLIMBING)


def is_ignored(name: str) -> bool:
    """Names the contract sets aside: hidden files and the lock files of office programs."""
    return name.startswith(IGNORED)
