"""Guardians of a pupil: entered, changed, ended. Every deed stands in the pupil's journal."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.pedagogy import queries
from app.pedagogy.models import Guardian, Pupil
from app.pedagogy.rules.guardians import RELATION_LABELS, Answering, Relation, share_a_day
from app.pedagogy.service.writers import last_hand

LABELS = {
    "rank": "Ordre", "name": "Nom", "relation": "Lien", "email": "E-mail", "phone": "Téléphone", "address": "Adresse",
    "notified": "Reçoit les avis", "starts_on": "À partir du", "ends_on": "Jusqu’au", "custody_note": "Garde",
}  # fmt: skip
FIELDS = tuple(LABELS)


def add_guardian(db: Session, pupil: Pupil, *, values: Mapping[str, Any], by: Actor) -> Guardian:
    """Somebody who answers for the pupil from a day on."""
    _refuse(db, pupil, values, None)
    guardian = Guardian(pupil_id=pupil.id, **{name: values[name] for name in FIELDS})
    db.add(guardian)
    db.flush()  # its id, for whoever shows it
    journal.record(db, pupil, "guardian", f"Responsable ajouté : {guardian.name or 'sans nom'}", by=by)
    return guardian


def change_guardian(
    db: Session, pupil: Pupil, guardian: Guardian, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> Guardian:
    """Change what is known of a guardian."""
    changes = {
        LABELS[name]: (_shown(getattr(guardian, name)), _shown(values[name]))
        for name in FIELDS
        if getattr(guardian, name) != values[name]
    }
    if seen_version is not None and guardian.version != seen_version:
        rows = tuple((label, typed, stored) for label, (stored, typed) in changes.items())
        sentence = f"Ce responsable a été modifié{last_hand(db, pupil)} pendant votre saisie. Rien n’a été écrasé."
        raise Stale(sentence, rows, version=guardian.version)
    if not changes:
        return guardian
    _refuse(db, pupil, values, guardian)
    for name in FIELDS:
        setattr(guardian, name, values[name])
    guardian.version += 1
    journal.record(db, pupil, "guardian", f"Responsable modifié : {guardian.name}", by=by, changes=changes)
    return guardian


def end_guardian(db: Session, pupil: Pupil, guardian: Guardian, *, by: Actor) -> None:
    """He or she answers no longer from today on; entered today or for later, the row goes."""
    journal.record(db, pupil, "guardian", f"Responsable retiré : {guardian.name}", by=by)
    if guardian.starts_on is not None and guardian.starts_on >= today():
        db.delete(guardian)
        return
    guardian.ends_on = today() - timedelta(days=1)
    guardian.version += 1


def first_values(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first guardian that comes with a new pupil (`guardian_name`…), as `add_guardian` takes it; None: nobody."""
    name, email, phone = (values.get(f"guardian_{what}") for what in ("name", "email", "phone"))
    if not (name or email or phone):
        return None
    return {
        "rank": 1, "name": name or "", "relation": Relation.GUARDIAN, "email": email, "phone": phone,
        "address": None, "notified": True, "starts_on": None, "ends_on": None, "custody_note": None,
    }  # fmt: skip


def _refuse(db: Session, pupil: Pupil, values: Mapping[str, Any], own: Guardian | None) -> None:
    wanted = Answering(*(values[name] for name in ("rank", "notified", "starts_on", "ends_on")))
    if wanted.starts_on and wanted.ends_on and wanted.ends_on < wanted.starts_on:
        raise Refused("La fin vient avant le début.", field="ends_on")
    if wanted.notified and not (values["email"] or values["phone"] or values["address"]):
        raise Refused("Pour recevoir les avis, il faut un e-mail, un téléphone ou une adresse.", field="notified")
    for other in queries.guardians_of(db, pupil.id):
        mine = own is not None and other.id == own.id
        if not mine and other.rank == wanted.rank and share_a_day(other, wanted):
            place = "premier" if other.rank == 1 else "second"
            raise Refused(
                f"{other.name or 'Un autre'} est déjà {place} responsable ces jours-là : choisissez l’autre ordre, ou "
                "mettez d’abord fin à sa période.",
                field="rank",
            )


def _shown(value: Any) -> str:
    if isinstance(value, Relation):
        return RELATION_LABELS[value]
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"{value:%d/%m/%Y}" if hasattr(value, "year") else str(value or "–")
