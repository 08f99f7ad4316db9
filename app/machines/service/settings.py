"""The school decides, from a day on, whether its own checks block or warn, and how many pupils a master may have."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import School
from app.accounts.queries import find_school
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.machines import queries
from app.machines.models import GateSetting
from app.machines.rules.settings import FEWEST, MOST, NAMES, in_force, why_not_from

WORDS = {True: "bloque", False: "alerte"}


def change_settings(
    db: Session, blocks: Mapping[str, bool], *, starts_on: date, pupils_per_master: int, seen_version: int | None,
    by: Actor,
) -> School:  # fmt: skip
    """Write the decisions that differ from what would hold on that day; what was answered before stays."""
    if sentence := why_not_from(starts_on, today()):
        raise Refused(sentence, field="starts_on")
    if not FEWEST <= pupils_per_master <= MOST:
        raise Refused(f"Entre {FEWEST} et {MOST} élèves par maître.", field="pupils_per_master")
    school = find_school(db, lock=True)
    if school is None:
        raise Refused("Enregistrez d’abord la fiche de l’école.")
    known = in_force(queries.setting_decisions(db), starts_on)
    changes = {
        NAMES[check]: (WORDS[known[check]], WORDS[wanted]) for check, wanted in blocks.items() if known[check] != wanted
    }
    if school.pupils_per_master != pupils_per_master:
        changes["Élèves par maître, au plus"] = (str(school.pupils_per_master), str(pupils_per_master))
    if seen_version is not None and school.version != seen_version:
        rows = tuple((label, typed, stored) for label, (stored, typed) in changes.items())
        sentence = "Ces réglages ont changé pendant votre saisie. Rien n’a été écrasé."
        raise Stale(sentence, rows, version=school.version)
    for check, wanted in blocks.items():
        if known[check] != wanted:
            db.add(GateSetting(check=check, blocks=wanted, starts_on=starts_on, at=now(), by_id=by.staff_id))
    if changes:
        school.pupils_per_master = pupils_per_master
        school.version += 1
        journal.record(
            db, school, "change_settings", f"Réglages de sécurité, à partir du {starts_on:%d/%m/%Y}", by=by,
            changes=changes,
        )  # fmt: skip
    return school
