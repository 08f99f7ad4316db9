"""A class on the Tuesday of the tests: a workshop morning, a lesson in the afternoon, three pupils, a ticket."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.accounts.models import Staff
from app.core.clock import instant, today
from app.core.permissions import Role
from app.pedagogy.models import Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries import roll_sheet
from app.pedagogy.rules import Attendance, Said, SessionKind
from app.pedagogy.service import call_roll
from tests.factories import (
    actor_of,
    make_group,
    make_pupil,
    make_session,
    make_staff,
    make_ticket,
    make_work_session,
)


@dataclass
class Stage:
    """Who and what there is."""

    group: PupilGroup
    pupils: list[Pupil]
    master: Staff
    teacher: Staff
    workshop: TimetableSession
    lesson: TimetableSession


@pytest.fixture
def stage(db):
    """Yesterday's sessions: nobody has called yet."""
    group, day = make_group(db, label="CAP1"), today() - timedelta(days=1)
    master, teacher = make_staff(db, Role.MASTER), make_staff(db, Role.TEACHER)
    pupils = [make_pupil(db, group, last_name=name) for name in ("Aubry", "Belkacem", "Colin")]
    workshop = make_session(db, group, staff=master, on_date=day)
    lesson = make_session(
        db, group, SessionKind.THEORY, staff=teacher, on_date=day, start_minute=780, end_minute=900
    )  # fmt: skip
    return Stage(group, pupils, master, teacher, workshop, lesson)


@pytest.fixture
def call(db):
    """`call(session, by, present, "late 10", "absent", …)`: what is said of the pupils in order."""

    def call(session, by, pupils, *words):
        said = []
        for pupil, word in zip(pupils, words, strict=False):
            status, _, late = word.partition(" ")
            said.append(Said(pupil.id, Attendance(status), int(late or 0)))
        call_roll(db, session, statements=said, seen_version=roll_sheet(db, session).version, by=actor_of(by))
        db.flush()

    return call


@pytest.fixture
def work(db):
    """`work(pupil, day, 480, 600)`: time on a ticket of the pupil's, by minutes of the day."""

    def work(pupil, day, start, end):
        ticket = make_ticket(db, pupil=pupil)
        return make_work_session(db, ticket, pupil, minutes=end - start, started_at=instant(day, start))

    return work
