"""The bare floor: the same six operations on the same database with nothing but Starlette, sqlite3 and Jinja2.

No sign-in, no permission, no journal, no French formats, no navigation, no rules: what the machine itself costs.
Started as `python -m bench.floor DATABASE PORT`.
"""

import itertools
import sqlite3
import sys

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

LIST = "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
ORDERS = """SELECT o.number, c.name, o.ordered_on, o.due_on, o.state, o.net FROM customer_order o
JOIN company c ON c.id = o.company_id ORDER BY o.due_on DESC, o.id LIMIT 50"""
TICKETS = """SELECT t.number, t.state, t.quantity, t.good, op.label, w.label FROM ticket t
JOIN operation op ON op.id = t.operation_id JOIN work_center w ON w.id = op.work_center_id
ORDER BY t.id DESC LIMIT 50"""
STATISTICS = """SELECT g.code, sum(a.practice_minutes), sum(a.theory_minutes) FROM attendance_day a
JOIN pupil_group g ON g.id = a.group_id WHERE a.on_date >= ? GROUP BY g.code"""


class Floor:
    """The six operations."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.db.execute(f"PRAGMA {pragma}")
        self.list = Environment(autoescape=True).from_string(LIST)
        self.serial = itertools.count(1)
        self.company, self.pupil = self._id("company"), self._id("pupil")
        self.order, self.ticket = self._id("customer_order"), self._id("ticket")

    def _id(self, table: str) -> int:
        return int(self.db.execute(f"SELECT min(id) FROM {table}").fetchone()[0])  # noqa: S608

    async def orders(self, _request: Request) -> Response:
        """Fifty orders."""
        return HTMLResponse(self.list.render(rows=self.db.execute(ORDERS).fetchall()))

    async def show_order(self, _request: Request) -> Response:
        """One order with its lines."""
        head = self.db.execute("SELECT * FROM customer_order WHERE id = ?", [self.order]).fetchall()
        lines = self.db.execute("SELECT * FROM order_line WHERE order_id = ?", [self.order]).fetchall()
        return HTMLResponse(self.list.render(rows=head + lines))

    async def tickets(self, _request: Request) -> Response:
        """Fifty tickets."""
        return HTMLResponse(self.list.render(rows=self.db.execute(TICKETS).fetchall()))

    async def create_order(self, request: Request) -> Response:
        """An order and three lines, durably."""
        body = await request.json()
        number = f"F-{next(self.serial)}"
        self.db.execute("BEGIN IMMEDIATE")
        made = self.db.execute(
            """INSERT INTO customer_order
            (number, company_id, ordered_on, due_on, state, net, vat, search_key, created_at)
            VALUES (?, ?, ?, ?, 'confirmed', 0, 0, '', ?)""",
            [number, self.company, body["ordered_on"], body["due_on"], "2026-11-24 08:00:00"],
        )
        self.db.executemany(
            """INSERT INTO order_line (order_id, line_no, label, quantity, unit, unit_price, discount, vat_rate, net)
            VALUES (?, ?, ?, 100000, 'pièce', 12500000, 0, 2000, 12500)""",
            [(made.lastrowid, n, line["label"]) for n, line in enumerate(body["lines"], 1)],
        )
        self.db.execute("COMMIT")
        return JSONResponse({"number": number}, 201)

    async def log_time(self, _request: Request) -> Response:
        """A closed work session on a ticket, durably."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(
            """INSERT INTO work_session (ticket_id, pupil_id, started_at, ended_at, end_cause, at)
            VALUES (?, ?, '2026-11-24 08:00:00', '2026-11-24 09:00:00', 'self', '2026-11-24 09:00:00')""",
            [self.ticket, self.pupil],
        )
        self.db.execute("UPDATE ticket SET booked_seconds = booked_seconds + 3600 WHERE id = ?", [self.ticket])
        self.db.execute("COMMIT")
        return JSONResponse({}, 201)

    async def statistics(self, request: Request) -> Response:
        """Minutes per group, from the daily summary."""
        return HTMLResponse(
            self.list.render(rows=self.db.execute(STATISTICS, [request.query_params["from"]]).fetchall())
        )

    async def health(self, _request: Request) -> Response:
        """That it answers."""
        return JSONResponse({"status": "ok"})


def application(path: str) -> Starlette:
    """The floor on one database file."""
    floor = Floor(path)
    return Starlette(
        routes=[
            Route("/health", floor.health),
            Route("/orders", floor.orders),
            Route("/order", floor.show_order),
            Route("/tickets", floor.tickets),
            Route("/orders", floor.create_order, methods=["POST"]),
            Route("/time", floor.log_time, methods=["POST"]),
            Route("/statistics", floor.statistics),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False
    )
