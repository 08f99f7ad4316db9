"""Masters who will be away, and what the workshop knows of its machines beside their papers: rates, one out of use."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.clock import monday_of
from app.core.permissions import Role
from app.demo.calendar import DAY, is_school_day
from app.machines import service
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.machines.service import Away

# Professional market rates, euros an hour excluding VAT.
RATES = {
    "SCIE": 35, "TOUR-P": 45, "TOUR-CN": 58, "FRAIS": 45, "CU-3X": 58, "PERC": 35, "RECT": 48, "EDM-FIL": 62,
    "EBAV": 30, "MONT": 30, "FAO": 40, "METRO": 40, "MMT": 55,
}  # fmt: skip
WAITING = ("EDM-FIL", "Mise en service par le fournisseur en attente.")


def plan_absences(db: Session, day: date) -> None:
    """Next week one master is away and nobody is named yet; the week after another one, with a substitute."""
    head = accounts.staff_actor(accounts.get_staff_by_code(db, "D1"))
    masters = list(
        db.scalars(select(Staff).where(Staff.role == Role.MASTER, Staff.disabled_at.is_(None)).order_by(Staff.code))
    )
    if len(masters) < 2:
        return
    first, second = masters[:2]
    week = monday_of(day) + 7 * DAY
    open_days = [one for one in (week + step * DAY for step in range(5)) if is_school_day(one)]
    for away in open_days[:1]:
        service.add_absence(db, second.code, Away(away, away, note="Formation à la prévention"), by=head)
    later = week + 8 * DAY
    service.add_absence(db, first.code, Away(later, later, second.code, "Salon professionnel"), by=head)


def rate_machines(db: Session) -> None:
    """Market rates for quotes; the machine that came last waits for its supplier."""
    head = accounts.staff_actor(accounts.get_staff_by_code(db, "D1"))
    for center in db.scalars(select(WorkCenter).where(WorkCenter.code.in_(RATES)).order_by(WorkCenter.id)):
        _rate(db, center, head)
        if center.code == WAITING[0]:
            service.set_state(db, center, CenterState.MAINTENANCE, note=WAITING[1], seen_version=None, by=head)


def _rate(db: Session, center: WorkCenter, by: Actor) -> None:
    draft = replace(service.draft_of(center), hourly_rate=Decimal(RATES[center.code]))
    service.change_work_center(db, center, draft, seen_version=None, by=by)
