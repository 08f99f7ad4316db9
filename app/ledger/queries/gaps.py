"""Where timetable, roll call and tickets do not agree, day by day."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import run
from app.core.paging import ListRequest, Page
from app.core.text import fold
from app.ledger.queries.work import worked_minutes
from app.ledger.rules.gaps import Attended, Gap, gaps_of_day
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import SessionKind, SessionState


class GapRow(NamedTuple):
    """One gap: the day, who (nobody for a session without roll call), what, how many minutes."""

    day: date
    pupil_code: str
    name: str
    group: str
    gap: Gap
    session_id: int
    minutes: int
    detail: str


SORTS: dict[str, Any] = {
    "jour": lambda row: (row.day, row.name, row.gap), "eleve": lambda row: (row.name, row.day, row.gap),
    "ecart": lambda row: (row.gap, row.day, row.name), "minutes": lambda row: (row.minutes, row.day, row.name),
}  # fmt: skip


@cache
def _uncalled(*, of_group: bool) -> Any:
    session = TimetableSession
    query = (
        select(session.id, session.on_date, session.start_minute, session.end_minute, PupilGroup.label.label("group"),
               Subject.label.label("subject"))
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .where(
            session.state == SessionState.PLANNED, session.called_at.is_(None), session.on_date >= bindparam("start"),
            session.on_date <= bindparam("end"), started(),
        )
    )  # fmt: skip
    return query.where(PupilGroup.code == bindparam("group")) if of_group else query


@cache
def _practice(*, of_group: bool) -> Any:
    """The practice sessions of every member of the day, called or not."""
    session, record = TimetableSession, AttendanceRecord
    query = (
        select(Membership.pupil_id, session.on_date, session.id, session.start_minute, session.end_minute,
               record.attended_minutes)
        .join(session, session.group_id == Membership.group_id)
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .outerjoin(record, (record.session_id == session.id) & (record.pupil_id == Membership.pupil_id))
        .where(
            session.kind == SessionKind.PRACTICE, session.state == SessionState.PLANNED,
            session.on_date >= bindparam("start"), session.on_date <= bindparam("end"), belongs_on(session.on_date),
        )
    )  # fmt: skip
    return query.where(PupilGroup.code == bindparam("group")) if of_group else query


_NAMES = select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.label.label("group")).join(
    PupilGroup, PupilGroup.id == Pupil.group_id
)
_NAMES_IN = _NAMES.where(PupilGroup.code == bindparam("group"))


def list_gaps(db: Session, start: date, end: date, *, group: str = "") -> list[GapRow]:
    """Every gap of a period up to today, in no order; four statements.

    All of them are found before a page is cut: which pupil's day holds a gap depends on the whole day.
    """
    end = min(end, today())
    values = {"start": start, "end": end, "group": group} | present_minute()
    names = {
        row.id: (row.code, f"{row.first_name} {row.last_name}", row.group)
        for row in run(db, _NAMES_IN if group else _NAMES, values).all()
    }
    sessions: dict[tuple[int, date], list[Attended]] = {}
    for pupil_id, day, session_id, first, last, attended in run(db, _practice(of_group=bool(group)), values).all():
        sessions.setdefault((pupil_id, day), []).append(Attended(session_id, first, last, attended))
    spans = worked_minutes(db, start, end, list(names) if group else None)
    rows = [_call_row(row) for row in run(db, _uncalled(of_group=bool(group)), values).all()]
    for key in sessions.keys() | spans.keys():
        if who := names.get(key[0]):
            code, name, label = who
            rows += [
                GapRow(key[1], code, name, label, gap, session_id, minutes, "")
                for gap, session_id, minutes in gaps_of_day(sessions.get(key, ()), spans.get(key, ()))
            ]
    return rows


def page_of_gaps(rows: Iterable[GapRow], request: ListRequest) -> Page[GapRow]:
    """The gaps of a kind (`quoi`) and of whom the words name, sorted; cut to the page asked for."""
    kind, words = request.filters.get("quoi", ""), fold(request.q)
    kept = [row for row in rows if (not kind or row.gap == kind) and (not words or words in fold(row.name))]
    kept.sort(key=SORTS[request.sort], reverse=request.descending)
    return Page(kept[request.offset : request.offset + request.size], len(kept), request.page, request.size)


def _call_row(row: Any) -> GapRow:
    minutes = row.end_minute - row.start_minute
    return GapRow(row.on_date, "", "", row.group, Gap.NO_CALL, row.id, minutes, row.subject)
