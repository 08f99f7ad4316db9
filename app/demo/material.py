"""Material on the racks: bars, plates and a client's own blanks; reserved and consumed by the work under way."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clients.models import Company
from app.core import clock
from app.core.actor import Actor
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OPEN_STATES
from app.workshop.models import Job, MaterialLot, Operation
from app.workshop.rules import JOB_OVER, MoveKind
from app.workshop.service import Described, Reception, move_material, put_back, receive

RECEIVED_BEFORE = timedelta(days=24)
RESERVED_BEFORE = timedelta(days=3)
CONSUMED_BEFORE = timedelta(days=2)
OFFCUTS = 3
FROM_CLIENTS = "Reprise"  # of these the client brings the blanks


@dataclass(frozen=True, slots=True)
class Stock:
    """A material on the rack: what is made from it, how much of it a piece takes, and what is in stock anyway."""

    label: str
    shape: str
    unit: str
    kind: str
    certificate: str
    heat: str
    per_piece: str
    spare: str
    cost: str
    place: str
    parts: str


# Material | size | unit | certificate asked for | its number | heat | metres a piece | spare | price | place | parts
_RACK = """
C45 | rond Ø30 | m | 3.1 | 24-88123 | H55671 | 0.05 | 6 | 7.80 | Rack A1 | Entretoise Vis Pion Goupille Cale Embout
42CrMo4 | rond Ø60 | m | 3.1 | | H90214 | 0.08 | 3 | 24.50 | Rack A2 | Axe Galet Levier Chape Poinçon
S235 | plat 120×12 | m | 2.2 | R-2214 | | 0.14 | 6 | 11.20 | Rack A3 | Bride Mors Butée Manchon
EN AW-6082 | plat 80×20 | m | 3.1 | 6082-417 | AL7741 | 0.07 | 4 | 13.60 | Rack B1 | Support Prototype Plaque Flasque
CuSn12 | rond Ø45 | m | | | | 0.04 | 2 | 68.00 | Rack B2 | Bague
EN AW-7075 | rond Ø25 | m | 3.1 | 7075-088 | AL8120 | 0 | 3 | 19.90 | Rack B1 |
POM blanc | rond Ø40 | m | | | | 0 | 4 | 9.40 | Rack C1 |
X20Cr13 | rond Ø20 | m | 3.1 | X-20931 | S44102 | 0 | 2.5 | 15.30 | Rack A4 |
Acier étiré | hexagonal 17 | barre | | | | 0 | 5 | 14.00 | Rack A4 |
Tôle S235 | 1000×2000×3 | plaque | 2.2 | R-2301 | | 0 | 3 | 61.00 | Chevalet |
"""


def rack() -> list[Stock]:
    """The rows of the table."""
    return [Stock(*(cell.strip() for cell in line.split("|"))) for line in _RACK.strip().splitlines()]


def fill_racks(db: Session, *, by: Actor) -> None:
    """A dozen lots, those that the open work needs reserved for it, and consumed where it has begun."""
    jobs = list(_jobs(db))
    offcuts = 0
    for stock in rack():
        wanted = [(job, begun) for job, label, begun in jobs if label.split()[0] in stock.parts.split()]
        lot = _receive(db, stock, sum((_need(stock, job) for job, _ in wanted), Decimal(0)), by=by)
        for job, begun in wanted:
            with clock.freeze(clock.now() - RESERVED_BEFORE):
                move_material(db, lot, MoveKind.RESERVE, _need(stock, job), job_id=job.id, by=by)
            if begun:
                offcuts += _consume(db, lot, _need(stock, job), job, cut=offcuts < OFFCUTS, by=by)
    _clients_blanks(db, jobs, by=by)


def _jobs(db: Session) -> Iterator[tuple[Job, str, bool]]:
    """The jobs of open orders, what they make, and whether their first operation has good pieces."""
    rows = db.execute(
        select(Job, OrderLine.label, Operation.good)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .join(Operation, Operation.job_id == Job.id)
        .where(CustomerOrder.state.in_(OPEN_STATES), Job.state.not_in(JOB_OVER))
        .order_by(Job.id, Operation.seq)
    ).all()
    seen = set()
    for job, label, good in rows:
        if job.id not in seen:
            seen.add(job.id)
            yield job, label, good > 0


def _need(stock: Stock, job: Job) -> Decimal:
    return (Decimal(stock.per_piece) * job.quantity).quantize(Decimal("0.1")) or Decimal("0.1")


def _receive(db: Session, stock: Stock, needed: Decimal, *, by: Actor) -> MaterialLot:
    """What the work needs and the spare, in whole metres."""
    described = Described(
        stock.label, stock.shape, stock.place, stock.kind, stock.certificate or None, stock.heat or None,
        Decimal(stock.cost),
    )  # fmt: skip
    quantity = Decimal(math.ceil(needed)) + Decimal(stock.spare)
    with clock.freeze(clock.now() - RECEIVED_BEFORE):
        return receive(db, Reception(described, stock.unit, quantity), by=by)


def _consume(db: Session, lot: MaterialLot, quantity: Decimal, job: Job, *, cut: bool, by: Actor) -> bool:
    """Sawn; now and then an end is long enough to go back on the rack."""
    with clock.freeze(clock.now() - CONSUMED_BEFORE):
        move_material(db, lot, MoveKind.CONSUME, quantity, job_id=job.id, by=by)
        end = (quantity / 4).quantize(Decimal("0.1"))
        if cut and end:
            put_back(
                db, lot, end, job_id=job.id, shape=f"{lot.shape}, L {int(end * 1000)}", place="Bac à chutes", by=by
            )
        return bool(cut and end)


def _clients_blanks(db: Session, jobs: list[tuple[Job, str, bool]], *, by: Actor) -> None:
    """A client brings the blanks of one job: counted in, machined, those too many given back."""
    begun = [job for job, _, has_begun in jobs if has_begun]
    subcontract = [job for job, label, has_begun in jobs if has_begun and label.startswith(FROM_CLIENTS)]
    for job in [*subcontract, *begun][:1]:
        order = db.get_one(CustomerOrder, job.order_id)
        client = db.get_one(Company, order.company_id)
        described = Described("Ébauches", "selon le plan du client", "Étagère clients", "3.1", "F-1187", "H77120")
        with clock.freeze(clock.now() - RECEIVED_BEFORE):
            brought = Reception(described, "pièce", Decimal(job.quantity + 12), company=client.code, note="2 caisses")
            lot = receive(db, brought, by=by)
        with clock.freeze(clock.now() - CONSUMED_BEFORE):
            move_material(db, lot, MoveKind.CONSUME, Decimal(job.quantity), job_id=job.id, by=by)
        move_material(db, lot, MoveKind.RETURN, Decimal(8), note="Rendu avec la première caisse", by=by)
