"""The theory log, and the calls still to do."""

from datetime import timedelta

import pytest

from app.core.clock import today
from app.core.errors import Forbidden, Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.rules import Attendance, SessionKind, SessionState
from app.pedagogy.rules.logs import Lesson
from tests.factories import actor_of, make_attendance, make_group, make_pupil, make_session, make_staff


class TestTheLog:
    @pytest.fixture
    def held(self, db):
        teacher = make_staff(db, Role.TEACHER)
        session = make_session(db, make_group(db), SessionKind.THEORY, staff=teacher, end_minute=600)
        return session, actor_of(teacher)

    def log(self, db, session, by, content="Lecture suivie", version=None, **other):
        lesson = Lesson(content, other.get("homework"), other.get("due_on"), other.get("minutes"))
        return service.log_lesson(db, session, lesson=lesson, seen_version=version or session.version, by=by)

    def test_without_minutes_the_whole_session_was_taught(self, db, held):
        session, teacher = held
        assert self.log(db, session, teacher, homework="Chapitre 3")
        assert (session.content, session.homework, session.taught_minutes) == ("Lecture suivie", "Chapitre 3", 120)
        assert session.logged_at is not None

    def test_the_same_again_writes_nothing(self, db, held):
        session, teacher = held
        self.log(db, session, teacher)
        assert not self.log(db, session, teacher)
        assert session.version == 2

    def test_a_correction_is_told_by_the_journal(self, db, held):
        session, teacher = held
        self.log(db, session, teacher)
        self.log(db, session, teacher, "Dictée", minutes=90)
        assert history(db, "timetable_session", session.id)[0].label == "Cahier corrigé"

    def test_not_before_it_begins_nor_when_cancelled(self, db, held):
        session, teacher = held
        session.start_minute = 571
        with pytest.raises(Refused, match="pas commencé"):
            self.log(db, session, teacher)
        session.state = SessionState.CANCELLED
        with pytest.raises(Refused, match="annulée"):
            self.log(db, session, teacher)

    def test_no_more_than_the_session(self, db, held):
        session, teacher = held
        with pytest.raises(Refused) as refused:
            self.log(db, session, teacher, minutes=121)
        assert refused.value.field == "taught_minutes"

    def test_only_its_teacher_or_who_keeps_the_timetable(self, db, held):
        session, _ = held
        with pytest.raises(Forbidden):
            self.log(db, session, actor_of(make_staff(db, Role.TEACHER)))
        assert self.log(db, session, actor_of(make_staff(db, Role.DIRECTOR)))

    def test_the_second_of_two_is_told(self, db, held):
        session, teacher = held
        self.log(db, session, teacher)
        with pytest.raises(Stale) as stale:
            self.log(db, session, teacher, "Dictée", version=1)
        assert stale.value.changes == (("Fait en séance", "Dictée", "Lecture suivie"),)

    def test_lessons_to_log_are_ones_own_and_begun(self, db, held):
        session, teacher = held
        make_session(db, session.group, SessionKind.THEORY, on_date=today() + timedelta(days=1))
        assert [row.id for row in queries.logs_to_do(db, teacher.staff_id)] == [session.id]
        self.log(db, session, teacher)
        db.flush()
        assert queries.logs_to_do(db, teacher.staff_id) == []
        assert [row.id for row in queries.recent_logs(db, teacher.staff_id)] == [session.id]


class TestCallsToDo:
    def test_begun_and_not_called_the_latest_first(self, db, clock):
        group = make_group(db)
        yesterday = make_session(db, group, on_date=today() - timedelta(days=1))
        this_morning = make_session(db, group)
        make_session(db, group, start_minute=600, end_minute=660)
        cancelled = make_session(db, group, start_minute=420, end_minute=480)
        cancelled.state = SessionState.CANCELLED
        called = make_session(db, group, start_minute=360, end_minute=420)
        make_attendance(db, called, make_pupil(db, group), Attendance.PRESENT)
        assert [row.id for row in queries.calls_to_do(db)] == [this_morning.id, yesterday.id]
        assert queries.count_calls_to_do(db) == 2
        assert queries.count_calls_to_do(db, staff_id=yesterday.staff_id) == 1
