"""The pages of companies. Thin: read, ask the service, show."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.clients import queries, service
from app.clients.forms import CompanyForm, ContactForm
from app.clients.rules import LABELS
from app.core.errors import Refused
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.CLIENT_READ)], [allow(Permission.CLIENT_EDIT)]
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Raison sociale", lambda row: row.name),
    Column("SIRET", lambda row: row.siret), Column("Ville", lambda row: row.city),
    Column("E-mail", lambda row: row.email), Column("Téléphone", lambda row: row.phone),
    Column("Délai de paiement (jours)", lambda row: row.payment_days),
)  # fmt: skip


@router.get("/clients", name="clients.list_companies", dependencies=READ)
def list_companies(request: Request, db: Db, listing: Listing) -> Response:
    """The companies, by name."""
    asked = listing.request(sorts=queries.SORTS, default="nom", filters=("etat",))
    found = queries.list_companies(db, asked)
    return page(request, "clients/company_list.html", listing=listing, asked=asked, found=found)


@router.get("/clients/export.{kind}", name="clients.export_companies", dependencies=READ)
def export_companies(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered companies as a table file."""
    asked = listing.request(sorts=queries.SORTS, default="nom", filters=("etat",), size=EXPORT_ROWS)
    return export("clients", kind, COLUMNS, queries.list_companies(db, asked).items)


@router.get("/clients/nouveau", name="clients.new_company", dependencies=EDIT)
def new_company(request: Request) -> Response:
    """An empty company form."""
    form = blank_form({"country": "FR", "payment_days": 30})
    return page(request, "clients/company_edit.html", form=form, company=None, labels=LABELS)


@router.post("/clients", name="clients.create_company", dependencies=EDIT)
def create_company(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create a company."""
    form = posted.read(CompanyForm)
    with form.refusals():
        if form.ok:
            company = service.create_company(db, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "clients.show_company", code=company.code), flash="Client créé.")
    return page(request, "clients/company_edit.html", status=form.status, form=form, company=None, labels=LABELS)


@router.get("/clients/{code}", name="clients.show_company", dependencies=READ)
def show_company(request: Request, db: Db, code: str) -> Response:
    """One company."""
    return _company_page(request, db, code, blank_form())


@router.get("/clients/{code}/modifier", name="clients.edit_company", dependencies=EDIT)
def edit_company(request: Request, db: Db, code: str) -> Response:
    """The company's form, filled."""
    company = queries.get_company(db, code)
    values = {name: getattr(company, name) for name in CompanyForm.model_fields}
    return page(request, "clients/company_edit.html", form=blank_form(values), company=company, labels=LABELS)


@router.post("/clients/{code}/modifier", name="clients.change_company", dependencies=EDIT)
def change_company(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a company."""
    company = queries.get_company(db, code, lock=True)
    form = posted.read(CompanyForm)
    with form.refusals():
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_company(db, company, values=values, seen_version=seen, by=me)
            return redirect(request, url(request, "clients.show_company", code=code), flash="Client enregistré.")
    return page(request, "clients/company_edit.html", status=form.status, form=form, company=company, labels=LABELS)


@router.post("/clients/{code}/archive", name="clients.archive_company", dependencies=EDIT)
def archive_company(request: Request, db: Db, me: Me, code: str) -> Response:
    """Put a company away; the same gesture takes it back."""
    company = queries.get_company(db, code, lock=True)
    archived = company.archived_at is not None
    (service.restore_company if archived else service.archive_company)(db, company, by=me)
    words = "Client remis en activité." if archived else "Client archivé."
    return redirect(request, url(request, "clients.show_company", code=code), flash=words)


@router.post("/clients/{code}/contacts", name="clients.add_contact", dependencies=EDIT)
def add_contact(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """A new contact, from the company's page."""
    form = posted.read(ContactForm)
    with form.refusals():
        if form.ok:
            company = queries.get_company(db, code, lock=True)
            service.add_contact(db, company, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "clients.show_company", code=code), flash="Contact ajouté.")
    return _company_page(request, db, code, form, status=form.status)


@router.post("/clients/{code}/contacts/{contact_id}/retrait", name="clients.remove_contact", dependencies=EDIT)
def remove_contact(request: Request, db: Db, me: Me, code: str, contact_id: Id) -> Response:
    """The contact is no longer at the company."""
    company = queries.get_company(db, code, lock=True)
    contact = queries.get_contact(db, company, contact_id)
    if contact.archived_at is not None:
        raise Refused("Ce contact est déjà retiré.")
    service.remove_contact(db, company, contact, by=me)
    return redirect(request, url(request, "clients.show_company", code=code), flash="Contact retiré.")


def _company_page(request: Request, db: Db, code: str, form: Form[ContactForm], status: int = 200) -> Response:
    found = queries.company_page(db, code)
    return page(request, "clients/company_show.html", status=status, page=found, form=form)
