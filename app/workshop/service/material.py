"""Lots of material: received, described, moved. The caller holds the lot; what it holds is counted from its moves."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.clients.queries import get_company
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.core.text import fold, search_key
from app.workshop import queries, rules
from app.workshop.models import MaterialLot, MaterialMove
from app.workshop.rules import Entry, Holding, JobTerms, LotTerms, MoveKind

LOT_LABELS = {
    "label": "Matière", "shape": "Dimensions", "place": "Emplacement", "certificate_kind": "Certificat demandé",
    "certificate": "Numéro de certificat", "heat": "Numéro de coulée", "unit_cost": "Prix d’achat",
}  # fmt: skip
OF_THE_HEAT = ("certificate_kind", "certificate", "heat")


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a lot."""

    label: str
    shape: str = ""
    place: str = ""
    certificate_kind: str = ""
    certificate: str | None = None
    heat: str | None = None
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """Material that came in: what it is, how much, whose (None: the school's), with its certificate's file if any."""

    described: Described
    unit: str
    quantity: Decimal
    received_on: date | None = None
    company: str | None = None
    code: str | None = None
    note: str | None = None
    file_id: int | None = None


def receive(db: Session, asked: Reception, *, by: Actor) -> MaterialLot:
    """A new lot, counted on its way in."""
    day = asked.received_on or today()
    _require_reception(db, asked, day)
    company_id = get_company(db, asked.company).id if asked.company else None
    year = today().year
    code = asked.code or rules.lot_number(year, next_number(db, rules.LOT_SERIES, year))
    lot = MaterialLot(
        code=code, unit=asked.unit, company_id=company_id, received_on=day, certificate_file_id=asked.file_id,
        parent_id=None, version=1, **_values(asked.described),
    )  # fmt: skip
    _add(db, lot)
    label = f"{code} reçu : {rules.amount(asked.quantity, lot.unit)} de {lot.label}"
    journal.record(db, lot, "receive", label, by=by, note=asked.note)
    _write(db, lot, (MoveKind.RECEIVE, asked.quantity), note=asked.note, by=by)
    return lot


def _require_reception(db: Session, asked: Reception, day: date) -> None:
    if sentence := rules.why_not_amount(asked.quantity, asked.unit):
        raise Refused(sentence, field="unit" if asked.unit not in rules.UNITS else "quantity")
    if asked.code and queries.lot_code_taken(db, asked.code):
        raise Refused(f"Le code « {asked.code} » est déjà pris par un autre lot.", field="code")
    if day > today():
        raise Refused("Ce jour n’est pas encore venu.", field="received_on")
    if asked.company and asked.described.unit_cost is not None:
        raise Refused("La matière d’un client ne s’achète pas : laissez le prix vide.", field="unit_cost")
    _require_kind(asked.described)


def _require_kind(described: Described) -> None:
    if described.certificate_kind not in rules.CERTIFICATES:
        raise Refused("Choisissez un certificat dans la liste.", field="certificate_kind")


def change_lot(
    db: Session, lot: MaterialLot, described: Described, *, file_id: int | None = None,
    seen_version: int | None = None, by: Actor,
) -> MaterialLot:  # fmt: skip
    """Change what is known of a lot. Its off-cuts bear the same certificate and heat number; theirs is not another."""
    _require_kind(described)
    if lot.company_id and described.unit_cost is not None:
        raise Refused("La matière d’un client ne s’achète pas : laissez le prix vide.", field="unit_cost")
    if lot.parent_id:
        kept = {name: getattr(lot, name) for name in OF_THE_HEAT}
        described, file_id = replace(described, **kept), None
    values = _values(described)
    changes: dict[str, tuple[Any, Any]] = {
        words: (getattr(lot, name), values[name]) for name, words in LOT_LABELS.items()
        if getattr(lot, name) != values[name]
    }  # fmt: skip
    if seen_version is not None and seen_version != lot.version:
        raise _stale(db, lot, changes)
    if file_id:
        changes["Fichier du certificat"] = ("présent" if lot.certificate_file_id else None, "joint")
    if changes:
        _fill(lot, values, file_id)
        for offcut in queries.descendants(db, lot.id):
            _fill(offcut, {name: values[name] for name in OF_THE_HEAT}, file_id)
        journal.record(db, lot, "change", "Fiche du lot modifiée", by=by, changes=changes)
    return lot


def move_material(
    db: Session, lot: MaterialLot, kind: MoveKind, quantity: Decimal, *, job_id: int | None = None,
    note: str | None = None, by: Actor,
) -> MaterialMove:  # fmt: skip
    """Reserve, free, consume, return, note as lost, count in: whatever the lot holds allows."""
    if kind == MoveKind.OFFCUT:
        raise Refused("Indiquez l’OF dont cette chute vient.", field="job")
    if kind == MoveKind.LOSS and not note:
        raise Refused("Indiquez pourquoi.", field="note")
    job = queries.job_terms(db, job_id) if job_id is not None else None
    held = queries.holding_of(db, lot.id)
    _require_move((kind, quantity), lot, held, job)
    for step in rules.move_steps(kind, quantity, held, job_id):
        row = _write(db, lot, step, job=job, note=note, by=by)
    _tell(db, lot, (kind, quantity), job, note=note, by=by)
    return row


def put_back(
    db: Session, lot: MaterialLot, quantity: Decimal, *, job_id: int, shape: str = "", place: str = "", by: Actor
) -> MaterialLot:
    """An off-cut of what a job consumed becomes a lot of its own, with the certificate and heat number of the bar."""
    job = queries.job_terms(db, job_id)
    _require_move((MoveKind.OFFCUT, quantity), lot, queries.holding_of(db, lot.id), job)
    code = rules.offcut_code(lot.code, queries.count_offcuts(db, lot.id) + 1)
    names = ("label", "certificate_kind", "certificate", "heat", "unit_cost", "unit", "company_id", "received_on")
    offcut = MaterialLot(
        code=code, shape=shape or lot.shape, place=place or lot.place, parent_id=lot.id, version=1,
        certificate_file_id=lot.certificate_file_id, **{name: getattr(lot, name) for name in names},
    )  # fmt: skip
    _add(db, offcut)
    _write(db, offcut, (MoveKind.OFFCUT, quantity), job=job, note=None, by=by)
    label = f"Chute de {lot.code} : {rules.amount(quantity, lot.unit)}, {job.number}"
    journal.record(db, offcut, "offcut", label, by=by)
    journal.record(db, lot, "offcut", f"Chute remise en stock : {code}, {rules.amount(quantity, lot.unit)}", by=by)
    return offcut


def take_back_move(db: Session, move: MaterialMove, *, note: str, by: Actor) -> MaterialMove:
    """Correct a move: a later row takes it back, both stay readable. Refused when what came after builds on it."""
    lot = queries.get_lot(db, move.lot.code, lock=True)
    if move.reverses_id is not None or queries.is_taken_back(db, move.id):
        raise Refused("Ce mouvement est déjà corrigé.")
    held = queries.holding_of(db, lot.id)
    entry = Entry(move.kind, move.quantity, move.job_id)
    if sentence := rules.why_not_move_back(entry, _terms(lot), held):
        raise Refused(sentence)
    job = queries.job_terms(db, move.job_id) if move.job_id is not None else None
    row = _write(db, lot, (move.kind, move.quantity), job=job, note=note, by=by, reverses_id=move.id)
    label = f"Corrigé, {move.kind.label.lower()} : {rules.amount(move.quantity, lot.unit)}"
    journal.record(db, lot, "take_back", label + (f", {job.number}" if job else ""), by=by, note=note)
    return row


def _terms(lot: MaterialLot) -> LotTerms:
    return LotTerms(lot.unit, lot.company_id, lot.company.name if lot.company else "")


def _require_move(
    step: tuple[MoveKind, Decimal], lot: MaterialLot, held: Holding, job: JobTerms | None
) -> None:  # fmt: skip
    if found := rules.why_not_move(*step, _terms(lot), held, job):
        raise Refused(found[1], field=found[0])


def _write(
    db: Session, lot: MaterialLot, step: tuple[MoveKind, Decimal], *, job: JobTerms | None = None, note: str | None,
    by: Actor, reverses_id: int | None = None,
) -> MaterialMove:  # fmt: skip
    """Add the row; a lot that holds nothing any more is used up, until something comes back."""
    row = MaterialMove(
        lot_id=lot.id, kind=step[0], quantity=step[1], job_id=job.id if job else None, note=note or None, at=now(),
        by_id=by.staff_id, reverses_id=reverses_id,
    )  # fmt: skip
    db.add(row)
    held = queries.holding_of(db, lot.id)
    lot.closed_at = (lot.closed_at or now()) if held.stock == 0 else None
    lot.version += 1
    return row


def _tell(
    db: Session, lot: MaterialLot, step: tuple[MoveKind, Decimal], job: JobTerms | None, *, note: str | None, by: Actor
) -> None:
    """In the journal of the lot, and of the job it is for."""
    kind, words = step[0], f"{step[0].label} : {rules.amount(step[1], lot.unit)}"
    journal.record(db, lot, kind.value, words + (f", {job.number}" if job else ""), by=by, note=note)
    if job:
        row = journal.entry_row("job", job.id, kind.value, f"{words} de {lot.code}", by=by, note=note)
        journal.record_many(db, [row])


def _values(described: Described) -> dict[str, Any]:
    values = {name: getattr(described, name) for name in LOT_LABELS}
    return values | {"certificate": described.certificate or None, "heat": described.heat or None}


def _fill(lot: MaterialLot, values: dict[str, Any], file_id: int | None) -> None:
    for name, value in values.items():
        setattr(lot, name, value)
    lot.certificate_file_id = file_id or lot.certificate_file_id
    lot.version += 1
    _set_keys(lot)


def _add(db: Session, lot: MaterialLot) -> None:
    _set_keys(lot)
    db.add(lot)
    db.flush()  # its id, for its moves and the journal


def _set_keys(lot: MaterialLot) -> None:
    lot.sort_key = fold(f"{lot.label} {lot.shape}")
    lot.search_key = search_key(lot.code, lot.label, lot.shape, lot.certificate, lot.heat, lot.place)


def _stale(db: Session, lot: MaterialLot, changes: dict[str, tuple[Any, Any]]) -> Stale:
    last = journal.history(db, "material_lot", lot.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    rows = tuple((label, str(typed or "–"), str(stored or "–")) for label, (stored, typed) in changes.items())
    sentence = f"Ce lot a changé{who} pendant votre saisie. Rien n’a été écrasé."
    return Stale(sentence, rows, version=lot.version)
