"""An import that corrects a pupil of whom both the office and a teacher have spoken."""

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.permissions import Role
from app.exchange.service import apply_import, read_source
from app.pedagogy import queries, service
from app.pedagogy.models import AttendanceRecord, RollCallEvent, TimetableSession
from app.pedagogy.rules import Attendance, Said
from tests.exchange.folder import Folder
from tests.factories import actor_of, make_staff


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def test_the_import_follows_the_last_statement_even_when_it_does_not_hold(db, folder):
    def store():
        report = apply_import(db, read_source(folder.write()), by=SYSTEM)
        db.flush()
        db.expire_all()
        return {line.name: (line.created, line.updated) for line in report.lines}["presences"]

    store()
    session_id = db.scalars(select(TimetableSession.id).order_by(TimetableSession.on_date, TimetableSession.id)).first()
    pupil = queries.get_pupil_by_code(db, "E1")
    for role, status in ((Role.OFFICE, Attendance.EXCUSED), (Role.TEACHER, Attendance.ABSENT)):
        session = queries.get_session(db, session_id, lock=True)
        service.call_roll(
            db, session, statements=[Said(pupil.id, status)], seen_version=queries.roll_sheet(db, session).version,
            by=actor_of(make_staff(db, role)),
        )  # fmt: skip
        db.flush()
    assert store() == (0, 1)
    said = db.scalars(
        select(RollCallEvent).where(RollCallEvent.session_id == session_id).order_by(RollCallEvent.id)
    ).all()
    assert [event.replaces_id for event in said] == [None, *(event.id for event in said[:-1])]
    assert db.get(AttendanceRecord, (session_id, pupil.id)).status == Attendance.PRESENT
    assert store() == (0, 0)
