"""The example school that comes with the import contract, where it lies beside this repository."""

import json
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM
from app.core.money import ratio
from app.exchange.service import apply_import, read_source
from app.orders.models import CustomerOrder
from app.pedagogy.models import AttendanceDay, Pupil, PupilGroup
from app.workshop.models import Job, Operation

SCHOOLS = Path(__file__).resolve().parents[2].parent / "shared" / "schools"

pytestmark = pytest.mark.skipif(
    not (SCHOOLS / "chaumont").is_dir(), reason=f"THE EXAMPLE SCHOOL IS NOT THERE: {SCHOOLS.parent.name}/{SCHOOLS.name}"
)


@pytest.fixture
def expected():
    return json.loads((SCHOOLS / "chaumont.expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def stored(db):
    started = time.perf_counter()
    report = apply_import(db, read_source(SCHOOLS / "chaumont"), by=SYSTEM)
    return report, time.perf_counter() - started


def test_every_row_is_created_then_unchanged(db, stored, expected):
    report, seconds = stored
    assert [str(problem) for problem in report.problems] == []
    assert {line.name: line.created for line in report.lines} == expected["counts"]
    again = apply_import(db, read_source(SCHOOLS / "chaumont"), by=SYSTEM)
    assert (again.total.created, again.total.updated) == (0, 0)
    assert report.total.read / seconds > 500, "rows per second"


def test_minutes_of_every_pupil(db, stored, expected):
    day = AttendanceDay
    rows = db.execute(
        select(Pupil.code, func.sum(day.practice_minutes), func.sum(day.theory_minutes))
        .join(Pupil, Pupil.id == day.pupil_id)
        .group_by(Pupil.code)
    )
    found = {
        code: {
            "practice_minutes": practice, "theory_minutes": theory, "share": float(ratio(practice, practice + theory))
        }
        for code, practice, theory in rows
    }  # fmt: skip
    assert found == expected["practice_share"]


def test_minutes_of_every_group(db, stored, expected):
    day = AttendanceDay
    rows = db.execute(
        select(PupilGroup.code, func.sum(day.practice_minutes), func.sum(day.theory_minutes))
        .join(PupilGroup, PupilGroup.id == day.group_id)
        .group_by(PupilGroup.code)
    )
    found = {code: {"practice_minutes": practice, "theory_minutes": theory} for code, practice, theory in rows}
    assert found == expected["group_minutes"]


def test_totals_of_every_order(db, stored, expected):
    rows = db.execute(select(CustomerOrder.number, CustomerOrder.net, CustomerOrder.vat))
    found = {number: (str(net), str(vat), str(net + vat)) for number, net, vat in rows}
    assert found == {
        number: (order["total_ht"], order["vat"], order["total_ttc"]) for number, order in expected["orders"].items()
    }


def test_sums_of_every_operation(db, stored, expected):
    rows = db.execute(
        select(
            CustomerOrder.number, Operation.seq, Operation.booked_seconds, Operation.good, Operation.scrap, Job.line_id
        )
        .join(Job, Job.id == Operation.job_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    )
    # Operations that nobody has worked on are not listed there.
    found = sorted((row.number, row.seq, row.booked_seconds // 60, row.good, row.scrap) for row in rows)
    found = [row for row in found if row[2]]
    assert found == sorted(
        (key.split("/")[0], int(key.split("/")[2]), sums["booked_minutes"], sums["good"], sums["scrap"])
        for key, sums in expected["operations"].items()
    )
