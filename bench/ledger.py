"""`python -m bench.ledger`: weeks, absences and hours with sixty pupils in classes, one year of history against ten.

Ratios travel between machines, times do not. It fails when a page costs more statements with ten years than with one.
"""

import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import today
from app.core.db import Database
from app.exchange import sheets
from app.pedagogy.models import AttendanceDay, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.rules import Period, school_year_of
from bench.board import Page, ask_pages
from bench.schools import build

YEARS, SCALE = (1, 10), 3  # two classes of twelve, three times
WEEK = timedelta(days=6)
ROWS = 2_000_000  # ten years of three schools are more than one import takes
console = Console(width=120)


def pages_of(database: Database) -> tuple[dict[str, str], int]:
    """The pages to measure, about the pupil with most days and the present class; how many pupils are there."""
    day = today()
    year = school_year_of(day)
    with database.reading() as db:
        count = func.count()
        days = select(AttendanceDay.pupil_id).where(AttendanceDay.on_date >= year.start)
        pupil_id = db.scalar(days.group_by(AttendanceDay.pupil_id).order_by(count.desc()).limit(1))
        code = db.scalar(select(Pupil.code).where(Pupil.id == pupil_id))
        group = db.scalar(select(PupilGroup.code).order_by(PupilGroup.school_year.desc(), PupilGroup.id).limit(1))
        teacher, room = _busiest(db, year)
        here = (Membership.starts_on <= day) & ((Membership.ends_on.is_(None)) | (Membership.ends_on >= day))
        pupils = db.scalar(select(count).select_from(Membership).where(here)) or 0
    monday = day - timedelta(days=day.weekday())
    away = f"staff={teacher}&on_date={monday}&until={monday + WEEK}"
    return {
        "week of a class": f"/semaine?groupe={group}", "week of a pupil": f"/semaine?eleve={code}",
        "week of a teacher": f"/semaine?personne={teacher}", "week of a room": f"/semaine?salle={quote(room or '')}",
        "pattern of a class": f"/semaine/trame?groupe={group}", "calendar": "/calendrier",
        "a replacement of a week": f"/semaine/remplacement?voir=1&{away}",
        "absences of a day": "/absences", "absences of a month": "/absences/mois",
        "skills of a class": f"/competences?groupe={group}",
        "ledger of a pupil, a year": f"/heures/eleves/{code}",
        "ledger of a pupil, always": f"/heures/eleves/{code}?periode=tout",
        "a day of a pupil": f"/heures/eleves/{code}/jours/{monday}",
        "hours of the school, a year": "/heures", "hours of a class, a year": f"/heures?groupe={group}",
        "gaps, a week": "/heures/ecarts", "gaps, a year": f"/heures/ecarts?du={year.start}&au={day}",
        "volumes": "/heures/volumes", "statements of a year": "/heures/vacations",
        "Région, a civil year": "/heures/region", "a class's log, a week": f"/cahier/groupes/{group}",
    }, pupils  # fmt: skip


def _busiest(db: Session, year: Period) -> tuple[str | None, str | None]:
    """The person and the room with most sessions of this year."""
    session, count = TimetableSession, func.count()
    people = select(Staff.code).join(session, session.staff_id == Staff.id).where(session.on_date >= year.start)
    rooms = select(session.room).where(session.on_date >= year.start, session.room.is_not(None))
    return (
        db.scalar(people.group_by(Staff.code).order_by(count.desc()).limit(1)),
        db.scalar(rooms.group_by(session.room).order_by(count.desc()).limit(1)),
    )


def main() -> None:
    """Build both schools, ask, print."""
    found: dict[int, dict[str, Page]] = {}
    sheets.MAX_ROWS = ROWS
    with tempfile.TemporaryDirectory() as folder:
        for years in YEARS:
            bench = build(Path(folder) / str(years), years=years, scale=SCALE)
            database = Database(bench.url)
            pages, pupils = pages_of(database)
            console.print(f"School of {years} year(s), {pupils} pupils: {bench.rows}")
            found[years] = ask_pages(bench, database, pages)
            database.dispose()
    show(*(found[years] for years in YEARS))


def show(few: dict[str, Page], many: dict[str, Page]) -> None:
    """One row a page."""
    table = Table(title="School life, ten years of history against one")
    for head in ("page", "SQL 1 y", "SQL 10 y", "p50 ms", "p95 ms", "growth"):
        table.add_column(head, justify="left" if head == "page" else "right")
    for name, page in many.items():
        growth = page.p50 / few[name].p50
        table.add_row(name, f"{few[name].statements}", f"{page.statements}", f"{page.p50:.1f}", f"{page.p95:.1f}",
                      f"×{growth:.2f}")  # fmt: skip
    console.print(table)
    worse = [name for name, page in many.items() if page.statements > few[name].statements]
    if worse:
        raise SystemExit(f"more statements with ten years: {', '.join(worse)}")


if __name__ == "__main__":
    main()
