"""Lists: what the address asks for, and the same rows as table files."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from app.core.errors import Refused
from app.web.listing import Column, ListQuery, api_page, export

SORTS = ("nom", "date")


def query(**values):
    return ListQuery("/commandes", values)


class TestAsking:
    def test_without_anything_the_list_is_in_its_own_order(self):
        asked = query().request(sorts=SORTS, default="-date")
        assert (asked.sort, asked.descending, asked.page, asked.q, asked.filters) == ("date", True, 1, "", {})

    def test_only_declared_sorts_and_filters_are_taken(self):
        asked = query(tri="mot_de_passe", etat="retard", role="x").request(
            sorts=SORTS, default="nom", filters=("etat",)
        )
        assert (asked.sort, asked.descending, asked.filters) == ("nom", False, {"etat": "retard"})

    def test_a_minus_turns_the_order_round(self):
        asked = query(tri="-nom").request(sorts=SORTS, default="nom")
        assert (asked.sort, asked.descending) == ("nom", True)

    @pytest.mark.parametrize(("page", "expected"), [("3", 3), ("x", 1), ("", 1)])
    def test_the_page_is_a_number(self, page, expected):
        assert query(page=page).request(sorts=SORTS, default="nom").page == expected

    @pytest.mark.parametrize("page", ["0", "-1", "100001", "1" + "0" * 18])
    def test_a_page_beyond_reason_is_refused(self, page):
        with pytest.raises(Refused):
            query(page=page).request(sorts=SORTS, default="nom")

    def test_a_search_is_trimmed_and_bounded(self):
        assert query(q="  a" + "b" * 500).request(sorts=SORTS, default="nom").q.startswith("ab")
        assert len(query(q="b" * 500).request(sorts=SORTS, default="nom").q) == 200

    def test_programs_get_two_hundred_rows_at_most(self):
        assert api_page(2, 10_000).size == 200


class TestLinks:
    def test_a_link_changes_one_thing_and_starts_over(self):
        here = query(q="axe", etat="retard", page="4")
        assert here.link(etat=None) == "/commandes?q=axe"
        assert here.link(page=5) == "/commandes?q=axe&etat=retard&page=5"
        assert query().link() == "/commandes"

    def test_a_link_quotes_what_was_typed(self):
        assert query(q='é&"<').link() == "/commandes?q=%C3%A9%26%22%3C"

    def test_a_second_press_turns_the_order_round(self):
        assert query().sort_link("nom") == "/commandes?tri=nom"
        assert query(tri="nom").sort_link("nom") == "/commandes?tri=-nom"
        assert query(tri="-nom").sort_link("nom") == "/commandes?tri=nom"

    def test_only_the_sorted_column_says_so(self):
        here = query(tri="-nom")
        asked = here.request(sorts=SORTS, default="date")
        assert (here.aria_sort("nom", asked), here.aria_sort("date", asked)) == ("descending", "")


COLUMNS = (
    Column("Libellé", lambda row: row[0]), Column("Montant", lambda row: row[1]), Column("Jour", lambda row: row[2]),
    Column("Retard", lambda row: row[3]),
)  # fmt: skip
ROWS = [
    ("Axe ; « long »", Decimal("-1234.50"), date(2026, 11, 26), True), ("=1+1", None, None, False),
    ("@SUM(A1)", Decimal("0.00"), None, False), ("-5", 3, None, False), ("+33", 0, None, False),
]  # fmt: skip


class TestTableFiles:
    def test_csv_opens_in_french_excel(self):
        answer = export("Commandes d’été", "csv", COLUMNS, ROWS)
        assert answer.body.startswith(b"\xef\xbb\xbf")
        lines = answer.body.decode("utf-8-sig").split("\r\n")
        assert lines[0] == "Libellé;Montant;Jour;Retard"
        assert lines[1] == '"Axe ; « long »";-1234,50;26/11/2026;oui'
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].isascii()

    def test_csv_runs_no_formula(self):
        lines = export("x", "csv", COLUMNS, ROWS).body.decode("utf-8-sig").split("\r\n")
        assert [line.split(";")[0] for line in lines[2:6]] == ["'=1+1", "'@SUM(A1)", "'-5", "'+33"]

    def test_xlsx_holds_numbers_days_and_words_and_runs_no_formula(self):
        answer = export("x", "xlsx", COLUMNS, ROWS)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).active
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert table[0] == ["Libellé", "Montant", "Jour", "Retard"]
        assert (table[1][1], table[1][2].date(), table[1][3]) == (-1234.5, date(2026, 11, 26), "oui")
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
        assert table[2][0] == "=1+1"
