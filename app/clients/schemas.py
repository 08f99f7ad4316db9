"""What the API says of a company."""

from pydantic import BaseModel

from app.clients.models import Company


class ContactOut(BaseModel):
    """A person at a company."""

    last_name: str
    first_name: str
    position: str | None
    email: str | None
    phone: str | None


class CompanyOut(BaseModel):
    """A company, keyed by the school's own code."""

    code: str
    name: str
    siret: str | None
    vat_number: str | None
    address: str
    postal_code: str
    city: str
    country: str
    email: str | None
    phone: str | None
    payment_days: int
    archived: bool
    version: int
    contacts: list[ContactOut]


class CompanyRow(BaseModel):
    """A company in a list."""

    code: str
    name: str
    city: str
    siret: str | None
    payment_days: int


class CompanyList(BaseModel):
    """One page of companies."""

    items: list[CompanyRow]
    total: int
    page: int
    size: int


def company_out(company: Company) -> CompanyOut:
    """The document of one company."""
    contacts = [
        ContactOut.model_validate(contact, from_attributes=True)
        for contact in company.contacts
        if contact.archived_at is None
    ]
    names = set(CompanyOut.model_fields) - {"contacts", "archived"}
    values = {name: getattr(company, name) for name in names}
    return CompanyOut(**values, contacts=contacts, archived=company.archived_at is not None)
