"""The one door through which a ticket reaches a pupil and a clock starts; what a master may go past, and how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local, local_minute
from app.core.errors import Refused
from app.machines import service as machines
from app.machines.queries import NOTHING, Answer, passed_over
from app.machines.rules import AskedFor, Exposure
from app.machines.rules.papers import split_words
from app.machines.service import Asked
from app.pedagogy.models import Pupil
from app.workshop import policies, queries, rules
from app.workshop.models import Operation, Ticket
from app.workshop.queries import Routing
from app.workshop.rules import HalfDay
from app.workshop.service.ledger import present_moment, require_confirmed, require_seen, require_workable


def work_on(routing: Routing, operation_id: int, pieces: int) -> policies.Work:
    """Work that may be handed out: on which work centre, and the planned minutes of so many pieces."""
    require_workable(routing)
    require_confirmed(routing)
    return queries.work_on(routing, operation_id, pieces)


def work_of(db: Session, ticket: Ticket) -> policies.Work:
    """What is left to do on a ticket."""
    rest = rules.open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
    routing = queries.routing_of_operation(db, ticket.operation_id)
    return replace(work_on(routing, ticket.operation_id, rest), name=ticket.number)


def require_assignable(
    db: Session, ticket: Ticket | None, work: policies.Work, newcomers: Sequence[int], *,
    staying: Iterable[int] = (), by: Actor,
) -> dict[int, Answer]:  # fmt: skip
    """Every newcomer passes every check; who already held it keeps it. A refusal is kept although nothing else is."""
    ticket_id, subject = (ticket.id, ticket.number) if ticket else (None, work.name)
    known = queries.takers(db, newcomers, work.day, work.half, ticket_id=ticket_id, staying=staying)
    answers = queries.gate_answers(db, newcomers, work)
    judged = queries.with_verdicts(db, known, answers, work, subject=work.name)
    for pupil_id in newcomers:
        if refusal := policies.why_not_assignable(work, judged[pupil_id]):
            if pupil_id in answers and refusal.law:
                machines.keep_refusal(db, answers[pupil_id], Asked(AskedFor.ASSIGN, subject), by=by)
            title = policies.refusal_title(judged[pupil_id].first_name)
            sentence = f"{title}. {refusal.fact} {policies.not_given(work)}"
            raise Refused(sentence, field="pupils", told=refusal.told, setting=refusal.setting)
    return answers


def keep_given(db: Session, ticket: Ticket, answers: Mapping[int, Answer], *, by: Actor) -> None:
    """Write down the answers that a ticket was given on."""
    _keep(db, ticket, answers, AskedFor.ASSIGN, by=by)


def _keep(db: Session, ticket: Ticket, answers: Mapping[int, Answer], why: AskedFor, *, by: Actor) -> None:
    for pupil_id, answer in answers.items():
        reason = None
        if not answer.verdict.allowed:  # a master went past
            reason = passed_over(db, ticket.number, [pupil_id], answer.request.day).get(pupil_id, NOTHING).reason
        machines.keep_answers(db, [answer], Asked(why, ticket.number), override_reason=reason, by=by)


def may_have_again(db: Session, ticket: Ticket, pupil_ids: Sequence[int], *, by: Actor) -> list[int]:
    """Who of these may have a ticket again that is opened again: still at the school, and not refused by the gate.

    Every answer is written down, those that say no too.
    """
    work = queries.planned_work(db, ticket)
    work = replace(work, half=work.half if work.day == ticket.for_day else None)
    answers = queries.gate_answers(db, pupil_ids, work)
    known = queries.takers(db, pupil_ids, work.day, work.half, ticket_id=None)
    judged = queries.with_verdicts(db, known, answers, work, subject=ticket.number)
    refused = {id_ for id_ in pupil_ids if policies.why_not_gate(work, judged[id_])}
    asked = Asked(AskedFor.ASSIGN, ticket.number)
    machines.keep_answers(db, [answers[id_] for id_ in answers if id_ in refused], asked, by=by)
    _keep(db, ticket, {id_: answers[id_] for id_ in answers if id_ not in refused}, AskedFor.ASSIGN, by=by)
    enrolled = {id_ for id_ in pupil_ids if policies.why_not_enrolled(work, judged[id_]) is None}
    return [id_ for id_ in pupil_ids if id_ in enrolled - refused]


def require_startable(
    db: Session, ticket: Ticket, pupil: Pupil, *, ticked: bool | None = None, beside: tuple[Exposure, ...] = (),
    by: Actor,
) -> tuple[Exposure, ...]:  # fmt: skip
    """The gate once more when a clock is to start: the day may be another, the master may be out.

    `ticked`: on a tablet, whether the pupil has confirmed the protections. `beside`: what the tickets of a batch that
    were let through before vibrate; with it what this one adds is given back.
    """
    moment, why = present_moment(), AskedFor.START if ticked is None else AskedFor.TABLET
    work = replace(work_of(db, ticket), day=local(moment).date())
    ppe = split_words(db.get_one(Operation, ticket.operation_id).ppe)
    answers = queries.gate_answers(
        db, [pupil.id], work, minute=local_minute(moment), ppe=ppe, ppe_confirmed=bool(ticked), beside=beside
    )
    known = {pupil.id: policies.Candidate(pupil.first_name, rules.Presence.UNKNOWN, is_member=True, holds=True)}
    judged = queries.with_verdicts(db, known, answers, work, subject=ticket.number)
    if refusal := policies.why_not_gate(work, judged[pupil.id]):
        machines.keep_refusal(db, answers[pupil.id], Asked(why, ticket.number), by=by)
        sentence = f"{pupil.first_name} ne peut pas démarrer ce bon. {refusal.fact} {refusal.law}"
        raise Refused(sentence, told=refusal.told, setting=refusal.setting)
    _keep(db, ticket, answers, why, by=by)
    request = answers[pupil.id].request
    level = request.machine.vibration
    return (*beside, Exposure(level, request.planned_minutes)) if level else beside


def pass_over(
    db: Session, ticket: Ticket, *, pupil_id: int, reason: str, slot: tuple[date, HalfDay | None] | None = None,
    seen_version: int | None = None, by: Actor,
) -> None:  # fmt: skip
    """A master goes past the school's own rules for one pupil on one ticket, with a reason. Law has no such door."""
    require_seen(db, ticket, seen_version, (("Pourquoi", reason, "–"),))
    require_workable(queries.routing_of_operation(db, ticket.operation_id))
    work = queries.planned_work(db, ticket)
    if slot is not None:
        work = replace(work, day=slot[0], half=slot[1])
    candidate, answer = queries.judge(db, work, pupil_id, ticket=ticket)
    found = policies.all_against(work, candidate)
    if not found:
        raise Refused(f"Rien n’empêche {candidate.first_name} de prendre ce bon.", field="reason")
    if not found[-1].setting:
        title = policies.refusal_title(candidate.first_name)
        raise Refused(f"{title}. {found[-1].fact} {policies.not_given(work)}", field="reason", told=found[-1].told)
    asked, codes = Asked(AskedFor.ASSIGN, ticket.number), [one.code for one in found]
    machines.keep_override(db, answer, asked, codes=codes, reason=reason, by=by)
    ticket.version += 1
    words = " ; ".join(one.law or one.fact for one in found)
    journal.record(db, ticket, "pass_over", f"Passé outre pour {candidate.first_name} : {words}", by=by, note=reason)
