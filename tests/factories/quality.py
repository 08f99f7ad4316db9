"""Check points of operations, and what was checked."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.workshop.models import CheckPoint, Operation
from app.workshop.rules import CheckKind


def make_point(db: Session, operation: Operation, **other: Any) -> CheckPoint:
    """A diameter of 12 ±0.05, on the first piece."""
    last = db.scalar(select(func.max(CheckPoint.seq)).where(CheckPoint.operation_id == operation.id)) or 0
    values = {"seq": last + 1, "label": "Ø12", "kind": CheckKind.MEASURE} | other
    if values["kind"] == CheckKind.MEASURE:
        values = {"nominal": Decimal(12), "lower": Decimal("-0.05"), "upper": Decimal("0.05")} | values
    point = CheckPoint(operation_id=operation.id, **values)
    db.add(point)
    db.flush()
    return point
