"""Exams: units with their coefficients, sessions, entries, results of units, and the jury's word."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.tabular import Table
from app.graduates import rules
from app.graduates.models import EntryUnit, ExamEntry, ExamUnit
from app.graduates.queries import exams as queries
from app.graduates.rules import ExamVerdict, UnitMode, UnitOutcome, UnitStanding
from app.graduates.service import record_verdict
from app.pedagogy.models import Diploma, ExamSession

LABELS = {"diploma": "Diplôme", "session": "Session", "starts_on": "Du", "ends_on": "Au"}
COLUMNS = ("diploma", "unit", "unit_title_fr", "coefficient")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as it was typed or read from a file."""

    code: str
    label: str
    coefficient: Decimal
    mode: UnitMode = UnitMode.FINAL
    optional: bool = False


@dataclass(frozen=True, slots=True)
class UnitSaid:
    """What somebody says of one unit of an entry."""

    unit_id: int
    standing: UnitStanding
    outcome: UnitOutcome | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EntrySaid:
    """What somebody says of an entry; a verdict of None leaves the jury's word alone."""

    units: list[UnitSaid]
    number: str = ""
    verdict: ExamVerdict | None = None


def store_units(db: Session, diploma: Diploma, from_session: int, units: Sequence[UnitLine], *, by: Actor) -> None:
    """The units of a diploma from a session on; a set that somebody is entered for changes no more."""
    seen: set[str] = set()
    for place, unit in enumerate(units):
        if unit.code in seen:
            raise Refused(f"L’épreuve « {unit.code} » est deux fois dans la liste.", field=f"units-{place}-code")
        seen.add(unit.code)
        if reason := rules.why_not_unit(unit.mode, ccf_allowed=diploma.ccf_allowed):
            raise Refused(reason, field=f"units-{place}-mode")
    same = (ExamUnit.diploma_id == diploma.id, ExamUnit.from_session == from_session)
    stored = list(db.execute(select(ExamUnit).where(*same).order_by(ExamUnit.position)).scalars())
    before = [UnitLine(one.code, one.label, one.coefficient, one.mode, one.optional) for one in stored]
    if before == list(units):
        return
    used = select(EntryUnit.id).where(EntryUnit.unit_id.in_([one.id for one in stored])).limit(1)
    if stored and db.scalar(used) is not None:
        raise Refused("Des élèves sont inscrits à ces épreuves : donnez aux nouvelles une autre session.",
                      field="from_session")  # fmt: skip
    db.execute(delete(ExamUnit).where(*same))
    db.add_all(
        ExamUnit(
            diploma_id=diploma.id, from_session=from_session, code=one.code, label=one.label,
            coefficient=one.coefficient, mode=one.mode, optional=one.optional, position=place,
        )
        for place, one in enumerate(units)
    )  # fmt: skip
    changes = {"Épreuves": (_told(before), _told(units))}
    journal.record(db, diploma, "store_units", f"Épreuves à partir de la session {from_session}", by=by,
                   changes=changes)  # fmt: skip


def _told(units: Sequence[UnitLine]) -> str:
    return ", ".join(f"{one.code} coef. {one.coefficient.normalize():f}" for one in units)


def import_units(db: Session, table: Table, from_session: int, *, by: Actor) -> int:
    """Units from a file, all or nothing; how many. The first mistake is told at its line."""
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise Refused(f"Colonne manquante : {', '.join(missing)}.", field="file")
    diplomas = {one.code: one for one in db.execute(select(Diploma)).scalars()}
    found: dict[str, list[UnitLine]] = {}
    for line in table.lines:
        code, unit = line.get("diploma"), line.get("unit")
        if code not in diplomas:
            raise Refused(f"Ligne {line.number} : aucun diplôme n’a le code « {code} ».", field="file")
        if not unit or not line.get("unit_title_fr"):
            raise Refused(f"Ligne {line.number} : le code ou l’intitulé de l’épreuve manque.", field="file")
        if any(one.code == unit for one in found.get(code, [])):
            raise Refused(f"Ligne {line.number} : l’épreuve « {unit} » est déjà dans le fichier.", field="file")
        weight = _coefficient(line.get("coefficient"), line.number)
        optional = line.get("optional").lower() in {"oui", "1", "x"}
        found.setdefault(code, []).append(UnitLine(unit, line.get("unit_title_fr"), weight, optional=optional))
    if not found:
        raise Refused("Le fichier n’a aucune ligne.", field="file")
    for code, units in found.items():
        store_units(db, diplomas[code], from_session, units, by=by)
    return sum(map(len, found.values()))


def _coefficient(text: str, line: int) -> Decimal:
    plain = text.replace(",", ".")
    sound = plain.replace(".", "", 1).isdecimal() and plain.isascii() and len(plain) <= 6
    if not sound or not 0 < Decimal(plain) <= 99:
        raise Refused(f"Ligne {line} : le coefficient « {text} » n’est pas un nombre entre 0 et 99.", field="file")
    return Decimal(plain)


def allow_ccf(db: Session, diploma: Diploma, *, allowed: bool, by: Actor) -> None:
    """Whether the rectorate allows this school to assess this diploma in the course of training. Not while used."""
    if diploma.ccf_allowed == allowed:
        return
    used = select(ExamUnit.id).where(ExamUnit.diploma_id == diploma.id, ExamUnit.mode == UnitMode.CONTINUOUS).limit(1)
    if not allowed and db.scalar(used) is not None:
        raise Refused("Une épreuve de ce diplôme est en contrôle en cours de formation : changez-la d’abord.")
    changes = {"Contrôle en cours de formation": tuple("oui" if one else "non" for one in (not allowed, allowed))}
    diploma.ccf_allowed = allowed
    journal.record(db, diploma, "allow_ccf", "Réglage du diplôme", by=by, changes=changes)  # type: ignore[arg-type]


def save_session(
    db: Session, exam: ExamSession | None, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> ExamSession:
    """The days of a diploma's exam in a year; one per diploma and year."""
    diploma, session = queries.find_diploma(db, values["diploma"]), values["session"]
    if values["ends_on"] < values["starts_on"]:
        raise Refused("La fin vient après le début.", field="ends_on")
    if values["starts_on"].year != session:
        raise Refused(f"La session {session} se passe en {session}.", field="starts_on")
    other = queries.find_exam(db, diploma.id, session)
    if other is not None and other is not exam:
        raise Refused(f"La session {session} de {diploma.code} existe déjà.", field="session")
    if exam is not None and seen_version is not None and exam.version != seen_version:
        rows = (("Du", f"{values['starts_on']:%d/%m/%Y}", f"{exam.starts_on:%d/%m/%Y}"),)
        raise Stale("Cette session a été modifiée pendant votre saisie.", rows, version=exam.version)
    if exam is not None and (exam.diploma_id, exam.session) != (diploma.id, session):
        raise Refused("Le diplôme et l’année d’une session ne changent pas.", field="session")
    saved = exam or ExamSession(diploma_id=diploma.id, session=session, version=0)
    saved.starts_on, saved.ends_on = values["starts_on"], values["ends_on"]
    saved.version += 1
    db.add(saved)
    db.flush()  # its id, for the journal
    label = "Dates de la session changées" if exam else f"Session {session} ouverte"
    journal.record(db, saved, "save", label, by=by)
    return saved


def enter_pupils(db: Session, exam: ExamSession, codes: Collection[str], *, by: Actor) -> int:
    """Enter pupils for all units that are not optional; how many. Only who prepares that diploma for that session."""
    page = queries.exam_page(db, exam)
    if not page.units:
        raise Refused("Notez d’abord les épreuves de ce diplôme.", field="pupils")
    pupils = {one.code: one for one in page.candidates}
    for code in codes:
        if code not in pupils:
            raise Refused(f"L’élève « {code} » ne prépare pas cette session, ou y est déjà inscrit.", field="pupils")
        entry = ExamEntry(exam_session_id=exam.id, pupil_id=pupils[code].id, number="", at=now())
        db.add(entry)
        db.flush()  # its id, for its units
        db.add_all(
            EntryUnit(entry_id=entry.id, unit_id=unit.id, standing=UnitStanding.TAKEN)
            for unit in page.units
            if not unit.optional
        )
        _note(db, entry, f"Inscrit à la session {exam.session}", {}, by)
    if codes:
        journal.record(db, exam, "enter", f"{len(codes)} inscriptions", by=by)
    return len(codes)


def save_entry(
    db: Session, exam: ExamSession, row: queries.EntryRow, *, said: EntrySaid, seen_version: int | None, by: Actor
) -> None:
    """Which units are sat, kept or exempt, what came of each, and the jury's word; an empty word is left alone."""
    entry = row.entry
    units = {one.id: one for one in queries.units_for(db, exam.diploma_id, exam.session)}
    held = {one.unit_id: one for one in row.units if one is not None}
    changes: dict[str, tuple[Any, Any]] = {"Numéro": (entry.number, said.number)}
    for place, one in enumerate(said.units):
        if one.unit_id not in units:
            raise Refused("Cette épreuve n’est pas de cette session.", field=f"units-{place}-standing")
        if reason := rules.why_not_points(one.standing, one.outcome, one.points):
            raise Refused(f"{units[one.unit_id].code} : {reason}", field=f"units-{place}-points")
        before = held.get(one.unit_id)
        changes[units[one.unit_id].code] = (_words(before), _words(one))
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes and seen_version is not None and seen_version != entry.version:
        rows = tuple((name, str(typed or "–"), str(stored or "–")) for name, (stored, typed) in changes.items())
        raise Stale("Cette inscription a été modifiée pendant votre saisie.", rows, version=entry.version)
    for one in said.units:
        kept = held.get(one.unit_id) or EntryUnit(entry_id=entry.id, unit_id=one.unit_id)
        kept.standing, kept.outcome, kept.points = one.standing, one.outcome, one.points
        db.add(kept)
    if changes:
        entry.number = said.number
        entry.version += 1
        _note(db, entry, f"Inscription à la session {exam.session}", changes, by)
    if said.verdict is not None:
        record_verdict(db, row.pupil, exam.diploma_id, exam.session, said.verdict, by=by)


def _words(one: EntryUnit | UnitSaid | None) -> str:
    if one is None:
        return ""
    word = rules.STANDING_LABELS[one.standing]
    if one.outcome == UnitOutcome.ABSENT:
        return "Absent"
    return f"{word}, {one.points.normalize():f}".replace(".", ",") if one.points is not None else word


def _note(db: Session, entry: ExamEntry, label: str, changes: Mapping[str, tuple[Any, Any]], by: Actor) -> None:
    row = journal.entry_row("pupil_future", entry.pupil_id, "exam_entry", label, by=by, changes=changes)
    journal.record_many(db, [row])
