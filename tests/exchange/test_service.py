"""The import on a database: all or nothing, twice the same, corrections as facts, what is derived."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.accounts.models import School, Staff
from app.clients.models import Company
from app.core.actor import SYSTEM, actor
from app.core.clock import instant, now
from app.core.errors import Refused
from app.core.journal import JournalEntry, history
from app.core.numbering import next_number
from app.core.permissions import Role
from app.exchange.models import ImportRun
from app.exchange.service import apply_import, preview, read_source
from app.machines.models import Clearance
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.models import (
    AttendanceDay,
    AttendanceRecord,
    Membership,
    Pupil,
    RollCallEvent,
    TimetableSession,
)
from app.pedagogy.rules import Attendance
from app.workshop.models import Assignment, Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import JobState, SessionWork, TicketState
from app.workshop.service import recompute_sums
from tests.exchange.folder import Folder
from tests.factories import make_school, make_staff

FACTS = (RollCallEvent, WorkSession, QuantityReport)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def store(db, folder, by=SYSTEM):
    report = apply_import(db, read_source(folder.write()), by=by)
    db.flush()
    db.expire_all()
    return report


def counts(report):
    return {line.name: (line.created, line.updated, line.unchanged) for line in report.lines}


def changes(report):
    """Files that something happened to."""
    return {name: values[:2] for name, values in counts(report).items() if values[:2] != (0, 0)}


def number_of(db, model):
    return db.scalar(select(func.count()).select_from(model))


def one(db, model, **values):
    return db.scalars(select(model).filter_by(**values)).one()


class TestFirstTime:
    def test_every_row_is_created(self, db, folder):
        report = store(db, folder)
        assert report.problems == ()
        assert counts(report) == {name: (len(rows), 0, 0) for name, rows in folder.rows.items()}

    def test_the_school_and_its_people(self, db, folder):
        store(db, folder)
        school = db.scalars(select(School)).one()
        assert (school.name, school.siret, school.practice_target) == (
            "École du Val",
            "73282932000074",
            Decimal("0.6667"),
        )
        master = one(db, Staff, code="M1")
        assert (master.role, master.password_hash, master.sort_key) == (Role.MASTER, None, "colin karim")

    def test_memberships_declared_or_implied(self, db, folder):
        store(db, folder)
        rows = db.execute(
            select(Pupil.code, Membership.starts_on, Membership.ends_on, Membership.implied)
            .join(Pupil, Pupil.id == Membership.pupil_id)
            .order_by(Pupil.code, Membership.starts_on)
        ).all()
        assert [tuple(row) for row in rows] == [
            ("E1", date(2026, 9, 1), None, True), ("E2", date(2025, 9, 1), date(2026, 8, 31), False),
            ("E2", date(2026, 9, 1), None, False),
        ]  # fmt: skip

    def test_amounts_to_the_cent(self, db, folder):
        store(db, folder)
        order = one(db, CustomerOrder, number="CDE-2026-0001")
        # 10 × 41.50 × 0.975 = 404.625, half up
        assert (order.net, order.vat, order.state) == (Decimal("404.63"), Decimal("80.93"), OrderState.IN_PRODUCTION)
        other = one(db, CustomerOrder, number="CDE-2026-0002")
        assert (other.net, other.vat) == (Decimal("6.83"), Decimal("0.38"))

    def test_one_job_for_a_line_with_operations(self, db, folder):
        store(db, folder)
        job = one(db, Job)
        assert (job.quantity, job.due_on, job.state) == (10, date(2026, 10, 15), JobState.RUNNING)
        steps = db.execute(
            select(Operation.seq, Operation.setup_seconds, Operation.unit_seconds, Operation.good, Operation.scrap,
                   Operation.booked_seconds).order_by(Operation.seq)
        ).all()  # fmt: skip
        assert [tuple(step) for step in steps] == [
            (10, 600, 120, 8, 1, 3600), (20, 2700, 390, 8, 0, 7200), (30, 300, 60, 7, 1, 1800),
        ]  # fmt: skip
        assert one(db, OrderLine, label="Entretoise").good == 7

    def test_one_ticket_for_an_assignment_and_for_time_without_one(self, db, folder):
        store(db, folder)
        rows = db.execute(
            select(Operation.seq, Pupil.code, Staff.code, Assignment.given_at)
            .join(Ticket, Ticket.id == Assignment.ticket_id)
            .join(Operation, Operation.id == Ticket.operation_id)
            .join(Pupil, Pupil.id == Assignment.pupil_id)
            .join(Staff, Staff.id == Assignment.master_id)
            .order_by(Operation.seq)
        ).all()
        assert [tuple(row) for row in rows] == [
            (10, "E1", "M1", instant(date(2026, 9, 7), 480)), (20, "E2", "M1", instant(date(2026, 9, 7), 780)),
        ]  # fmt: skip
        tickets = db.execute(select(Ticket.good, Ticket.scrap, Ticket.booked_seconds, Ticket.state).order_by(Ticket.id))
        assert sorted(tuple(ticket) for ticket in tickets) == [
            (7, 1, 1800, TicketState.PAUSED), (8, 0, 7200, TicketState.PAUSED), (8, 1, 3600, TicketState.PAUSED),
        ]  # fmt: skip

    def test_times_are_those_of_the_school_s_wall(self, db, folder):
        store(db, folder)
        first = db.scalars(select(WorkSession).order_by(WorkSession.started_at)).first()
        assert first.started_at.isoformat() == "2026-09-07T06:00:00+00:00"

    def test_attendance_and_the_days_it_makes(self, db, folder):
        store(db, folder)
        days = db.execute(
            select(Pupil.code, AttendanceDay.on_date, AttendanceDay.practice_minutes, AttendanceDay.theory_minutes)
            .join(Pupil, Pupil.id == AttendanceDay.pupil_id)
            .order_by(Pupil.code, AttendanceDay.on_date)
        ).all()
        assert [tuple(day) for day in days] == [
            ("E1", date(2026, 9, 7), 240, 0), ("E1", date(2026, 9, 8), 240, 0), ("E2", date(2026, 9, 7), 230, 0),
        ]  # fmt: skip
        called = db.scalars(select(TimetableSession.called_at).order_by(TimetableSession.on_date)).all()
        assert [moment is not None for moment in called] == [True, True, True, True, False]

    def test_minutes_left_early_come_in_with_the_column_and_stay_without_it(self, db, folder):
        folder.widen("presences", "minutes_depart").change("presences", 2, minutes_depart="30").change(
            "presences", 4, minutes_depart="20"
        )
        store(db, folder)
        here = select(Pupil.code, AttendanceRecord.minutes_late, AttendanceRecord.minutes_early,
                      AttendanceRecord.attended_minutes).join(Pupil, Pupil.id == AttendanceRecord.pupil_id)  # fmt: skip
        told = [("E1", 0, 30, 210), ("E2", 10, 20, 210)]
        wanted = here.where(AttendanceRecord.minutes_early > 0).order_by(Pupil.code)
        assert [tuple(row) for row in db.execute(wanted)] == told
        days = select(AttendanceDay.practice_minutes).order_by(AttendanceDay.on_date, AttendanceDay.pupil_id)
        assert list(db.scalars(days)) == [210, 210, 240]
        store(db, folder.narrow("presences", "minutes_depart"))
        assert [tuple(row) for row in db.execute(wanted)] == told

    def test_the_import_is_recorded(self, db, folder):
        store(db, folder)
        run = one(db, ImportRun)
        assert (run.source, len(run.sha256), run.by_id) == ("ecole", 64, None)
        assert [deed.label for deed in history(db, "import_run", run.id)] == [
            "Données reprises des fichiers de l’école"
        ]

    def test_numbers_taken_over_are_not_given_again(self, db, folder):
        store(db, folder)
        assert next_number(db, "order", 2026) == 3


class TestAgain:
    def test_the_same_folder_changes_nothing(self, db, folder):
        store(db, folder)
        before = {model: number_of(db, model) for model in (*FACTS, Ticket, Membership, AttendanceRecord)}
        entries = number_of(db, JournalEntry)
        report = store(db, folder)
        assert counts(report) == {name: (0, 0, len(rows)) for name, rows in folder.rows.items()}
        assert {model: number_of(db, model) for model in before} == before
        assert number_of(db, JournalEntry) == entries + 1

    def test_the_workbook_changes_nothing_either(self, db, folder):
        store(db, folder)
        report = apply_import(db, read_source(folder.workbook()), by=SYSTEM)
        assert changes(report) == {}

    def test_a_changed_row_updates_by_key_and_the_journal_says_what(self, db, folder):
        store(db, folder)
        folder.change("clients", 2, ville="Langres").change("commandes", 2, etat="livree", date_livraison="2026-10-02")
        assert changes(store(db, folder)) == {"clients": (0, 1), "commandes": (0, 1)}
        company = one(db, Company, code="C1")
        assert (company.city, company.version, "langres" in company.search_key) == ("Langres", 2, True)
        assert history(db, "company", company.id)[0].changes == (("ville", "Chaumont", "Langres"),)
        order = one(db, CustomerOrder, number="CDE-2026-0001")
        assert ("etat", "en_production", "livree") in history(db, "customer_order", order.id)[0].changes
        assert one(db, Job).state == JobState.DONE
        assert set(db.scalars(select(Ticket.state))) == {TicketState.DONE}
        assert db.scalars(select(Assignment.ended_at)).all().count(None) == 0

    def test_a_vanished_row_deletes_nothing(self, db, folder):
        store(db, folder)
        del folder.rows["clients"][1]
        folder.drop("devenirs").drop("commandes", "lignes", "operations", "affectations", "pointages")
        store(db, folder)
        assert number_of(db, Company) == 2

    def test_every_table_takes_a_change(self, db, folder):
        store(db, folder)
        for name, line, cells in (
            ("ecole", 2, {"nom": "École du Haut"}), ("personnel", 3, {"email": "karim@ecole.example"}),
            ("diplomes", 2, {"rncp": "RNCP1"}), ("competences", 2, {"intitule": "X"}),
            ("matieres", 2, {"heures_annuelles": "801"}), ("groupes", 2, {"intitule": "X"}),
            ("eleves", 2, {"responsable_nom": "X"}), ("inscriptions", 3, {"date_fin": "2027-07-01"}),
            ("postes", 2, {"travaux_reglementes": ""}), ("declarations", 2, {"postes": "P1"}),
            ("aptitudes", 3, {"resultat": "echouee"}), ("contacts", 3, {"fonction": "Qualité"}),
            ("lignes", 2, {"quantite": "12"}), ("operations", 3, {"temps_unitaire_min": "7"}),
            ("affectations", 2, {"maitre": "D1"}), ("pointages", 5, {"rebuts": "2"}), ("seances", 6, {"salle": "B2"}),
            ("presences", 4, {"minutes_retard": "20"}), ("resultats", 2, {"resultat": "ajourne"}),
            ("promesses", 2, {"statut": "declinee"}), ("devenirs", 2, {"situation": "etudes"}),
        ):  # fmt: skip
            folder.change(name, line, **cells)
            assert changes(store(db, folder)) == {name: (0, 1)}
            assert changes(store(db, folder)) == {}

    def test_new_order_lines_change_the_totals(self, db, folder):
        store(db, folder)
        folder.add("lignes", 2, ligne="2", quantite="1", prix_unitaire_ht="100", remise_pct="")
        store(db, folder)
        assert one(db, CustomerOrder, number="CDE-2026-0001").net == Decimal("504.63")

    def test_an_empty_cell_erases_nothing_that_people_write_here(self, db, folder):
        store(db, folder)
        staff, session = one(db, Staff, code="F1"), db.scalars(select(TimetableSession)).first()
        staff.email, session.content = "lise@ecole.example", "Mise en train"
        one(db, School, id=1).iban = "FR7630006000011234567890189"
        db.flush()
        assert changes(store(db, folder)) == {}
        folder.change("personnel", 4, nom="Arnould-Petit").change("ecole", 2, ville="Langres")
        assert changes(store(db, folder)) == {"ecole": (0, 1), "personnel": (0, 1)}
        assert one(db, Staff, code="F1").email == "lise@ecole.example"
        assert one(db, School, id=1).iban == "FR7630006000011234567890189"

    def test_a_content_is_a_log_that_was_written(self, db, folder):
        store(db, folder)
        session = one(db, TimetableSession, content="Dictée")
        assert session.logged_at == instant(date(2026, 9, 7), 15 * 60)


def test_an_operation_told_differently_is_in_the_journal_of_its_job(db, folder):
    store(db, folder)
    assert changes(store(db, folder.change("operations", 3, poste="P2"))) == {"operations": (0, 1)}
    turned = one(db, Operation, seq=20)
    deed = history(db, "job", turned.job_id)[0]
    assert deed.label == "Opération 20 mise à jour par la reprise de fichiers"
    assert deed.changes == (("poste", "P1", "P2"),)


class TestFactsAreCorrectedNotEdited:
    def test_a_changed_presence_is_a_later_statement(self, db, folder):
        store(db, folder)
        folder.change("presences", 3, statut="retard", minutes_retard="30")
        assert changes(store(db, folder)) == {"presences": (0, 1)}
        events = db.scalars(select(RollCallEvent).order_by(RollCallEvent.id)).all()
        assert len(events) == 5
        assert events[-1].replaces_id is not None
        record = one(db, AttendanceRecord, event_id=events[-1].id)
        assert (record.status, record.attended_minutes) == (Attendance.LATE, 90)
        assert one(db, AttendanceDay, pupil_id=record.pupil_id, on_date=date(2026, 9, 7)).theory_minutes == 90

    def test_a_changed_booking_is_taken_back_and_booked_anew(self, db, folder):
        store(db, folder)
        before = [(row.id, row.good, row.scrap) for row in db.scalars(select(QuantityReport))]
        folder.change("pointages", 2, fin="09:30", bonnes="9")
        assert changes(store(db, folder)) == {"pointages": (0, 1)}
        assert [(r.id, r.good, r.scrap) for r in db.scalars(select(QuantityReport)) if r.id <= before[-1][0]] == before
        reversing = db.scalars(select(WorkSession).where(WorkSession.reverses_id.is_not(None))).one()
        assert reversing.ended_at == instant(date(2026, 9, 7), 540)
        taken_back = db.scalars(select(QuantityReport).where(QuantityReport.reverses_id.is_not(None))).one()
        assert (taken_back.good, taken_back.scrap) == (-8, -1)
        first = one(db, Operation, seq=10)
        assert (first.good, first.scrap, first.booked_seconds) == (9, 1, 5400)
        ticket = one(db, Ticket, operation_id=first.id)
        assert (ticket.good, ticket.booked_seconds) == (9, 5400)
        assert history(db, "ticket", ticket.id)[0].changes == (("fin", "09:00", "09:30"), ("bonnes", "8", "9"))

    def test_a_time_of_another_share_and_kind_is_taken_back_as_it_was(self, db, folder):
        store(db, folder)
        first = one(db, Operation, seq=10)
        ticket = one(db, Ticket, operation_id=first.id)
        booked = db.scalars(select(WorkSession).where(WorkSession.ticket_id == ticket.id)).first()
        booked.share, booked.kind = Decimal(50), SessionWork.CHECK
        db.flush()
        recompute_sums(db, [first.id])
        db.flush()
        store(db, folder.change("pointages", 2, fin="09:30"))
        ticket = one(db, Ticket, operation_id=first.id)
        right = db.scalars(select(WorkSession).where(WorkSession.ticket_id == ticket.id)).all()[-1]
        assert (right.ended_at, right.reverses_id) == (instant(date(2026, 9, 7), 570), None)
        assert (ticket.booked_seconds, ticket.machine_seconds) == (5400, 5400)

    def test_a_paper_told_differently_is_voided_and_noted_anew(self, db, folder):
        store(db, folder)
        folder.change("aptitudes", 2, resultat="inapte")
        assert changes(store(db, folder)) == {"aptitudes": (0, 1)}
        pupil = one(db, Pupil, code="E1")
        papers = db.scalars(
            select(Clearance).where(Clearance.pupil_id == pupil.id, Clearance.kind == "medical").order_by(Clearance.id)
        ).all()
        assert [(one.result, one.void_reason) for one in papers] == [
            ("fit", "Corrigé par la reprise de fichiers"), ("unfit", None)
        ]  # fmt: skip
        deed = history(db, "pupil", pupil.id)[0]
        assert (deed.label, deed.changes) == ("Avis médical du 02/09/2026", ())
        assert changes(store(db, folder)) == {}

    def test_a_paper_voided_by_hand_stays_so_until_the_folder_tells_another(self, db, folder):
        store(db, folder)
        wrong = one(db, Clearance, kind="medical")
        wrong.voided_at, wrong.void_reason = now(), "Mauvais élève"
        db.flush()
        assert changes(store(db, folder)) == {}
        assert one(db, Clearance, kind="medical").voided_at is not None
        store(db, folder.change("aptitudes", 2, resultat="inapte"))
        papers = db.scalars(select(Clearance).where(Clearance.kind == "medical").order_by(Clearance.id)).all()
        assert [(one.result, one.void_reason) for one in papers] == [("fit", "Mauvais élève"), ("unfit", None)]

    def test_corrected_twice(self, db, folder):
        store(db, folder)
        store(db, folder.change("pointages", 2, bonnes="9"))
        store(db, folder.change("pointages", 2, bonnes="8"))
        assert changes(store(db, folder)) == {}
        assert one(db, Operation, seq=10).good == 8

    def test_another_master_is_another_assignment(self, db, folder):
        store(db, folder)
        folder.change("affectations", 2, maitre="D1")
        assert changes(store(db, folder)) == {"affectations": (0, 1)}
        first = one(db, Operation, seq=10)
        ticket = one(db, Ticket, operation_id=first.id)
        given = db.scalars(select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id)).all()
        assert [row.ended_at is None for row in given] == [False, True]

    def test_a_shorter_session_counts_again(self, db, folder):
        store(db, folder)
        store(db, folder.change("seances", 2, fin="11:00"))
        assert db.scalars(select(func.sum(AttendanceDay.practice_minutes))).one() == 710 - 60

    def test_declared_stays_take_the_place_of_the_implied_one(self, db, folder):
        store(db, folder)
        folder.add("inscriptions", eleve="E1", groupe="G1", date_debut="2026-09-01")
        assert changes(store(db, folder)) == {"inscriptions": (1, 0)}
        pupil = one(db, Pupil, code="E1")
        assert one(db, Membership, pupil_id=pupil.id).implied is False
        assert changes(store(db, folder)) == {}


class TestNothingIsStored:
    def assert_empty(self, db):
        for model in (Staff, Pupil, Company, CustomerOrder, ImportRun, JournalEntry, *FACTS):
            assert number_of(db, model) == 0

    def test_with_one_bad_row(self, db, folder):
        folder.change("devenirs", 2, date="hier")
        report = store(db, folder)
        assert [str(problem)[:22] for problem in report.problems] == ["devenirs.csv:2: date: "]
        self.assert_empty(db)

    def test_by_a_preview(self, db, folder):
        report = preview(db, read_source(folder.write()), by=SYSTEM)
        assert (report.ok, report.total.created) == (True, sum(map(len, folder.rows.values())))
        self.assert_empty(db)

    def test_in_a_demonstration(self, db, folder):
        make_school(db, is_demo=True)
        for door in (apply_import, preview):
            with pytest.raises(Refused, match="démonstration"):
                door(db, read_source(folder.write()), by=SYSTEM)
        assert number_of(db, Pupil) == 0

    def test_of_staff_or_school_by_those_who_may_not(self, db, folder):
        office = make_staff(db, Role.OFFICE)
        by = actor(office.id, office.full_name, Role.OFFICE)
        report = store(db, folder, by)
        assert [(p.table, p.line, p.column) for p in report.problems] == [
            ("ecole", 2, "nom"), ("personnel", 2, "code"), ("personnel", 3, "code"), ("personnel", 4, "code"),
        ]  # fmt: skip
        assert number_of(db, Pupil) == 0


class TestWithWhatIsStored:
    """Checks are made on the folder together with the database."""

    def problems(self, db, folder):
        return [(p.table, p.line, p.column) for p in store(db, folder).problems]

    def test_references_are_found_there(self, db, folder):
        store(db, folder)
        folder.only("commandes").change("commandes", 2, numero="N1")
        assert self.problems(db, folder) == []

    def test_overlaps_with_stored_time(self, db, folder):
        store(db, folder)
        folder.only("pointages").rows["pointages"] = folder.rows["pointages"][:1]
        folder.change("pointages", 2, debut="08:30", fin="09:30", bonnes="0")
        assert self.problems(db, folder) == [("pointages", 2, "debut")]

    def test_a_row_that_starts_before_a_stored_one_is_named_itself(self, db, folder):
        store(db, folder)
        folder.only("seances").rows["seances"] = folder.rows["seances"][:1]
        folder.change("seances", 2, debut="07:00", fin="08:30")
        assert self.problems(db, folder) == [("seances", 2, "debut")]

    def test_pieces_upstream_that_are_stored(self, db, folder):
        store(db, folder)
        folder.only("pointages").rows["pointages"] = folder.rows["pointages"][3:]
        folder.change("pointages", 2, bonnes="9")
        assert self.problems(db, folder) == [("pointages", 2, "bonnes")]

    def test_fewer_pieces_upstream_than_stored_downstream(self, db, folder):
        store(db, folder)
        folder.only("pointages").rows["pointages"] = folder.rows["pointages"][:1]
        folder.change("pointages", 2, bonnes="7")
        assert self.problems(db, folder) == [("pointages", 2, "bonnes")]

    def test_a_stored_booking_keeps_its_session(self, db, folder):
        store(db, folder)
        folder.only("seances", "presences").change("seances", 5, debut="08:00", fin="08:45")
        folder.change("presences", 2, statut="absent")
        assert self.problems(db, folder) == [("seances", 5, "fin"), ("presences", 2, "statut")]

    def test_a_stored_presence_keeps_its_membership(self, db, folder):
        store(db, folder)
        folder.only("eleves").change("eleves", 2, date_entree="2026-10-01")
        assert self.problems(db, folder) == [("eleves", 2, "date_entree")]

    def test_an_unchanged_folder_is_not_blamed_for_what_the_school_did_since(self, db, folder):
        store(db, folder)
        session = db.scalars(select(WorkSession).order_by(WorkSession.id)).first()
        session.started_at = instant(date(2026, 9, 7), 7 * 60)
        db.flush()
        folder.drop("pointages").change("presences", 2, minutes_retard="")
        assert self.problems(db, folder) == []
