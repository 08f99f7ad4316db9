"""Writes about companies: check first, write after, journal always."""

from typing import Any

from sqlalchemy.orm import Session

from app.clients import queries, rules
from app.clients.models import Company, Contact
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.core.text import fold, search_key

FIELDS = tuple(rules.LABELS)


def create_company(db: Session, *, values: dict[str, Any], by: Actor) -> Company:
    """A new company under the code given, or under the next free one. Codes are never used twice."""
    code = values.get("code") or _free_code(db)
    if queries.code_taken(db, code):
        raise Refused(f"Le code « {code} » est déjà pris par un autre client.", field="code")
    company = Company(code=code, **{name: values[name] for name in FIELDS})
    _set_keys(company)
    db.add(company)
    db.flush()  # its id, for the journal
    journal.record(db, company, "create", f"Client {code} créé", by=by)
    return company


def change_company(
    db: Session, company: Company, *, values: dict[str, Any], seen_version: int | None, by: Actor
) -> Company:
    """Change what is known of a company. Its code never changes. Orders keep pointing to it, papers keep their copy."""
    changes = {
        rules.LABELS[name]: (getattr(company, name), values[name])
        for name in FIELDS
        if getattr(company, name) != values[name]
    }
    if seen_version is not None and company.version != seen_version:
        raise _stale(db, company, changes)
    if not changes:
        return company
    for name in FIELDS:
        setattr(company, name, values[name])
    _set_keys(company)
    company.version += 1
    journal.record(db, company, "change", "Fiche client modifiée", by=by, changes=changes)
    return company


def archive_company(db: Session, company: Company, *, by: Actor) -> None:
    """Put a company away: it is proposed for no new order, and nothing of its past changes."""
    if company.archived_at is None:
        company.archived_at = now()
        company.version += 1
        journal.record(db, company, "archive", "Client archivé", by=by)


def restore_company(db: Session, company: Company, *, by: Actor) -> None:
    """Take an archived company back."""
    if company.archived_at is not None:
        company.archived_at = None
        company.version += 1
        journal.record(db, company, "restore", "Client remis en activité", by=by)


def add_contact(db: Session, company: Company, *, values: dict[str, Any], by: Actor) -> Contact:
    """A new person to call. The same two names at the same company are the same person."""
    key = rules.contact_key(values["last_name"], values["first_name"])
    for known in company.contacts:
        if rules.contact_key(known.last_name, known.first_name) == key:
            if known.archived_at is None:
                raise Refused(f"{' '.join(part for part in key[::-1] if part)} est déjà un contact.", field="last_name")
            known.archived_at = None
            _fill_contact(known, values)
            journal.record(db, company, "restore_contact", f"Contact {known.last_name} remis", by=by)
            return known
    contact = Contact(company_id=company.id, sort_key="")
    _fill_contact(contact, values)
    db.add(contact)
    journal.record(db, company, "add_contact", f"Contact {contact.last_name} ajouté", by=by)
    return contact


def remove_contact(db: Session, company: Company, contact: Contact, *, by: Actor) -> None:
    """The person is no longer there; the record stays."""
    contact.archived_at = now()
    journal.record(db, company, "remove_contact", f"Contact {contact.last_name} retiré", by=by)


def _fill_contact(contact: Contact, values: dict[str, Any]) -> None:
    contact.last_name, contact.first_name = values["last_name"], values["first_name"]
    contact.position, contact.email, contact.phone = values["position"], values["email"], values["phone"]
    contact.sort_key = fold(f"{contact.last_name} {contact.first_name}")


def _free_code(db: Session) -> str:
    code = rules.company_code(next_number(db, rules.CODE_SERIES, 0))
    while queries.code_taken(db, code):
        code = rules.company_code(next_number(db, rules.CODE_SERIES, 0))
    return code


def _set_keys(company: Company) -> None:
    company.sort_key = fold(company.name)
    company.search_key = search_key(company.code, company.name, company.city, company.siret, company.email)


def _stale(db: Session, company: Company, changes: dict[str, tuple[Any, Any]]) -> Stale:
    last = journal.history(db, "company", company.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    rows = tuple((label, str(typed or "–"), str(stored or "–")) for label, (stored, typed) in changes.items())
    return Stale(
        f"Cette fiche a été modifiée{who} pendant votre saisie. Rien n’a été écrasé.", rows, version=company.version
    )
