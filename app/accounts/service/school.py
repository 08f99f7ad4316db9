"""The school's own sheet: what it is called, where it is, and the practice share it aims at."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import School
from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale


def change_school(db: Session, *, values: dict[str, Any], seen_version: int | None, by: Actor) -> School:
    """Change the school's sheet. The band of the practice share has a low end below its high end, the aim between."""
    school = queries.find_school(db, lock=True) or School(id=1, name="", version=1)
    if seen_version is not None and school.version != seen_version:
        raise Stale(
            "La fiche de l’école a été modifiée pendant votre saisie.", _rows(school, values), version=school.version
        )
    if why := rules.why_odd_band(values["share_low"], values["share_high"], values["practice_target"] * 100):
        raise Refused(why, field="share_low")
    if why := rules.why_odd_breaks(values["daily_breaks"]):
        raise Refused(why, field="daily_breaks")
    if values["siret"] != school.siret:
        # One that came with the school's own files is kept as it is; a new one is checked.
        if (bare := rules.bare_siret(values["siret"])) is None:
            raise Refused("Ce SIRET n’est pas valable : 14 chiffres, clé de contrôle comprise.", field="siret")
        values = values | {"siret": bare}
    shown = {label: (getattr(school, name), values[name]) for name, label in rules.SCHOOL_LABELS.items()}
    for name in rules.SCHOOL_LABELS:
        setattr(school, name, values[name])
    school.version += 1
    db.add(school)
    db.flush()  # a school that was unknown until now
    journal.record(db, school, "change", "Fiche de l’école modifiée", by=by, changes=shown)
    return school


def _rows(school: School, values: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    pairs = ((label, values[name], getattr(school, name)) for name, label in rules.SCHOOL_LABELS.items())
    return tuple((label, str(typed or "–"), str(stored or "–")) for label, typed, stored in pairs if typed != stored)
