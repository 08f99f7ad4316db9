"""The school's decisions about its own checks."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import GateSetting
from app.machines.rules.settings import CEILING, Decision, in_force

_DECISIONS = select(GateSetting.check, GateSetting.blocks, GateSetting.starts_on).order_by(
    GateSetting.starts_on, GateSetting.id
)


def setting_decisions(db: Session) -> list[Decision]:
    """Every decision, in the order in which they take effect."""
    return [Decision(*row) for row in run(db, _DECISIONS).all()]


def ceiling_blocks(db: Session, day: date) -> bool:
    """Whether more pupils than a master may have are refused, or only told of."""
    return in_force(setting_decisions(db), day)[CEILING]
