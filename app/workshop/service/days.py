"""The evening: a master goes over the day's times, puts automatic stops right, and confirms them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from app.core import journal
from app.core.actor import Actor
from app.core.clock import instant, local, local_minute
from app.core.errors import Refused, Stale
from app.workshop import queries, rules
from app.workshop.models import TimeValidation, WorkSession
from app.workshop.rules import EndCause
from app.workshop.service.clocks import stop_late
from app.workshop.service.ledger import present_moment
from app.workshop.service.time import Span, correct_session, reverse_session

PUT_RIGHT = "Arrêt automatique rectifié en validant le jour"


@dataclass(frozen=True, slots=True)
class Confirm:
    """One time of the day as the master saw it; `end` in local minutes when its automatic stop is put right."""

    session_id: int
    end: int | None = None


def validate_day(db: Session, day: date, lines: Sequence[Confirm], *, by: Actor) -> TimeValidation:
    """Confirm the times of a day, all or none. Forgotten clocks are stopped first, where the rule or the master says.

    What somebody changed meanwhile is told, and nothing is confirmed.
    """
    sessions = _seen(db, day, [line.session_id for line in lines])
    kept: set[int] = set()
    corrected = 0
    with db.begin_nested():
        for place, line in enumerate(lines):
            session = sessions[line.session_id]
            try:
                corrected += _settle(db, session, line, kept, by=by)
            except Refused as refused:
                raise Refused(refused.sentence, field=f"lines-{place}-end") from refused
        ids = _counting(db, kept)
        validation = TimeValidation(
            on_date=day, lines=len(ids), corrected=corrected, at=present_moment(), by_id=by.staff_id
        )
        db.add(validation)
        db.flush()  # its id, for the times it confirms
        _confirm(db, ids, validation)
    label = f"Temps du {day:%d/%m/%Y} validés : {len(ids)} {'lignes' if len(ids) > 1 else 'ligne'}"
    label += f", dont {corrected} à la main" if corrected else ""
    journal.record(db, validation, "validate", label, by=by)
    return validation


def _confirm(db: Session, ids: Sequence[int], validation: TimeValidation) -> None:
    """Each time is confirmed once: what another master confirmed while this one was at it is theirs."""
    left = (WorkSession.id.in_(ids), WorkSession.validation_id.is_(None))
    confirm = update(WorkSession).where(*left).values(validation_id=validation.id).returning(WorkSession.id)
    found = db.execute(confirm.execution_options(synchronize_session="fetch")).scalars().all()
    if missing := len(ids) - len(found):
        raise _too_late(missing)


def _too_late(missing: int) -> Stale:
    what = "Une ligne a été validée ou corrigée" if missing == 1 else f"{missing} lignes ont été validées"
    return Stale(f"{what} entre-temps par quelqu’un d’autre. Rien n’a été validé : relisez le jour.")


def _seen(db: Session, day: date, ids: Sequence[int]) -> dict[int, WorkSession]:
    """The times as they are now: of that day, neither taken back nor confirmed meanwhile."""
    if not ids:
        raise Refused("Il n’y a pas de temps à valider ce jour-là.")
    reversal = aliased(WorkSession)
    start, end = instant(day, 0), instant(date.fromordinal(day.toordinal() + 1), 0)
    query = (
        select(WorkSession)
        .outerjoin(reversal, reversal.reverses_id == WorkSession.id)
        .where(
            WorkSession.id.in_(ids), WorkSession.started_at >= start, WorkSession.started_at < end,
            WorkSession.reverses_id.is_(None), reversal.id.is_(None), WorkSession.validation_id.is_(None),
        )
    )  # fmt: skip
    found = {session.id: session for session in db.execute(query).scalars()}
    if missing := len(set(ids) - found.keys()):
        raise _too_late(missing)
    return found


def _settle(db: Session, session: WorkSession, line: Confirm, kept: set[int], *, by: Actor) -> int:
    """Stop what was forgotten, put right what the master changed; 1 when he did."""
    if session.ended_at is None:
        return _stop(db, session, line.end, kept, by=by)
    kept.add(session.id)
    stopped = local_minute(session.ended_at)
    if line.end is None or line.end == stopped or session.end_cause != EndCause.END_OF_HALF_DAY:
        return 0
    end = instant(local(session.started_at).date(), line.end)
    while end <= session.started_at:  # before the break: what came after it was not worked
        earlier = _before_break(db, session)
        reverse_session(db, session, note=PUT_RIGHT, by=by)
        session = earlier
    if session.ended_at is not None and end != session.ended_at:
        right = correct_session(db, session, span=Span(session.started_at, end), note=PUT_RIGHT, by=by)
        kept.add(right.id)
    return 1


def _before_break(db: Session, session: WorkSession) -> WorkSession:
    """The part of the same work that a break cut off."""
    reversal = aliased(WorkSession)
    query = (
        select(WorkSession)
        .outerjoin(reversal, reversal.reverses_id == WorkSession.id)
        .where(
            WorkSession.ticket_id == session.ticket_id, WorkSession.pupil_id == session.pupil_id,
            WorkSession.end_cause == EndCause.BREAK, WorkSession.ended_at <= session.started_at,
            WorkSession.ended_at >= session.started_at - rules.BREAK_AT_MOST, WorkSession.reverses_id.is_(None),
            reversal.id.is_(None),
        )
        .order_by(WorkSession.id.desc())
        .limit(1)
    )  # fmt: skip
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise Refused("La fin doit venir après le début.")
    return found


def _stop(db: Session, session: WorkSession, end: int | None, kept: set[int], *, by: Actor) -> int:
    """A forgotten clock is stopped where the rule says, or where the master does."""
    limit = queries.slot_end(db, session.pupil_id, session.started_at)
    if limit >= present_moment():
        raise Refused("Ce jeune travaille encore : mettez d’abord le bon en pause.")
    moment = limit if end is None else instant(local(session.started_at).date(), end)
    if moment <= session.started_at:
        raise Refused("La fin doit venir après le début.")
    if moment > limit:
        raise Refused(f"La séance finissait à {local(limit):%H:%M} : un temps plus long se saisit sur le bon.")
    stop_late(db, session, moment=moment if moment < limit else None, by=by)
    db.flush()  # the parts that breaks cut it into
    parts = (WorkSession.pupil_id == session.pupil_id, WorkSession.started_at >= session.started_at)
    kept.update(db.execute(select(WorkSession.id).where(*parts, WorkSession.ended_at <= limit)).scalars())
    return int(moment < limit)


def _counting(db: Session, kept: Iterable[int]) -> list[int]:
    """The times confirmed, with those of their batch, without what was taken back on the way. One that another master
    confirmed since it was seen stays among them: it is told, never left out.
    """
    db.flush()  # what was just put right
    reversal = aliased(WorkSession)
    batches = select(WorkSession.batch).where(WorkSession.id.in_(list(kept)), WorkSession.batch.is_not(None))
    query = (
        select(WorkSession.id)
        .outerjoin(reversal, reversal.reverses_id == WorkSession.id)
        .where(
            WorkSession.id.in_(list(kept)) | (WorkSession.batch.in_(batches) & WorkSession.validation_id.is_(None)),
            WorkSession.reverses_id.is_(None), reversal.id.is_(None), WorkSession.ended_at.is_not(None),
        )
        .order_by(WorkSession.id)
    )  # fmt: skip
    return list(db.execute(query).scalars())
