"""The pages of the workshop, through the browser's door."""

import re

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import Attendance
from app.workshop import service
from app.workshop.models import Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import HalfDay, TicketState
from tests.factories import make_school, make_staff, make_work_center
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange

MORNING = {"day": "24/11/2026", "start": "08:00", "end": "09:00"}


@pytest.fixture
def day(db, login_as):
    """Karim is signed in, with Tom and Inès at practice."""
    scene = arrange(db)
    login_as(scene.master)
    return scene


def give(scene, pupil, place=0, **other):
    """Give what is left of an operation."""
    return service.give_operation(scene.db, scene.operations[place].id, pupil_ids=[pupil.id], by=scene.by, **other)


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


class TestToday:
    def test_the_page_says_who_is_there_what_is_ready_and_what_waits(self, client, day):
        day.attendance(day.tom, Attendance.PRESENT)
        page = client.get("/atelier")
        assert page.status_code == 200
        words = text_of(page)
        assert "Mardi 24 novembre" in words
        assert "1 présent" in words
        assert "Appel à faire : 1 jeune" in words
        assert "Prêts 1" in words
        assert "Bloqués 1" in words
        assert "Tom Aubry" in words
        assert "4 h libres" in words

    def test_blocked_work_says_what_it_waits_for(self, client, day):
        assert "Attend « Débit » : 0 pièce bonne" in text_of(client.get("/atelier?file=bloques"))

    def test_in_two_gestures_a_ticket_is_given(self, client, day, db):
        board = client.get(f"/atelier?operation={day.operations[0].id}")
        assert "Donner à Tom" in board.text
        buttons = [f for f in parse(board.text).all("form") if "Donner à Tom" in f.text]
        values = {i.attributes["name"]: i.attributes["value"] for i in buttons[0].all("input")}
        answer = client.post(buttons[0].attributes["action"], data=values)
        assert answer.status_code == 303
        ticket = db.execute(select(Ticket)).scalar_one()
        assert (ticket.number, ticket.state, ticket.quantity) == ("BT2026-00001", TicketState.ASSIGNED, 10)
        after = client.get(answer.headers["location"])
        assert "BT2026-00001 donné." in after.text
        assert "/atelier/bons/BT2026-00001/retour?version=" in after.text
        again = client.post(buttons[0].attributes["action"], data=values)
        assert again.status_code == 303
        assert db.scalar(select(func.count()).select_from(Ticket)) == 1

    def test_the_next_ready_work_comes_in_hand_by_itself(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, quantity=4, by=day.by)
        values = {"pupil": "E-TOM", "version": "1", "next": f"operation:{day.operations[0].id}"}
        answer = client.post(f"/atelier/bons/{ticket.number}/affectation", data=values)
        assert answer.headers["location"] == f"/atelier?operation={day.operations[0].id}#bons"

    def test_a_refusal_opens_under_the_row_with_who_else(self, client, day, db):
        make_school(db).pupils_per_master = 1
        give(day, day.tom, quantity=1)
        ticket = service.create_ticket(db, day.operations[0].id, by=day.by)
        page = client.get(f"/atelier?bon={ticket.number}&refus=E-INES")
        words = text_of(page)
        assert "Inès ne peut pas prendre ce bon" in words
        assert "1 jeune a déjà du travail avec Karim Benali le 24/11/2026 au matin." in words
        assert f"Le {ticket.number} n’a pas été donné." in words
        assert "Qui peut le faire ?" in words
        assert "Donner à Tom" in words
        assert "jamais fait" in words

    def test_in_the_same_hands_it_only_goes_to_the_other_half_day(self, client, day):
        ticket = give(day, day.tom, half=HalfDay.MORNING)
        page = client.get(f"/atelier?bon={ticket.number}")
        row = parse(page.text).one("tr", data_pupil=str(day.tom.id))
        assert [b.attributes["value"] for b in row.all("button", name="slot")] == ["2026-11-24/afternoon"] * 2
        assert "Mettre à l’après-midi" in row.text
        data = {"pupil": "E-TOM", "slot": "2026-11-24/afternoon", "version": str(ticket.version)}
        answer = client.post(f"/atelier/bons/{ticket.number}/affectation", data=data)
        assert answer.status_code == 303
        assert day.ticket(ticket.number).for_half == HalfDay.AFTERNOON

    def test_an_absent_pupil_is_a_line_with_his_tickets_to_replace(self, client, day):
        give(day, day.tom)
        day.attendance(day.tom, Attendance.ABSENT)
        words = text_of(client.get("/atelier"))
        assert "1 bon à replacer : Débit" in words
        assert "Replacer ses bons" in words

    def test_absent_meanwhile_nothing_is_given_and_the_ticket_stays_in_hand(self, client, day, db):
        day.attendance(day.tom, Attendance.ABSENT)
        answer = client.post(f"/atelier/operations/{day.operations[0].id}/bon", data={"pupil": "E-TOM"})
        assert answer.status_code == 409
        assert "Noté absent à l’appel du 24/11/2026." in answer.text
        assert "en main" in answer.text
        assert db.scalar(select(func.count()).select_from(Ticket)) == 0

    def test_the_second_of_two_masters_sees_who_was_faster(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, by=day.by)
        service.give_ticket(day.db, ticket, pupil_ids=[day.tom.id], by=day.by)
        answer = client.post(f"/atelier/bons/{ticket.number}/affectation", data={"pupil": "E-INES", "version": "1"})
        assert answer.status_code == 409
        assert "donné à Tom Aubry, par Karim Benali à 09:30" in answer.text

    def test_a_pupil_nobody_knows_is_refused(self, client, day):
        answer = client.post(f"/atelier/operations/{day.operations[0].id}/bon", data={"pupil": "E-XXX"})
        assert answer.status_code == 409
        assert "Aucun élève n’a le code" in answer.text

    def test_what_cannot_be_in_hand_says_why(self, client, day):
        ticket = give(day, day.tom)
        service.start_ticket(day.db, ticket, by=day.by)
        assert "ne se donne pas en ce moment" in client.get(f"/atelier?bon={ticket.number}").text
        assert "n’a plus rien à donner" in client.get(f"/atelier?operation={day.operations[0].id}").text
        assert client.get("/atelier?bon=BT1999-1").status_code == 404

    def test_another_master_sees_the_whole_workshop_when_he_has_no_session(self, client, day, login_as):
        login_as(Role.DIRECTOR)
        assert "Tom Aubry" in client.get("/atelier").text
        assert "Tom Aubry" not in client.get("/atelier?vue=moi").text

    def test_the_whole_day_of_the_class_is_shown_with_who_runs_the_other_half(self, client, day, db):
        sophie = make_staff(db, first_name="Sophie", last_name="Arnaud")
        afternoon = db.execute(select(TimetableSession).where(TimetableSession.start_minute == 780)).scalar_one()
        afternoon.staff_id = sophie.id
        db.flush()
        page = client.get("/atelier")
        words = text_of(page)
        assert "Matin, 8 h à 12 h Après-midi, 13 h à 17 h, avec Sophie" in words
        assert "Atelier, Sophie" in words
        assert "avec Sophie" not in text_of(client.get("/atelier?vue=tous"))

    def test_when_nobody_may_have_it_the_board_says_so(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, by=day.by)
        for pupil in (day.tom, day.ines):
            day.attendance(pupil, Attendance.ABSENT)
        words = text_of(client.get(f"/atelier?bon={ticket.number}"))
        assert "Aucun jeune présent ne peut le faire" in words

    def test_the_last_column_comes_with_what_is_in_hand(self, client, day):
        give(day, day.tom, quantity=4)
        day.attendance(day.tom, Attendance.ABSENT)

        def heads(address):
            return len(parse(client.get(address).text).one("table", class_="dispatch").all("th", scope="col"))

        assert heads("/atelier") == 3
        assert heads(f"/atelier?operation={day.operations[0].id}") == 4
        assert "Replacer ses bons" in client.get("/atelier").text

    def test_who_only_reads_gets_no_button(self, client, day, login_as):
        login_as(Role.OFFICE)
        page = client.get(f"/atelier?operation={day.operations[0].id}")
        assert "data-give" not in page.text
        assert (
            client.post(f"/atelier/operations/{day.operations[0].id}/bon", data={"pupil": "E-TOM"}).status_code == 403
        )

    def test_a_late_order_is_on_top_and_counted(self, client, db, login_as):
        from datetime import timedelta

        from app.core.clock import today

        scene = arrange(db, due_on=today() - timedelta(days=3))
        login_as(scene.master)
        words = text_of(client.get("/atelier"))
        assert "1 OF en retard" in words
        assert "3 j" in words


class TestReplace:
    def test_all_moves_are_proposed_and_carried_out_at_once(self, client, day):
        first, second = give(day, day.tom, quantity=4), give(day, day.tom)
        day.attendance(day.tom, Attendance.ABSENT)
        page = client.get("/atelier/absents/E-TOM")
        assert page.status_code == 200
        answer = submit(client, page, "/atelier/absents/E-TOM", **{"moves-1-pupil": "file"})
        assert answer.status_code == 303
        assert [a.pupil_id for a in day.ticket(first.number).assignments if not a.ended_at] == [day.ines.id]
        assert day.ticket(second.number).state == TicketState.OPEN

    def test_one_refusal_moves_nothing(self, client, day):
        first, second = give(day, day.tom, quantity=4), give(day, day.tom)
        day.attendance(day.ines, Attendance.ABSENT)
        data = {"moves-0-ticket": first.number, "moves-0-pupil": "file", "moves-1-ticket": second.number,
                "moves-1-pupil": "E-INES"}  # fmt: skip
        answer = client.post("/atelier/absents/E-TOM", data=data)
        assert answer.status_code == 422
        assert "Inès ne peut pas prendre ce bon" in errors(answer)["moves-1-pupil"]
        assert day.ticket(first.number).state == TicketState.ASSIGNED


class TestTicket:
    def test_from_start_to_finish_on_its_page(self, client, day, clock):
        number = give(day, day.tom).number
        page = client.get(f"/atelier/bons/{number}")
        assert "Débit" in page.text
        assert submit(client, page, "/demarrage").status_code == 303
        clock.advance(minutes=25)
        assert submit(client, client.get(f"/atelier/bons/{number}"), "/pause").status_code == 303
        form = client.get(f"/atelier/bons/{number}/fin")
        assert 'value="10"' in form.text
        answer = submit(client, form, "/fin", good="9", scrap="1", reason="Outil")
        assert answer.status_code == 303
        ticket = day.ticket(number)
        assert (ticket.state, ticket.good, ticket.scrap, ticket.booked_seconds) == (TicketState.DONE, 9, 1, 1500)
        words = text_of(client.get(f"/atelier/bons/{number}"))
        assert "Terminé : 9 bonnes, 1 rebut." in words
        assert "0 h 25" in words

    def test_the_order_is_launched_by_the_first_work(self, client, day, db):
        number = give(day, day.tom).number
        submit(client, client.get(f"/atelier/bons/{number}"), "/demarrage")
        db.expire_all()
        assert db.get(CustomerOrder, day.order.id).state == OrderState.IN_PRODUCTION

    def test_who_is_at_work_elsewhere_is_told_where_and_offered_the_pause(self, client, day):
        busy, other = give(day, day.tom, quantity=4), give(day, day.tom)
        service.start_ticket(day.db, busy, by=day.by)
        answer = client.post(f"/atelier/bons/{other.number}/demarrage", data={})
        assert answer.status_code == 409
        assert f"Tom est sur le {busy.number} (Débit) depuis 09:30." in answer.text
        assert f"/atelier/bons/{busy.number}/pause" in answer.text

    def test_each_of_a_pair_starts_for_himself(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, by=day.by)
        service.give_ticket(day.db, ticket, pupil_ids=[day.tom.id, day.ines.id], by=day.by)
        url = f"/atelier/bons/{ticket.number}"
        assert "Démarrer pour Inès" in client.get(url).text
        assert client.post(f"{url}/demarrage", data={"pupil": "E-INES"}).status_code == 303
        assert client.post(f"{url}/demarrage", data={"pupil": "E-TOM"}).status_code == 303
        assert client.post(f"{url}/pause", data={"pupil": "E-TOM"}).status_code == 303
        assert day.ticket(ticket.number).state == TicketState.RUNNING

    def test_too_many_pieces_are_refused_at_the_field_and_stay_typed(self, client, day, db):
        ticket = give(day, day.tom, place=1)
        answer = client.post(f"/atelier/bons/{ticket.number}/quantites", data={"good": "4", "scrap": ""})
        assert answer.status_code == 422
        assert "a 0 pièce de bonnes : il en reste 0 à faire ici." in errors(answer)["good"].replace("\u00a0", " ")
        assert 'value="4"' in answer.text
        assert db.scalar(select(func.count()).select_from(QuantityReport)) == 0

    def test_a_negative_or_missing_figure_is_told(self, client, day):
        ticket = give(day, day.tom)
        answer = client.post(f"/atelier/bons/{ticket.number}/quantites", data={"good": "-1"})
        assert answer.status_code == 422
        assert "good" in errors(answer)
        answer = client.post(f"/atelier/bons/{ticket.number}/quantites", data={})
        assert "Indiquez au moins une pièce" in errors(answer)["good"]

    def test_a_wrong_quantity_is_corrected_and_both_stay_readable(self, client, day):
        ticket = give(day, day.tom)
        service.report_quantity(day.db, ticket, counts=(8, 0), by=day.by)
        report = day.db.execute(select(QuantityReport)).scalar_one()
        page = client.get(f"/atelier/quantites/{report.id}/correction")
        assert submit(client, page, "/correction", good="6", scrap="2", note="Mal compté").status_code == 303
        assert (day.ticket(ticket.number).good, day.ticket(ticket.number).scrap) == (6, 2)
        words = text_of(client.get(f"/atelier/bons/{ticket.number}"))
        assert "Annulée" in words
        assert "Mal compté" in words

    def test_time_is_entered_by_hand_and_corrected(self, client, day, db):
        ticket = give(day, day.tom)
        form = client.get(f"/atelier/bons/{ticket.number}/temps")
        assert submit(client, form, "/temps", start="08:00", end="09:15", good="3").status_code == 303
        session = db.execute(select(WorkSession)).scalar_one()
        assert day.ticket(ticket.number).booked_seconds == 75 * 60
        page = client.get(f"/atelier/pointages/{session.id}/correction")
        assert submit(client, page, "/correction", end="09:00", note="Parti à 9 h").status_code == 303
        stored = day.ticket(ticket.number)
        assert (stored.booked_seconds, stored.good) == (3600, 3)
        assert client.get(f"/atelier/bons/{ticket.number}").status_code == 200

    def test_time_to_come_or_backwards_is_refused_at_the_field(self, client, day):
        ticket = give(day, day.tom)
        url = f"/atelier/bons/{ticket.number}/temps"
        data = {"day": "24/11/2026", "start": "09:00", "end": "08:00"}
        assert "La fin doit venir après le début." in errors(client.post(url, data=data))["end"]
        assert "pas encore passé" in errors(client.post(url, data=data | {"end": "11:00"}))["end"]
        assert "Cette heure n’existe pas" in errors(client.post(url, data=data | {"end": "25:00"}))["end"]

    def test_a_time_is_taken_back(self, client, day, db):
        ticket = give(day, day.tom)
        client.post(f"/atelier/bons/{ticket.number}/temps", data=MORNING)
        session = db.execute(select(WorkSession)).scalar_one()
        assert client.post(f"/atelier/pointages/{session.id}/annulation", data={}).status_code == 422
        answer = client.post(
            f"/atelier/pointages/{session.id}/annulation",
            data={"note": "Autre bon", "day": "", "start": "08:00", "end": "09:00"},
        )
        assert answer.status_code == 303
        assert day.ticket(ticket.number).booked_seconds == 0

    def test_a_refused_end_says_nothing_of_counts_that_were_not_kept(self, client, day):
        number = give(day, day.tom).number
        form = client.get(f"/atelier/bons/{number}/fin")
        assert "Il en manquait 10." in text_of(form)
        answer = submit(client, form, "/fin", good="-1")
        assert answer.status_code == 422
        assert "Il en manquait" not in text_of(answer)
        assert day.ticket(number).good == 0

    def test_a_share_goes_on_a_second_ticket_that_comes_in_hand(self, client, day):
        ticket = give(day, day.tom)
        answer = submit(client, client.get(f"/atelier/bons/{ticket.number}/partage"), "/partage", quantity="4")
        assert answer.headers["location"] == "/atelier?bon=BT2026-00002#bons"
        assert "en main" in client.get(answer.headers["location"]).text

    def test_cancelling_asks_why_and_keeps_what_was_done(self, client, day):
        ticket = give(day, day.tom)
        page = client.get(f"/atelier/bons/{ticket.number}/annulation")
        assert "Ne rien changer" in page.text
        assert submit(client, page, "/annulation", note="").status_code == 422
        assert submit(client, page, "/annulation", note="Plan changé").status_code == 303
        assert client.get(f"/atelier/bons/{ticket.number}/annulation").status_code == 409
        assert day.ticket(ticket.number).state == TicketState.CANCELLED

    def test_a_finished_ticket_is_opened_again(self, client, day):
        ticket = give(day, day.tom)
        service.finish_ticket(day.db, ticket, counts=(8, 0), by=day.by)
        page = client.get(f"/atelier/bons/{ticket.number}/reouverture")
        assert submit(client, page, "/reouverture", note="Il en manque").status_code == 303
        assert day.ticket(ticket.number).state == TicketState.PAUSED

    def test_taken_back_it_is_in_the_queue_again(self, client, day):
        ticket = give(day, day.tom)
        assert submit(client, client.get(f"/atelier/bons/{ticket.number}"), "/reprise").status_code == 303
        assert day.ticket(ticket.number).state == TicketState.OPEN
        assert client.post(f"/atelier/bons/{ticket.number}/reprise").status_code == 409

    def test_given_from_its_page_to_a_pair(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, by=day.by)
        page = client.get(f"/atelier/bons/{ticket.number}/affectation")
        answer = submit(client, page, "/affectation", pupil="E-TOM", partner="E-INES")
        assert answer.headers["location"] == f"/atelier/bons/{ticket.number}"
        assert "En binôme" in client.get(answer.headers["location"]).text

    def test_changed_meanwhile_both_versions_are_shown_and_saving_again_is_a_choice(self, client, day):
        ticket = service.create_ticket(day.db, day.operations[0].id, by=day.by)
        page = client.get(f"/atelier/bons/{ticket.number}/affectation")
        service.give_ticket(day.db, ticket, pupil_ids=[day.tom.id], by=day.by)
        answer = submit(client, page, "/affectation", pupil="E-INES")
        assert answer.status_code == 409
        assert "donné à Tom Aubry, par Karim Benali" in answer.text
        assert 'value="E-INES" selected' in answer.text
        assert submit(client, answer, "/affectation").status_code == 303

    def test_an_unknown_ticket_is_not_found(self, client, day):
        assert client.get("/atelier/bons/BT1999-00001").status_code == 404


class TestList:
    def test_live_tickets_first_and_found_by_pupil(self, client, day):
        give(day, day.tom, quantity=4)
        done = give(day, day.ines)
        service.finish_ticket(day.db, done, counts=(6, 0), by=day.by)
        page = client.get("/atelier/bons")
        assert "BT2026-00001" in page.text
        assert "BT2026-00002" not in page.text
        assert "BT2026-00002" in client.get("/atelier/bons?etat=tous").text
        assert "BT2026-00001" in client.get("/atelier/bons?q=aubry").text
        assert "Aucun bon ne correspond" in client.get("/atelier/bons?q=zzz").text
        assert "BT2026-00001" in client.get("/atelier/bons?poste=SCIE&tri=-numero").text
        assert "BT2026-00002" in client.get("/atelier/bons?etat=finis&jeune=E-INES").text

    @pytest.mark.parametrize("group", ["donner", "donnes", "cours", "finis", "tous", "xyz"])
    def test_every_group_answers(self, client, day, group):
        assert client.get(f"/atelier/bons?etat={group}").status_code == 200

    def test_the_list_is_exported(self, client, day):
        give(day, day.tom)
        answer = client.get("/atelier/bons/export.csv")
        assert answer.status_code == 200
        assert "BT2026-00001;Donné;CDE-2026-0007;1;" in answer.text


class TestDay:
    def test_the_day_is_gone_over_pupil_by_pupil(self, client, day):
        ticket = give(day, day.tom)
        client.post(f"/atelier/bons/{ticket.number}/temps", data=MORNING)
        words = text_of(client.get("/atelier/temps"))
        assert "Tom Aubry" in words
        assert "1 h 00" in words
        assert "Aucun temps ce jour" in client.get("/atelier/temps?jour=23/11/2026").text
        assert client.get("/atelier/temps?jour=31/02/2026").status_code == 422

    def test_a_forgotten_stop_counts_to_the_end_of_its_session(self, client, day, clock, login_as):
        ticket = give(day, day.tom)
        service.start_ticket(day.db, ticket, by=day.by)
        clock.advance(hours=4)
        login_as(day.master)
        assert "Arrêter les pointages oubliés" in client.get("/atelier/temps").text
        assert client.post("/atelier/temps/arret").status_code == 303
        stored = day.ticket(ticket.number)
        assert (stored.state, stored.booked_seconds) == (TicketState.PAUSED, 150 * 60)
        assert "Arrêt automatique" in client.get("/atelier/temps").text


class TestJobs:
    def test_the_workshop_tab_of_an_order(self, client, day):
        give(day, day.tom)
        words = text_of(client.get("/atelier/commandes/CDE-2026-0007"))
        assert "Débit" in words
        assert "BT2026-00001" in words

    def test_a_job_is_made_from_a_line_with_its_routing(self, client, db, day):
        from tests.factories import make_line

        line = make_line(db, day.order, label="Bague")
        url = f"/atelier/commandes/CDE-2026-0007/lignes/{line.line_no}/of"
        assert "Créer l’OF" in client.get("/atelier/commandes/CDE-2026-0007").text
        page = client.get(url)
        more = submit(client, page, "/of", add="1")
        assert more.status_code == 422
        assert "operations-3-label" in more.text
        data = {
            "quantity": "10", "operations-0-label": "Débit", "operations-0-work_center": "SCIE",
            "operations-0-unit_minutes": "2,5", "operations-1-label": "Tournage",
            "operations-1-work_center": "TOUR", "operations-1-setup_minutes": "30",
        }  # fmt: skip
        answer = client.post(url, data=data)
        assert answer.status_code == 303
        job = db.execute(select(Job).where(Job.line_id == line.id)).scalar_one()
        assert job.number == "OF2026-0001"
        steps = db.execute(select(Operation).where(Operation.job_id == job.id).order_by(Operation.seq)).scalars().all()
        assert [(o.seq, o.label, o.setup_seconds, o.unit_seconds) for o in steps] == [
            (10, "Débit", 0, 150), (20, "Tournage", 1800, 0),
        ]  # fmt: skip
        assert client.post(url, data=data).status_code == 422

    def test_the_routing_of_the_same_article_is_proposed_again(self, client, db, day):
        from tests.factories import make_line

        line = make_line(db, day.order, label=day.line().label)
        page = client.get(f"/atelier/commandes/CDE-2026-0007/lignes/{line.line_no}/of")
        assert f"Dernier OF, {day.job.number}" in text_of(page)
        assert 'value="Tournage"' in page.text

    def test_a_routing_is_changed_until_work_contradicts_it(self, client, day):
        give(day, day.tom)
        url = f"/atelier/of/{day.job.number}/gamme"
        page = client.get(url)
        gone = submit(client, page, "/gamme", **{"operations-0-seq": "5"})
        assert gone.status_code == 422
        assert "L’opération 10 a déjà des bons" in gone.text
        fine = submit(client, page, "/gamme", **{"operations-2-label": "Contrôle final"})
        assert fine.status_code == 303
        words = text_of(client.get(f"/atelier/of/{day.job.number}"))
        assert "Contrôle final" in words
        assert "Gamme modifiée" in words

    def test_a_machine_nobody_knows_is_told_at_its_row(self, client, day, db):
        from tests.factories import make_line

        line = make_line(db, day.order)
        url = f"/atelier/commandes/CDE-2026-0007/lignes/{line.line_no}/of"
        answer = client.post(url, data={"operations-0-label": "X", "operations-0-work_center": "NADA"})
        assert answer.status_code == 422
        assert "Aucune machine n’a le code" in errors(answer)["operations-0-work_center"]

    def test_tickets_of_a_cancelled_order_are_cancelled_together(self, client, day, db):
        ticket = give(day, day.tom)
        day.order.state = OrderState.CANCELLED
        db.flush()
        page = client.get("/atelier/commandes/CDE-2026-0007")
        assert "1 bon encore à faire" in text_of(page)
        assert submit(client, page, "/annulation", note="Client parti").status_code == 303
        assert day.ticket(ticket.number).state == TicketState.CANCELLED


class TestMachines:
    def test_the_list_tells_the_load(self, client, day):
        words = text_of(client.get("/atelier/machines"))
        assert "Tournage" in words
        assert "1 h 00" in words
        assert "Aucune machine ne correspond" in client.get("/atelier/machines?q=zzz").text
        assert "SCIE;" in client.get("/atelier/machines/export.csv").text

    def test_a_machine_shows_who_is_on_it_and_what_comes(self, client, day):
        ticket = give(day, day.tom)
        service.start_ticket(day.db, ticket, by=day.by)
        words = text_of(client.get("/atelier/machines/SCIE"))
        assert "Tom Aubry, BT2026-00001 , depuis 09:30" in words
        assert "Attend « Débit »" in text_of(client.get("/atelier/machines/TOUR"))


def test_pages_cost_the_same_whatever_the_size(client, day, record_queries):
    """Ten times the tickets, pupils and jobs: not one statement more."""
    give(day, day.tom, quantity=1)
    service.create_ticket(day.db, day.operations[0].id, quantity=2, by=day.by)
    paths = ["/atelier", "/atelier?bon=BT2026-00001", "/atelier?bon=BT2026-00002", "/atelier/bons", "/atelier/machines",
             "/atelier/temps", f"/atelier/of/{day.job.number}", "/atelier/commandes/CDE-2026-0007",
             "/atelier/machines/SCIE", "/atelier/bons/BT2026-00001"]  # fmt: skip

    def counts():
        found = {}
        for path in paths:
            with record_queries() as statements:
                assert client.get(path).status_code == 200
            found[path] = len(statements)
        return found

    before = counts()
    _grow(day)
    assert counts() == before
    assert before["/atelier"] <= 18  # opening the day also looks at refusals within thirty days, and at late roll calls
    assert before["/atelier?bon=BT2026-00001"] <= 25


def _grow(scene):
    from tests.factories import make_job, make_operation, make_ticket, make_work_session

    center = make_work_center(scene.db)
    for place in range(12):
        pupil = scene.pupil(f"Élève{place}")
        job = make_job(scene.db, operations=0)
        operation = make_operation(scene.db, job, work_center=center)
        make_operation(scene.db, job, work_center=center)
        ticket = make_ticket(scene.db, operation, pupil=pupil, quantity=2)
        make_work_session(scene.db, ticket, pupil, minutes=30)
        make_ticket(scene.db, operation, quantity=3)
        make_ticket(scene.db, scene.operations[0], pupil=pupil, quantity=1, master=make_staff(scene.db))
