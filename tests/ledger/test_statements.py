"""Statements of hours: confirmed by their owner, frozen, corrected on the next, closed by the office."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from app.core.clock import PARIS
from app.core.errors import Forbidden, Refused
from app.core.journal import history
from app.core.permissions import Role
from app.ledger import queries, service
from app.ledger.models import HoursStatement, HoursStatementLine
from app.ledger.rules import LineKind
from app.pedagogy.rules import SessionKind
from app.pedagogy.rules.logs import Lesson
from app.pedagogy.service import log_lesson
from tests.factories import actor_of, make_session
from tests.support.html import parse
from tests.support.pdf import read_pdf

NOV, DEC = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def november(stage, call):
    """The teacher's one lesson of November is called."""
    call(stage.lesson, stage.teacher, stage.pupils, "present", "present", "present")
    return stage


def confirm(db, staff, month=NOV, minutes=120):
    made = service.confirm_statement(db, staff, month=month, seen_minutes=minutes, by=actor_of(staff))
    db.flush()
    return made


def lines(db, staff, month):
    return [(line.kind, line.minutes) for line in queries.statement_page(db, staff.code, month).lines]


class TestConfirming:
    def test_the_lines_are_frozen_and_later_changes_correct_the_next(self, db, november, clock, call):
        teacher = november.teacher
        made = confirm(db, teacher)
        assert (made.number, made.minutes) == ("V2026-0001", 120)
        log_lesson(
            db, november.lesson, lesson=Lesson("Lecture", taught_minutes=90), seen_version=november.lesson.version,
            by=actor_of(teacher),
        )  # fmt: skip
        clock.set(datetime(2026, 12, 15, 9, 0, tzinfo=PARIS))
        december = make_session(
            db, november.group, SessionKind.THEORY, staff=teacher, on_date=date(2026, 12, 1), end_minute=540
        )  # fmt: skip
        call(december, teacher, november.pupils, "present", "present", "present")
        assert lines(db, teacher, NOV) == [(LineKind.SESSION, 120)]
        assert lines(db, teacher, DEC) == [(LineKind.SESSION, 60), (LineKind.CORRECTION, -30)]
        confirm(db, teacher, DEC, 30)
        assert lines(db, teacher, date(2027, 1, 1)) == []
        assert history(db, "hours_statement", made.id)[0].label == "État V2026-0001 vérifié"

    def test_once_only_by_its_owner_as_it_was_read_and_with_every_call(self, db, november):
        with pytest.raises(Forbidden, match="vérifier ses heures"):
            service.confirm_statement(
                db, november.teacher, month=NOV, seen_minutes=120, by=actor_of(november.master)
            )  # fmt: skip
        with pytest.raises(Refused, match="changé depuis"):
            confirm(db, november.teacher, minutes=90)
        with pytest.raises(Refused, match="pas d’appel"):
            confirm(db, november.master)
        confirm(db, november.teacher)
        with pytest.raises(Refused, match="déjà vérifié"):
            confirm(db, november.teacher)
        assert db.scalar(select(func.count()).select_from(HoursStatement)) == 1
        assert db.scalar(select(func.count()).select_from(HoursStatementLine)) == 1

    def test_it_is_closed_once_the_month_is_over(self, db, november, clock, login_as):
        made, office = confirm(db, november.teacher), actor_of(login_as(Role.OFFICE))
        with pytest.raises(Refused, match="pas fini"):
            service.close_statement(db, made, by=office)
        clock.set(datetime(2026, 12, 1, 9, 0, tzinfo=PARIS))
        service.close_statement(db, made, by=office)
        with pytest.raises(Refused, match="déjà clos"):
            service.close_statement(db, made, by=office)


class TestPages:
    def address(self, stage, month="2026-11"):
        return f"/heures/vacations/{stage.teacher.code}/{month}"

    def test_a_teacher_checks_confirms_prints_and_exports(self, client, db, november, login_as):
        login_as(november.teacher)
        assert "Novembre 2026" in client.get("/heures/vacations").text
        page = client.get(self.address(november))
        form = parse(page.text).one("form", action=self.address(november))
        assert form.one("input", name="minutes").attributes["value"] == "120"
        assert client.post(self.address(november), data={"minutes": "120"}).status_code == 303
        assert client.post(self.address(november), data={"minutes": "120"}).status_code == 422
        paper = read_pdf(client.get(self.address(november) + "/etat.pdf").content)
        assert "V2026-0001" in paper.text
        assert "2,00 heures" in paper.text
        book = openpyxl.load_workbook(io.BytesIO(client.get(self.address(november) + "/export.xlsx").content))
        assert [cell.value for cell in book.active[2]][1:3] == ["13:00", "15:00"]
        rows = list(csv.reader(io.StringIO(client.get(self.address(november) + "/export.csv").text), delimiter=";"))
        assert rows[1][5] == "120"

    def test_nobody_reads_somebody_elses_but_the_office_closes_it(self, client, db, november, login_as, clock):
        confirm(db, november.teacher)
        login_as(Role.TEACHER)
        assert client.get(self.address(november)).status_code == 404
        assert client.post(self.address(november) + "/cloture").status_code == 403
        clock.set(datetime(2026, 12, 1, 9, 0, tzinfo=PARIS))
        login_as(Role.OFFICE)
        assert november.teacher.full_name in client.get("/heures/vacations").text
        assert client.post(self.address(november) + "/cloture").status_code == 303
        assert client.post(self.address(november) + "/cloture").status_code == 409
        assert "Clos pour la paie" in client.get(self.address(november)).text

    def test_odd_months_are_not_there(self, client, november, login_as):
        login_as(november.teacher)
        assert client.get(self.address(november, "2026-13")).status_code == 404
        assert client.get(self.address(november, "hier")).status_code == 404

    def test_the_list_costs_the_same_for_many(self, client, november, login_as, query_budget):
        login_as(Role.OFFICE)
        with query_budget(6):
            client.get("/heures/vacations")
