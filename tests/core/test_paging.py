"""Lists: one shape, two statements, whatever their size."""

import pytest
from sqlalchemy import select

from app.clients.models import Company
from app.core import paging
from app.core.paging import ListRequest, Page, fetch_page
from tests.factories import make_company


@pytest.fixture
def companies(db):
    return [make_company(db, name=f"Société {n:03}", sort_key=f"societe {n:03}") for n in range(1, 8)]


QUERY = select(Company.id, Company.name).order_by(Company.sort_key)


def test_a_page_knows_where_it_stands(db, companies):
    found = fetch_page(db, QUERY, ListRequest(page=2, size=3))
    assert [row.name for row in found.items] == ["Société 004", "Société 005", "Société 006"]
    assert (found.total, found.pages, found.first, found.last, found.capped) == (7, 3, 4, 6, False)


def test_past_the_end_it_is_empty(db, companies):
    found = fetch_page(db, QUERY, ListRequest(page=9, size=3))
    assert (found.items, found.total, found.first) == ([], 7, 0)


def test_an_empty_list_has_one_page():
    empty = Page([], 0, 1, 50)
    assert (empty.pages, empty.first, empty.last) == (1, 0, 0)


def test_screens_stop_counting_and_programs_do_not(db, companies, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_LIMIT", 5)
    screen = fetch_page(db, QUERY, ListRequest(size=3))
    assert (screen.total, screen.capped) == (5, True)
    program = fetch_page(db, QUERY, ListRequest(size=3), exact=True)
    assert program.total == 7


def test_it_costs_two_statements(db, companies, query_budget):
    with query_budget(2):
        fetch_page(db, QUERY, ListRequest())
