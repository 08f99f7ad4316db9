"""The theory log: entries are only added, files and projects come with them, a group's week is read and printed."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import PARIS, now, today
from app.core.errors import Forbidden, Refused
from app.core.permissions import Role
from app.pedagogy.models import LogEntry, LogFile
from app.pedagogy.queries import logs as queries
from app.pedagogy.rules import SessionKind
from app.pedagogy.rules.logs import Lesson
from app.pedagogy.service import logs as service
from tests.factories import actor_of, files, make_group, make_job, make_session, make_staff
from tests.support.html import errors, parse


@pytest.fixture
def teacher(login_as):
    return login_as(Role.TEACHER)


@pytest.fixture
def lesson(db, teacher):
    """A lesson of two hours that began at eight."""
    return make_session(db, make_group(db, label="CAP2"), SessionKind.THEORY, staff=teacher, end_minute=600)


def write(db, session, staff, content="Lecture", **other):
    by = actor_of(staff)
    service.log_lesson(db, session, lesson=Lesson(content, **other), seen_version=session.version, by=by)
    db.flush()


def entries(db, session):
    return db.scalars(select(LogEntry).where(LogEntry.session_id == session.id).order_by(LogEntry.id)).all()


class TestEntries:
    def test_a_correction_keeps_the_earlier_word_and_names_it(self, db, lesson, teacher):
        write(db, lesson, teacher, "Lecture")
        write(db, lesson, teacher, "Dictée", taught_minutes=90)
        first, second = entries(db, lesson)
        assert [(one.content, one.taught_minutes) for one in (first, second)] == [("Lecture", 120), ("Dictée", 90)]
        assert (first.replaces_id, second.replaces_id) == (None, first.id)
        assert (lesson.content, lesson.taught_minutes) == ("Dictée", 90)
        assert [one.content for one in queries.log_sheet(db, lesson).earlier] == ["Lecture"]

    def test_the_lesson_before_and_the_next_one_are_of_the_same_group_and_subject(self, db, lesson, teacher):
        def at(days, **other):
            values = {"staff": teacher, "on_date": lesson.on_date + timedelta(days=days), "end_minute": 600}
            return make_session(db, other.pop("group", lesson.group), SessionKind.THEORY, **values | other)

        for days, content in ((-9, "Trop tôt"), (-2, "La dernière"), (-1, None)):
            at(days, subject=lesson.subject, content=content)
        at(-1, group=make_group(db, label="CAP1"), subject=lesson.subject, content="D’un autre groupe")
        at(1, subject=lesson.subject, state="cancelled", cancel_reason="Malade")
        coming = at(3, subject=lesson.subject)
        sheet = queries.log_sheet(db, lesson)
        assert (sheet.before.content, sheet.next_on) == ("La dernière", coming.on_date)
        assert queries.log_sheet(db, coming).next_on is None

    def test_a_log_that_was_imported_keeps_its_words_too(self, db, lesson, teacher):
        lesson.content, lesson.logged_at = "Repris du tableur", now()
        write(db, lesson, teacher, "Dictée")
        assert [(one.content, one.by_id) for one in entries(db, lesson)] == [
            ("Repris du tableur", None), ("Dictée", teacher.id),
        ]  # fmt: skip
        assert queries.log_sheet(db, lesson).earlier[0].who == "Repris à l’import"

    @pytest.mark.parametrize(
        ("homework", "days", "sentence"), [("Page 12", 0, "après la séance"), (None, 3, "quel travail")]
    )
    def test_homework_is_due_later_and_is_said(self, db, lesson, teacher, homework, days, sentence):
        due = lesson.on_date + timedelta(days=days)
        with pytest.raises(Refused, match=sentence) as refused:
            write(db, lesson, teacher, homework=homework, homework_due_on=due)
        assert refused.value.field == "homework_due_on"
        assert entries(db, lesson) == []

    def test_a_project_is_one_more_entry_and_outlives_a_correction(self, db, lesson, teacher):
        by = actor_of(teacher)
        with pytest.raises(Refused, match="Remplissez"):
            service.link_project(db, lesson, label="OF-1, Axe", url="/atelier/of/OF-1", by=by)
        write(db, lesson, teacher)
        assert service.link_project(db, lesson, label="OF-1, Axe", url="/atelier/of/OF-1", by=by)
        assert not service.link_project(db, lesson, label="OF-1, Axe", url="/atelier/of/OF-1", by=by)
        write(db, lesson, teacher, "Dictée")
        assert [one.project_label for one in entries(db, lesson)] == [None, "OF-1, Axe", "OF-1, Axe"]


class TestPages:
    def test_one_page_writes_words_homework_and_a_file(self, client, db, lesson):
        sent = {"content": "Lecture", "homework": "Page 12", "homework_due_on": "2026-12-01", "version": "1"}
        page = client.post(f"/cahier/{lesson.id}", data=sent, files={"file": ("fiche.pdf", files.pdf())})
        assert page.status_code == 303
        db.expire_all()
        assert (lesson.homework_due_on, lesson.taught_minutes) == (date(2026, 12, 1), 120)
        stored = db.scalars(select(LogFile)).one()
        shown = client.get(f"/cahier/{lesson.id}/fichiers/{stored.id}")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "application/pdf")
        assert client.post(f"/cahier/{lesson.id}/fichiers/{stored.id}/retrait").status_code == 303
        assert client.post(f"/cahier/{lesson.id}/fichiers/{stored.id}/retrait").status_code == 409
        assert "fiche.pdf" not in client.get(f"/cahier/{lesson.id}").text

    def test_a_wrong_file_keeps_what_was_typed_and_stores_nothing(self, client, db, lesson):
        page = client.post(
            f"/cahier/{lesson.id}", data={"content": "Lecture", "version": "1"}, files={"file": ("a.pdf", b"MZ")}
        )
        assert page.status_code == 422
        assert "ni un PDF ni une image" in page.text
        assert "Lecture" in page.text
        assert entries(db, lesson) == []

    def test_a_lesson_to_come_is_refused_at_the_field(self, client, db, lesson):
        lesson.on_date = today() + timedelta(days=1)
        db.flush()
        page = client.post(f"/cahier/{lesson.id}", data={"content": "Lecture", "version": "1"})
        assert page.status_code == 422
        assert "n’a pas commencé" in errors(page)["content"]

    def test_the_lesson_is_linked_to_a_job_of_the_workshop(self, client, db, lesson, teacher):
        job = make_job(db)
        write(db, lesson, teacher)
        found = client.get(f"/cahier/{lesson.id}/projet", params={"q": job.number})
        assert job.number in found.text
        wrong = client.post(f"/cahier/{lesson.id}/projet", data={"number": "OF-RIEN"})
        assert wrong.status_code == 422
        assert client.post(f"/cahier/{lesson.id}/projet", data={"number": job.number}).status_code == 303
        db.expire_all()
        assert lesson.project_url == f"/atelier/of/{job.number}"
        assert client.post(f"/cahier/{lesson.id}/projet").status_code == 303
        db.expire_all()
        assert lesson.project_label is None

    def test_another_teacher_may_neither_join_nor_link(self, db, lesson):
        other = actor_of(make_staff(db, Role.TEACHER))
        with pytest.raises(Forbidden):
            service.link_project(db, lesson, label="", url="", by=other)

    def test_a_groups_week_tells_what_was_done_and_what_is_due(self, client, db, lesson, teacher):
        write(db, lesson, teacher, "Lecture", homework="Page 12", homework_due_on=lesson.on_date + timedelta(days=7))
        done = parse(client.get(f"/cahier/groupes/{lesson.group.code}").text).text
        assert "Lecture" in done
        assert "À rendre cette semaine" not in done
        due = client.get(f"/cahier/groupes/{lesson.group.code}/impression", params={"semaine": "2026-12-01"})
        assert "À rendre cette semaine" in due.text
        assert "Page 12" in due.text

    def test_an_odd_week_is_this_one(self, client, lesson):
        page = client.get(f"/cahier/groupes/{lesson.group.code}", params={"semaine": "9999-12-31"})
        assert page.status_code == 200
        assert "Semaine 48" in page.text

    def test_who_is_behind_is_told_to_who_teaches_nothing(self, client, db, lesson, clock, login_as):
        clock.set(datetime(2026, 11, 27, 9, 0, tzinfo=PARIS))
        login_as(Role.DIRECTOR)
        assert "À relancer" in client.get("/cahier").text
        assert [(row.code, row.lessons) for row in queries.logs_behind(db)] == [(lesson.staff.code, 1)]
