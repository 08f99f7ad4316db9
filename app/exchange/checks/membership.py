"""Which group a pupil belongs to on a day, by the rows of the folder and of the database together."""

from collections.abc import Iterator
from datetime import date

from app.exchange.checks.merged import Merged, MergedTable
from app.exchange.sheets import Row

ANY_GROUP = None
Stay = tuple[date, date, str | None]


class Memberships:
    """Stays by pupil: the rows of `inscriptions` alone decide; without any, the group of `eleves` from entry to exit.

    A date or group that cannot be used leaves the stay open on that side, so that one mistake makes no other.
    """

    def __init__(self, merged: Merged) -> None:
        self._complete = merged["inscriptions"].complete
        self._stays: dict[str, list[Stay]] = {}
        for row in merged["inscriptions"].rows:
            if row.cells.eleve is not None:
                self._stays.setdefault(row.cells.eleve, []).append(_stay(row, "date_debut", "date_fin"))
        declared = set(self._stays)
        for row in merged["eleves"].rows:
            if row.cells.code is not None and row.cells.code not in declared:
                self._stays[row.cells.code] = [_stay(row, "date_entree", "date_sortie")]

    def groups_on(self, pupil: str, day: date) -> list[str | None] | None:
        """Groups of that day; `ANY_GROUP` among them where it cannot be read, None when nothing can be said."""
        stays = self._stays.get(pupil)
        if stays is None or not self._complete:
            return None
        return [group for start, end, group in stays if start <= day <= end]

    def belongs(self, pupil: str, group: str, day: date) -> bool:
        """Whether the pupil may be counted in the group on that day."""
        groups = self.groups_on(pupil, day)
        return groups is None or group in groups or ANY_GROUP in groups


def _stay(row: Row, start: str, end: str) -> Stay:
    cells, bad = row.cells, row.bad
    starts_on = date.min if start in bad else getattr(cells, start)
    ends_on = date.max if end in bad else getattr(cells, end) or date.max
    return starts_on, ends_on, ANY_GROUP if "groupe" in bad else cells.groupe


def changed_pupils(merged: Merged) -> dict[str, tuple[MergedTable, Row, str]]:
    """Pupils whose stays the folder changes, with the row and column to blame for what that breaks."""
    found: dict[str, tuple[MergedTable, Row, str]] = {}
    for pupil, blame in _changes(merged):
        found.setdefault(pupil, blame)
    return found


def _changes(merged: Merged) -> Iterator[tuple[str, tuple[MergedTable, Row, str]]]:
    for name, column, pupil in (("inscriptions", "date_debut", "eleve"), ("eleves", "date_entree", "code")):
        for row in merged[name].changed():
            yield getattr(row.cells, pupil), (merged[name], row, column)
