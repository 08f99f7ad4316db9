"""The school-life product: out and in without loss, nobody guessed, all or nothing, told twice does nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.permissions import Role
from app.exchange import schoollife_store as store
from app.exchange.models import ExternalNumber, ToldAbsence
from app.exchange.schoollife import NAMES, Kind, read_file, write_file
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import AbsenceReason, AttendanceRecord, Pupil, RollCallEvent
from app.pedagogy.rules import Attendance
from tests.factories import (
    actor_of,
    make_attendance,
    make_group,
    make_guardian,
    make_pupil,
    make_session,
    make_staff,
)
from tests.support.html import parse, submit

BORN = date(2010, 5, 4)


def text(page):
    return parse(page.text).text


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


@pytest.fixture
def group(db):
    return make_group(db, code="CAP1", label="CAP1 usinage")


def planned(db, kind, content, choices=None):
    db.flush()
    return store.plan(db, kind, read_file(kind, NAMES[kind], content), choices or {})


def out(db, kind):
    db.flush()
    rows = store.pupil_rows(db) if kind is Kind.PUPILS else store.absence_rows(db, date(2026, 9, 1), today())
    return write_file(kind, NAMES[kind], rows)


def pupils_file(*lines):
    return ("Nom;Prénom;Né(e) le;Classe;Responsable;E-mail;Téléphone;Numéro\n" + "\n".join(lines)).encode()


def absences_file(*lines):
    return ("Nom;Prénom;Né(e) le;Date;Heure début;Heure fin;Motif;Justifiée\n" + "\n".join(lines)).encode()


class TestPupils:
    def test_out_and_in_again_changes_nothing(self, db, group):
        for name in ('Le "Grand"', "=1+1", "D’Été; Noé", "'Ali"):
            pupil = make_pupil(db, group, last_name=name, born_on=BORN)
            make_guardian(db, pupil, name=name, phone="+33 6 39 98 10 00")
        made = planned(db, Kind.PUPILS, out(db, Kind.PUPILS))
        assert (made.wrong, made.created, made.changed, made.unchanged) == ([], [], [], 4)

    def test_in_and_out_again_is_the_same_file(self, db, group, office):
        line = "Haddad;Inès;04/05/2010;CAP1;Salma Haddad;s@exemple.fr;+33639981000;77"
        store.apply(db, planned(db, Kind.PUPILS, pupils_file(line)), by=office)
        assert out(db, Kind.PUPILS).decode("utf-8-sig").splitlines()[1] == line.replace("+33", "'+33")

    def test_found_by_number_first(self, db, group, office):
        pupil = make_pupil(db, group, last_name="Haddad", first_name="Inès", born_on=BORN)
        db.add(ExternalNumber(pupil_id=pupil.id, number="77"))
        made = planned(db, Kind.PUPILS, pupils_file("Haddad-Roux;Inès;04/05/2010;CAP1 usinage;Salma;s@exemple.fr;;77"))
        assert [(who.code, news) for _, who, news in made.changed] == [(pupil.code, ["guardian", "email"])]
        store.apply(db, made, by=office)
        assert pedagogy.first_guardian(db, pupil.id, today()).email == "s@exemple.fr"

    def test_two_alike_are_asked_about_never_guessed(self, db, group, office):
        twins = [make_pupil(db, group, last_name="Haddad", first_name="Inès", born_on=BORN) for _ in range(2)]
        content = pupils_file("Haddad;Inès;04/05/2010;CAP1;Salma;s@exemple.fr;;")
        made = planned(db, Kind.PUPILS, content)
        assert [one.code for one in made.doubts[0].fits] == [twin.code for twin in twins]
        assert not made.ready
        made = planned(db, Kind.PUPILS, content, {2: twins[1].code})
        assert [who.code for _, who, _ in made.changed] == [twins[1].code]

    def test_mistakes_by_line_and_column_and_nothing_stored(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        content = pupils_file(
            "Haddad;Inès;31/02/2010;CAP1;;;;", "Roux;Léo;04/05/2010;CAP9;;;;", "Bon;Tom;04/05/2010;CAP1;;;;"
        )
        answer = client.post("/vie-scolaire/pupils", data={}, files={"file": ("e.csv", content, "text/csv")})
        words = text(answer)
        assert "Né(e) le" in words
        assert "n’est pas une date" in words
        assert "Aucun groupe ne s’appelle « CAP9 »" in words
        made = planned(db, Kind.PUPILS, content)
        assert [(one.line, one.column) for one in made.wrong] == [(2, "Né(e) le"), (3, "Classe")]
        assert db.scalar(select(func.count()).select_from(Pupil)) == 0

    def test_a_missing_column_is_named(self, db):
        read = read_file(Kind.PUPILS, NAMES[Kind.PUPILS], b"Nom;Classe\nA;B")
        assert [one.sentence for one in read.wrong] == [
            "La colonne « Prénom » manque.", "La colonne « Né(e) le » manque.",
        ]  # fmt: skip


class TestAbsences:
    def scene(self, db, group):
        pupil = make_pupil(db, group, last_name="Haddad", first_name="Inès", born_on=BORN)
        session = make_session(db, group, on_date=today() - timedelta(days=1))
        make_attendance(db, session, pupil)
        return pupil, session

    def test_an_absence_becomes_the_office_s_word_once(self, db, group, office):
        pupil, session = self.scene(db, group)
        content = absences_file("Haddad;Inès;04/05/2010;23/11/2026;08:00;12:00;Maladie de l’élève;oui")
        assert store.apply(db, planned(db, Kind.ABSENCES, content), by=office) == 1
        db.flush()
        held = db.get(AttendanceRecord, (session.id, pupil.id))
        assert held.status is Attendance.EXCUSED
        said = db.scalars(select(RollCallEvent).order_by(RollCallEvent.id)).all()
        assert [(one.status, one.official) for one in said] == [
            (Attendance.PRESENT, False), (Attendance.EXCUSED, True)
        ]  # fmt: skip
        assert [one.code for one in db.scalars(select(AbsenceReason))] == ["MAL"]
        assert store.apply(db, planned(db, Kind.ABSENCES, content), by=office) == 0
        assert db.scalar(select(func.count()).select_from(ToldAbsence)) == 1

    def test_out_and_in_again_loses_nothing(self, db, group, office):
        self.scene(db, group)
        content = absences_file('Haddad;Inès;04/05/2010;23/11/2026;08:00;12:00;"Rendez-vous; x";non')
        store.apply(db, planned(db, Kind.ABSENCES, content), by=office)
        first = out(db, Kind.ABSENCES)
        assert b'"Rendez-vous; x";non' in first
        made = planned(db, Kind.ABSENCES, first)
        assert (made.changed, made.unchanged) == ([], 1)
        assert out(db, Kind.ABSENCES) == first

    def test_what_only_the_roll_call_knows_goes_out_too(self, db, group):
        pupil = make_pupil(db, group, last_name="Haddad", first_name="Inès", born_on=BORN)
        make_attendance(db, make_session(db, group), pupil, Attendance.ABSENT)
        assert out(db, Kind.ABSENCES).decode("utf-8-sig").splitlines()[1] == (
            "Haddad;Inès;04/05/2010;24/11/2026;08:00;12:00;;non;"
        )

    def test_unknown_reversed_and_future_are_refused_by_line(self, db, group):
        make_pupil(db, group, last_name="Haddad", first_name="Inès", born_on=BORN)
        content = absences_file(
            "Inconnu;Max;04/05/2010;23/11/2026;08:00;12:00;;oui", "Haddad;Inès;04/05/2010;23/11/2026;12:00;08:00;;oui",
            "Haddad;Inès;04/05/2010;25/11/2026;08:00;12:00;;oui",
            "Haddad;Inès;04/05/2010;23/11/2026;8h;12:00;;peut-être",
        )  # fmt: skip
        wrong = planned(db, Kind.ABSENCES, content).wrong
        assert sorted((one.line, one.column) for one in wrong) == [
            (2, "Nom"), (3, "Heure fin"), (4, "Date"), (5, "Heure début"), (5, "Justifiée"),
        ]  # fmt: skip


class TestPages:
    def test_taken_over_after_a_preview(self, client, login_as, db, group):
        login_as(Role.OFFICE)
        content = pupils_file("Haddad;Inès;04/05/2010;CAP1;Salma;s@exemple.fr;;77")
        seen = client.post("/vie-scolaire/pupils", data={}, files={"file": ("e.csv", content, "text/csv")})
        assert "nouvel élève" in text(seen)
        assert db.scalar(select(func.count()).select_from(Pupil)) == 0
        assert submit(client, seen, "/reprise").status_code == 303
        assert db.scalar(select(Pupil.last_name)) == "Haddad"
        assert "Haddad" in client.get("/vie-scolaire/pupils.csv").text

    def test_columns_have_the_names_of_the_product(self, client, login_as, db):
        login_as(Role.OFFICE)
        page = client.get("/vie-scolaire")
        answer = submit(client, page, "/pupils/colonnes", **{"pupils-last_name": "NOM_ELEVE"})
        assert answer.status_code == 303
        assert client.get("/vie-scolaire/pupils.csv").text.startswith("\ufeffNOM_ELEVE;Prénom")
        page = client.get("/vie-scolaire")
        twice = submit(client, page, "/pupils/colonnes", **{"pupils-last_name": "Prénom"})
        assert twice.status_code == 422
        assert "Deux colonnes" in text(twice)

    def test_two_who_name_the_columns_at_once_the_second_is_told(self, client, login_as, db):
        login_as(Role.OFFICE)
        page = client.get("/vie-scolaire")
        assert submit(client, page, "/pupils/colonnes", **{"pupils-last_name": "NOM_ELEVE"}).status_code == 303
        late = submit(client, page, "/pupils/colonnes", **{"pupils-last_name": "PATRONYME"})
        assert late.status_code == 409
        told = parse(late.text)
        assert "NOM_ELEVE" in told.one("div", id="erreurs").text
        assert told.one("input", id="pupils-last_name").attributes["value"] == "PATRONYME"
        assert client.get("/vie-scolaire/pupils.csv").text.startswith("\ufeffNOM_ELEVE;")
        assert submit(client, late, "/pupils/colonnes").status_code == 303
        assert client.get("/vie-scolaire/pupils.csv").text.startswith("\ufeffPATRONYME;")
        other = submit(client, page, "/absences/colonnes", **{"absences-reason": "MOTIF_ABS"})
        assert other.status_code == 303  # the columns of the other file have a version of their own

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00x", b"rien"])
    def test_nonsense_is_no_crash(self, client, login_as, content):
        login_as(Role.OFFICE)
        answer = client.post("/vie-scolaire/absences", data={}, files={"file": ("e.csv", content, "text/csv")})
        assert answer.status_code in {200, 422}
