"""Lots of material and their moves, as the ledger keeps them."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now, today
from app.core.text import fold, search_key
from app.workshop.models import Job, MaterialLot, MaterialMove
from app.workshop.rules import MoveKind
from tests.factories.numbers import serial


def make_lot(db: Session, *, quantity: Decimal | int = 10, **other: Any) -> MaterialLot:
    """A bar of the school's own, received today, so many metres of it."""
    code = other.pop("code", f"LOT-{serial():04}")
    values = {"label": "C45", "shape": "rond Ø30", "unit": "m", "received_on": today(), "place": "Rack A3"} | other
    values.setdefault("sort_key", fold(f"{values['label']} {values['shape']}"))
    values.setdefault("search_key", search_key(code, values["label"], values["shape"], values.get("heat")))
    lot = MaterialLot(code=code, **values)
    db.add(lot)
    db.flush()
    make_move(db, lot, MoveKind.RECEIVE, quantity)
    return lot


def make_move(
    db: Session, lot: MaterialLot, kind: MoveKind, quantity: Decimal | int, *, job: Job | None = None
) -> MaterialMove:  # fmt: skip
    """One more row of the ledger."""
    move = MaterialMove(
        lot_id=lot.id, kind=kind, quantity=Decimal(quantity), job_id=job.id if job else None, at=now()
    )  # fmt: skip
    db.add(move)
    db.flush()
    return move
