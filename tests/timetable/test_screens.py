"""The pages of the week and of its sessions: shown, refused with what was typed kept, done with a redirect."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from tests.factories import make_attendance, make_group, make_pupil, make_session, make_subject
from tests.support.html import errors, parse, submit


def text(page):
    return parse(page.text).text


@pytest.fixture
def group(db):
    return make_group(db, label="CAP1 usinage")


@pytest.fixture
def pupils(db, group):
    return [make_pupil(db, group, last_name=name) for name in ("Aubry", "Belkacem", "Colin")]


class TestTheWeek:
    def test_of_a_group_with_its_share(self, client, login_as, db, group, pupils):
        held = make_session(db, group)
        make_attendance(db, held, pupils[0])
        make_session(db, group, SessionKind.THEORY, on_date=today() - timedelta(days=1), end_minute=600)
        gone = make_session(db, group, SessionKind.THEORY, start_minute=780, end_minute=840)
        gone.state = SessionState.CANCELLED
        db.flush()
        login_as(Role.DIRECTOR)
        page = text(client.get("/semaine"))
        assert "Semaine 48, CAP1 usinage" in page
        assert "du lundi 23 au vendredi 27 novembre 2026" in page
        for words in ("Appel fait", "Appel à faire", "Annulée", "100,0\u00a0%", "Un appel n’a pas été fait"):
            assert words in page

    def test_of_who_holds_sessions_of_a_room_and_of_another_week(self, client, login_as, db, group):
        teacher = login_as(Role.TEACHER)
        make_session(db, group, SessionKind.THEORY, staff=teacher, room="Salle 2")
        make_session(db, group, on_date=today() + timedelta(days=7))
        assert teacher.full_name in text(client.get("/semaine"))
        assert "CAP1 usinage" in text(client.get("/semaine?salle=Salle 2"))
        assert "Semaine 49" in text(client.get(f"/semaine?groupe={group.code}&semaine=2026-12-01"))
        assert "Semaine 48" in text(client.get("/semaine?semaine=n’importe quoi"))
        assert client.get("/semaine/impression").status_code == 200
        assert client.get("/semaine?groupe=NUL").status_code == 404
        assert client.get("/semaine?personne=NUL").status_code == 404

    def test_before_there_is_a_group(self, client, login_as):
        login_as(Role.OFFICE)
        assert "Pas encore d’emploi du temps" in text(client.get("/semaine"))
        assert client.get("/semaine/impression").status_code == 200

    def test_sessions_side_by_side_and_a_saturday(self, client, login_as, db, group):
        saturday = date(2026, 11, 28)
        for one in (group, make_group(db, label="CAP2 usinage")):
            make_session(db, one, on_date=saturday, room="Atelier")
        login_as(Role.DIRECTOR)
        page = text(client.get("/semaine?salle=Atelier"))
        assert "Samedi" in page
        assert "CAP1 usinage" in page
        assert "CAP2 usinage" in page


class TestSessions:
    def test_add_change_cancel(self, client, login_as, db, group):
        office = login_as(Role.OFFICE)
        subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
        assert "Choisir ce groupe" in client.get("/semaine/seances/nouvelle").text
        page = client.get(f"/semaine/seances/nouvelle?groupe={group.code}&jour=2026-11-30")
        answer = submit(client, page, start="10:00", end="08:00", subject=subject.code, staff=office.code)
        assert answer.status_code == 422
        assert errors(answer) == {"end": "La fin vient après le début."}
        answer = submit(client, answer, start="8:00", end="10:00", room="Salle 2")
        assert answer.status_code == 303
        session = db.scalars(select(TimetableSession)).one()
        answer = submit(client, page, start="09:00", end="10:00", subject=subject.code, staff=office.code)
        assert "a déjà Français" in errors(answer)["start"]
        where = f"/semaine/seances/{session.id}"
        assert submit(client, client.get(f"{where}/modifier"), room="Salle 3").status_code == 303
        assert "Salle 3" in text(client.get(where))
        answer = submit(client, client.get(f"{where}/annulation"), reason="")
        assert answer.status_code == 422
        assert submit(client, answer, reason="Malade").status_code == 303
        assert "Malade" in text(client.get(where))

    def test_a_called_session_is_not_edited(self, client, login_as, db, group, pupils):
        session = make_session(db, group)
        make_attendance(db, session, pupils[0])
        login_as(Role.OFFICE)
        assert client.get(f"/semaine/seances/{session.id}/modifier").status_code == 409
        assert "Appel fait" in text(client.get(f"/semaine/seances/{session.id}"))

    def test_nobody_and_not_allowed(self, client, login_as):
        login_as(Role.TEACHER)
        assert client.get("/semaine/seances/999").status_code == 404
        assert client.get("/semaine/seances/pas-un-nombre").status_code == 404
        assert client.get("/semaine/seances/nouvelle").status_code == 403
