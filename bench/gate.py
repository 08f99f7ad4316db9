"""Answers of the gate per second of processor: the pure function; from a database, sixty pupils on twenty machines."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import Database
from app.core.permissions import Role
from app.machines import rules
from app.machines.models import Clearance, Declaration, WorkCenter
from app.machines.queries import Known, facts_for
from app.pedagogy.models import Diploma, Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.rules import SessionKind
from app.tables import metadata

PUPILS, MACHINES, ROUNDS = 60, 20, 5
DAY = date(2026, 11, 24)
ARTICLE = "D4153-28"


@dataclass(frozen=True)
class Speed:
    """What was measured; `load` in milliseconds."""

    pure: float
    stored: float
    load: float
    statements: int
    allowed: int


def measure(folder: Path) -> Speed:
    """Build the school, read it, judge every pupil on every machine; of some rounds the best counts."""
    database = Database(f"sqlite:///{folder / 'gate.db'}")
    metadata.create_all(database.engine)
    with database.writing() as db:
        _fill(db)
    statements = _count(database)
    with database.reading() as db:
        pupils, centers = list(range(1, PUPILS + 1)), list(range(1, MACHINES + 1))

        def load() -> Known:
            return facts_for(db, pupils, centers, DAY)

        before = statements[0]
        known = load()
        used = statements[0] - before
        answers = list(known.every([DAY]))
        read = _best(load)
        whole = _best(lambda: list(load().every([DAY])))
        pure = _best(lambda: [rules.verdict(one.request, one.facts, one.settings) for one in answers])
    database.dispose()
    allowed = sum(one.verdict.allowed for one in answers)
    return Speed(len(answers) / pure, len(answers) / whole, read * 1000, used, allowed)


def _count(database: Database) -> list[int]:
    counted = [0]

    def note(*_: object) -> None:
        counted[0] += 1

    event.listen(database.engine, "before_cursor_execute", note)
    return counted


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def _fill(db: Session) -> None:
    """Three classes of twenty, twenty dangerous machines, two years of opinions, every training, a full timetable."""
    db.add(Diploma(id=1, code="CAP", label="CAP", level=3))
    db.add(Staff(
        id=1, code="M1", first_name="Karim", last_name="Benali", role=Role.MASTER, sort_key="benali", email=None,
    ))  # fmt: skip
    db.flush()  # each row after those it names
    db.add(Subject(id=1, diploma_id=1, code="A", label="Atelier", kind=SessionKind.PRACTICE, yearly_hours=800))
    machines = [
        WorkCenter(
            id=number, code=f"P{number}", label=f"Tour {number}", capacity=1, regulated_articles=ARTICLE,
            risk_assessed_on=date(2025, 7, 1), sort_key=f"tour {number:02}",
        )
        for number in range(1, MACHINES + 1)
    ]  # fmt: skip
    db.add_all(machines)
    named = "+".join(machine.code for machine in machines)
    db.add(Declaration(code="D", sent_on=date(2025, 9, 1), articles=ARTICLE, work_centers=named, diplomas="CAP"))
    for group in range(1, 4):
        db.add(PupilGroup(id=group, code=f"G{group}", label=f"G{group}", diploma_id=1, school_year="2026-2027"))
        db.flush()
        for step in range(-10, 11):
            for start in (480, 780):
                day = DAY + timedelta(days=step)
                db.add(TimetableSession(
                    group_id=group, on_date=day, start_minute=start, end_minute=start + 200, subject_id=1, staff_id=1,
                    kind=SessionKind.PRACTICE,
                ))  # fmt: skip
    for number in range(1, PUPILS + 1):
        _add_pupil(db, number)


def _add_pupil(db: Session, number: int) -> None:
    """Seven in eight have every paper; the eighth has no opinion of this year."""
    group = number % 3 + 1
    db.add(Pupil(
        id=number, code=f"E{number}", last_name=f"N{number}", first_name="Tom", born_on=date(2010, 1, 1),
        group_id=group, entered_on=date(2025, 9, 1), sort_key=f"n{number}", search_key=f"n{number}",
    ))  # fmt: skip
    db.flush()
    db.add(Membership(pupil_id=number, group_id=group, starts_on=date(2025, 9, 1), ends_on=None))
    for year in (2025, 2026) if number % 8 else (2025,):
        db.add(Clearance(pupil_id=number, kind="medical", on_date=date(year, 9, 15), result="fit"))
    for center in range(1, MACHINES + 1):
        db.add(Clearance(
            pupil_id=number, kind="safety", work_center_id=center, on_date=date(2025, 9, 20), result="passed"
        ))  # fmt: skip
