"""A pupil's own tickets of today, and one of them: what the work needs, and nothing of prices, clients or comrades.

The fields of these dataclasses are the allow-list of the tablets; a test holds every page to it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import instant, local, local_minute, now, today
from app.core.db import run
from app.core.errors import NotFound
from app.kiosk.models import Tap
from app.kiosk.rules import STATE_WORDS, TapKind, next_stop
from app.machines.models import WorkCenter
from app.machines.queries.decisions import passed_for
from app.machines.rules import Verdict
from app.machines.rules.papers import split_words
from app.orders.models import OrderLine
from app.pedagogy.models import Membership, Pupil, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import SessionKind, SessionState
from app.workshop.models import Assignment, Job, Operation, Ticket, WorkSession
from app.workshop.queries import day_end, gate_known, own_trend, work_windows
from app.workshop.rules import (
    HELD_STATES,
    EndCause,
    Factors,
    Interval,
    TicketState,
    Timed,
    Trend,
    closing,
    earned_seconds,
    minutes,
    person_seconds,
    planned_seconds,
    times,
    training_year,
)

SHOWN = (*HELD_STATES, TicketState.BLOCKED)


@dataclass(frozen=True, slots=True)
class Card:
    """One of the pupil's own tickets. `planned`: the seconds it is meant to take this pupil, `setup` and `unit` those
    of a professional, `spent` the pupil's own so far.

    `since` is when the clock that runs now began to count, `on_break` that it stands and goes on by itself.

    `told` says why the gate does not let it start, in the pupil's words; empty when the shield is green.
    """

    id: int
    number: str
    state: TicketState
    operation_id: int
    operation: str
    seq: int
    article: str
    instruction: str
    center_id: int
    center: str
    quantity: int
    good: int
    scrap: int
    aside: int
    setup: int
    unit: int
    planned: int
    ppe: tuple[str, ...]
    skills: str
    first_article: bool
    note: str
    line_id: int
    drawing_id: int | None
    given_by: str
    spent: int = 0
    since: datetime | None = None
    on_break: bool = False
    told: str = ""

    @property
    def rest(self) -> int:
        """Pieces still to be made."""
        return max(0, self.quantity - self.good - self.scrap - self.aside)

    @property
    def word(self) -> str:
        """Its state, as the pupil reads it. In a pair the comrade may be at work while this pupil is not."""
        return STATE_WORDS[self._own_state][0]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return STATE_WORDS[self._own_state][1]

    @property
    def is_running(self) -> bool:
        """This pupil's clock runs on it."""
        return self.since is not None or self.on_break

    @property
    def is_begun(self) -> bool:
        """Started before, and not running now."""
        return not self.is_running and self._own_state == TicketState.PAUSED

    @property
    def may_start(self) -> bool:
        """The button is there; the gate is asked again when it is pressed."""
        return not self.is_running and self._own_state in {
            TicketState.ASSIGNED, TicketState.PAUSED, TicketState.REJECTED,
        }  # fmt: skip

    @property
    def _own_state(self) -> TicketState:
        if self.state == TicketState.RUNNING and not self.is_running:
            return TicketState.PAUSED if self.spent else TicketState.ASSIGNED
        return self.state


@dataclass(frozen=True, slots=True)
class Bench:
    """What every screen of a sitting pupil shows: the master to call, when the next break is, in words and as it is."""

    master: str
    aside: str
    stop: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnTickets:
    """« Mes bons »."""

    cards: list[Card]
    done: int
    bench: Bench

    @property
    def total(self) -> int:
        """Today's, those handed in and released among them."""
        return len(self.cards) + self.done


_MINE: Any = (
    select(
        Ticket.id, Ticket.number, Ticket.state, Ticket.operation_id, Operation.label, Operation.seq, OrderLine.label,
        Operation.instruction, WorkCenter.id, WorkCenter.label, Ticket.quantity, Ticket.good, Ticket.scrap,
        Ticket.aside, Operation.setup_seconds, Operation.unit_seconds, Operation.factor_1, Operation.factor_2,
        Operation.factor_3, WorkCenter.ppe, Operation.ppe, Operation.skill_code, Operation.skills,
        Operation.first_article, Ticket.note, OrderLine.id, Ticket.drawing_id, Staff.first_name, Pupil.entered_on,
    )
    .join(Assignment, and_(Assignment.ticket_id == Ticket.id, Assignment.pupil_id == bindparam("pupil")))
    .join(Pupil, Pupil.id == Assignment.pupil_id)
    .join(Staff, Staff.id == Assignment.master_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
)  # fmt: skip
_HELD = (
    _MINE.where(
        Assignment.ended_at.is_(None), Ticket.state.in_(SHOWN),
        or_(Ticket.for_day.is_(None), Ticket.for_day <= bindparam("day")),
    )
    .order_by(Ticket.for_day, Ticket.for_half.desc(), Ticket.id)
)  # fmt: skip
# A ticket of today, also one handed in and released meanwhile: its pupil may still say what was learnt.
_ONE = _MINE.where(
    Ticket.number == bindparam("number"),
    or_(
        Assignment.ended_at.is_(None),
        and_(Assignment.ended_at >= bindparam("since"), Ticket.state == TicketState.DONE),
    ),
).order_by(Assignment.id.desc()).limit(1)  # fmt: skip
_DONE: Select[Any] = (
    select(Ticket.id)
    .join(Assignment, Assignment.ticket_id == Ticket.id)
    .where(
        Assignment.pupil_id == bindparam("pupil"), Assignment.ended_at >= bindparam("since"),
        Ticket.for_day == bindparam("day"), Ticket.state == TicketState.DONE,
    )
    .distinct()
)  # fmt: skip
_TIMES = (
    select(
        WorkSession.ticket_id, WorkSession.started_at, WorkSession.ended_at, WorkSession.share,
        WorkSession.reverses_id,
    )
    .where(WorkSession.pupil_id == bindparam("pupil"), WorkSession.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(WorkSession.id)
)  # fmt: skip
_MASTER = (
    select(Staff.first_name)
    .join(TimetableSession, TimetableSession.staff_id == Staff.id)
    .join(Membership, Membership.group_id == TimetableSession.group_id)
    .where(
        Membership.pupil_id == bindparam("pupil"), belongs_on(bindparam("day")),
        TimetableSession.on_date == bindparam("day"), TimetableSession.kind == SessionKind.PRACTICE,
        TimetableSession.state == SessionState.PLANNED, TimetableSession.end_minute > bindparam("minute"),
    )
    .order_by(TimetableSession.start_minute)
    .limit(1)
)  # fmt: skip
_TICKED = select(Tap.id).where(
    Tap.pupil_id == bindparam("pupil"), Tap.ticket_id == bindparam("ticket"), Tap.kind == TapKind.START,
    Tap.refused.is_(False), Tap.at >= bindparam("since"),
).limit(1)  # fmt: skip


def own_tickets(db: Session, pupil_id: int) -> OwnTickets:
    """The tickets in the pupil's hands for today or before, with what the gate says of each.

    A constant number of statements.
    """
    day = today()
    since = instant(day, 0)
    cards = [_card(row, day) for row in run(db, _HELD, {"pupil": pupil_id, "day": day}).all()]
    done = len(run(db, _DONE, {"pupil": pupil_id, "since": since, "day": day}).all())
    return OwnTickets(_judged(db, pupil_id, _timed(db, pupil_id, cards)), done, bench_of(db, pupil_id))


def own_ticket(db: Session, pupil_id: int, number: str) -> Card:
    """One of the pupil's own tickets; anybody else's does not exist here."""
    found = find_own(db, pupil_id, number)
    if found is None:
        raise NotFound("Ce bon n’est pas à toi.")
    return found


def find_own(db: Session, pupil_id: int, number: str) -> Card | None:
    """The same, or nothing."""
    day = today()
    asked = {"pupil": pupil_id, "number": number, "since": instant(day, 0)}
    row = run(db, _ONE, asked).one_or_none()
    if row is None:
        return None
    return _judged(db, pupil_id, _timed(db, pupil_id, [_card(row, day)]))[0]


def _card(row: Any, day: date) -> Card:
    (
        id_, number, state, operation_id, label, seq, article, instruction, center_id, center, quantity, good, scrap,
        aside, setup, unit, factor_1, factor_2, factor_3, center_ppe, ppe, skill, skills, first, note, line_id,
        drawing_id, master, entered_on,
    ) = row  # fmt: skip
    factor = Factors(factor_1, factor_2, factor_3).of_year(training_year(entered_on, day))
    return Card(
        id_, number, state, operation_id, label, seq, article, instruction, center_id, center, quantity, good, scrap,
        aside, setup, unit, times(planned_seconds(setup, unit, quantity), factor),
        tuple(dict.fromkeys((*split_words(center_ppe), *split_words(ppe)))),
        " + ".join(each for each in (skill, skills) if each), first, note or "", line_id, drawing_id, master,
    )  # fmt: skip


def _timed(db: Session, pupil_id: int, cards: list[Card]) -> list[Card]:
    """With the pupil's own time on each, and since when the clock runs."""
    spent: dict[int, int] = {}
    since: dict[int, datetime | None] = {}
    asked = {"pupil": pupil_id, "tickets": [card.id for card in cards]}
    for ticket_id, start, end, share, reverses in run(db, _TIMES, asked).all():
        pieces = [(start, end)]
        if end is None:
            pieces, cause = _so_far(db, pupil_id, start)
            if cause != EndCause.END_OF_HALF_DAY:
                since[ticket_id] = None if cause else pieces.pop()[0]
        length = person_seconds([Timed(first, last, share) for first, last in pieces])
        spent[ticket_id] = spent.get(ticket_id, 0) + (length if reverses is None else -length)
    return [
        replace(
            card, spent=spent.get(card.id, 0), since=since.get(card.id),
            on_break=card.id in since and since[card.id] is None,
        )
        for card in cards
    ]  # fmt: skip


def _so_far(db: Session, pupil_id: int, start: datetime) -> tuple[list[Interval], EndCause | None]:
    """The working time of a clock nobody has stopped, cut as it will be, and what holds it now: a break, or the end of
    the half-day it was started in.
    """
    windows = work_windows(db, [pupil_id], local(start).date())[pupil_id]
    return closing(start, now(), windows, day_end(start))


def _judged(db: Session, pupil_id: int, cards: list[Card]) -> list[Card]:
    """With what the gate says of starting each now."""
    startable = [card for card in cards if card.may_start]
    if not startable:
        return cards
    known = gate_known(db, [pupil_id], {card.center_id for card in startable}, today())
    passed = passed_for(db, pupil_id, [card.number for card in startable], today())
    told = {}
    for card in startable:
        answer = known.ask(
            pupil_id,
            card.center_id,
            today(),
            minute=local_minute(now()),
            planned=minutes(_left(card)),
            ppe=card.ppe,
            ppe_confirmed=True,
        )
        told[card.id] = told_by(answer.verdict, passed.get(card.number, frozenset()))
    return [replace(card, told=told.get(card.id, "")) for card in cards]


def _left(card: Card) -> int:
    """Of the seconds it is meant to take this pupil, those of the pieces still to be made, as the start asks."""
    whole, rest = (planned_seconds(card.setup, card.unit, count) for count in (card.quantity, card.rest))
    return card.planned * rest // whole if whole else 0


def told_by(verdict: Verdict, passed: frozenset[str]) -> str:
    """The first refusal of the gate in the pupil's words, law before the school's own settings; a setting that a master
    went past for this work is no refusal.
    """
    against = [one for one in verdict.refusals if not (one.check.is_setting and one.check in passed)]
    found = min(against, key=lambda one: one.check.is_setting, default=None)
    return (found.told or "Ce poste n’est pas pour toi aujourd’hui.") if found else ""


def bench_of(db: Session, pupil_id: int) -> Bench:
    """The master of the session that is on, or of the next one today; « ton maître » when there is none."""
    day = today()
    master = run(db, _MASTER, {"pupil": pupil_id, "day": day, "minute": local_minute(now())}).scalar_one_or_none()
    windows = work_windows(db, [pupil_id], day)[pupil_id]
    return Bench(master or "ton maître", *next_stop(now(), windows))


def ticked_today(db: Session, pupil_id: int, ticket_id: int) -> bool:
    """Whether the pupil has ticked the protections of this ticket today already."""
    asked = {"pupil": pupil_id, "ticket": ticket_id, "since": instant(today(), 0)}
    return run(db, _TICKED, asked).first() is not None


@dataclass(frozen=True, slots=True)
class Before:
    """How long the same work took this pupil the time before, for as many pieces."""

    on: date
    seconds: int


def time_before(db: Session, pupil_id: int, card: Card) -> Before | None:
    """The pupil's own latest ticket of the same operation on the same work centre; nothing when there was none."""
    past = [point for point in own_trend(db, pupil_id, card.operation_id).points if point.number != card.number]
    trend = Trend(tuple(past))
    seconds = trend.then(earned_seconds(card.setup, card.unit, card.good))
    return Before(trend.last.on, seconds) if trend.last and seconds else None
