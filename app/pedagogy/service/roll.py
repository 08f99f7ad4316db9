"""The roll call: statements are only ever added, what holds is derived from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local, now
from app.core.errors import Refused, Stale
from app.pedagogy import policies, queries
from app.pedagogy.models import RollCallEvent, TimetableSession
from app.pedagogy.queries.rolls import Event, RollSheet
from app.pedagogy.rules import Said, effective, said_label, tally_label, why_not_state
from app.pedagogy.service.attendance import refresh_attendance
from app.pedagogy.service.pupils import settle_groups


@dataclass(frozen=True, slots=True)
class Called:
    """What a roll call came to. `outweighed` names pupils of whom the office had said something else, which stays."""

    changed: int
    tally: str
    outweighed: tuple[str, ...] = ()


def call_roll(
    db: Session, session: TimetableSession, *, statements: Sequence[Said], seen_version: int, by: Actor
) -> Called:
    """Call the roll of a session, or correct it; saying the same again stores nothing.

    Refused for a future or cancelled session, a pupil who was not a member that day, a delay longer than the session.
    Who opened the sheet before somebody else called gets both versions (Stale), unless both say the same.
    """
    if reason := policies.why_not_call_now(session):
        raise Refused(reason)
    sheet = queries.roll_sheet(db, session)
    _check(sheet, session, statements)
    official = policies.speaks_for_the_office(by)
    news = [said for said in statements if _is_news(sheet.events_of(said.pupil_id), said, official=official)]
    if not news:
        return Called(0, tally_label(line.status for line in sheet.lines if line.status))
    if seen_version != sheet.version:
        raise _stale(db, sheet, news)
    return _store(db, session, sheet, news, by)


def _check(sheet: RollSheet, session: TimetableSession, statements: Sequence[Said]) -> None:
    if not statements:
        raise Refused("Dites au moins ce qu’il en est d’un élève.", field="statements")
    members = {line.pupil_id: line.name for line in sheet.lines}
    seen: set[int] = set()
    for rank, said in enumerate(statements):
        if said.pupil_id not in members:
            raise Refused(
                f"Cet élève n’appartenait pas au groupe le {session.on_date:%d/%m/%Y}.",
                field=f"statements-{rank}-pupil",
            )
        if said.pupil_id in seen:
            raise Refused(f"{members[said.pupil_id]} est deux fois dans l’appel.", field=f"statements-{rank}-pupil")
        seen.add(said.pupil_id)
        if wrong := why_not_state(said.status, said.minutes_late, session.minutes, said.minutes_early):
            raise Refused(wrong[1], field=f"statements-{rank}-{wrong[0]}")


def _is_news(events: Sequence[Event], said: Said, *, official: bool) -> bool:
    """Whether it differs from what holds, and from what this side of the school said last."""
    if not events:
        return True
    known = [effective(events)]
    if not official:
        known += [event for event in events if not event.official][-1:]
    return all(one.facts != said.facts for one in known)


def _store(db: Session, session: TimetableSession, sheet: RollSheet, news: Sequence[Said], by: Actor) -> Called:
    official, at = policies.speaks_for_the_office(by), now()
    last = {event.pupil_id: event.id for event in sheet.events}
    rows = [
        {
            "session_id": session.id, "pupil_id": said.pupil_id, "status": said.status,
            "minutes_late": said.minutes_late, "minutes_early": said.minutes_early, "at": at, "by_id": by.staff_id,
            "official": official, "replaces_id": last.get(said.pupil_id),
        }
        for said in news
    ]  # fmt: skip
    db.execute(insert(RollCallEvent), rows)
    first = session.called_at is None
    if first:
        settle_groups(db)  # a move that was planned for a day that has come
        session.called_at, session.called_by_id = at, by.staff_id
    refresh_attendance(db, [session.id])
    after = queries.roll_sheet(db, session)
    tally = tally_label(line.status for line in after.lines if line.status)
    label = f"Appel fait : {tally}" if first else "Appel corrigé"
    journal.record(db, session, "call_roll", label, by=by, changes=None if first else _changes(sheet, after))
    held = {line.pupil_id: (line.status, line.minutes_late, line.minutes_early) for line in after.lines}
    lost = {said.pupil_id for said in news if held[said.pupil_id] != said.facts}
    return Called(len(news), tally, tuple(line.name for line in after.lines if line.pupil_id in lost))


def _changes(before: RollSheet, after: RollSheet) -> Mapping[str, tuple[Any, Any]]:
    words = {line.pupil_id: line.words for line in before.lines}
    return {line.name: (words.get(line.pupil_id), line.words) for line in after.lines}


def _stale(db: Session, sheet: RollSheet, news: Sequence[Said]) -> Stale:
    lines = {line.pupil_id: line for line in sheet.lines}
    rows = tuple(
        (lines[said.pupil_id].name, said_label(*said.facts), lines[said.pupil_id].words or "–") for said in news
    )
    last = sheet.events[-1]
    who = queries.staff_name(db, last.by_id)
    return Stale(
        f"{who} a fait l’appel à {local(last.at):%H:%M}, pendant que vous le remplissiez. Rien n’a été écrasé.",
        rows, version=sheet.version,
    )  # fmt: skip
