"""The JSON door to companies: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.accounts.deps import Me, allow
from app.clients import queries, service
from app.clients.forms import CompanyForm, ContactForm
from app.clients.schemas import CompanyList, CompanyOut, CompanyRow, company_out
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["clients"])
READ, EDIT = [allow(Permission.CLIENT_READ)], [allow(Permission.CLIENT_EDIT)]


@router.get("/clients", name="clients.api_list_companies", dependencies=READ)
def list_companies(
    db: Db,
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CompanyList:
    """Companies by name."""
    found = queries.list_companies(db, ListRequest(q=q, sort="nom", page=page, size=size), exact=True)
    rows = [CompanyRow.model_validate(row, from_attributes=True) for row in found.items]
    return CompanyList(items=rows, total=found.total, page=page, size=size)


@router.get("/clients/{code}", name="clients.api_show_company", dependencies=READ)
def show_company(db: Db, code: str) -> CompanyOut:
    """One company with its contacts."""
    return company_out(queries.get_company(db, code))


@router.post("/clients", name="clients.api_create_company", status_code=201, dependencies=EDIT)
def create_company(db: Db, me: Me, body: CompanyForm, response: Response) -> CompanyOut:
    """A new company."""
    company = service.create_company(db, values=body.model_dump(), by=me)
    response.headers["Location"] = f"/api/v1/clients/{company.code}"
    return company_out(queries.get_company(db, company.code))


@router.put("/clients/{code}", name="clients.api_change_company", dependencies=EDIT)
def change_company(db: Db, me: Me, code: str, body: CompanyForm) -> CompanyOut:
    """Change a company; `version` is the one that was read."""
    company = queries.get_company(db, code, lock=True)
    service.change_company(db, company, values=body.model_dump(), seen_version=body.version, by=me)
    return company_out(company)


@router.post("/clients/{code}/contacts", name="clients.api_add_contact", status_code=201, dependencies=EDIT)
def add_contact(db: Db, me: Me, code: str, body: ContactForm) -> CompanyOut:
    """A new contact."""
    company = queries.get_company(db, code, lock=True)
    service.add_contact(db, company, values=body.model_dump(), by=me)
    db.flush()  # the new contact, so that the document read again shows it
    db.expire(company)
    return company_out(queries.get_company(db, code))
