"""The pages of school life: shown, refused with what was typed kept, done with a redirect."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy import queries
from app.pedagogy.models import Closure, Pupil, PupilGroup, RollCallEvent
from app.pedagogy.rules import Attendance, SessionKind
from tests.factories import make_attendance, make_group, make_guardian, make_membership, make_pupil, make_session
from tests.support.html import errors, parse, submit


def text(page):
    return parse(page.text).text


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


@pytest.fixture
def group(db):
    return make_group(db, label="CAP1 usinage")


@pytest.fixture
def pupils(db, group):
    return [make_pupil(db, group, last_name=name) for name in ("Aubry", "Belkacem", "Colin")]


class TestPupils:
    def test_the_list_finds_filters_and_shows_who_is_there(self, client, login_as, db, group, pupils):
        make_attendance(db, make_session(db, group), pupils[0], Attendance.LATE, minutes_late=5)
        make_pupil(db, make_group(db), last_name="Ailleurs", left_on=date(2026, 10, 1))
        login_as(Role.TEACHER)
        page = client.get("/eleves")
        assert page.status_code == 200
        assert "3" + "\u00a0élèves" in text(page)
        assert "Retard" in text(page)
        assert "Ailleurs" not in text(page)
        assert "Ailleurs" in text(client.get("/eleves?etat=partis"))
        assert "Colin" not in text(client.get("/eleves?q=belk"))
        assert "Aucun élève ne correspond" in text(client.get("/eleves?q=zzz"))

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_list_is_exported(self, client, login_as, pupils, kind):
        login_as(Role.TEACHER)
        answer = client.get(f"/eleves/export.{kind}")
        assert answer.headers["content-disposition"] == f'attachment; filename="eleves.{kind}"'

    def test_enrol_change_and_move(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        second = make_group(db)
        answer = submit(
            client, client.get("/eleves/nouveau"), first_name="Inès", last_name="Haddad", born_on="04/05/2010",
            group=group.code, entered_on="01/09/2026", guardian_name="Salma Haddad", guardian_phone="0325000000",
        )  # fmt: skip
        assert answer.status_code == 303
        where = answer.headers["location"]
        assert "Inès Haddad" in text(client.get(where))
        answer = submit(client, client.get(f"{where}/modifier"), phone="0611111111")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{where}/fiche")
        record = client.get(f"{where}/fiche")
        assert "Salma Haddad" in text(record)
        answer = submit(client, record, group=second.code, on_date="20/11/2026")
        assert answer.status_code == 303
        assert second.label in text(client.get(f"{where}/fiche"))
        assert "Passage en" in text(client.get(f"{where}/journal"))

    def test_a_wrong_record_keeps_what_was_typed(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        answer = submit(
            client, client.get("/eleves/nouveau"), first_name="Inès", last_name="", born_on="31/02/2010",
            group=group.code, entered_on="01/09/2026",
        )  # fmt: skip
        assert answer.status_code == 422
        assert set(errors(answer)) == {"last_name", "born_on"}
        assert 'value="31/02/2010"' in answer.text
        assert count(db, Pupil) == 0

    def test_a_rule_refuses_at_its_field(self, client, login_as, group):
        login_as(Role.OFFICE)
        answer = submit(
            client, client.get("/eleves/nouveau"), first_name="I", last_name="H", born_on="01/09/2026",
            group=group.code, entered_on="01/09/2026",
        )  # fmt: skip
        assert answer.status_code == 422
        assert "naissance" in errors(answer)["born_on"]

    def test_a_move_refused_shows_the_record_again(self, client, login_as, db, pupils):
        login_as(Role.OFFICE)
        other = make_group(db)
        page = client.get(f"/eleves/{pupils[0].code}/fiche")
        answer = submit(client, page, group=other.code, on_date="25/11/2026", ends_on="24/11/2026")
        assert answer.status_code == 422
        assert "avant le début" in errors(answer)["ends_on"]

    def test_a_move_planned_ahead_is_shown_and_given_up(self, client, login_as, db, pupils):
        login_as(Role.OFFICE)
        other = make_group(db)
        where = f"/eleves/{pupils[0].code}/fiche"
        assert submit(client, client.get(where), group=other.code, on_date="01/12/2026").status_code == 303
        assert f"Passe en {other.label} le 01/12/2026" in text(client.get(where)).replace("1ᵉʳ", "1")
        assert submit(client, client.get(where)).status_code == 303
        assert other.label not in [stay.label for stay in queries.pupil_stays(db, pupils[0].id)]

    def test_changed_meanwhile_shows_both_and_keeps_what_was_typed(self, client, login_as, pupils):
        login_as(Role.OFFICE)
        where = f"/eleves/{pupils[0].code}/modifier"
        page = client.get(where)
        submit(client, page, first_name="Lina")
        answer = submit(client, page, first_name="Lena")
        assert answer.status_code == 409
        assert "Lina" in text(answer)
        assert 'value="Lena"' in answer.text
        assert submit(client, answer).status_code == 303

    def test_guardian_and_birth_date_only_for_who_may_read_them(self, client, login_as, db, pupils, monkeypatch):
        from app.core import permissions

        make_guardian(db, pupils[0], name="Salma Aubry")
        login_as(Role.TEACHER)
        where = f"/eleves/{pupils[0].code}/fiche"
        assert "Salma Aubry" in text(client.get(where))
        fewer = permissions.GRANTS[Role.TEACHER] - {permissions.Permission.PUPIL_CONTACTS}
        monkeypatch.setitem(permissions.GRANTS, Role.TEACHER, fewer)
        hidden = text(client.get(where))
        assert "Salma Aubry" not in hidden
        assert "Naissance" not in hidden

    def test_hours_of_a_pupil(self, client, login_as, db, group, pupils):
        make_attendance(db, make_session(db, group), pupils[0])
        make_attendance(
            db, make_session(db, group, SessionKind.THEORY, start_minute=780, end_minute=900), pupils[0],
            Attendance.EXCUSED,
        )  # fmt: skip
        login_as(Role.MASTER)
        page = text(client.get(f"/eleves/{pupils[0].code}"))
        assert "100,0\u00a0%" in page
        assert "Au-dessus de la bande visée" in page
        assert "Excusé" in page

    def test_nobody_and_not_allowed(self, client, login_as):
        login_as(Role.TEACHER)
        assert client.get("/eleves/PERSONNE").status_code == 404
        assert client.get("/eleves/nouveau").status_code == 403
        assert client.post("/eleves", data={}).status_code == 403


class TestGroupsAndCalendar:
    def test_a_group_is_created_and_renamed(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        answer = submit(
            client, client.get("/groupes/nouveau"), label="CAP2", code="CAP2", diploma=group.diploma.code,
            school_year="2026-2028",
        )  # fmt: skip
        assert answer.status_code == 422
        assert "2026-2027" in errors(answer)["school_year"]
        assert submit(client, answer, school_year="2026-2027").status_code == 303
        assert submit(client, client.get("/groupes/CAP2/modifier"), label="CAP 2").status_code == 303
        assert "CAP 2" in text(client.get("/groupes"))
        assert count(db, PupilGroup) == 2
        assert client.get("/groupes/NUL/modifier").status_code == 404


class TestRollCall:
    def test_everyone_is_present_until_told_otherwise(self, client, login_as, db, group, pupils):
        session = make_session(db, group)
        login_as(Role.MASTER)
        page = client.get(f"/appels/{session.id}")
        assert "3\u202fprésents" in page.text or "3 présents" in page.text
        answer = submit(client, page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/appels")
        assert "3 présents" in text(client.get("/appels"))
        db.expire_all()
        assert {event.status for event in db.scalars(select(RollCallEvent))} == {Attendance.PRESENT}

    @pytest.mark.parametrize("minutes", ["", "0", "00"])
    def test_late_needs_its_minutes_and_nothing_typed_is_lost(self, client, login_as, db, group, pupils, minutes):
        session = make_session(db, group)
        login_as(Role.TEACHER)
        one, two, _ = pupils
        states = {f"state-{one.id}": "late", f"minutes-{one.id}": minutes, f"state-{two.id}": "absent"}
        answer = submit(client, client.get(f"/appels/{session.id}"), **states)
        assert answer.status_code == 422
        assert errors(answer) == {f"minutes-{one.id}": "Combien de minutes de retard ?"}
        assert parse(answer.text).one("input", name=f"state-{two.id}", value="absent").attributes.get("checked") == ""
        answer = submit(client, answer, **{f"minutes-{one.id}": "300"})
        assert answer.status_code == 422
        assert "plus long que la séance" in errors(answer)[f"minutes-{one.id}"]
        assert count(db, RollCallEvent) == 0
        answer = submit(client, answer, **{f"minutes-{one.id}": "17"})
        assert answer.status_code == 303
        sheet = queries.roll_sheet(db, session)
        assert [line.words for line in sheet.lines] == ["Retard 17 min", "Absent", "Présent"]

    def test_who_left_early_is_told_with_minutes_and_both_words_show_on_the_session(
        self, client, login_as, db, group, pupils
    ):
        session = make_session(db, group)
        one, two, _ = pupils
        teacher = login_as(Role.TEACHER)
        typed = {f"early-{one.id}": "500", f"state-{two.id}": "absent", f"early-{two.id}": "30"}
        answer = submit(client, client.get(f"/appels/{session.id}"), **typed)
        assert answer.status_code == 422
        assert list(errors(answer)) == [f"early-{one.id}"]
        assert submit(client, answer, **{f"early-{one.id}": "30"}).status_code == 303
        assert [line.words for line in queries.roll_sheet(db, session).lines] == [
            "Présent, parti 30 min avant la fin", "Absent", "Présent",
        ]  # fmt: skip
        office = login_as(Role.OFFICE)
        assert submit(client, client.get(f"/appels/{session.id}"), **{f"state-{two.id}": "excused"}).status_code == 303
        shown = text(client.get(f"/semaine/seances/{session.id}"))
        assert "parti 30 min avant" in shown
        assert {teacher.full_name in shown, office.full_name in shown, "Le bureau décide" in shown} == {True}

    def test_the_second_sees_who_called_first_and_keeps_what_was_typed(self, client, login_as, db, group, pupils):
        session = make_session(db, group)
        first = login_as(Role.TEACHER)
        page = client.get(f"/appels/{session.id}")
        submit(client, page)
        login_as(Role.MASTER)
        absent = {f"state-{pupils[1].id}": "absent"}
        answer = submit(client, page, **absent)
        assert answer.status_code == 409
        assert first.full_name in text(answer)
        assert "Rien n’a été écrasé" in text(answer)
        assert submit(client, answer).status_code == 303
        db.expire_all()
        assert queries.roll_sheet(db, session).lines[1].status == Attendance.ABSENT

    def test_only_the_office_is_offered_to_excuse(self, client, login_as, db, group, pupils):
        session = make_session(db, group)
        login_as(Role.TEACHER)
        assert "Excusé" not in client.get(f"/appels/{session.id}").text
        login_as(Role.OFFICE)
        answer = submit(client, client.get(f"/appels/{session.id}"), **{f"state-{pupils[0].id}": "excused"})
        assert answer.status_code == 303
        login_as(Role.TEACHER)
        page = client.get(f"/appels/{session.id}")
        assert "dit par le bureau" in page.text
        answer = submit(client, page, **{f"state-{pupils[0].id}": "present"})
        assert "La parole du bureau reste" in text(client.get(answer.headers["location"]))

    def test_a_future_or_cancelled_session_and_an_empty_group(self, client, login_as, db, group, pupils):
        future = make_session(db, group, on_date=today() + timedelta(days=1))
        empty = make_session(db, make_group(db))
        login_as(Role.TEACHER)
        assert "25/11/2026" in text(client.get(f"/appels/{future.id}"))
        answer = client.post(f"/appels/{future.id}", data={f"state-{pupils[0].id}": "present", "version": "1"})
        assert answer.status_code == 422
        assert "Personne à appeler" in text(client.get(f"/appels/{empty.id}"))
        assert client.post(f"/appels/{empty.id}", data={}).status_code == 422
        assert client.get("/appels/999").status_code == 404


class TestLogs:
    def test_a_lesson_is_logged(self, client, login_as, db, group):
        teacher = login_as(Role.TEACHER)
        session = make_session(db, group, SessionKind.THEORY, staff=teacher, end_minute=600)
        assert "Remplir le cahier" in client.get("/cahier").text
        page = client.get(f"/cahier/{session.id}")
        answer = submit(client, page, content="", taught_minutes="500")
        assert answer.status_code == 422
        assert set(errors(answer)) == {"content"}
        answer = submit(client, answer, content="Lecture", taught_minutes="500")
        assert "500" in errors(answer)["taught_minutes"]
        assert submit(client, answer, taught_minutes="").status_code == 303
        assert "Lecture" in text(client.get("/cahier"))

    def test_somebody_elses_log_is_only_read(self, client, login_as, db, group):
        session = make_session(db, group, SessionKind.THEORY, content="Dictée")
        login_as(Role.TEACHER)
        page = client.get(f"/cahier/{session.id}")
        assert "Dictée" in text(page)
        assert 'name="content"' not in page.text
        assert client.post(f"/cahier/{session.id}", data={"content": "Autre"}).status_code == 403
        assert "Dictée" in text(client.get("/cahier"))


class TestHours:
    @pytest.mark.parametrize("query", ["", "?periode=mois", "?periode=semaine", "?periode=tout", "?periode=annee-2026"])
    def test_of_a_period(self, client, login_as, db, group, pupils, query):
        make_attendance(db, make_session(db, group), pupils[0])
        login_as(Role.TEACHER)
        page = text(client.get(f"/heures{query}"))
        assert "CAP1 usinage" in page
        assert "4\u00a0h\u00a000" in page

    def test_between_two_days_and_of_a_group(self, client, login_as, db, group, pupils):
        make_attendance(db, make_session(db, group), pupils[0])
        login_as(Role.TEACHER)
        assert "Personne dans cette période" in text(client.get("/heures?du=01/09/2026&au=02/09/2026"))
        assert client.get(f"/heures?groupe={group.code}").status_code == 200
        assert client.get("/heures?groupe=NUL").status_code == 404
        wrong = client.get("/heures?du=02/09/2026&au=01/09/2026")
        assert wrong.status_code == 422
        assert errors(wrong) == {"au": "La fin de la période vient avant son début."}

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_report_is_exported(self, client, login_as, pupils, kind):
        login_as(Role.TEACHER)
        answer = client.get(f"/heures/export.{kind}")
        assert answer.status_code == 200
        assert f"heures.{kind}" in answer.headers["content-disposition"]


class TestBudgets:
    """The number of statements does not grow with what a page shows."""

    PAGES = (
        "/eleves", "/eleves/{pupil}", "/eleves/{pupil}/fiche", "/groupes", "/calendrier", "/semaine?groupe={group}",
        "/semaine?salle=Atelier", "/semaine/seances/{session}", "/appels", "/appels/{session}", "/cahier", "/heures",
        "/heures?groupe={group}",
    )  # fmt: skip

    def grow(self, db, group, staff, days):
        for number in days:
            pupil = make_pupil(db, group)
            make_membership(db, pupil, make_group(db), starts_on=date(2025, 1, 1), ends_on=date(2025, 2, number + 1))
            on_date = today() - timedelta(days=number)
            for kind, start in ((SessionKind.PRACTICE, 480), (SessionKind.THEORY, 780)):
                session = make_session(
                    db, group, kind, on_date=on_date, start_minute=start, end_minute=start + 60, staff=staff
                )
                if number % 2:
                    make_attendance(db, session, pupil, Attendance.LATE, minutes_late=5)
            db.add(Closure(starts_on=date(2027, 1, number + 1), ends_on=date(2027, 1, number + 1), label="Fermé"))
        db.flush()
        return pupil, session

    @pytest.mark.parametrize("address", PAGES)
    def test_three_times_the_data_costs_no_statement_more(self, client, login_as, db, group, address, record_queries):
        staff = login_as(Role.DIRECTOR)
        pupil, session = self.grow(db, group, staff, range(4))
        where = address.format(pupil=pupil.code, group=group.code, session=session.id)
        client.get(where)
        with record_queries() as few:
            assert client.get(where).status_code == 200
        self.grow(db, group, staff, range(4, 16))
        with record_queries() as many:
            client.get(where)
        assert len(many) <= len(few) <= 16, "\n".join(many)
