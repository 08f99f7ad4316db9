"""The school's files taken over: looked at first, then stored, all or nothing."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import AuthSession, School
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.core.permissions import Permission
from app.exchange.apply import Diff, Work, compare_all, write
from app.exchange.checks import check, in_order
from app.exchange.doubts import find_doubts
from app.exchange.models import ImportRun
from app.exchange.problems import Problem
from app.exchange.reading import NamedFile, read_source, read_uploads
from app.exchange.report import Report, make_report
from app.exchange.sheets import Source
from app.exchange.stored import Database

__all__ = ["NamedFile", "apply_import", "preview", "read_source", "read_uploads"]

WHY_DEMO = (
    "Cette base est une démonstration : elle ne reprend pas de données réelles. "
    "Démarrez Compagnon avec un dossier de données vide, puis recommencez."
)
RESERVED = {
    "personnel": (Permission.STAFF_MANAGE, "code", "Seule la direction ajoute ou modifie le personnel."),
    "ecole": (Permission.SCHOOL_MANAGE, "nom", "Seule la direction change la fiche de l'école."),
}


def preview(db: Session, source: Source, *, by: Actor) -> Report:
    """What the import would do, with every mistake. Stores nothing. A demonstration takes no data over."""
    _refuse_demo(db)
    return _judge(source, Database(db), by)[1]


def apply_import(db: Session, source: Source, *, by: Actor, step: Callable[[str], None] = lambda _: None) -> Report:
    """Check again in this transaction, then store everything or, with a single mistake, nothing."""
    # Two imports at once wait for each other (on SQLite the write lock sees to it).
    db.execute(select(School.id).with_for_update())
    _refuse_demo(db)
    known = Database(db)
    work, report = _judge(source, known, by)
    if report.ok:
        write(db, known, work, by=by, step=step)
        _end_sessions(db, work.diffs["personnel"])
        report = replace(report, doubts=find_doubts(db, known, work))
        return replace(report, run_id=_record(db, source, report, by))
    return report


def _refuse_demo(db: Session) -> None:
    if db.scalar(select(School.is_demo).where(School.is_demo.is_(True))):
        raise Refused(WHY_DEMO)


def _judge(source: Source, known: Database, by: Actor) -> tuple[Work, Report]:
    merged, problems = check(source, known)
    work = Work(merged, compare_all(merged, known))
    return work, make_report(source, work.diffs, in_order(problems + _reserved(work, by)))


def _reserved(work: Work, by: Actor) -> list[Problem]:
    """Who may import may not give himself another role, nor change the school's bank account, by that way."""
    found = []
    for name, (permission, column, why) in RESERVED.items():
        if by.can(permission) or not (work.diffs[name].created or work.diffs[name].updated):
            continue
        for row in work.merged[name].changed():
            value = getattr(row.cells, column)
            found.append(Problem(name, work.merged.source.sheets[name].file, row.line, column, why, str(value)))
    return found


def _end_sessions(db: Session, diff: Diff) -> None:
    """Somebody whose role changed signs in again (S6)."""
    moved = [change.row_id for change in diff.updated if change.before.role != change.after.role]
    if moved:
        db.execute(
            update(AuthSession)
            .where(AuthSession.staff_id.in_(moved), AuthSession.ended_at.is_(None))
            .values(ended_at=now())
            .execution_options(synchronize_session=False)
        )


def _record(db: Session, source: Source, report: Report, by: Actor) -> int:
    counts = {
        line.name: {k: v for k, v in asdict(line).items() if k not in {"name", "errors"}} for line in report.lines
    }
    run = ImportRun(
        at=now(), by_id=by.staff_id, source=source.name[:200], sha256=source.sha256, counts=json.dumps(counts),
        doubts=json.dumps([asdict(doubt) for doubt in report.doubts], default=str, ensure_ascii=False),
    )  # fmt: skip
    db.add(run)
    db.flush()  # its id, for the journal
    total = report.total
    note = f"{total.read} lignes lues, {total.created} créées, {total.updated} modifiées, {total.unchanged} inchangées."
    journal.record(db, run, "import", "Données reprises des fichiers de l’école", by=by, note=note)
    return run.id
