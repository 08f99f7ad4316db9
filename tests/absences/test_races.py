"""Two offices at once, with real commits: a family is told once."""

import pytest
from sqlalchemy import func, select

from app.absences import service
from app.absences.models import AbsenceNotice
from app.absences.service import Message
from app.core.clock import today
from app.core.mail import OutgoingMail
from app.core.permissions import Role
from app.pedagogy.models import Guardian
from app.pedagogy.rules import Attendance
from tests.factories import actor_of, make_attendance, make_group, make_pupil, make_school, make_session, make_staff
from tests.support.together import at_once


@pytest.fixture
def away(own_database):
    """Two pupils who are missing today, each with a mother who has an address."""
    with own_database.writing() as db:
        make_school(db)
        group = make_group(db)
        session = make_session(db, group)
        pupils = [make_pupil(db, group, code=code) for code in ("E1", "E2")]
        for pupil in pupils:
            make_attendance(db, session, pupil, Attendance.ABSENT)
            db.add(Guardian(pupil_id=pupil.id, rank=1, name="Mme Petit", email="petit@example.fr"))
        return [actor_of(make_staff(db, Role.OFFICE)) for _ in range(2)]


def count(database, model):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(model))


def test_two_offices_confirm_one_notice_at_once_and_it_leaves_once(own_database, away):
    told = []

    def confirm(by, codes):
        with own_database.writing() as db:
            messages = [Message(code, "Absence", "Votre enfant n’est pas là.") for code in codes]
            told.append(service.send_notices(db, messages, day=today(), by=by))

    # Each in another order: whoever is second waits, and neither waits for the other for ever.
    first, second = away
    assert at_once(lambda: confirm(first, ["E1", "E2"]), lambda: confirm(second, ["E2", "E1"])) == [None, None]
    assert (count(own_database, AbsenceNotice), count(own_database, OutgoingMail)) == (2, 2)
    assert sorted(one.mails for one in told) == [0, 2]
    assert all("déjà prévenu" in words for one in told for words in one.left_out)


def test_a_call_and_a_message_at_once_tell_once(own_database, away):
    first, second = away

    def call():
        with own_database.writing() as db:
            service.note_call(db, "E1", day=today(), told="Mme Petit", note=None, by=first)

    def write():
        with own_database.writing() as db:
            service.send_notices(db, [Message("E1", "Absence", "…")], day=today(), by=second)

    at_once(call, write)
    assert count(own_database, AbsenceNotice) == 1
