"""What follows from orders and lines: totals, the counter of order numbers, jobs with their routing."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.money import totals
from app.core.numbering import raise_counter, take_numbers
from app.exchange.apply.diff import Change, Diff, differences
from app.exchange.apply.writing import batches, insert_rows, update_rows
from app.exchange.stored import Database
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import SERIES, order_search_key, serial_of
from app.workshop.models import Job, Operation
from app.workshop.rules import JOB_SERIES, job_number, job_quantity, job_state

Diffs = Mapping[str, Diff]


def settle_orders(db: Session, known: Database, diffs: Diffs) -> None:
    """Totals and search key of every order that is new or changed, or has such a line; numbers are not given again."""
    numbers = {cells.commande for cells in diffs["lignes"].touched} | {c.numero for c in diffs["commandes"].touched}
    ids = known.ids("commandes")
    for batch in batches(sorted(numbers)):
        lines = _lines(db, [ids[number] for number in batch])
        rows = []
        for number in batch:
            own, head = lines.get(ids[number], []), known.cells("commandes")[number]
            total = totals((line.net, line.vat_rate) for line in own)
            key = order_search_key(number, head.reference_client, [line.label for line in own])
            rows.append({"id": ids[number], "net": total.net, "vat": total.vat, "search_key": key})
        update_rows(db, CustomerOrder, rows)
    _keep_ahead(db, [cells.numero for cells in diffs["commandes"].created])


def _lines(db: Session, orders: Collection[int]) -> dict[int, list[Any]]:
    line = OrderLine
    statement = select(line.order_id, line.label, line.net, line.vat_rate).where(line.order_id.in_(orders))
    found: dict[int, list[Any]] = {}
    for row in db.execute(statement.order_by(line.order_id, line.line_no)):
        found.setdefault(row.order_id, []).append(row)
    return found


def _keep_ahead(db: Session, numbers: Iterable[str]) -> None:
    highest: dict[int, int] = {}
    for number in numbers:
        if serial := serial_of(number):
            highest[serial[0]] = max(highest.get(serial[0], 0), serial[1])
    for year, last in highest.items():
        raise_counter(db, SERIES, year, last)


def write_operations(db: Session, known: Database, diff: Diff, by: Actor) -> None:
    """A line with operations has one job; its operations are the job's routing. The job's journal tells of changes."""
    jobs = _jobs(db)
    lines = known.ids("lignes")
    missing = sorted({(c.commande, c.ligne) for c in diff.created if lines[c.commande, c.ligne] not in jobs})
    if missing:
        _create_jobs(db, known, missing)
        jobs = _jobs(db)
    centers = known.ids("postes")

    def values(cells: Any) -> dict[str, Any]:
        return {
            "job_id": jobs[lines[cells.commande, cells.ligne]], "seq": cells.operation, "label": cells.intitule,
            "work_center_id": centers[cells.poste], "setup_seconds": cells.temps_preparation_min,
            "unit_seconds": cells.temps_unitaire_min, "skill_code": cells.competence,
        }  # fmt: skip

    insert_rows(db, Operation, [values(cells) for cells in diff.created])
    update_rows(db, Operation, [values(change.after) | {"id": change.row_id} for change in diff.updated])
    journal.record_many(db, [_entry(jobs[lines[c.after.commande, c.after.ligne]], c, by) for c in diff.updated])
    known.forget("operations")


def _entry(job_id: int, change: Change, by: Actor) -> dict[str, Any]:
    words = f"Opération {change.after.operation} mise à jour par la reprise de fichiers"
    return journal.entry_row("job", job_id, "import", words, by=by, changes=differences("operations", change))


def _jobs(db: Session) -> dict[int, int]:
    return {row.line_id: row.id for row in db.execute(select(Job.line_id, Job.id))}


def _create_jobs(db: Session, known: Database, lines: list[tuple[str, int]]) -> None:
    """Numbered like those made in the product, in the year of the take-over."""
    year = today().year
    first = take_numbers(db, JOB_SERIES, year, len(lines))
    ids, orders = known.ids("lignes"), known.ids("commandes")
    rows = []
    for serial, (order, line) in enumerate(lines, start=first):
        head = known.cells("commandes")[order]
        rows.append({
            "number": job_number(year, serial), "line_id": ids[order, line], "order_id": orders[order],
            "quantity": job_quantity(known.cells("lignes")[order, line].quantite),
            "due_on": head.date_livraison_prevue, "state": job_state(head.etat, (), tickets=False),
            "created_at": now(),
        })  # fmt: skip
    insert_rows(db, Job, rows)


def follow_orders(db: Session, known: Database, diffs: Diffs) -> set[int]:
    """Jobs follow the due date of their order and the quantity of their line; those whose state may follow too."""
    orders = {change.after.numero for change in diffs["commandes"].updated}
    lines = {(change.after.commande, change.after.ligne) for change in diffs["lignes"].updated}
    line_ids = known.ids("lignes")
    touched = {line_ids[key]: key for key in line_ids if key in lines or key[0] in orders}
    rows = []
    for job_id, line_id in _jobs_of(db, touched):
        key = touched[line_id]
        rows.append({
            "id": job_id, "due_on": known.cells("commandes")[key[0]].date_livraison_prevue,
            "quantity": job_quantity(known.cells("lignes")[key].quantite),
        })  # fmt: skip
    update_rows(db, Job, rows)
    return {row["id"] for row in rows}


def _jobs_of(db: Session, lines: Collection[int]) -> list[Any]:
    return [
        row
        for batch in batches(sorted(lines))
        for row in db.execute(select(Job.id, Job.line_id).where(Job.line_id.in_(batch)))
    ]
