"""Reads about companies."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.clients.models import Company, Contact
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern

SORTS = {"nom": Company.sort_key, "code": Company.code, "ville": Company.city}


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """What the page of a company shows."""

    company: Company
    contacts: list[Contact]
    journal: list[Deed]


@cache
def _listed(state: str, sort: str, *, with_words: bool, descending: bool) -> Any:
    """The list's statement by its shape: archived ones, all, or those that are not; with words to look for."""
    query: Any = select(
        Company.id, Company.code, Company.name, Company.city, Company.siret, Company.email, Company.phone,
        Company.payment_days, Company.archived_at,
    )  # fmt: skip
    if with_words:
        query = query.where(Company.search_key.like(bindparam("pattern"), escape="\\"))
    if state == "archives":
        query = query.where(Company.archived_at.is_not(None))
    if state == "":
        query = query.where(Company.archived_at.is_(None))
    column = SORTS[sort]
    return query.order_by(column.desc() if descending else column, Company.id)


def list_companies(db: Session, request: ListRequest, *, exact: bool = False) -> Page[object]:
    """One page of companies; two statements."""
    state = request.filters.get("etat", "")
    query = _listed(
        state if state in {"archives", "tous"} else "", request.sort, with_words=bool(request.q),
        descending=request.descending,
    )  # fmt: skip
    return fetch_page(db, query, request, {"pattern": like_pattern(request.q)}, exact=exact)


def get_company(db: Session, code: str, *, lock: bool = False) -> Company:
    """A company by the school's own code, with its contacts."""
    query = select(Company).where(Company.code == code).options(selectinload(Company.contacts))
    if lock:
        query = query.with_for_update()
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun client n’a le code « {code} ».")
    return found


def get_contact(db: Session, company: Company, contact_id: int) -> Contact:
    """A contact of that company, and of no other."""
    found = db.execute(
        select(Contact).where(Contact.id == contact_id, Contact.company_id == company.id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce contact n’existe pas.")
    return found


def company_page(db: Session, code: str) -> CompanyPage:
    """A company, the people to call there, and what was done to its record."""
    company = get_company(db, code)
    present = [contact for contact in company.contacts if contact.archived_at is None]
    return CompanyPage(company, present, history(db, "company", company.id))


def company_options(db: Session) -> list[tuple[str, str]]:
    """(code, name) of the companies an order may be for, in name order."""
    return [(code, name) for code, name in run(db, _OPTIONS).all()]


_OPTIONS = select(Company.code, Company.name).where(Company.archived_at.is_(None)).order_by(Company.sort_key)


def find_company_by_name(db: Session, name: str) -> Company | None:
    """The company of exactly that name, if there is one."""
    return db.execute(select(Company).where(Company.name == name).order_by(Company.id).limit(1)).scalar_one_or_none()


def code_taken(db: Session, code: str) -> bool:
    """Whether a company already has this code."""
    return db.execute(select(Company.id).where(Company.code == code)).first() is not None
