"""Carry an import out in the caller's transaction: writes by key, corrections of facts, sums, a journal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.exchange.apply.attendance import drop_implied, mark_logged, recount, settle_memberships, write_presences
from app.exchange.apply.clearances import write_clearances
from app.exchange.apply.diff import Diff, compare
from app.exchange.apply.guardians import write_guardians
from app.exchange.apply.orders import follow_orders, settle_orders, write_operations
from app.exchange.apply.work import Works, recount_work, write_work
from app.exchange.apply.writing import write_plain
from app.exchange.checks import Merged
from app.exchange.stored import Database
from app.exchange.tables import TABLES

__all__ = ["Diff", "Work", "compare_all", "write"]

BEFORE_WORK = (
    "ecole", "personnel", "diplomes", "competences", "matieres", "groupes", "eleves", "postes", "declarations",
    "clients", "contacts", "commandes", "lignes",
)  # fmt: skip
AFTER_WORK = ("seances", "resultats", "promesses", "devenirs")
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: the merged rows, and each table's difference from the database."""

    merged: Merged
    diffs: Mapping[str, Diff]


def compare_all(merged: Merged, known: Database) -> dict[str, Diff]:
    """What each table would undergo; tables without a file have an empty one."""
    return {
        name: compare(merged[name], known.ids(name)) if name in merged.source.sheets else Diff(name) for name in TABLES
    }


def write(db: Session, known: Database, work: Work, *, by: Actor, step: Step) -> None:
    """Write everything, each table after those it refers to. `step` is told which table comes next."""
    diffs = work.diffs
    for name in BEFORE_WORK:
        step(name)
        write_plain(db, known, diffs[name], by)
    write_guardians(db, known, diffs["eleves"])
    step("aptitudes")
    write_clearances(db, known, diffs["aptitudes"], by)
    stays = _write_memberships(db, known, work, by)
    settle_orders(db, known, diffs)
    step("operations")
    write_operations(db, known, diffs["operations"], by)
    jobs = follow_orders(db, known, diffs)
    step("pointages")
    works = Works(diffs["affectations"], diffs["pointages"], work.merged["pointages"])
    recount_work(db, write_work(db, known, works, by), jobs)
    for name in AFTER_WORK:
        step(name)
        write_plain(db, known, diffs[name], by)
    if work.merged.gives("seances"):
        mark_logged(db)
    step("presences")
    called = write_presences(db, known, diffs["presences"], by)
    recount(db, known, called, diffs["seances"], stays)


def _write_memberships(db: Session, known: Database, work: Work, by: Actor) -> set[str]:
    """Implied stays give way first: a declared one may start on the same day in the same group."""
    if not work.merged.gives("eleves", "inscriptions"):
        return set()
    diffs = work.diffs
    drop_implied(db, known, diffs["inscriptions"])
    write_plain(db, known, diffs["inscriptions"], by)
    settle_memberships(db, known, work.merged["eleves"])
    return {cells.eleve for cells in diffs["inscriptions"].touched} | {cells.code for cells in diffs["eleves"].touched}
