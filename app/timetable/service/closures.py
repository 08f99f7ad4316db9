"""Days without school."""

from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused
from app.pedagogy import queries
from app.pedagogy.models import Closure


def add_closure(db: Session, *, starts_on: date, ends_on: date, label: str, by: Actor) -> Closure:
    """Days without school, both ends included. Sessions already planned there stay: they are cancelled one by one."""
    if ends_on < starts_on:
        raise Refused("Le dernier jour vient après le premier.", field="ends_on")
    for other in queries.closures_between(db, starts_on, ends_on):
        raise Refused(
            f"« {other.label} » couvre déjà ces jours, du {other.starts_on:%d/%m/%Y} au {other.ends_on:%d/%m/%Y}.",
            field="starts_on",
        )
    closure = Closure(starts_on=starts_on, ends_on=ends_on, label=label)
    db.add(closure)
    db.flush()  # its id, for the journal
    journal.record(db, closure, "create", f"Fermeture ajoutée : {label}", by=by)
    return closure


def remove_closure(db: Session, closure: Closure, *, by: Actor) -> None:
    """Open the school again on these days; the journal keeps what stood there."""
    dates = f"du {closure.starts_on:%d/%m/%Y} au {closure.ends_on:%d/%m/%Y}"
    journal.record(db, closure, "remove", f"Fermeture retirée : {closure.label}, {dates}", by=by)
    db.delete(closure)
