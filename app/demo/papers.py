"""What an import cannot carry of the machines: protections, permits, qualities, and a change still to be sent."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core import clock
from app.core.permissions import Role
from app.machines.models import Clearance, Declaration, DeclarationChange, SupervisorQuality, WorkCenter
from app.machines.rules import ClearanceKind, ClearanceResult
from app.machines.rules.papers import join_words

PLACE, SECTOR, QUALITY = "Atelier d’usinage", "Usinage de précision", "Maître professionnel"
GLASSES, SHOES, HAIR, NO_GLOVES = "Lunettes", "Chaussures de sécurité", "Cheveux attachés", "Pas de gants"
PROTECTIONS: dict[str, tuple[str, ...]] = {
    "SCIE": (GLASSES, SHOES, NO_GLOVES), "TOUR-P": (GLASSES, SHOES, HAIR, NO_GLOVES), "TOUR-CN": (GLASSES, SHOES),
    "FRAIS": (GLASSES, SHOES, HAIR, NO_GLOVES), "CU-3X": (GLASSES, SHOES), "PERC": (GLASSES, HAIR, NO_GLOVES),
    "RECT": (GLASSES, SHOES), "EDM-FIL": (GLASSES, "Gants"), "EBAV": (GLASSES, "Gants anticoupure"),
    "MONT": (SHOES,),
}  # fmt: skip
NEW_MACHINE = "EDM-FIL"  # bought this month: named in a change that nobody has sent yet
# From the training on: a fortnight with the master beside, two months later alone; every seventh permit is late.
BESIDE, ALONE, LATE = timedelta(days=14), timedelta(days=75), 7


def furnish(db: Session) -> None:
    """Fill in the papers of machines, staff and pupils, dated up to today."""
    today = clock.today()
    for center in db.scalars(select(WorkCenter)):
        center.place, center.ppe = PLACE, join_words(PROTECTIONS.get(center.code, ()))
        center.needs_permit = bool(center.regulated_articles)
    _name_supervisors(db)
    _prepare_change(db, today)
    if permits := list(_permits(db, today)):
        db.execute(insert(Clearance), permits)
    db.flush()  # the day's work is handed out by these papers


def _name_supervisors(db: Session) -> None:
    """Declarations name the masters by their quality, and every master holds it."""
    named = {"sector": SECTOR, "places": PLACE, "supervisor_qualities": QUALITY, "sent_by_means": "Lettre recommandée"}
    db.execute(update(Declaration).values(**named))
    first = min(sent for sent in db.scalars(select(Declaration.sent_on)) if sent)
    for staff_id in db.scalars(select(Staff.id).where(Staff.role == Role.MASTER)):
        db.add(SupervisorQuality(staff_id=staff_id, quality=QUALITY, starts_on=first))


def _prepare_change(db: Session, today: date) -> None:
    """The new machine has to be told within eight days of its arrival."""
    latest = db.scalars(select(Declaration).order_by(Declaration.sent_on.desc()).limit(1)).one()
    change = DeclarationChange(
        declaration_id=latest.id, changed_on=today - timedelta(days=5), work_centers=NEW_MACHINE, at=clock.now()
    )
    db.add(change)


def _permits(db: Session, today: date) -> Iterator[dict[str, Any]]:
    """A machine permit for each passed training: first with the master beside, later alone."""
    master = db.scalars(select(Staff).where(Staff.role == Role.MASTER).order_by(Staff.code).limit(1)).one()
    passed = select(Clearance.pupil_id, Clearance.work_center_id, Clearance.on_date).where(
        Clearance.kind == ClearanceKind.SAFETY, Clearance.result == ClearanceResult.PASSED
    )
    for place, (pupil_id, center_id, trained_on) in enumerate(db.execute(passed.order_by(Clearance.id)).all()):
        if place % LATE == LATE - 1:
            continue
        for wait, level in ((BESIDE, ClearanceResult.SUPERVISED), (ALONE, ClearanceResult.ALONE)):
            if trained_on + wait <= today:
                yield {
                    "pupil_id": pupil_id, "kind": ClearanceKind.PERMIT.value, "work_center_id": center_id,
                    "on_date": trained_on + wait, "result": level.value, "given_by": master.full_name,
                    "at": clock.now(), "by_id": master.id,
                }  # fmt: skip
