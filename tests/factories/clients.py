"""Companies and contacts."""

from typing import Any

from sqlalchemy.orm import Session

from app.clients.models import Company, Contact
from app.core.text import fold, search_key
from tests.factories.numbers import serial


def make_company(db: Session, name: str = "", **other: Any) -> Company:
    """A client company."""
    n = serial()
    name = name or f"Mécanique Lorraine {n}"
    values = {"code": f"CLI{n:04}", "name": name, "city": "Épinal", "postal_code": "88000"} | other
    values.setdefault("sort_key", fold(name))
    values.setdefault("search_key", search_key(values["code"], name, values["city"]))
    company = Company(**values)
    db.add(company)
    db.flush()
    return company


def make_contact(db: Session, company: Company, **other: Any) -> Contact:
    """Somebody to talk to there."""
    values = {"last_name": f"Martin{serial()}", "first_name": "Dominique"} | other
    values.setdefault("sort_key", fold(f"{values['last_name']} {values['first_name']}"))
    contact = Contact(company_id=company.id, **values)
    db.add(contact)
    db.flush()
    return contact
