"""Each figure of the home pages against a worked example."""

from datetime import date
from decimal import Decimal

from app.board import queries
from app.core.clock import now, today
from app.orders.rules import OrderState
from app.pedagogy.models import AttendanceDay
from app.pedagogy.queries import overdue_calls, practice_share
from app.pedagogy.queries.summary import shares_by_month
from app.pedagogy.rules import Period, SessionKind, SessionState
from tests.factories import make_group, make_order, make_pupil, make_school, make_session, make_staff


def order(db, state, due="2026-11-26", net="100.00", delivered=None):
    made = make_order(db, state=state, due_on=date.fromisoformat(due), delivered_on=delivered)
    made.net = Decimal(net)
    db.flush()
    return made


def test_the_office_sees_what_wants_a_gesture(db):
    order(db, OrderState.CONFIRMED, due="2026-11-23")  # yesterday: late
    order(db, OrderState.IN_PRODUCTION, due="2026-11-24")  # today: due this week, not late
    order(db, OrderState.CONFIRMED, due="2026-11-29")  # Sunday: this week
    order(db, OrderState.CONFIRMED, due="2026-11-30")  # Monday: next week
    order(db, OrderState.DELIVERED, net="250.50", delivered=date(2026, 11, 20))
    order(db, OrderState.QUOTE, due="2026-01-01")
    order(db, OrderState.CANCELLED, due="2026-01-01")
    found = queries.order_counts(db, today())
    assert (found.late, found.due_this_week, found.to_invoice, found.quotes) == (1, 2, 1, 1)
    assert found.to_invoice_net == Decimal("250.50")


def test_a_delivery_counts_in_its_month_and_a_cancelled_order_never(db):
    order(db, OrderState.INVOICED, net="100.00", delivered=date(2026, 10, 31))
    order(db, OrderState.DELIVERED, net="50.25", delivered=date(2026, 11, 1))
    order(db, OrderState.CANCELLED, net="999.00", delivered=date(2026, 11, 1))
    order(db, OrderState.INVOICED, net="7.00", delivered=date(2025, 11, 30))  # over a year ago
    months = {month.month: month.net for month in queries.turnover(db, today())}
    assert len(months) == 12
    assert months[date(2026, 10, 1)] == Decimal("100.00")
    assert months[date(2026, 11, 1)] == Decimal("50.25")
    assert sum(months.values()) == Decimal("150.25")


def test_the_school_s_share_adds_every_pupil_of_the_period(db):
    group = make_group(db)
    for day, practice, theory in (
        (date(2026, 10, 31), 600, 300),
        (date(2026, 11, 1), 100, 0),
        (date(2026, 11, 24), 60, 40),
    ):
        pupil = make_pupil(db, group)
        db.add(AttendanceDay(pupil_id=pupil.id, group_id=group.id, on_date=day, practice_minutes=practice,
                             theory_minutes=theory))  # fmt: skip
    db.flush()
    months = shares_by_month(db, [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)], date(2026, 12, 24))
    assert [month.share for month in months] == [Decimal("0.6667"), Decimal("0.8000"), None]
    for month, last in zip(months, (date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 24)), strict=True):
        assert practice_share(db, Period(month.starts_on, last)).total.attended.share == month.share


def test_calls_are_chased_once_their_grace_is_over_and_cancelled_sessions_want_none(db):
    group = make_group(db)
    make_school(db, call_grace=100)
    make_session(db, group, on_date=date(2026, 11, 23))
    make_session(db, group, on_date=date(2026, 11, 20), state=SessionState.CANCELLED)
    make_session(db, group, on_date=today())  # begun an hour and a half ago
    make_session(db, group, on_date=date(2026, 8, 31))  # the year before
    assert [one.on_date for one in overdue_calls(db)] == [date(2026, 11, 23)]
    make_school(db).call_grace = 90
    db.flush()
    assert [one.on_date for one in overdue_calls(db)] == [today(), date(2026, 11, 23)]


def test_a_teacher_s_hours_are_those_of_called_sessions_as_logged(db):
    staff, group = make_staff(db), make_group(db)
    common = {"staff": staff, "kind": SessionKind.THEORY}

    make_session(db, group, on_date=date(2026, 11, 2), start_minute=480, end_minute=600, called_at=now(), **common)
    make_session(db, group, on_date=date(2026, 10, 2), start_minute=480, end_minute=600, called_at=now(),
                 taught_minutes=90, content="Pythagore", **common)  # fmt: skip
    make_session(db, group, on_date=date(2026, 11, 3), **common)  # not called
    assert queries.minutes_held(db, staff.id, today()) == (120, 210, 2)
    assert queries.lessons_missing(db, staff.id, today()) == (1, 2)
