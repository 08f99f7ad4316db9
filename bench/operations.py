"""The six operations of the comparison: how Compagnon is asked, and how the floor is."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from sqlalchemy import select

from app.clients.models import Company
from app.core.clock import today
from app.core.db import Database
from app.orders.models import CustomerOrder, OrderLine
from app.workshop.models import Assignment, Ticket, WorkSession
from app.workshop.rules import HELD_STATES
from bench.schools import Bench

Send = Callable[[httpx.Client, int], httpx.Response]
# Pages that people look at all day, for the crowd.
PAGES = (
    "/",
    "/commandes",
    "/atelier",
    "/atelier/bons",
    "/eleves",
    "/semaine",
    "/appels",
    "/heures",
    "/debouches",
    "/clients",
)


@dataclass(frozen=True)
class Sample:
    """Things of the school to ask about."""

    order: str
    company: str
    ticket: str


@dataclass(frozen=True)
class Operation:
    """One row of the table."""

    name: str
    ours: Callable[[Sample], Send]
    floor: Send


def sample(bench: Bench) -> Sample:
    """An order with several lines, and a ticket in the hands of a pupil who is not working just now."""
    database = Database(bench.url)
    with database.reading() as db:
        busy = select(WorkSession.pupil_id).where(WorkSession.ended_at.is_(None))
        ticket = db.scalar(
            select(Ticket.number)
            .join(Assignment)
            .where(Ticket.state.in_(HELD_STATES), Assignment.ended_at.is_(None), Assignment.pupil_id.not_in(busy))
            .limit(1)
        )
        order = db.scalar(select(CustomerOrder.number).join(OrderLine).where(OrderLine.line_no == 2).limit(1))
        company = db.scalar(select(Company.code).limit(1))
    database.dispose()
    if not (ticket and order and company):
        raise LookupError("the generated school has nothing to measure on")
    return Sample(order, company, ticket)


def _get(path: str) -> Send:
    return lambda http, _number: http.get(path)


def _new_order(company: str) -> dict[str, object]:
    line = {"label": "Axe tourné Ø 20", "quantity": "10", "unit": "pièce", "unit_price": "12.50", "vat_rate": "20"}
    day = today().isoformat()
    return {"client": company, "ordered_on": day, "due_on": day, "lines": [line] * 3}


def _create(path: str) -> Callable[[str], Send]:
    return lambda company: lambda http, _number: http.post(path, json=_new_order(company))


def _log_time(ticket: str) -> Send:
    """Time is logged by starting and pausing: every second request closes a work session."""
    return lambda http, n: http.post(
        f"/atelier/bons/{ticket}/{'pause' if n % 2 else 'demarrage'}", data={"version": ""}
    )


OPERATIONS = (
    Operation("order list, 50 rows", lambda _: _get("/commandes?etat=toutes"), _get("/orders")),
    Operation("order detail", lambda found: _get(f"/commandes/{found.order}"), _get("/order")),
    Operation("ticket list, 50 rows", lambda _: _get("/atelier/bons?etat=tous"), _get("/tickets")),
    Operation("create order + 3 lines", lambda found: _create("/api/v1/orders")(found.company), _create("/orders")("")),
    Operation("log time on a ticket", lambda found: _log_time(found.ticket), lambda http, _n: http.post("/time")),
    Operation("statistics page", lambda _: _get("/heures"), _get("/statistics?from=2026-09-01")),
)
