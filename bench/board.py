"""The dispatch board on a full workshop: sixty pupils, three hundred open operations, one and ten years of history.

Ratios travel between machines: each page of the large school next to the same of the small one.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.clock import now, today
from app.core.db import Database
from app.machines.models import WorkCenter
from app.main import create_app
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.models import Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.rules import SessionKind
from app.settings import Settings
from app.workshop.models import Job, Operation, Ticket
from app.workshop.rules import JobState, TicketState
from bench.schools import Bench
from bench.statements import NOT_COUNTED

PUPILS, OPEN, ROUNDS = 60, 300, 40
HALVES = ((480, 720), (780, 1020))


@dataclass(frozen=True)
class Page:
    """What one page costs: SQL statements, and milliseconds."""

    statements: int
    p50: float
    p95: float


def measure(bench: Bench) -> dict[str, Page]:
    """Fill the workshop of a generated school and ask for its boards."""
    database = Database(bench.url)
    with database.writing() as db:
        operation_id, number = _fill(db, today())
    pages = {
        "today": "/atelier?vue=tous", "today, an operation in hand": f"/atelier?vue=tous&operation={operation_id}",
        "today, a ticket in hand": f"/atelier?vue=tous&bon={number}", "week": "/atelier/semaine?vue=tous",
        "week, in hand": f"/atelier/semaine?vue=tous&operation={operation_id}", "proposal": "/atelier/proposition",
    }  # fmt: skip
    return ask_pages(bench, database, pages)


def ask_pages(bench: Bench, database: Database, pages: dict[str, str]) -> dict[str, Page]:
    """What each page costs a director, one after the other in this process."""
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            counted.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    app = create_app(Settings(data_dir=bench.folder, base_url="http://127.0.0.1:8000"), database=database)
    with TestClient(app, base_url="http://127.0.0.1:8000", headers={"Sec-Fetch-Site": "same-origin"}) as http:
        http.cookies.set("sid", bench.cookie, domain="127.0.0.1")
        return {name: _page(lambda path=path: http.get(path), counted) for name, path in pages.items()}  # type: ignore[misc]


def _page(ask: Callable[[], Any], counted: list[str]) -> Page:
    ask()
    counted.clear()
    ask()
    statements, spent = len(counted), []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = ask()
        spent.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.url} answered {answer.status_code}")
    return Page(statements, statistics.median(spent), statistics.quantiles(spent, n=20)[-1])


def _fill(db: Session, day: date) -> tuple[int, str]:
    """Sixty pupils at practice all day, three hundred operations with pieces left, some on a ticket."""
    group = db.scalars(select(PupilGroup).order_by(PupilGroup.school_year.desc(), PupilGroup.id)).first()
    session = db.scalars(select(TimetableSession).where(TimetableSession.kind == SessionKind.PRACTICE)).first()
    if group is None or session is None:
        raise LookupError("the generated school has no practice")
    subject = db.get_one(Subject, session.subject_id)
    crowd = PupilGroup(
        code="BENCH", label="Tout l’atelier", diploma_id=group.diploma_id, school_year=group.school_year
    )  # fmt: skip
    db.add(crowd)
    db.flush()  # its id, for the pupils
    for start, end in HALVES:
        db.add(TimetableSession(
            group_id=crowd.id, on_date=day, start_minute=start, end_minute=end, kind=SessionKind.PRACTICE,
            subject_id=subject.id, staff_id=session.staff_id,
        ))  # fmt: skip
    for number in range(PUPILS):
        _pupil(db, crowd, number, day)
    return _work(db, day)


def _pupil(db: Session, group: PupilGroup, number: int, day: date) -> None:
    entered = day - timedelta(days=60)
    pupil = Pupil(
        code=f"BENCH{number}", last_name=f"Nom{number:02}", first_name=f"Élève{number}", group_id=group.id,
        born_on=day - timedelta(days=16 * 366), entered_on=entered, sort_key=f"nom{number:02}", search_key="",
    )  # fmt: skip
    db.add(pupil)
    db.flush()  # its id, for the stay
    db.add(Membership(pupil_id=pupil.id, group_id=group.id, starts_on=entered, implied=True))


def _work(db: Session, day: date) -> tuple[int, str]:
    order = db.scalars(select(CustomerOrder).where(CustomerOrder.state == OrderState.IN_PRODUCTION)).first()
    template = db.scalars(select(OrderLine)).first()
    centers = db.scalars(select(WorkCenter.id).order_by(WorkCenter.id)).all()
    if order is None or template is None or not centers:
        raise LookupError("the generated school has no work")
    made: list[Operation] = []
    for number in range(OPEN):
        line = OrderLine(
            order_id=order.id, line_no=1000 + number, label=f"Pièce {number}", quantity=template.quantity,
            unit=template.unit, unit_price=template.unit_price, discount=template.discount,
            vat_rate=template.vat_rate, net=template.net,
        )  # fmt: skip
        db.add(line)
        db.flush()  # its id, for the job
        job = Job(
            number=f"BENCH-{number:04}", line_id=line.id, order_id=order.id, quantity=20,
            due_on=day + timedelta(days=number % 40 - 5), state=JobState.PLANNED, created_at=now(),
        )  # fmt: skip
        db.add(job)
        db.flush()  # its id, for the operation
        made.append(Operation(
            job_id=job.id, work_center_id=centers[number % len(centers)], seq=10, label="Usinage",
            setup_seconds=600, unit_seconds=120, skill_code=None,
        ))  # fmt: skip
        db.add(made[-1])
    db.flush()  # their ids, for the ticket
    db.add(Ticket(
        number="BENCH-BT", operation_id=made[0].id, quantity=10, state=TicketState.OPEN, created_at=now()
    ))  # fmt: skip
    return made[1].id, "BENCH-BT"
