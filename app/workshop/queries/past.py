"""What was given in the past, with what the gate says of it: judged on the day of the first booked time."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.clock import instant, local
from app.core.db import run
from app.core.paging import ListRequest, Page
from app.core.text import fold
from app.machines.models import WorkCenter
from app.machines.queries import Span, facts_for
from app.machines.rules import Check, Verdict
from app.machines.rules.answer import May, Word, answer
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Operation, Ticket, WorkSession


@dataclass(frozen=True, slots=True)
class PastRow:
    """A ticket that a pupil worked on, and the answer."""

    day: date
    number: str
    pupil: str
    name: str
    center: str
    center_label: str
    master: str
    verdict: Verdict
    word: Word

    @property
    def refused(self) -> bool:
        """Whether the gate would have stopped it."""
        return self.word.may == May.NO

    @property
    def codes(self) -> list[Check]:
        """What would have stopped it."""
        return [finding.check for finding in self.verdict.refusals]


@dataclass(frozen=True, slots=True)
class Past:
    """A period's tickets: the filtered page, how many there were in all, how many would have been refused."""

    page: Page[PastRow]
    total: int
    refused: int


_REVERSING, _EARLIER, _ITS = aliased(WorkSession), aliased(WorkSession), aliased(WorkSession)
# Nearly every row reverses nothing: as a plain condition it would draw the engine to an index that holds them all.
_FIRST = (
    select(WorkSession.ticket_id, WorkSession.pupil_id, func.min(WorkSession.started_at).label("started_at"))
    .outerjoin(_REVERSING, _REVERSING.reverses_id == WorkSession.id)
    .where(
        WorkSession.started_at >= bindparam("start"), WorkSession.started_at < bindparam("end"),
        func.coalesce(WorkSession.reverses_id, 0) == 0, _REVERSING.id.is_(None),
    )
    .group_by(WorkSession.ticket_id, WorkSession.pupil_id)
    .subquery()
)  # fmt: skip
_BEFORE = (
    select(_EARLIER.id)
    .outerjoin(_ITS, _ITS.reverses_id == _EARLIER.id)
    .where(
        _EARLIER.ticket_id == _FIRST.c.ticket_id, _EARLIER.pupil_id == _FIRST.c.pupil_id,
        _EARLIER.started_at < bindparam("start"), func.coalesce(_EARLIER.reverses_id, 0) == 0, _ITS.id.is_(None),
    )
    .exists()
)  # fmt: skip
_OTHER = aliased(Assignment)
_FIRST_GIVEN = (
    select(func.min(_OTHER.id))
    .where(_OTHER.ticket_id == _FIRST.c.ticket_id, _OTHER.pupil_id == _FIRST.c.pupil_id)
    .correlate(_FIRST)
    .scalar_subquery()
)
_WORKED = (
    select(
        _FIRST.c.started_at, Ticket.number, Pupil.id.label("pupil_id"), Pupil.code, Pupil.first_name, Pupil.last_name,
        WorkCenter.id.label("center_id"), WorkCenter.code.label("center"), WorkCenter.label,
        Staff.first_name.label("master_first"), Staff.last_name.label("master_last"),
    )
    .join(Ticket, Ticket.id == _FIRST.c.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Pupil, Pupil.id == _FIRST.c.pupil_id)
    .outerjoin(Assignment, Assignment.id == _FIRST_GIVEN)
    .outerjoin(Staff, Staff.id == Assignment.master_id)
    .where(~_BEFORE)
    .order_by(_FIRST.c.started_at.desc(), Ticket.id.desc(), Pupil.id)
)  # fmt: skip


def past_answers(db: Session, days: Span, request: ListRequest) -> Past:
    """The tickets first worked on in some days, judged by the facts on record; the same few statements whatever it is.

    Filters: `reponse` (refuse, oui), `code` of a check, `eleve`, `poste`; words find pupils.
    """
    start, end = instant(days.first, 0), instant(days.last + timedelta(days=1), 0)
    rows = run(db, _WORKED, {"start": start, "end": end}).all()
    judged = _judged(db, rows, days)
    kept = [row for row in judged if _is_asked(row, request)]
    shown = kept[request.offset : request.offset + request.size]
    refused = sum(1 for row in judged if row.refused)
    return Past(Page(shown, len(kept), request.page, request.size), len(judged), refused)


def _judged(db: Session, rows: Any, days: Span) -> list[PastRow]:
    pupils, centers = {row.pupil_id for row in rows}, {row.center_id for row in rows}
    known = facts_for(db, pupils, centers, days)
    verdicts: dict[tuple[int, int, date], Verdict] = {}
    found = []
    for row in rows:
        day = local(row.started_at).date()
        key = (row.pupil_id, row.center_id, day)
        if key not in verdicts:
            verdicts[key] = known.ask(*key, ppe_confirmed=True).verdict
        master = f"{row.master_first} {row.master_last}" if row.master_first else ""
        found.append(
            PastRow(
                day, row.number, row.code, f"{row.first_name} {row.last_name}", row.center, row.label, master,
                verdicts[key], answer(verdicts[key]),
            )
        )  # fmt: skip
    return found


def _is_asked(row: PastRow, request: ListRequest) -> bool:
    asked = request.filters
    return (
        asked.get("reponse", "") in {"", "refuse" if row.refused else "oui"}
        and (not asked.get("code") or asked["code"] in row.verdict.codes)
        and asked.get("eleve", "") in {"", row.pupil}
        and asked.get("poste", "") in {"", row.center}
        and all(word in fold(row.name) for word in fold(request.q).split())
    )
