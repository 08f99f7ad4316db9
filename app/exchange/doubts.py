"""Assignments that were taken over although the gate would refuse them: history is stored, and named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import today
from app.exchange.apply import Work
from app.exchange.stored import Database
from app.machines.queries import Span, facts_for
from app.machines.rules import Check


@dataclass(frozen=True, slots=True)
class Doubt:
    """One assignment of the folder, the day it was judged on, and what the gate has against it."""

    order: str
    line: int
    operation: int
    pupil: str
    center: str
    day: date
    codes: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def checks(self) -> str:
        """« Contrôles 7 et 9 »"""
        numbers = [str(Check(code).order) for code in self.codes]
        return f"Contrôles {', '.join(numbers[:-1])} et {numbers[-1]}" if numbers[1:] else f"Contrôle {numbers[0]}"

    def __str__(self) -> str:
        """« CDE-2025-0001/1/10 E002, TOUR-1, 03/09/2025 : G07_FORMATION. Aucune formation … »"""
        where = f"{self.order}/{self.line}/{self.operation} {self.pupil}, {self.center}, {self.day:%d/%m/%Y}"
        return f"{where}\u00a0: {', '.join(self.codes)}. {' '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment as the database knows it."""

    cells: Any
    center: str
    pupil_id: int
    center_id: int
    day: date


def find_doubts(db: Session, known: Database, work: Work) -> tuple[Doubt, ...]:
    """Judge every assignment of the folder on the day of its first booked time, else today; a few statements."""
    rows = [row.cells for row in work.merged["affectations"].from_folder] if work.merged.gives("affectations") else []
    if not rows:
        return ()
    given = list(_given(known, work, rows))
    days = [one.day for one in given]
    facts = facts_for(
        db, {one.pupil_id for one in given}, {one.center_id for one in given}, Span(min(days), max(days))
    )  # fmt: skip
    answers = [(one, facts.ask(one.pupil_id, one.center_id, one.day).verdict) for one in given]
    return tuple(
        Doubt(
            one.cells.commande, one.cells.ligne, one.cells.operation, one.cells.eleve, one.center, one.day,
            verdict.codes, tuple(finding.reason for finding in verdict.refusals),
        )
        for one, verdict in answers if not verdict.allowed
    )  # fmt: skip


def _given(known: Database, work: Work, rows: Iterable[Any]) -> Iterable[Given]:
    pupils, centers = known.ids("eleves"), known.ids("postes")
    operations, first = work.merged["operations"].by_key, _first_days(work)
    for cells in rows:
        place = (cells.commande, cells.ligne, cells.operation)
        center = operations[place].cells.poste
        yield Given(cells, center, pupils[cells.eleve], centers[center], first.get((*place, cells.eleve), today()))


def _first_days(work: Work) -> dict[Any, date]:
    """The day of the first booked time of each pupil on each operation."""
    found: dict[Any, date] = {}
    for row in work.merged["pointages"].rows:
        cells = row.cells
        key = (cells.commande, cells.ligne, cells.operation, cells.eleve)
        found[key] = min(found.get(key, cells.date), cells.date)
    return found
