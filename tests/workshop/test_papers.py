"""Traveller and slips, as a reader, a telephone and a visitor of the workshop find them."""

import dataclasses
import re
from decimal import Decimal

import pytest

from app.clients.models import Company
from app.core.clock import now, today
from app.core.documents import StoredFile
from app.core.permissions import Role
from app.pedagogy.rules import Attendance
from app.workshop import papers
from app.workshop.models import Drawing, MaterialLot, MaterialMove
from app.workshop.rules import CheckKind, HalfDay, JobState, MoveKind, TicketKind, TicketState
from tests.factories import (
    make_assignment,
    make_group,
    make_job,
    make_operation,
    make_point,
    make_pupil,
    make_session,
    make_staff,
    make_ticket,
    make_work_center,
)
from tests.support.html import parse
from tests.support.pdf import read_pdf
from tests.support.people import BASE_URL
from tests.workshop.scene import arrange

HOSTILE = "Fraisage #let $x$ [b] {{7*191}} *gras* \\ <a> 😀"


@pytest.fixture
def day(db, login_as):
    """Karim is signed in, with Tom and Inès at practice."""
    scene = arrange(db)
    login_as(scene.master)
    return scene


def printed(client, path):
    """The paper at an address."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return read_pdf(answer.content)


def traveller_of(client, scene):
    return printed(client, f"/atelier/of/{scene.job.number}/fiche.pdf")


def draw_up(scene, name="PL-4471", index="A", **other):
    """A drawing of the scene's line."""
    stored = StoredFile(sha256="0" * 64, name="plan.pdf", media_type="application/pdf", size=1, at=now())
    scene.db.add(stored)
    scene.db.flush()
    values = {"at": now(), "confirmed_at": now()} | other
    drawing = Drawing(line_id=scene.job.line_id, name=name, index_letter=index, file_id=stored.id, **values)
    scene.db.add(drawing)
    scene.db.flush()
    return drawing


def point(db, operation, label="Ø25", **other):
    return make_point(db, operation, **({"label": label, "gauge": "Micromètre", "every": 10} | other))


def lot(scene, code="M-014", moves=(), **other):
    """A lot with moves for the scene's job, each (kind, quantity)."""
    values = {"label": "42CrMo4 rond Ø40", "unit": "m", "received_on": today(), "sort_key": code, "search_key": code}
    found = MaterialLot(code=code, **(values | other))
    scene.db.add(found)
    scene.db.flush()
    rows = [
        MaterialMove(lot_id=found.id, kind=kind, quantity=Decimal(quantity), job_id=scene.job.id, at=now())
        for kind, quantity in moves
    ]
    scene.db.add_all(rows)
    scene.db.flush()
    return rows


class TestTraveller:
    def test_it_holds_the_job_and_its_routing(self, client, day):
        draw_up(day, index="B")
        paper = traveller_of(client, day)
        assert paper.title == f"Fiche suiveuse {day.job.number}"
        assert [page.size for page in paper.pages] == [(210, 297)]
        assert f"Commande CDE-2026-0007, ligne {day.line().line_no}" in paper.text
        assert day.line().label in paper.text
        assert "Quantité 10" in paper.text
        assert f"À livrer le {day.job.due_on:%d/%m/%Y}" in paper.text
        assert "Plan PL-4471 Indice B" in paper.text
        assert re.search(r"10 Débit SCIE 1 h 00 20 Tournage TOUR 1 h 00 30 Contrôle METRO", paper.text)
        assert "Op. Opération Poste Temps Date Jeune Bonnes Rebuts Visa" in paper.text
        assert "Imprimé le 24/11/2026 à 09:30" in paper.text

    def test_its_code_leads_to_the_page_of_the_job(self, client, day):
        assert traveller_of(client, day).codes == [f"{BASE_URL}/atelier/of/{day.job.number}"]

    def test_a_number_with_a_slash_stays_one_in_the_code(self, client, day):
        day.job.number = "OF 2026/7 n°1"
        day.db.flush()
        paper = printed(client, "/atelier/of/OF%202026%2F7%20n%C2%B01/fiche.pdf")
        assert paper.codes == [f"{BASE_URL}/atelier/of/OF%202026%2F7%20n%C2%B01"]
        assert client.get(paper.codes[0].removeprefix(BASE_URL)).status_code == 200

    def test_the_index_in_force_is_the_latest_that_is_not_withdrawn(self, client, day):
        for index, withdrawn in (("A", None), ("B", None), ("C", now())):
            draw_up(day, index=index, withdrawn_at=withdrawn)
        assert "Plan PL-4471 Indice B" in traveller_of(client, day).text

    def test_an_index_that_waits_for_a_master_is_not_on_it(self, client, day):
        draw_up(day, index="A")
        draw_up(day, index="B", confirmed_at=None)
        assert "Plan PL-4471 Indice A" in traveller_of(client, day).text

    def test_several_drawings_stand_together_with_their_indexes(self, client, day):
        draw_up(day, name="Corps", index="B")
        draw_up(day, name="Chapeau", index="D")
        assert "Plans Chapeau, indice D Corps, indice B" in traveller_of(client, day).text

    def test_without_a_drawing_the_place_stays_empty(self, client, day):
        assert "Plan – Indice –" in traveller_of(client, day).text

    def test_check_points_of_all_operations_with_what_conforms(self, client, day):
        debit, tournage, _ = day.operations
        tournage.first_article = True
        point(day.db, tournage, is_key=True)
        point(day.db, debit, "Aspect", kind=CheckKind.ATTRIBUTE, gauge="", every=1)
        point(day.db, debit, "Ancien", retired_at=now())
        text = traveller_of(client, day).text
        assert (
            "10 Aspect Conforme Chaque pièce 20 Ø25 (important) Ø12 ±0,05 Micromètre 1re, puis 1 sur 10, dernière"
            in text
        )
        assert "Ancien" not in text
        assert "1re pièce à faire libérer" in text

    def test_material_set_aside_with_its_certificate(self, client, day):
        lot(day, moves=[(MoveKind.RESERVE, "3.5"), (MoveKind.FREE, "0.3"), (MoveKind.CONSUME, "1")],
            certificate="88123", certificate_kind="3.1", heat="H-5567")  # fmt: skip
        assert "M-014 42CrMo4 rond Ø40 3.1 88123 H-5567 3,2 m" in traveller_of(client, day).text

    def test_a_reservation_that_was_taken_back_counts_for_nothing(self, client, day):
        wrong = lot(day, moves=[(MoveKind.RESERVE, "99"), (MoveKind.RESERVE, "2")])[0]
        day.db.add(
            MaterialMove(
                lot_id=wrong.lot_id,
                kind=MoveKind.RESERVE,
                quantity=99,
                job_id=day.job.id,
                at=now(),
                reverses_id=wrong.id,
            )
        )
        day.db.flush()
        assert "– – 2 m" in traveller_of(client, day).text

    def test_a_client_s_own_material_is_marked_without_the_name(self, client, day):
        company = day.db.get_one(Company, day.order.company_id)
        lot(day, moves=[(MoveKind.RESERVE, "12")], unit="pièces", company_id=company.id)
        text = traveller_of(client, day).text
        assert "(fournie par le client)" in text
        assert company.name not in text

    def test_what_people_typed_comes_out_as_typed(self, client, day):
        day.operations[0].label = HOSTILE
        day.line().label = HOSTILE
        day.db.flush()
        assert traveller_of(client, day).text.count(HOSTILE.replace("😀", "�")) == 2

    def test_a_long_routing_goes_on_with_the_heads_again(self, client, day):
        center = make_work_center(day.db, code="CU-1")
        for place in range(60):
            make_operation(day.db, day.job, label=f"Passe {place:02d}", work_center=center)
        paper = traveller_of(client, day)
        assert len(paper.pages) >= 4
        assert all(f"Passe {place:02d}" in paper.text for place in range(60))
        assert "Opération Poste" in paper.pages[1].text
        assert [f"page {place} / {len(paper.pages)}" in page.text for place, page in enumerate(paper.pages, 1)].count(
            False
        ) == 0  # fmt: skip

    def test_a_cancelled_job_says_so(self, client, day):
        day.job.state = JobState.CANCELLED
        day.db.flush()
        assert "Annulé" in traveller_of(client, day).text

    def test_the_same_minute_gives_the_same_bytes(self, client, day):
        path = f"/atelier/of/{day.job.number}/fiche.pdf"
        assert client.get(path).content == client.get(path).content

    def test_an_unknown_job_is_not_found(self, client, day):
        assert client.get("/atelier/of/OF-NIX/fiche.pdf").status_code == 404


class TestSlip:
    def test_it_holds_what_the_pupil_needs_at_the_machine(self, client, day):
        tournage = day.operations[1]
        tournage.work_center.ppe = "lunettes; chaussures de sécurité"
        tournage.ppe = "Lunettes ; gants interdits"
        tournage.instruction = "Serre sans marquer."
        point(day.db, tournage, is_key=True)
        ticket = make_ticket(day.db, tournage, pupil=day.tom, note="Commence par la face A.", for_half=HalfDay.MORNING)
        paper = printed(client, f"/atelier/bons/{ticket.number}/bon.pdf")
        assert paper.title == f"Bon de travail {ticket.number}"
        assert [page.size for page in paper.pages] == [(148, 210)]
        for words in (
            "TOUR", "Tournage", "Pièces 10", f"OF {day.job.number} Op. 20", "Pour Tom A., mardi 24 novembre, matin",
            "Avant de commencer Lunettes Chaussures de sécurité Gants interdits Consigne Serre sans marquer.",
            "Mot du maître Commence par la face A.",
            "Ø25 (important) Micromètre Ø12 ±0,05 1re, puis 1 sur 10, dernière",
            "À la fin Bonnes Rebuts Cause Visa", "page 1 / 1",
        ):  # fmt: skip
            assert words in paper.text
        assert paper.codes == [f"{BASE_URL}/atelier/bons/{ticket.number}"]

    def test_a_pair_is_named_by_first_names_and_initials(self, client, day):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom)
        make_assignment(day.db, ticket, day.ines)
        assert "Pour Tom A. et Inès H." in printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text

    def test_it_keeps_the_index_it_was_given_with(self, client, day):
        given = draw_up(day, index="A")
        draw_up(day, index="B")
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom, drawing_id=given.id)
        other = make_ticket(day.db, day.operations[0], pupil=day.ines)
        assert "Plan PL-4471 Indice A" in printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text
        assert "Plan PL-4471 Indice B" in printed(client, f"/atelier/bons/{other.number}/bon.pdf").text

    def test_pieces_already_done_are_taken_off(self, client, day):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom, quantity=10, good=3, scrap=1, aside=2)
        assert "Pièces 4 sur 10" in printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text

    @pytest.mark.parametrize(
        ("other", "words"),
        [
            ({"state": TicketState.BLOCKED, "blocked_reason": "Nouvel indice C"}, "Bloqué. Nouvel indice C"),
            ({"state": TicketState.REJECTED}, "À reprendre"),
            ({"state": TicketState.CANCELLED}, "Annulé"),
            ({"kind": TicketKind.REWORK}, "Retouche"),
            ({"kind": TicketKind.REWORK, "state": TicketState.DONE}, "Retouche. Terminé"),
        ],
    )
    def test_what_is_particular_stands_on_the_stub(self, client, day, other, words):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom, **other)
        assert words in printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text

    def test_a_ticket_that_nobody_holds_has_no_name(self, client, day):
        ticket = make_ticket(day.db, day.operations[0])
        assert "Pour" not in printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text

    def test_an_unknown_ticket_is_not_found(self, client, day):
        assert client.get("/atelier/bons/BT-NIX/bon.pdf").status_code == 404


class TestDay:
    def test_one_file_with_the_tickets_in_hands_pupil_by_pupil(self, client, day):
        center = make_work_center(day.db, code="CU-1")
        for place in range(14):
            point(day.db, day.operations[0], f"Cote {place}")
        mine = [make_ticket(day.db, day.operations[0], pupil=pupil) for pupil in (day.tom, day.ines)]
        old = make_ticket(day.db, make_operation(day.db, day.job, work_center=center), pupil=day.tom,
                          for_day=today().replace(day=20))  # fmt: skip
        for state in (TicketState.DONE, TicketState.CANCELLED):
            make_ticket(day.db, day.operations[1], pupil=day.tom, state=state)
        make_ticket(day.db, day.operations[1])
        make_ticket(day.db, day.operations[1], pupil=day.ines, for_day=today().replace(day=25))
        paper = printed(client, "/atelier/bons/du-jour.pdf")
        assert paper.title == "Bons de travail"
        expected = [mine[0], old, mine[1]]
        assert paper.codes == [f"{BASE_URL}/atelier/bons/{ticket.number}" for ticket in expected]
        assert [re.search(r"page \d / \d", page.text)[0] for page in paper.pages] == [
            "page 1 / 2", "page 2 / 2", "page 1 / 1", "page 1 / 2", "page 2 / 2",
        ]  # fmt: skip
        assert mine[0].number in paper.pages[1].text
        assert mine[1].number not in paper.pages[1].text

    def test_a_pair_s_ticket_is_printed_once(self, client, day):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom)
        make_assignment(day.db, ticket, day.ines)
        assert len(printed(client, "/atelier/bons/du-jour.pdf").pages) == 1

    def test_the_absent_get_no_paper(self, client, day):
        for pupil in (day.tom, day.ines):
            make_ticket(day.db, day.operations[0], pupil=pupil)
        day.attendance(day.tom, Attendance.ABSENT)
        day.attendance(day.ines, Attendance.LATE)
        paper = printed(client, "/atelier/bons/du-jour.pdf")
        assert len(paper.pages) == 1
        assert "Pour Inès H." in paper.text

    def test_a_master_prints_those_of_his_sessions_or_all(self, client, day):
        other = make_group(day.db, code="BAC2")
        make_session(day.db, other, staff=make_staff(day.db))
        zoe = make_pupil(day.db, other, first_name="Zoé", last_name="Zeller")
        for pupil in (day.tom, zoe):
            make_ticket(day.db, day.operations[0], pupil=pupil)
        who = {
            view: re.findall(r"Pour (\w+ \w\.)", printed(client, f"/atelier/bons/du-jour.pdf{view}").text)
            for view in ("", "?vue=moi", "?vue=tous")
        }
        assert who == {"": ["Tom A."], "?vue=moi": ["Tom A."], "?vue=tous": ["Tom A.", "Zoé Z."]}

    def test_a_day_without_tickets_says_so(self, client, day):
        answer = client.get("/atelier/bons/du-jour.pdf")
        assert answer.status_code == 404
        assert "Aucun bon n’est donné pour le mardi 24 novembre." in parse(answer.text).text


class TestWall:
    """Peers' trap « pupil names on client papers, prices on school papers »: an allow list, field by field."""

    FORBIDDEN = re.compile(
        r"client|company|customer|price|net|gross|rate|cost|last_name|first_name|pupil|guardian|born"
    )

    def test_no_field_of_these_papers_could_hold_a_client_a_price_or_a_pupil(self):
        known = [
            each
            for each in vars(papers).values()
            if dataclasses.is_dataclass(each) and each.__module__ == papers.__name__
        ]
        assert {papers.Traveller, papers.Slip} <= set(known)
        fields = [f"{each.__name__}.{field.name}" for each in known for field in dataclasses.fields(each)]
        assert [name for name in fields if self.FORBIDDEN.search(name.partition(".")[2])] == []

    def test_neither_client_nor_price_nor_full_name_is_printed(self, client, day):
        company = day.db.get_one(Company, day.order.company_id)
        company.name = "Mécanique Dupont Secret"
        line = day.line()
        line.unit_price = Decimal("1234.56")
        day.operations[0].work_center.hourly_rate = Decimal("77.77")
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom)
        lot(day, moves=[(MoveKind.RESERVE, "1")], company_id=company.id, unit_cost=Decimal("88.88"))
        day.db.flush()
        texts = [
            traveller_of(client, day).text, printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text,
            printed(client, "/atelier/bons/du-jour.pdf").text,
        ]  # fmt: skip
        for text in texts:
            assert "Secret" not in text
            assert "Aubry" not in text
            assert "Benali" not in text
            assert not re.search(r"1.?234|77,77|88,88|€", text)
        assert "Tom" not in texts[0]
        assert "Tom A." in texts[1]


class TestWords:
    @pytest.mark.parametrize(
        ("other", "wanted", "pieces"),
        [
            ({}, "Ø12 ±0,05", "1re pièce"),
            ({"is_key": True}, "Ø12 ±0,05", "1re pièce, dernière"),
            ({"every": 10}, "Ø12 ±0,05", "1re, puis 1 sur 10"),
            ({"every": 1, "is_key": True}, "Ø12 ±0,05", "Chaque pièce"),
            ({"lower": Decimal("-0.02"), "upper": Decimal(0)}, "Ø12 0/−0,02", "1re pièce"),
            ({"nominal": None, "lower": None, "upper": Decimal("3.2"), "unit": "µm"}, "≤ 3,2 µm", "1re pièce"),
            ({"kind": CheckKind.ATTRIBUTE}, "Conforme", "1re pièce"),
            ({"kind": CheckKind.PHOTO}, "Photo", "1re pièce"),
        ],
    )
    def test_what_conforms_and_on_which_pieces(self, client, day, other, wanted, pieces):
        make_point(day.db, day.operations[0], **other)
        ticket = make_ticket(day.db, day.operations[0])
        text = printed(client, f"/atelier/bons/{ticket.number}/bon.pdf").text
        assert f"Ø12 {wanted} {pieces}" in text.replace(" (important)", "")


class TestDoors:
    def test_the_pages_lead_to_their_papers(self, client, day):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom)
        for page, paper in (
            (f"/atelier/of/{day.job.number}", f"/atelier/of/{day.job.number}/fiche.pdf"),
            (f"/atelier/bons/{ticket.number}", f"/atelier/bons/{ticket.number}/bon.pdf"),
            ("/atelier", "/atelier/bons/du-jour.pdf"),
        ):
            assert f'href="{paper}"' in client.get(page).text

    def test_a_day_without_tickets_offers_no_print(self, client, day):
        assert "du-jour.pdf" not in client.get("/atelier").text

    def test_a_browser_shows_the_paper_under_its_name(self, client, day):
        answer = client.get(f"/atelier/of/{day.job.number}/fiche.pdf")
        assert re.fullmatch(r'inline; filename="fiche-suiveuse-of-\d+\.pdf"', answer.headers["content-disposition"])
        assert answer.headers["cache-control"] == "no-store"

    def test_who_may_not_see_tickets_gets_no_paper(self, client, day, login_as):
        login_as(Role.TEACHER)
        for path in (f"/atelier/of/{day.job.number}/fiche.pdf", "/atelier/bons/du-jour.pdf"):
            assert client.get(path).status_code == 403

    def test_papers_cost_the_same_statements_whatever_the_size(self, client, day, record_queries):
        ticket = make_ticket(day.db, day.operations[0], pupil=day.tom)
        paths = [f"/atelier/of/{day.job.number}/fiche.pdf", f"/atelier/bons/{ticket.number}/bon.pdf",
                 "/atelier/bons/du-jour.pdf"]  # fmt: skip

        def counts():
            found = []
            for path in paths:
                with record_queries() as statements:
                    assert client.get(path).status_code == 200
                found.append(len(statements))
            return found

        before = counts()
        for place in range(8):
            operation = make_operation(day.db, make_job(day.db, operations=0) if place % 2 else day.job)
            point(day.db, operation)
            make_ticket(day.db, operation, pupil=make_pupil(day.db, day.group))
            lot(day, f"M-{place}", moves=[(MoveKind.RESERVE, "1")])
        assert counts() == before
        assert max(before) <= 9
