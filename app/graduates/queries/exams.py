"""Exams: units of a diploma, sessions, who is entered for what, what came of it, and the pass rates."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.graduates.models import EntryUnit, ExamEntry, ExamResult, ExamUnit
from app.graduates.rules import CohortFigures, ExamVerdict, UnitMark, cohort_figures, exam_average
from app.pedagogy.models import Diploma, ExamSession, Pupil, PupilGroup
from app.pedagogy.queries.skills import SESSION_OF_GROUP


@dataclass(frozen=True, slots=True)
class ExamRow:
    """A session of a diploma: its days once they are noted, how many are entered, and the figures of its results."""

    diploma: Diploma
    session: int
    exam: ExamSession | None
    entries: int
    figures: CohortFigures


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A candidate with the units, in their order, what they average to, and the jury's word."""

    entry: ExamEntry
    pupil: Pupil
    units: list[EntryUnit | None]
    verdict: ExamVerdict | None

    @property
    def average(self) -> Decimal | None:
        """For information: the jury decides."""
        held = [unit for unit in self.units if unit is not None]
        return exam_average(
            UnitMark(one.unit.coefficient, one.unit.optional, one.standing, one.outcome, one.points) for one in held
        )


@dataclass(frozen=True, slots=True)
class ExamPage:
    """A session with its units and candidates, and whom one may still enter."""

    exam: ExamSession
    units: list[ExamUnit]
    rows: list[EntryRow]
    candidates: list[Pupil]
    figures: CohortFigures
    journal: list[Deed]


@dataclass(frozen=True, slots=True)
class UnitSet:
    """The units of a diploma from a session on."""

    diploma: Diploma
    from_session: int | None
    units: list[ExamUnit]


_ENTRIES = select(ExamEntry.exam_session_id, func.count()).group_by(ExamEntry.exam_session_id)
_RESULTS = select(ExamResult.diploma_id, ExamResult.session, ExamResult.pupil_id, ExamResult.verdict)
_EXAMS = select(ExamSession).options(joinedload(ExamSession.diploma)).order_by(ExamSession.session.desc())
_UNITS = select(ExamUnit).where(ExamUnit.diploma_id == bindparam("diploma")).order_by(
    ExamUnit.from_session.desc(), ExamUnit.position
)  # fmt: skip
_ENTRY_UNITS = (
    select(EntryUnit)
    .join(ExamEntry, ExamEntry.id == EntryUnit.entry_id)
    .options(joinedload(EntryUnit.unit))
    .where(ExamEntry.exam_session_id == bindparam("exam"))
)


def list_exams(db: Session) -> list[ExamRow]:
    """Every session that has days or results, the latest first; a fixed number of statements."""
    exams = {(one.diploma_id, one.session): one for one in db.execute(_EXAMS).scalars()}
    entries = {row[0]: int(row[1]) for row in run(db, _ENTRIES)}
    results: dict[tuple[int, int], list[tuple[int, ExamVerdict]]] = {}
    for row in run(db, _RESULTS):
        results.setdefault((row.diploma_id, row.session), []).append((row.pupil_id, ExamVerdict(row.verdict)))
    diplomas = {one.id: one for one in db.execute(select(Diploma)).scalars()}
    found = []
    for diploma, session in sorted(exams.keys() | results.keys(), key=lambda key: (-key[1], diplomas[key[0]].code)):
        exam = exams.get((diploma, session))
        figures = cohort_figures(results.get((diploma, session), []), [])
        found.append(ExamRow(diplomas[diploma], session, exam, entries.get(exam.id, 0) if exam else 0, figures))
    return found


def get_exam(db: Session, exam_id: int, *, lock: bool = False) -> ExamSession:
    """A session."""
    query: Any = select(ExamSession).where(ExamSession.id == exam_id)
    found: ExamSession | None = db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def find_exam(db: Session, diploma_id: int, session: int) -> ExamSession | None:
    """The session of a diploma in a year."""
    query = select(ExamSession).where(ExamSession.diploma_id == diploma_id, ExamSession.session == session)
    return db.execute(query).scalar_one_or_none()


def units_for(db: Session, diploma_id: int, session: int) -> list[ExamUnit]:
    """The units that hold in a session: the latest set begun by then."""
    units = [one for one in db.execute(_UNITS, {"diploma": diploma_id}).scalars() if one.from_session <= session]
    return [one for one in units if one.from_session == units[0].from_session]


def unit_sets(db: Session) -> list[UnitSet]:
    """Every diploma with its sets of units, the latest first."""
    units = db.execute(select(ExamUnit).order_by(ExamUnit.from_session.desc(), ExamUnit.position)).scalars().all()
    found = []
    for diploma in db.execute(select(Diploma).order_by(Diploma.code)).scalars():
        sets: dict[int, list[ExamUnit]] = {}
        for one in units:
            if one.diploma_id == diploma.id:
                sets.setdefault(one.from_session, []).append(one)
        found += [UnitSet(diploma, begins, listed) for begins, listed in sets.items()] or [UnitSet(diploma, None, [])]
    return found


def exam_page(db: Session, exam: ExamSession) -> ExamPage:
    """A session; a fixed number of statements."""
    units = units_for(db, exam.diploma_id, exam.session)
    held: dict[int, dict[int, EntryUnit]] = {}
    for one in db.execute(_ENTRY_UNITS, {"exam": exam.id}).scalars():
        held.setdefault(one.entry_id, {})[one.unit_id] = one
    verdicts = _verdicts(db, exam)
    entries = db.execute(
        select(ExamEntry)
        .join(Pupil, Pupil.id == ExamEntry.pupil_id)
        .options(joinedload(ExamEntry.pupil))
        .where(ExamEntry.exam_session_id == exam.id)
        .order_by(Pupil.sort_key, Pupil.id)
    ).scalars()
    rows = [
        EntryRow(one, one.pupil, [held.get(one.id, {}).get(unit.id) for unit in units], verdicts.get(one.pupil_id))
        for one in entries
    ]
    entered = {row.pupil.id for row in rows}
    candidates = [one for one in _candidates(db, exam) if one.id not in entered]
    figures = cohort_figures(list(verdicts.items()), [])
    return ExamPage(exam, units, rows, candidates, figures, history(db, "exam_session", exam.id, limit=10))


def entry_row(db: Session, exam: ExamSession, code: str) -> EntryRow:
    """One candidate of a session."""
    found = next((row for row in exam_page(db, exam).rows if row.pupil.code == code), None)
    if found is None:
        raise NotFound
    return found


def _verdicts(db: Session, exam: ExamSession) -> dict[int, ExamVerdict]:
    rows = db.execute(
        select(ExamResult.pupil_id, ExamResult.verdict).where(
            ExamResult.diploma_id == exam.diploma_id, ExamResult.session == exam.session
        )
    )
    return {row.pupil_id: row.verdict for row in rows}


def _candidates(db: Session, exam: ExamSession) -> list[Pupil]:
    """Who prepares that diploma for that session in the present or last group, and has not left."""
    query = (
        select(Pupil)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .where(
            PupilGroup.diploma_id == exam.diploma_id, SESSION_OF_GROUP.in_([exam.session]),
            func.coalesce(Pupil.left_on, exam.ends_on) >= exam.starts_on,
        )
        .order_by(Pupil.sort_key, Pupil.id)
    )  # fmt: skip
    return list(db.execute(query).scalars())


def find_diploma(db: Session, code: str) -> Diploma:
    """A diploma by its code."""
    found = db.execute(select(Diploma).where(Diploma.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def diploma_options(db: Session) -> list[tuple[str, str]]:
    """Diplomas to choose from."""
    return [(row.code, row.label) for row in db.execute(select(Diploma.code, Diploma.label).order_by(Diploma.code))]
