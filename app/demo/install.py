"""Put the demonstration school into an empty database, through the same door as a school's own files."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import School as SchoolRecord
from app.accounts.models import Staff
from app.accounts.service import new_password_hash, set_password
from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.db import Database
from app.core.errors import Refused
from app.demo.absences import plan_absences, rate_machines
from app.demo.accounts import Credential, keep, new_password
from app.demo.exams import enter_exams
from app.demo.frame import Row
from app.demo.learning import teach
from app.demo.live import enliven
from app.demo.papers import furnish
from app.demo.patterns import plan_year
from app.demo.records import keep_records
from app.demo.routings import bring_a_new_index, hand_in_drawings, write_templates
from app.demo.school import COLUMNS, School, generate
from app.demo.tablets import Pins, issue_demo_badges
from app.exchange.service import apply_import
from app.exchange.sheets import SheetBuilder, Source
from app.exchange.tables import ROLES, TABLES

NOT_EMPTY = (
    "Cette base contient déjà une école : la démonstration ne s’installe que dans une base vide. "
    "Choisissez un autre dossier de données (COMPAGNON_DATA_DIR)."
)


def install_demo(database: Database, folder: Path, *, step: Callable[[str], None] = lambda _: None) -> list[Credential]:
    """Fill an empty database with the school of today and open one account per role.

    All or nothing. The accounts are returned, and written into `folder` for its owner alone. `step` is told which
    table comes next.
    """
    school = generate(today())
    source = as_source(school)
    people = [_account(row) for row in visitors(school)]
    # Hashes are made before the write lock is taken.
    hashes = {row["code"]: new_password_hash(one.password, names=()) for row, one in people}
    pins = Pins()
    with database.writing() as db:
        fill(db, source, step)
        for row, _ in people:
            set_password(db, accounts.get_staff_by_code(db, row["code"]), hashes[row["code"]])
        furnish(db)
        write_templates(db)
        hand_in_drawings(db, folder)
        teach(db)
        enter_exams(db)
        enliven(db)
        plan_year(db, school.current_groups, today())
        bring_a_new_index(db, folder)
        plan_absences(db, today())
        rate_machines(db)
        keep_records(db, today())
        director, master = people[0][0]["code"], people[1][0]["code"]
        by = accounts.staff_actor(accounts.get_staff_by_code(db, director))
        codes = issue_demo_badges(db, pins, master=master, by=by)
    credentials = [one for _, one in people]
    keep(folder, credentials, codes)
    return credentials


def is_empty(db: Session) -> bool:
    """Whether nobody has put anything into this database yet."""
    return db.scalar(select(SchoolRecord.id).limit(1)) is None and db.scalar(select(Staff.id).limit(1)) is None


def is_demo(db: Session) -> bool:
    """Whether this database holds a demonstration."""
    return bool(db.scalar(select(SchoolRecord.is_demo)))


def fill(db: Session, source: Source, step: Callable[[str], None] = lambda _: None) -> None:
    """Import the tables into an empty database and mark the school as a demonstration.

    A demonstration refuses every later import, so that invented and real people never mix.
    """
    if not is_empty(db):
        raise Refused(NOT_EMPTY)
    report = apply_import(db, source, by=SYSTEM, step=step)
    if not report.ok:
        problem = report.problems[0]
        raise ValueError(f"the demonstration breaks the import contract: {problem}")
    db.execute(update(SchoolRecord).values(is_demo=True))


def as_source(school: School) -> Source:
    """The tables as the import reads them, as if from a folder."""
    source = Source("démonstration", "")
    for name, rows in school.tables.items():
        builder = SheetBuilder(TABLES[name], f"{name}.csv")
        columns = COLUMNS[name].split()
        builder.header(columns)
        for line, row in enumerate(rows, 2):
            builder.row(line, [row[column] for column in columns])
        source.add(builder.sheet)
    return source


def visitors(school: School) -> list[Row]:
    """One member of staff per role: the head, the office, and the master and the teacher whose day begins first."""
    day = school.today.isoformat()
    sessions = sorted((row for row in school.tables["seances"] if row["date"] == day), key=lambda row: row["debut"])
    master, teacher = (
        next(row["intervenant"] for row in sessions if row["type"] == kind) for kind in ("pratique", "theorie")
    )
    staff = {row["code"]: row for row in school.tables["personnel"]}
    return [staff[code] for code in ("D1", master, teacher, "G1")]


def _account(row: Row) -> tuple[Row, Credential]:
    return row, Credential(ROLES[row["role"]], f"{row['prenom']} {row['nom']}", row["email"], new_password())
