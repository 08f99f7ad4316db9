"""Applicants: steps as data, observation weeks, the admission in one act, what is erased."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.admissions import queries, rules, service
from app.admissions.models import Applicant, ApplicantGuardian
from app.admissions.rules import Step
from app.core.clock import today
from app.core.errors import NotFound, Refused, Stale
from app.core.journal import JournalEntry
from app.core.permissions import Role
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import Pupil
from app.pedagogy.rules.guardians import Relation
from tests.factories import actor_of, make_group, make_staff
from tests.support.html import errors, parse, submit
from tests.support.pdf import read_pdf

GUARDIAN = {
    "name": "Salma Haddad", "relation": Relation.MOTHER, "email": "s@exemple.fr", "phone": None, "address": None
}  # fmt: skip


def text(page):
    return parse(page.text).text


def make(db, by, **changes):
    values = {
        "last_name": "Haddad", "first_name": "Inès", "born_on": date(2012, 5, 4), "email": None, "phone": None,
        "present_school": "Collège Voltaire", "origin": None, "school_year": "2027-2028", "diploma": None,
        "received_on": today(), "comment": None,
    } | changes  # fmt: skip
    applicant = service.receive(db, values=values, guardians=[GUARDIAN], by=by)
    db.flush()
    return applicant


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


class TestSteps:
    def test_each_application_has_the_next_number_of_its_year(self, db, office):
        assert [make(db, office).number for _ in range(2)] == ["C2027-001", "C2027-002"]

    def test_steps_go_by_the_workflow_and_a_refusal_says_why(self, db, office):
        applicant = make(db, office)
        service.move_on(db, applicant, "contact", note=None, seen_version=1, by=office)
        assert applicant.step is Step.CONTACTED
        with pytest.raises(Refused) as refused:
            service.move_on(db, applicant, "refuse", note=None, seen_version=2, by=office)
        assert refused.value.field == "note"
        service.move_on(db, applicant, "refuse", note="Trop jeune", seen_version=2, by=office)
        with pytest.raises(Refused, match="Refusé"):
            service.move_on(db, applicant, "interview", note=None, seen_version=None, by=office)

    def test_the_second_of_two_is_told(self, db, office):
        applicant = make(db, office)
        service.move_on(db, applicant, "contact", note=None, seen_version=1, by=office)
        with pytest.raises(Stale):
            service.move_on(db, applicant, "withdraw", note=None, seen_version=1, by=office)

    @pytest.mark.parametrize("action", rules.ADMISSION.actions, ids=lambda action: action.name)
    def test_every_state_is_reached_or_left(self, action):
        assert action.target in rules.STEP_LABELS
        assert action.sources


class TestWeeks:
    def book(self, db, office, applicant, first, last, group):
        week = service.book_week(
            db, applicant, service.Week(first, last, group.code, None, None), by=office
        )  # fmt: skip
        db.flush()
        return week

    def test_booked_it_moves_the_application_on(self, db, office):
        applicant, group = make(db, office), make_group(db)
        self.book(db, office, applicant, date(2026, 12, 7), date(2026, 12, 11), group)
        assert applicant.step is Step.OBSERVATION
        assert queries.count_applicants(db, "2027-2028", today()).weeks_ahead == 1

    @pytest.mark.parametrize(
        ("first", "last", "field", "words"),
        [
            (date(2026, 12, 11), date(2026, 12, 10), "ends_on", "avant le début"),
            (date(2026, 12, 14), date(2026, 12, 21), "ends_on", "sept jours"),
            (date(2026, 12, 11), date(2026, 12, 12), "starts_on", "du 07/12/2026 au 11/12/2026"),
        ],
    )
    def test_refusals_name_the_other_week(self, db, office, first, last, field, words):
        applicant, group = make(db, office), make_group(db)
        self.book(db, office, applicant, date(2026, 12, 7), date(2026, 12, 11), group)
        with pytest.raises(Refused, match=words) as refused:
            self.book(db, office, applicant, first, last, group)
        assert refused.value.field == field
        assert len(queries.weeks_of(db, applicant.id)) == 1

    def test_a_closed_application_books_nothing(self, db, office):
        applicant = make(db, office)
        service.move_on(db, applicant, "withdraw", note=None, seen_version=None, by=office)
        with pytest.raises(Refused, match="Désisté"):
            self.book(db, office, applicant, date(2026, 12, 7), date(2026, 12, 11), make_group(db))


class TestAdmission:
    def test_a_pupil_with_the_guardians_in_one_act(self, db, office):
        applicant, group = make(db, office), make_group(db)
        assert db.scalar(select(func.count()).select_from(Pupil)) == 0
        pupil = service.admit(db, applicant, group=group.code, entered_on=date(2027, 9, 1), seen_version=1, by=office)
        db.flush()
        assert (pupil.first_name, pupil.born_on, applicant.pupil_id) == ("Inès", date(2012, 5, 4), pupil.id)
        assert [one.name for one in pedagogy.guardians_of(db, pupil.id)] == ["Salma Haddad"]
        with pytest.raises(Refused):
            service.admit(db, applicant, group=group.code, entered_on=date(2027, 9, 1), seen_version=None, by=office)

    def test_without_a_birth_date_or_a_group_nothing_happens(self, db, office):
        applicant = make(db, office, born_on=None)
        with pytest.raises(Refused, match="date de naissance"):
            service.admit(db, applicant, group="X", entered_on=date(2027, 9, 1), seen_version=None, by=office)
        with pytest.raises(Refused) as refused:
            service.admit(db, make(db, office), group="X", entered_on=date(2027, 9, 1), seen_version=None, by=office)
        assert refused.value.field == "into"
        assert db.scalar(select(func.count()).select_from(Pupil)) == 0


class TestRetention:
    def test_due_a_year_after_the_last_contact_and_gone(self, db, office):
        applicant = make(db, office)
        service.move_on(db, applicant, "refuse", note="Dossier incomplet", seen_version=None, by=office)
        assert queries.due_to_erase(db, today()) == []
        applicant.last_contact_on = date(2025, 11, 24)
        db.flush()
        assert queries.due_to_erase(db, today()) == [applicant]
        service.anonymise(db, applicant, by=office)
        db.flush()
        assert (applicant.full_name, applicant.born_on) == ("Anonymisé Candidat", None)
        assert db.scalar(select(func.count()).select_from(ApplicantGuardian)) == 0
        db.expire_all()
        told = db.scalars(select(JournalEntry).where(JournalEntry.subject_type == "applicant"))
        assert all(row.note is None and row.changes is None for row in told)
        assert queries.count_applicants(db, "2027-2028", today()).total == 1
        with pytest.raises(NotFound):
            queries.get_applicant(db, applicant.number)

    def test_an_open_application_is_not_anonymised(self, db, office):
        with pytest.raises(Refused):
            service.anonymise(db, make(db, office), by=office)


class TestPages:
    def test_received_changed_booked_printed_admitted(self, client, login_as, db):
        login_as(Role.OFFICE)
        group = make_group(db, label="CAP1 usinage")
        answer = submit(
            client, client.get("/candidats/nouveau"), first_name="Inès", last_name="Haddad", born_on="04/05/2013",
            **{"guardians-0-name": "Salma Haddad", "guardians-0-phone": "0639981000"},
        )  # fmt: skip
        assert answer.status_code == 303
        where = answer.headers["location"]
        assert "Salma Haddad" in text(client.get(where))
        assert submit(client, client.get(f"{where}/modifier"), present_school="Collège Voltaire").status_code == 303
        page = client.get(where)
        assert submit(client, page, "/etape", action_="contact").status_code == 303
        week = {"starts_on": "07/12/2026", "ends_on": "11/12/2026", "group": group.code}
        assert submit(client, client.get(where), "/semaines", **week).status_code == 303
        again = submit(client, client.get(where), "/semaines", **week)
        assert (again.status_code, set(errors(again))) == (422, {"starts_on"})
        applicant = db.scalar(select(Applicant))
        (row,) = queries.weeks_of(db, applicant.id)
        agreement = read_pdf(client.get(f"{where}/semaines/{row.id}.pdf").content).text
        assert "Convention de semaine d’observation" in agreement
        assert "Salma Haddad" in agreement
        welcomes = read_pdf(client.get("/candidats/accueil.pdf").content)
        assert (len(welcomes.pages), "Bienvenue, Inès Haddad" in welcomes.text) == (1, True)
        assert "Haddad" not in text(client.get("/eleves"))
        done = submit(client, client.get(where), "/admission", into=group.code, entered_on="01/09/2027")
        assert done.status_code == 303
        assert "Salma Haddad" in text(client.get(done.headers["location"]))

    def test_listed_filtered_exported(self, client, login_as, db, office):
        login_as(Role.DIRECTOR)
        applicant = make(db, office)
        make(db, office, last_name="Autre", school_year="2026-2027")
        assert applicant.number in text(client.get("/candidats?annee=2027-2028"))
        assert "Autre" not in text(client.get("/candidats?annee=2027-2028"))
        assert applicant.number not in text(client.get("/candidats?etape=refused"))
        assert "Haddad" in client.get("/candidats/export.csv?q=voltaire").text

    def test_refused_without_a_reason_and_anonymised_by_a_confirmed_act(self, client, login_as, db, office):
        login_as(Role.OFFICE)
        where = f"/candidats/{make(db, office).number}"
        answer = submit(client, client.get(where), "/etape", action_="refuse")
        assert (answer.status_code, set(errors(answer))) == (422, {"note"})
        assert submit(client, client.get(where), "/etape", action_="refuse", note="Complet").status_code == 303
        assert submit(client, client.get(f"{where}/anonymisation")).status_code == 303
        assert client.get(where).status_code == 404

    def test_not_for_teachers(self, client, login_as):
        login_as(Role.TEACHER)
        assert client.get("/candidats").status_code == 403


def test_the_list_costs_the_same_whatever_its_length(db, office, query_budget):
    for _ in range(5):
        make(db, office)
    with query_budget(2):
        queries.count_applicants(db, "2027-2028", today())
