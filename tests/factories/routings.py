"""Routing templates, check points and drawings."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.text import fold, search_key
from app.machines.models import WorkCenter
from app.workshop.models import RoutingTemplate, TemplateCheckPoint, TemplateOperation
from app.workshop.rules import CheckKind
from tests.factories.numbers import serial
from tests.factories.workshop import make_work_center

MEASURE = {
    "label": "Ø12 H8", "kind": CheckKind.MEASURE, "nominal": Decimal(12), "lower": Decimal(0),
    "upper": Decimal("0.027"), "gauge": "Tampon", "every": 5,
}  # fmt: skip


def make_template(
    db: Session, *, operations: int = 2, center: WorkCenter | None = None, **other: Any
) -> RoutingTemplate:
    """A template of so many operations, the first with one measure."""
    n = serial()
    values = {"code": f"G{n}", "label": f"Bride {n}", "revision": 1, "created_at": now(), "version": 1} | other
    values |= {"sort_key": fold(values["label"]), "search_key": search_key(values["code"], values["label"])}
    center = center or make_work_center(db)
    steps = [
        TemplateOperation(
            seq=place * 10, label=f"Phase {place}", work_center_id=center.id, setup_seconds=600, unit_seconds=300,
            points=[TemplateCheckPoint(seq=10, **MEASURE)] if place == 1 else [],
        )
        for place in range(1, operations + 1)
    ]  # fmt: skip
    template = RoutingTemplate(operations=steps, **values)
    db.add(template)
    db.flush()
    return template
