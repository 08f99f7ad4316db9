"""The timetable: sessions are created, changed, moved and cancelled; what was called stays as it was."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import KIND_LABELS, SessionPlan, SessionState
from app.pedagogy.service.writers import last_hand
from app.timetable import queries
from app.timetable.rules.feeds import moved_reason
from app.timetable.service.catchups import check_catch_up, described, set_catch_up
from app.timetable.service.locks import lock_session, lock_timetable

MIDNIGHT = 1440
LABELS = {
    "group": "Groupe", "on_date": "Date", "start": "Début", "end": "Fin", "subject": "Matière", "kind": "Type",
    "staff": "Intervenant", "room": "Salle", "reason": "Motif", "catches_up": "Rattrape",
}  # fmt: skip


def plan_session(db: Session, *, values: Mapping[str, Any]) -> SessionPlan:
    """A session as it was typed, its codes resolved. Locks group, person, room, so that two plans see each other.

    Without `kind` the subject's own. The subject is one of the group's diploma; who left holds no session.
    """
    group = pedagogy.find_group(db, values["group"])
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {values['group']} ».", field="group")
    subject = pedagogy.find_subject(db, group.diploma_id, values["subject"])
    if subject is None:
        raise Refused("Cette matière n’est pas au programme du diplôme de ce groupe.", field="subject")
    staff = pedagogy.find_staff(db, values["staff"])
    if staff is None or staff.disabled_at is not None:
        raise Refused("Cette personne ne tient pas de séance : choisissez dans la liste.", field="staff")
    lock_timetable(db, [group.id], [staff.id], [values["room"]])
    return SessionPlan(
        group.id, values["on_date"], values["start"], values["end"], values["kind"] or subject.kind, subject.id,
        staff.id, values["room"], catches_up=values.get("catches_up"),
    )  # fmt: skip


def create_session(db: Session, *, plan: SessionPlan, by: Actor) -> TimetableSession:
    """A new session on an open day, clashing with nothing. A cancelled one of the same group and time comes back."""
    _check(db, plan)
    session = pedagogy.find_by_key(db, plan.group_id, plan.on_date, plan.start_minute)
    if session is not None:
        return _revive(db, lock_session(db, session), plan, by)
    session = TimetableSession(**_columns(plan), group_id=plan.group_id)
    db.add(session)
    db.flush()  # its id, for the journal
    set_catch_up(db, session, plan.catches_up)
    note = f"Rattrape : {described(db, plan.catches_up)}" if plan.catches_up else None
    journal.record(db, session, "create", "Séance ajoutée", by=by, note=note)
    return session


def change_session(
    db: Session, session: TimetableSession, *, plan: SessionPlan, seen_version: int | None, by: Actor
) -> TimetableSession:
    """Change a session that is neither called nor cancelled; the group stays.

    Another date or start is a move: the session is cancelled where it was, with that reason, and planned anew, so that
    the school's own key (group, date, start) keeps its meaning. Returns the session that is now planned.
    """
    there = pedagogy.find_by_key(db, plan.group_id, plan.on_date, plan.start_minute)
    session = lock_session(db, session, there)
    _refuse_settled(session)
    before, after = _shown(db, session), _described(db, plan)
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if seen_version is not None and session.version != seen_version:
        raise _stale(db, session, changes)
    if plan.group_id != session.group_id:
        raise Refused("Le groupe d’une séance ne change pas : annulez-la et ajoutez-en une autre.", field="group")
    if not changes:
        return session
    _check(db, plan, but=session.id)
    if (plan.on_date, plan.start_minute) != (session.on_date, session.start_minute):
        set_catch_up(db, session, None)
        _cancel(db, session, moved_reason(plan.on_date, plan.start_minute), by)
        return create_session(db, plan=plan, by=by)
    _fill(db, session, plan)
    set_catch_up(db, session, plan.catches_up)
    journal.record(db, session, "change", "Séance modifiée", by=by, changes=changes)
    return session


def cancel_session(db: Session, session: TimetableSession, *, reason: str, seen_version: int | None, by: Actor) -> None:
    """A session that will not take place, or has not; with a reason. Its hours are planned no more."""
    session = lock_session(db, session)
    _refuse_settled(session)
    if seen_version is not None and session.version != seen_version:
        raise _stale(db, session, {"Motif": ("–", reason)})
    _cancel(db, session, reason, by)


def _cancel(db: Session, session: TimetableSession, reason: str, by: Actor) -> None:
    session.state, session.cancel_reason = SessionState.CANCELLED, reason
    session.version += 1
    move = journal.Move("cancel", SessionState.PLANNED, SessionState.CANCELLED)
    journal.record(db, session, move, "Séance annulée", by=by, note=reason)


def _revive(db: Session, session: TimetableSession, plan: SessionPlan, by: Actor) -> TimetableSession:
    """Only a cancelled one can stand there: a planned one would have clashed."""
    session.state, session.cancel_reason = SessionState.PLANNED, None
    _fill(db, session, plan)
    set_catch_up(db, session, plan.catches_up)
    move = journal.Move("restore", SessionState.CANCELLED, SessionState.PLANNED)
    journal.record(db, session, move, "Séance rétablie", by=by)
    return session


def _fill(db: Session, session: TimetableSession, plan: SessionPlan) -> None:
    for name, value in _columns(plan).items():
        setattr(session, name, value)
    session.version += 1
    db.flush()  # so that subject and staff are read again by their new keys
    db.expire(session, ["subject", "staff"])


def _refuse_settled(session: TimetableSession) -> None:
    if session.called_at is not None:
        raise Refused("L’appel de cette séance est fait : elle ne change plus.")
    if session.state == SessionState.CANCELLED:
        raise Refused("Cette séance est déjà annulée.")


def _check(db: Session, plan: SessionPlan, *, but: int | None = None) -> None:
    if plan.end_minute <= plan.start_minute:
        raise Refused("La fin vient après le début.", field="end")
    if closed := pedagogy.closed_days(db, plan.on_date, plan.on_date).get(plan.on_date):
        raise Refused(f"L’école est fermée ce jour-là : {closed}.", field="on_date")
    grid, wanted = queries.load_grid(db, plan.on_date, plan.on_date), queries.wanted(db, plan)
    before = grid.by_key.get(wanted.key) if but is not None else None  # a session that only somebody else holds
    for objection in grid.objections(wanted, but=but, instead=before):
        if objection.blocks:
            raise Refused(objection.sentence, field=objection.field)
    check_catch_up(db, plan, but=but)


def warnings(db: Session, plan: SessionPlan, session: TimetableSession) -> str:
    """What a session just planned makes somebody pass, told and not refused: the hours of minors."""
    db.flush()  # the session stands there now
    grid = queries.load_grid(db, plan.on_date, plan.on_date)
    told = grid.objections(queries.wanted(db, plan), but=session.id)
    return " ".join(one.sentence for one in told if not one.blocks)


def move_session(
    db: Session, session: TimetableSession, *, on_date: date, start: int, seen_version: int | None, by: Actor
) -> TimetableSession:
    """The same session on another day or at another time, as long as before."""
    plan = moved_plan(session, on_date, start)
    lock_timetable(db, [plan.group_id], [plan.staff_id], [plan.room])
    session = lock_session(db, session)
    if (session.staff_id, session.room) != (plan.staff_id, plan.room):
        raise _stale(db, session, {"Intervenant": (session.staff.full_name, "–")})
    link = queries.catch_up_of(db, session.id)
    plan = replace(moved_plan(session, on_date, start), catches_up=link.missed_id if link else None)
    return change_session(db, session, plan=plan, seen_version=seen_version, by=by)


def moved_plan(session: TimetableSession, on_date: date, start: int) -> SessionPlan:
    """A session as it would stand elsewhere in the week; it does not go beyond midnight."""
    end = start + session.minutes
    if end >= MIDNIGHT:
        raise Refused("La séance finirait après minuit.", field="start")
    return SessionPlan(
        session.group_id, on_date, start, end, session.kind, session.subject_id, session.staff_id, session.room
    )


def _columns(plan: SessionPlan) -> dict[str, Any]:
    names = ("on_date", "start_minute", "end_minute", "kind", "subject_id", "staff_id", "room")
    return {name: getattr(plan, name) for name in names}


def _shown(db: Session, session: TimetableSession) -> dict[str, str]:
    link = queries.catch_up_of(db, session.id)
    return {
        "Date": f"{session.on_date:%d/%m/%Y}", "Début": _clock(session.start_minute),
        "Fin": _clock(session.end_minute), "Type": KIND_LABELS[session.kind], "Matière": session.subject.label,
        "Intervenant": session.staff.full_name, "Salle": session.room or "",
        "Rattrape": described(db, link.missed_id if link else None),
    }  # fmt: skip


def _described(db: Session, plan: SessionPlan) -> dict[str, str]:
    subject, staff = pedagogy.get_subject(db, plan.subject_id), db.get_one(Staff, plan.staff_id)
    return {
        "Date": f"{plan.on_date:%d/%m/%Y}", "Début": _clock(plan.start_minute), "Fin": _clock(plan.end_minute),
        "Type": KIND_LABELS[plan.kind], "Matière": subject.label, "Intervenant": staff.full_name,
        "Salle": plan.room or "", "Rattrape": described(db, plan.catches_up),
    }  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _stale(db: Session, session: TimetableSession, changes: Mapping[str, tuple[Any, Any]]) -> Stale:
    rows = tuple((label, str(typed or "–"), str(stored or "–")) for label, (stored, typed) in changes.items())
    sentence = f"Cette séance a été modifiée{last_hand(db, session)} pendant votre saisie. Rien n’a été écrasé."
    return Stale(sentence, rows, version=session.version)
