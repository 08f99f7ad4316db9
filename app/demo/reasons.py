"""What the office did about absences: reasons given, one to decide, one announced, messages sent and waiting."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.absences import queries, service
from app.absences.queries import Away
from app.absences.rules import Absence, Standing, notice_body, notice_subject
from app.absences.service import Message, ReasonDraft
from app.accounts import queries as accounts
from app.core import clock
from app.core.actor import Actor
from app.core.mail import MailState, OutgoingMail
from app.demo.calendar import DAY, is_school_day
from app.pedagogy.models import Pupil
from app.pedagogy.queries import guardians_to_tell
from app.pedagogy.rules.reasons import TO_DECIDE, Channel, Span

BACK = timedelta(days=70)
CODES = ("MAL", "MAL", "TRA", "MAL", "RSF", "MAL", "RES")
CHANNELS = (Channel.PHONE, Channel.PAPER, Channel.MAIL)
MESSAGES = 6


def explain(db: Session) -> None:
    """Excused absences have a code, an older one waits for the direction, the last days' messages are in the outbox."""
    today, office = clock.today(), accounts.staff_actor(accounts.get_staff_by_code(db, "G1"))
    found = queries.away_between(db, today - BACK, today - DAY)
    runs = [(away, absence) for away in found for absence in away.absences]
    for rank, (away, absence) in enumerate(runs):
        if all(one.missed.excused for one in absence.sessions):
            _give(db, away, absence, CODES[rank % len(CODES)], channel=CHANNELS[rank % len(CHANNELS)], by=office)
    unexplained = [pair for pair in runs if pair[1].standing == Standing.NONE]
    _tell(db, unexplained, office)
    for away, absence in unexplained[-2:]:
        _give(db, away, absence, TO_DECIDE, channel=Channel.PHONE, by=office)
    _announce(db, {away.who.pupil_id for away, _ in runs}, office)
    db.flush()  # the messages, before the next step reads them


def _give(db: Session, away: Away, absence: Absence, code: str, *, channel: Channel, by: Actor) -> None:
    pupil = db.get_one(Pupil, away.who.pupil_id)
    told = guardians_to_tell(db, [pupil.id], absence.first.on_date)[pupil.id]
    span = Span(absence.first.on_date, 0, absence.last.on_date, 24 * 60)
    who = told[0].name if told else pupil.full_name
    service.give_reason(db, pupil, ReasonDraft(span, code, who, channel, channel == Channel.PAPER), by=by)


def _tell(db: Session, pairs: list[tuple[Away, Absence]], by: Actor) -> None:
    """The latest unexplained absences were told: the older messages went out, one was refused, the last ones wait."""
    for away, absence in sorted(pairs, key=lambda pair: pair[1].first.on_date)[-MESSAGES:]:
        day, name = absence.last.on_date, away.who.name
        body = notice_body(name, f"le {day:%d/%m/%Y}", school="", signed=by.name, to_self=False)
        message = Message(away.who.code, notice_subject(name, day), body)
        service.send_notices(db, [message], day=day, by=by)
    mails = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    for mail in mails[:-2]:
        mail.state, mail.sent_at, mail.next_try_at, mail.tries = MailState.SENT, clock.now(), None, 1
    if len(mails) > 2:
        mails[0].state, mails[0].sent_at = MailState.FAILED, None
        mails[0].last_error = "Refusé par le serveur (550) : adresse inconnue"


def _announce(db: Session, absent: set[int], by: Actor) -> None:
    """A guardian called ahead for the next school day."""
    day = clock.today() + DAY
    while not is_school_day(day):
        day += DAY
    pupils = db.scalars(select(Pupil).where(Pupil.left_on.is_(None)).order_by(Pupil.id))
    pupil = next((one for one in pupils if one.id not in absent), None)
    if pupil is not None:
        draft = ReasonDraft(Span(day, 0, day, 12 * 60 + 30), "VIS", pupil.full_name, Channel.PHONE)
        service.give_reason(db, pupil, draft, by=by)
