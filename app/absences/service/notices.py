"""Telling those who answer for a pupil: on the office's word only, and once for one absence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.absences import queries
from app.absences.models import AbsenceNotice
from app.absences.queries import DayLine
from app.core import journal, mail
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.pedagogy.queries import hold_pupils
from app.pedagogy.rules.reasons import Channel


@dataclass(frozen=True, slots=True)
class Message:
    """What the office confirmed for one pupil."""

    pupil: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a confirmation: pupils whose messages wait in the outbox, and those left out with why."""

    pupils: int
    mails: int
    left_out: tuple[str, ...] = ()


def send_notices(db: Session, messages: Sequence[Message], *, day: date, by: Actor) -> Sent:
    """Hand the confirmed messages to the outbox, one for each address.

    Left out, with why: whose absence has been told meanwhile, has a reason now, or is no absence any more.
    """
    lines = _held(db, [message.pupil for message in messages], day)
    pupils, mails, left_out = 0, 0, []
    for message in messages:
        line = lines.get(message.pupil)
        if line is None or not line.to_tell:
            left_out.append(_why(message.pupil, line))
            continue
        if not line.writable:
            left_out.append(f"{line.who.name} : aucune adresse e-mail, appelez.")
            continue
        told = ", ".join(one.name or one.email or "" for one in line.writable)
        notice = _note(db, line, Channel.MAIL, told, by=by)
        for one in line.writable:
            mail.post(db, mail.Draft(one.name, one.email or "", message.subject, message.body), about=notice, by=by)
        pupils, mails = pupils + 1, mails + len(line.writable)
    return Sent(pupils, mails, tuple(left_out))


def note_call(db: Session, pupil: str, *, day: date, told: str, note: str | None, by: Actor) -> AbsenceNotice:
    """Somebody was called about an absence of the day."""
    line = _held(db, [pupil], day).get(pupil)
    if line is None:
        raise Refused("Cet élève n’est plus absent ce jour-là.")
    if line.notice is not None:
        raise Refused(f"Déjà prévenu : {line.notice.told}.")
    return _note(db, line, Channel.PHONE, told, note=note, by=by)


def _held(db: Session, codes: Sequence[str], day: date) -> dict[str, DayLine]:
    """The absences of the day by pupil, once nobody else can tell of these pupils."""
    hold_pupils(db, codes)
    return {line.who.code: line for line in queries.day_lines(db, day)}


def _why(code: str, line: DayLine | None) -> str:
    if line is None:
        return f"{code} : plus absent."
    return f"{line.who.name} : {'déjà prévenu' if line.notice else 'un motif est connu'}."


def _note(
    db: Session, line: DayLine, channel: Channel, told: str, *, by: Actor, note: str | None = None
) -> AbsenceNotice:
    notice = AbsenceNotice(
        pupil_id=line.who.pupil_id, session_id=line.absence.first.session_id, channel=channel, told=told, note=note,
        at=now(), by_id=by.staff_id,
    )  # fmt: skip
    db.add(notice)
    db.flush()  # its id, for the messages and the journal
    journal.record(db, notice, "tell", f"Responsables prévenus ({channel.label.lower()})", by=by, note=told)
    return notice
