"""The pages of mass changes: previewed, applied, refused at the field, undone."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.pedagogy.models import Closure, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable.models import TimetableRule
from app.timetable.queries import last_change
from tests.factories import make_attendance, make_group, make_pupil, make_session, make_staff, make_subject
from tests.support.html import errors, parse, submit


def text(page):
    return parse(page.text).text


@pytest.fixture
def group(db):
    return make_group(db, label="CAP1 usinage")


@pytest.fixture
def typed(db, group):
    subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    return {
        "group": group.code, "weekday": "0", "start": "08:00", "end": "10:00", "subject": subject.code,
        "staff": make_staff(db, Role.TEACHER).code, "room": "Salle 2", "weeks": "every", "starts_on": "30/11/2026",
        "ends_on": "20/12/2026",
    }  # fmt: skip


def planned(db):
    db.expire_all()
    query = select(TimetableSession.on_date).where(TimetableSession.state == SessionState.PLANNED)
    return sorted(db.scalars(query))


class TestTheRules:
    def test_previewed_then_applied_then_changed_then_undone(self, client, login_as, db, group, typed):
        login_as(Role.OFFICE)
        assert "Pas encore de trame" in text(client.get(f"/semaine/trame?groupe={group.code}"))
        page = client.get("/semaine/trame/nouvelle", params=typed | {"voir": "1"})
        assert page.status_code == 200
        assert "3 séances à ajouter" in text(page).replace("\u00a0", " ")
        assert planned(db) == []
        assert submit(client, page, action="/semaine/trame").status_code == 303
        assert len(planned(db)) == 3
        rule = db.scalars(select(TimetableRule)).one()
        listed = text(client.get(f"/semaine/trame?groupe={group.code}"))
        assert "Français" in listed
        where = f"/semaine/trame/{rule.id}"
        changed = typed | {"voir": "1", "room": "Salle 9", "starts_on": "07/12/2026", "version": "1"}
        del changed["group"]
        page = client.get(f"{where}/modifier", params=changed)
        assert "2 séances à modifier" in text(page).replace("\u00a0", " ")
        assert submit(client, page, action=f"{where}/modifier").status_code == 303
        assert "Annuler cette modification" in text(client.get("/semaine/trame"))
        db.expire_all()
        rooms = list(db.scalars(select(TimetableSession.room).order_by(TimetableSession.on_date)))
        assert rooms == ["Salle 2", "Salle 9", "Salle 9"]

    def test_wrong_fields_keep_what_was_typed(self, client, login_as, typed):
        login_as(Role.OFFICE)
        wrong = typed | {"voir": "1", "end": "07:00", "staff": "NUL"}
        page = client.get("/semaine/trame/nouvelle", params=wrong)
        assert page.status_code == 422
        assert errors(page) == {"end": "La fin vient après le début."}
        page = client.get("/semaine/trame/nouvelle", params=wrong | {"end": "09:00"})
        assert set(errors(page)) == {"staff"}
        page = client.get("/semaine/trame/nouvelle", params=typed | {"voir": "1", "ends_on": "01/11/2026"})
        assert set(errors(page)) == {"ends_on"}

    def test_what_changed_since_the_preview_is_not_applied(self, client, login_as, db, group, typed):
        login_as(Role.OFFICE)
        page = client.get("/semaine/trame/nouvelle", params=typed | {"voir": "1"})
        make_session(db, group, on_date=date(2026, 12, 7))
        answer = submit(client, page, action="/semaine/trame")
        assert answer.status_code == 409
        assert "depuis l’aperçu" in text(answer)
        assert "en conflit" in text(answer)
        assert submit(client, answer, action="/semaine/trame").status_code == 303

    def test_end_complete_and_undo(self, client, login_as, db, typed):
        login_as(Role.OFFICE)
        submit(client, client.get("/semaine/trame/nouvelle", params=typed | {"voir": "1"}), action="/semaine/trame")
        rule = db.scalars(select(TimetableRule)).one()
        where = f"/semaine/trame/{rule.id}"
        assert "Aucune séance ne change" in text(client.get(f"{where}/suite"))
        assert submit(client, client.get(f"{where}/suite"), action=f"{where}/suite").status_code == 422
        assert client.get(f"{where}/fin").status_code == 200
        page = client.get(f"{where}/fin?voir=1&version=1&ends_on=07/12/2026")
        assert submit(client, page, action=f"{where}/fin").status_code == 303
        assert planned(db) == [date(2026, 11, 30), date(2026, 12, 7)]
        change = last_change(db)
        page = client.get(f"/semaine/modifications/{change.id}/annulation")
        assert submit(client, page, action="/annulation").status_code == 303
        assert len(planned(db)) == 3
        assert "ne s’annule plus" in text(client.get(f"/semaine/modifications/{change.id}/annulation"))
        assert client.get("/semaine/modifications/99999/annulation").status_code == 404
        assert client.get("/semaine/trame/99999/modifier").status_code == 404


class TestCopyingAndReplacing:
    def test_a_week_is_copied_to_others(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        make_session(db, group, on_date=date(2026, 11, 30))
        page = client.get("/semaine/copie", params={
            "voir": "1", "group": group.code, "source": "02/12/2026", "first": "07/12/2026", "last": "18/12/2026",
        })  # fmt: skip
        assert submit(client, page, action="/semaine/copie").status_code == 303
        assert planned(db) == [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)]
        empty = client.get("/semaine/copie", params={
            "voir": "1", "group": group.code, "source": "04/01/2027", "first": "11/01/2027", "last": "11/01/2027",
        })  # fmt: skip
        assert (empty.status_code, set(errors(empty))) == (422, {"source"})

    def test_a_day_of_somebody_away_is_held_by_another_or_cancelled(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        session = make_session(db, group, on_date=date(2026, 11, 30))
        other = make_staff(db, Role.MASTER)
        asked = {"voir": "1", "staff": session.staff.code, "on_date": "30/11/2026", "substitute": other.code}
        page = client.get("/semaine/remplacement", params=asked)
        assert submit(client, page, action="/semaine/remplacement").status_code == 303
        db.expire_all()
        assert session.staff_id == other.id
        page = client.get("/semaine/remplacement", params=asked)
        assert set(errors(page)) == {"on_date"}
        page = client.get("/semaine/remplacement", params=asked | {"staff": other.code, "substitute": ""})
        assert submit(client, page, action="/semaine/remplacement").status_code == 303
        assert planned(db) == []


CLOSE = {"label": "Neige", "starts_on": "30/11/2026", "ends_on": "01/12/2026"}


class TestClosing:
    def test_planned_sessions_are_shown_then_cancelled_and_come_back(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        make_session(db, group, on_date=date(2026, 11, 30))
        page = submit(client, client.get("/calendrier"), action="/calendrier", **CLOSE)
        assert page.status_code == 422
        assert "1 séance à annuler" in text(page).replace("\u00a0", " ")
        assert len(planned(db)) == 1
        assert client.post("/calendrier", data=CLOSE | {"seen": "autre"}).status_code == 409
        assert submit(client, page, action="/calendrier").status_code == 303
        assert planned(db) == []
        assert submit(client, client.get("/calendrier"), action="/retrait").status_code == 303
        assert planned(db) == [date(2026, 11, 30)]

    def test_over_held_sessions_it_is_refused_naming_them(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        session = make_session(db, group)
        make_attendance(db, session, make_pupil(db, group))
        answer = client.post("/calendrier", data={"label": "X", "starts_on": "24/11/2026", "ends_on": "24/11/2026"})
        assert answer.status_code == 422
        assert (
            f"{session.subject.label} avec CAP1 usinage le 24/11/2026 de 08:00 à 12:00" in errors(answer)["starts_on"]
        )
        assert db.scalar(select(func.count()).select_from(Closure)) == 0
