"""What a person may type about a company: the same model for the page and for JSON."""

from typing import Annotated

from pydantic import Field

from app.web.fields import Blank, Code, Count, Email, Input, Line, Name, Siret, VatNumber, Version


class CompanyForm(Input):
    """A company. Without `code` the next one is given."""

    code: Annotated[Code | None, Blank] = None
    name: Name
    siret: Annotated[Siret | None, Blank] = None
    vat_number: Annotated[VatNumber | None, Blank] = None
    address: Line = ""
    postal_code: Line = ""
    city: Line = ""
    country: Line = "FR"
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    payment_days: Annotated[Count, Field(le=120)] = 30
    version: Version | None = None


class ContactForm(Input):
    """A person at a company."""

    last_name: Name
    first_name: Line = ""
    position: Annotated[Line | None, Blank] = None
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
