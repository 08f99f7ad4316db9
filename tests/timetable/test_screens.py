"""The pages of the week and of its sessions: shown, refused with what was typed kept, done with a redirect."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy.models import Membership, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from tests.factories import make_attendance, make_group, make_membership, make_pupil, make_session, make_subject
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


class TestMoving:
    def drop(self, client, session, **other):
        data = {"on_date": "2026-12-01", "start": "13:00", "version": str(session.version)} | other
        return client.post(f"/semaine/seances/{session.id}/deplacement", data=data)

    def test_a_session_is_dropped_elsewhere(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        session = make_session(db, group, on_date=date(2026, 11, 30))
        page = client.get(f"/semaine?groupe={group.code}&semaine=2026-11-30")
        assert f"/semaine/seances/{session.id}/deplacement" in page.text
        answer = self.drop(client, session, groupe=group.code)
        assert (answer.status_code, answer.headers["location"]) == (
            303, f"/semaine?groupe={group.code}&semaine=2026-12-01"
        )  # fmt: skip
        moved = db.scalars(select(TimetableSession).where(TimetableSession.state == SessionState.PLANNED)).one()
        assert (moved.on_date, moved.start_minute, moved.end_minute) == (date(2026, 12, 1), 780, 1020)

    def test_what_refuses_it_opens_its_form_with_what_was_asked(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        session = make_session(db, group, on_date=date(2026, 11, 30))
        other = make_session(db, group, on_date=date(2026, 12, 1), start_minute=780, end_minute=900)
        answer = self.drop(client, session)
        assert answer.status_code == 422
        assert f"{other.subject.label} avec" in errors(answer)["start"]
        assert parse(answer.text).one("input", name="start").attributes["value"] == "13:00"
        assert set(errors(self.drop(client, session, start="23:00"))) == {"start"}
        assert set(errors(self.drop(client, session, on_date="hier"))) == {"on_date"}
        session.version = 5
        db.flush()
        assert self.drop(client, session, version="1", start="09:00").status_code == 409

    def test_who_may_not_edit_is_offered_nothing(self, client, login_as, db, group):
        login_as(Role.TEACHER)
        session = make_session(db, group, on_date=date(2026, 11, 30))
        assert "data-move" not in client.get(f"/semaine?groupe={group.code}&semaine=2026-11-30").text
        assert self.drop(client, session).status_code == 403


class TestAPupilsWeek:
    def test_it_follows_the_groups_day_by_day(self, client, login_as, db, group, pupils):
        login_as(Role.TEACHER)
        other = make_group(db, label="CAP2")
        stay = db.scalars(select(Membership).where(Membership.pupil_id == pupils[0].id)).one()
        stay.ends_on = date(2026, 11, 24)
        make_membership(db, pupils[0], other, starts_on=date(2026, 11, 25))
        for one in (group, other):
            for day in (24, 25):
                make_session(db, one, on_date=date(2026, 11, day), subject=subject_of(db, one, f"{one.label} {day}"))
        page = text(client.get(f"/semaine?eleve={pupils[0].code}"))
        assert "CAP1 usinage 24" in page
        assert "CAP2 25" in page
        assert "CAP1 usinage 25" not in page
        assert "CAP2 24" not in page
        assert "Part prévue, CAP2" in page
        assert client.get("/semaine?eleve=NUL").status_code == 404


def subject_of(db, group, label):
    return make_subject(db, group.diploma, label=label)


class TestStatements:
    def test_the_week_and_the_pattern_need_few_and_no_more_with_years(
        self, client, login_as, db, group, pupils, query_budget
    ):
        login_as(Role.OFFICE)
        addresses = (f"/semaine?groupe={group.code}", f"/semaine?eleve={pupils[0].code}", "/calendrier")
        for years in (1, 3):
            for n in range(20 * years):
                make_session(db, group, on_date=today() - timedelta(days=n + 60 * years))
            for address in addresses:
                client.get(address)
                with query_budget(20):
                    assert client.get(address).status_code == 200
