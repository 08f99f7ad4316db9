"""The pages of orders, through the browser's door."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.core.clock import now, today
from app.core.journal import history
from app.core.permissions import Role
from app.orders.models import CustomerOrder
from app.orders.queries import order_lines
from app.orders.rules import OrderState
from tests.factories import make_company, make_job, make_order
from tests.support import html

S = OrderState


@pytest.fixture
def office(login_as):
    return login_as(Role.OFFICE)


def typed(company, **changes):
    values = {
        "client": company.code, "ordered_on": "20/11/2026", "due_on": "11/12/2026", "reference": "PO 7120",
        "state": "confirmed", "lines-0-label": "Entretoise Ø25×40", "lines-0-quantity": "50", "lines-0-unit": "pièce",
        "lines-0-unit_price": "6,67", "lines-0-vat_rate": "20",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def count(db):
    return db.scalar(select(func.count()).select_from(CustomerOrder))


class TestNew:
    def test_the_blank_form_can_be_filled_and_sent(self, client, db, office):
        company = make_company(db)
        page = client.get(f"/commandes/nouvelle?client={company.code}")
        lines = {"lines-1-label": "Axe", "lines-1-quantity": "2", "lines-1-unit_price": "10"}
        answer = html.submit(client, page, due_on="11/12/2026", **lines)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/commandes/CDE-2026-0001"
        order = db.execute(select(CustomerOrder)).scalar_one()
        assert (order.company_id, order.state, order.ordered_on, f"{order.gross}") == (
            company.id, S.CONFIRMED, today(), "24.00",
        )  # fmt: skip
        shown = client.get(answer.headers["location"])
        assert "Commande enregistrée." in shown.text
        assert "24,00\u202f€" in shown.text

    def test_the_second_button_keeps_it_as_a_quote(self, client, db, office):
        answer = client.post("/commandes/nouvelle", data=typed(make_company(db), state="quote"))
        assert answer.status_code == 303
        assert db.execute(select(CustomerOrder.state)).scalar_one() == S.QUOTE

    def test_wrong_fields_are_told_where_they_are_and_what_was_typed_is_kept(self, client, db, office):
        wrong = typed(
            make_company(db), client="", due_on="31/02/2027", reference="<b>PO</b>",
            **{"lines-0-quantity": "vingt", "lines-2-label": "Axe", "lines-2-quantity": "3", "lines-2-unit": "pièce"},
        )  # fmt: skip
        answer = client.post("/commandes/nouvelle", data=wrong)
        assert answer.status_code == 422
        found = html.errors(answer)
        assert set(found) == {"client", "due_on", "lines-0-quantity", "lines-2-unit_price", "lines-2-vat_rate"}
        assert found["due_on"] == "Cette date n’existe pas. Exemple : 26/11/2026."
        assert "Ligne 2, prix HT\u00a0: Ce champ est à remplir." in html.parse(answer.text).one(id="erreurs").text
        values = html.form_values(html.parse(answer.text).one("form", class_="form"))
        assert values["lines-0-quantity"] == "vingt"
        assert values["reference"] == "<b>PO</b>"
        assert count(db) == 0

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"client": "INCONNU"}, "client"),
            ({"due_on": "19/11/2026"}, "due_on"),
            ({"lines-0-quantity": "9999999", "lines-0-unit_price": "9999999"}, "lines-0-unit_price"),
        ],
    )
    def test_a_rule_refuses_at_the_field(self, client, db, office, changes, field):
        answer = client.post("/commandes/nouvelle", data=typed(make_company(db), **changes))
        assert answer.status_code == 422
        assert set(html.errors(answer)) == {field}
        assert count(db) == 0

    def test_a_refused_row_is_marked_where_it_was_typed_even_below_a_blank_one(self, client, db, office):
        rows = {
            "lines-3-label": "Axe",
            "lines-3-quantity": "0,00001",
            "lines-3-unit_price": "1",
            "lines-3-vat_rate": "20",
        }
        answer = client.post("/commandes/nouvelle", data=typed(make_company(db), **rows, **{"lines-2-unit": "pièce"}))
        assert set(html.errors(answer)) == {"lines-3-quantity"}

    def test_an_order_without_lines_is_refused(self, client, db, office):
        blank = {name: None for name in typed(make_company(db)) if name.startswith("lines-0")} | {
            "lines-0-unit": "pièce"
        }
        answer = client.post("/commandes/nouvelle", data=typed(make_company(db), **blank))
        assert answer.status_code == 422
        assert "Il faut au moins" in answer.text

    def test_rows_come_and_go_without_script_and_nothing_is_checked_yet(self, client, db, office):
        half = typed(make_company(db), due_on="", **{"lines-1-label": "Axe"})
        more = client.post("/commandes/nouvelle", data=half | {"add": "1"})
        assert more.status_code == 422
        assert html.errors(more) == {}
        assert 'name="lines-2-label"' in more.text
        assert "333,50\u202f€" in more.text
        less = client.post("/commandes/nouvelle", data=half | {"remove": "0"})
        values = html.form_values(html.parse(less.text).one("form", class_="form"))
        assert "lines-0-label" not in values
        assert values["lines-1-label"] == "Axe"
        assert count(db) == 0

    def test_the_same_form_sent_twice_makes_one_order(self, client, db, office):
        twice = typed(make_company(db), _key="une-cle")
        first, second = (client.post("/commandes/nouvelle", data=twice) for _ in range(2))
        assert first.headers["location"] == second.headers["location"]
        assert count(db) == 1

    def test_without_any_client_the_page_says_what_to_do(self, client, office):
        assert "Créer le premier client" in client.get("/commandes/nouvelle").text


class TestEdit:
    def test_the_filled_form_saves_what_changed(self, client, db, office):
        order = make_order(db, lines=2)
        page = client.get(f"/commandes/{order.number}/modifier")
        answer = html.submit(client, page, reference="PO 8", **{"lines-1-label": "Renommée", "lines-1-discount": "10"})
        assert answer.status_code == 303
        db.expire_all()
        assert (order.customer_reference, order.version, f"{order.net}") == ("PO 8", 2, "237.50")
        assert "Renommée" in client.get(answer.headers["location"]).text

    def test_the_second_person_sees_both_versions_and_may_save_again(self, client, db, office):
        order = make_order(db)
        page = client.get(f"/commandes/{order.number}/modifier")
        assert html.submit(client, page, reference="PO de Léa").status_code == 303
        late = html.submit(client, page, reference="PO de Marc")
        assert late.status_code == 409
        assert "PO de Léa" in late.text
        assert "PO de Marc" in late.text
        assert "a été modifiée par" in late.text
        assert html.submit(client, late).status_code == 303
        db.expire_all()
        assert order.customer_reference == "PO de Marc"

    def test_in_production_only_dates_and_reference_are_asked(self, client, db, office):
        order = make_order(db, state=S.IN_PRODUCTION, lines=2)
        page = client.get(f"/commandes/{order.number}/modifier")
        assert "La production est lancée" in page.text
        assert "lines-0-label" not in page.text
        due = (order.due_on + timedelta(days=7)).strftime("%d/%m/%Y")
        assert html.submit(client, page, due_on=due).status_code == 303
        db.expire_all()
        assert (order.version, len(history(db, "customer_order", order.id))) == (2, 1)

    def test_a_line_with_a_job_refuses_at_its_field(self, client, db, office):
        order = make_order(db, lines=1)
        make_job(db, order_lines(db, order)[0])
        page = client.get(f"/commandes/{order.number}/modifier")
        answer = html.submit(client, page, **{"lines-0-quantity": "11"})
        assert answer.status_code == 422
        assert html.errors(answer) == {"lines-0-quantity": "La ligne 1 a déjà un OF : sa quantité ne change plus."}
        gone = client.post(
            f"/commandes/{order.number}/modifier", data=typed(order.company, state=None, **{"lines-0-label": "Autre"})
        )
        assert "elle ne peut plus être retirée" in gone.text

    def test_a_delivered_order_has_no_form(self, client, db, office):
        order = make_order(db, state=S.DELIVERED)
        answer = client.get(f"/commandes/{order.number}/modifier")
        assert answer.status_code == 409
        assert "ne change plus" in answer.text

    def test_the_client_stays_in_the_list_although_archived(self, client, db, office):
        order = make_order(db, make_company(db, archived_at=now()))
        page = client.get(f"/commandes/{order.number}/modifier")
        assert html.submit(client, page, reference="PO 9").status_code == 303


class TestShow:
    def test_why_it_is_late_comes_first(self, client, db, office):
        order = make_order(db, due_on=today() - timedelta(days=2))
        page = client.get(f"/commandes/{order.number}").text
        assert "2\u00a0j de retard" in page
        assert page.index("Pourquoi ce retard") < page.index("Lignes de la commande")
        assert "Il manque 10 sur 10" in page

    def test_a_master_sees_progress_and_no_price_anywhere(self, client, db, login_as):
        login_as(Role.OFFICE)
        order = make_order(db, lines=1)
        page = client.get(f"/commandes/{order.number}/modifier")
        html.submit(client, page, **{"lines-0-unit_price": "987,65"})
        assert "987,65" in client.get(f"/commandes/{order.number}").text
        login_as(Role.MASTER)
        for address in (f"/commandes/{order.number}", f"/commandes/{order.number}/journal", "/commandes"):
            page = client.get(address).text
            assert "987" not in page
            assert "€" not in page
        assert "Modifier la commande" not in client.get(f"/commandes/{order.number}").text

    def test_the_journal_tells_the_whole_story(self, client, db, office):
        order = make_order(db, state=S.QUOTE)
        client.post(f"/commandes/{order.number}/confirmation")
        page = client.get(f"/commandes/{order.number}/journal").text
        assert "Commande confirmée." in page
        assert office.full_name in page

    @pytest.mark.parametrize("number", ["C/2026/12", "N° 4 #b?c", "Été 100%"])
    def test_the_schools_own_numbers_may_hold_any_character(self, client, db, office, number):
        make_order(db, number=number)
        page = html.parse(client.get("/commandes").text)
        links = [link.attributes["href"] for link in page.one("tbody").all("a")]
        shown = client.get(links[0])
        assert shown.status_code == 200
        assert html.parse(shown.text).one("h1").text

    def test_an_unknown_order_is_not_found(self, client, office):
        for address in ("/commandes/C-404", "/commandes/C-404/journal", "/commandes/C-404/modifier"):
            assert client.get(address).status_code == 404
        assert client.post("/commandes/C-404/confirmation").status_code == 404


class TestActions:
    def press(self, client, order, noun, **data):
        return client.post(f"/commandes/{order.number}/{noun}", data=data)

    def test_the_buttons_lead_from_quote_to_invoice(self, client, db, office):
        order = make_order(db, state=S.QUOTE, ordered_on=today())
        for noun, data in (
            ("confirmation", {}), ("lancement", {}), ("livraison", {"delivered_on": "24/11/2026"}), ("facturation", {}),
        ):  # fmt: skip
            answer = self.press(client, order, noun, **data)
            assert answer.status_code == 303, noun
            assert answer.headers["location"] == f"/commandes/{order.number}"
        db.expire_all()
        assert (order.state, order.delivered_on) == (S.INVOICED, today())

    def test_every_button_of_the_page_is_one_that_works(self, client, db, office):
        order = make_order(db, state=S.CONFIRMED)
        page = html.parse(client.get(f"/commandes/{order.number}").text)
        tools = page.one(class_="page-head__tools")
        words = [each.text for each in tools.all("a") + tools.all("button")]
        assert set(words) == {"Modifier la commande", "Déclarer livrée", "Annuler la commande", "Lancer en production"}
        assert tools.one(class_="button--primary").text == "Lancer en production"

    def test_a_button_pressed_too_late_shows_the_order_as_it_is(self, client, db, office):
        order = make_order(db, state=S.CANCELLED)
        answer = self.press(client, order, "confirmation")
        assert answer.status_code == 409
        assert "état actuel « Annulée »" in answer.text
        assert "Lignes de la commande" in answer.text

    def test_a_wrong_day_of_delivery_is_told_at_its_field(self, client, db, office):
        order = make_order(db)
        for day, words in (
            ("25/11/2026", "à venir"),
            ("01/01/2026", "précéder"),
            ("demain", "n’existe pas"),
            ("", "remplir"),
        ):
            answer = self.press(client, order, "livraison", delivered_on=day)
            assert answer.status_code == 422
            assert words in html.errors(answer)["delivered_on"]
            if day:
                assert f'value="{day}"' in answer.text
        db.expire_all()
        assert (order.state, order.delivered_on) == (S.CONFIRMED, None)

    def test_a_cancellation_asks_why_on_its_own_page(self, client, db, office):
        order = make_order(db)
        page = client.get(f"/commandes/{order.number}/annulation")
        assert order.company.name in html.parse(page.text).one("h1").text
        assert "note" in html.errors(html.submit(client, page))
        assert html.submit(client, page, note="Le client renonce").status_code == 303
        db.expire_all()
        assert order.state == S.CANCELLED
        assert "Le client renonce" in client.get(f"/commandes/{order.number}").text

    @pytest.mark.parametrize("noun", ["livraison", "annulation"])
    def test_a_page_of_an_action_that_is_not_possible_says_so(self, client, db, office, noun):
        order = make_order(db, state=S.INVOICED)
        answer = client.get(f"/commandes/{order.number}/{noun}")
        assert answer.status_code == 409
        assert "état actuel « Facturée »" in answer.text

    def test_roles_meet_their_limits(self, client, db, login_as):
        order = make_order(db, state=S.QUOTE)
        login_as(Role.MASTER)
        for noun in ("confirmation", "facturation", "annulation"):
            assert self.press(client, order, noun).status_code == 403
        assert client.get("/commandes/nouvelle").status_code == 403
        login_as(Role.TEACHER)
        assert client.get("/commandes").status_code == 403
        db.expire_all()
        assert (order.state, order.version) == (S.QUOTE, 1)


class TestList:
    def test_the_first_page_shows_open_orders_late_first_and_their_sum(self, client, db, office):
        make_order(db, number="later", due_on=today() + timedelta(days=6))
        make_order(db, number="late", due_on=today() - timedelta(days=2))
        make_order(db, number="paid", state=S.INVOICED)
        page = html.parse(client.get("/commandes").text)
        rows = [row.text for row in page.one("tbody").all("tr")]
        assert [row.split()[0] for row in rows] == ["late", "later"]
        assert "2\u00a0j de retard" in rows[0]
        assert "dans 6\u00a0j" in rows[1]
        assert "250,00\u202f€" in page.one("tfoot").text
        assert "1 en retard" in page.one(class_="page-head").text

    def test_a_search_looks_everywhere_unless_told_otherwise(self, client, db, office):
        make_order(db, number="CDE-2025-0007", state=S.INVOICED)
        assert "CDE-2025-0007" in client.get("/commandes?q=2025-0007").text
        assert "CDE-2025-0007" not in client.get("/commandes?q=2025-0007&etat=ouvertes").text

    def test_a_wrong_date_of_the_period_is_told_and_the_list_stays(self, client, db, office):
        make_order(db, number="here")
        answer = client.get("/commandes?du=31/02/2026")
        assert answer.status_code == 422
        assert "Cette date n’existe pas" in html.errors(answer)["du"]
        assert "here" in answer.text
        turned = client.get("/commandes?du=02/02/2026&au=01/02/2026")
        assert "avant son début" in html.errors(turned)["au"]

    def test_the_period_is_a_chip_with_its_own_way_out(self, client, db, office):
        make_order(db, number="here", due_on=today())
        page = client.get("/commandes?du=24/11/2026&au=2026-11-24")
        assert "du 24/11/2026 au 24/11/2026" in page.text
        assert "here" in page.text

    def test_unknown_words_in_the_address_are_left_out(self, client, db, office):
        make_order(db, number="here")
        for query in (
            "tri=net_cents;drop",
            "etat=xx",
            "statut=xx",
            "client=%C3%A9",
            "q=%25%5C_",
            "page=abc",
            "retard=0&x=1",
        ):
            assert client.get(f"/commandes?{query}").status_code == 200, query

    def test_amounts_cannot_be_sorted_by_those_who_do_not_see_them(self, client, db, login_as):
        login_as(Role.MASTER)
        make_order(db, number="cheap", due_on=today() + timedelta(days=1), lines=1)
        make_order(db, number="dear", due_on=today() + timedelta(days=2), lines=3)
        rows = html.parse(client.get("/commandes?tri=-montant").text).one("tbody").all("tr")
        assert [row.text.split()[0] for row in rows] == ["cheap", "dear"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [("", "Aucune commande ici"), ("?q=zzz", "Aucune commande ne correspond"), ("?etat=livrer", "Rien à livrer"),
         ("?etat=facturer", "Rien à facturer")],
    )  # fmt: skip
    def test_an_empty_list_says_what_to_do(self, client, office, query, words):
        assert words in client.get(f"/commandes{query}").text

    def test_long_lists_are_paged(self, client, db, office):
        for _ in range(52):
            make_order(db)
        second = client.get("/commandes?page=2")
        assert len(html.parse(second.text).one("tbody").all("tr")) == 2
        assert "51 à 52 sur 52" in html.parse(second.text).one(class_="pagination").text
        assert client.get("/commandes?page=3").status_code == 200
        assert client.get("/commandes?page=999999999999").status_code == 409


class TestExport:
    def test_csv_holds_all_filtered_rows_with_amounts(self, client, db, office):
        for _ in range(51):
            make_order(db, lines=1)
        make_order(db, state=S.INVOICED)
        text = client.get("/commandes/export.csv").content.decode("utf-8-sig")
        assert len(text.splitlines()) == 52
        assert text.splitlines()[0].endswith("Total HT;TVA;Total TTC")
        assert ";125,00;25,00;150,00" in text

    def test_xlsx_opens_in_another_reader_and_runs_no_formula(self, client, db, office):
        order = make_order(db, customer_reference="=1+1", lines=1)
        answer = client.get("/commandes/export.xlsx?etat=toutes")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
        values = dict(zip(head, row, strict=True))
        assert values["Numéro"] == order.number
        assert (values["Leur référence"], values["Total TTC"]) == ("=1+1", 150)
        assert values["Promise le"].date() == order.due_on

    def test_a_master_exports_no_amounts(self, client, db, login_as):
        login_as(Role.MASTER)
        make_order(db, lines=1)
        text = client.get("/commandes/export.csv").content.decode("utf-8-sig")
        assert "Total" not in text
        assert "125,00" not in text
