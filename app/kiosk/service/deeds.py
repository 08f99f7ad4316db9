"""What a pupil does on a ticket: each deed checks in the pupil's words, then calls the workshop's own service."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import now
from app.kiosk import policies, queries, rules
from app.kiosk.rules import TapKind
from app.kiosk.service.taps import Deed, Doing, Gesture, Outcome, PupilRefused, carry_out_with
from app.pedagogy.models import Pupil, SelfAssessment
from app.workshop import service as workshop
from app.workshop.models import Ticket
from app.workshop.queries import open_sessions_of
from app.workshop.rules import CheckStage, HelpReason


def _require_mine(doing: Doing) -> Ticket:
    ticket = doing.own()
    if sentence := policies.why_not_touch(ticket, doing.pupil.id):
        raise PupilRefused(sentence)
    return ticket


def start(db: Session, doing: Doing) -> str:
    """Start, or go on. The gate is asked again, and keeps its answer with the protections that were ticked.

    A clock that was forgotten in an earlier half-day ended with it, and is in nobody's way.
    """
    ticket = _require_mine(doing)
    workshop.stop_forgotten(db, pupil_id=doing.pupil.id, by=doing.by)
    card = queries.own_ticket(db, doing.pupil.id, ticket.number)
    ticked = set(card.ppe) <= set(doing.gesture.content.get("ppe", ()))
    ticked = ticked or queries.ticked_today(db, doing.pupil.id, ticket.id)
    running = {number for _, number, _ in open_sessions_of(db, doing.pupil.id)}
    if sentence := policies.why_not_start(ticket, running, ticked=ticked):
        raise PupilRefused(sentence)
    workshop.start_ticket(db, ticket, pupil_id=doing.pupil.id, ticked=ticked, by=doing.by)
    return "C’est parti."


def pause(db: Session, doing: Doing) -> str:
    """The clock stops."""
    ticket = _require_mine(doing)
    if ticket.number not in {number for _, number, _ in open_sessions_of(db, doing.pupil.id)}:
        raise PupilRefused("Ce bon est déjà en pause.")
    workshop.pause_ticket(db, ticket, pupil_id=doing.pupil.id, by=doing.by)
    return "Pause. Ton temps est gardé."


def count(db: Session, doing: Doing) -> str:
    """Pieces so far; the work goes on."""
    ticket, counts, reason = _require_mine(doing), _counts(doing), _reason(doing)
    _require_counts(ticket, counts, reason)
    workshop.report_quantity(db, ticket, counts=counts, reason=reason, pupil_id=doing.pupil.id, by=doing.by)
    return "Tes pièces sont comptées."


def finish(db: Session, doing: Doing) -> str:
    """The work is handed in: the clock stops, the last pieces are stated, the master looks at it."""
    ticket, counts, reason = _require_mine(doing), _counts(doing), _reason(doing)
    if any(counts) or not (ticket.good or ticket.scrap or ticket.aside):
        _require_counts(ticket, counts, reason)
    workshop.submit(db, ticket, counts=counts, reason=reason, pupil_id=doing.pupil.id, by=doing.by)
    return "Bravo, c’est noté."


def _counts(doing: Doing) -> tuple[int, int]:
    content = doing.gesture.content
    return int(content.get("good") or 0), int(content.get("scrap") or 0)


def _reason(doing: Doing) -> str | None:
    """Why pieces were lost; a word that goes with no lost piece is left out."""
    return doing.gesture.content.get("reason") if _counts(doing)[1] else None


def _require_counts(ticket: Ticket, counts: tuple[int, int], reason: str | None) -> None:
    rest = max(0, ticket.quantity - ticket.good - ticket.scrap - ticket.aside)
    if found := policies.why_not_counts(*counts, rest, reason):
        raise PupilRefused(found[1], field=found[0])


def check(db: Session, doing: Doing) -> str:
    """Measures of one piece, the pupil's own; whether each conforms is worked out from the tolerance."""
    ticket, content = _require_mine(doing), doing.gesture.content
    readings = [_reading(row, content["piece"]) for row in content["checks"]]
    if not readings:
        raise PupilRefused("Note au moins une mesure.")
    try:
        results = workshop.record_checks(
            db, ticket, readings, stage=CheckStage.SELF, pupil_id=doing.pupil.id, by=doing.by
        )
    except workshop.Doubtful as doubt:
        raise PupilRefused("Cette mesure est loin. Vérifie, puis renvoie.", field=doubt.field) from doubt
    return "Tout est bon." if all(one.conforms for one in results) else "C’est noté."


def _reading(row: dict[str, Any], piece: int) -> workshop.Reading:
    value, sure = (Decimal(row[name]) if row[name] is not None else None for name in ("value", "sure"))
    stated = None if row["conforms"] is None else row["conforms"] == "yes"
    return workshop.Reading(row["point"], piece, value=value, conforms=stated, sure=sure)


def call(db: Session, doing: Doing) -> str:
    """Call the master; also about a ticket that may not be started."""
    ticket = doing.ticket
    reason = HelpReason(doing.gesture.content.get("why", HelpReason.HELP))
    if ticket is not None and not policies.holds(ticket, doing.pupil.id):
        raise PupilRefused(rules.NOT_MINE)
    workshop.ask_help(db, doing.pupil, reason=reason, ticket_id=ticket.id if ticket else None, by=doing.by)
    return "Ton maître est prévenu."


def say_learnt(db: Session, doing: Doing) -> str:
    """What the pupil says of having learnt: a level for each skill that was tapped, and a sentence."""
    ticket, content = doing.own(), doing.gesture.content
    if ticket.state not in policies.HANDED_IN:
        raise PupilRefused("Finis d’abord ce bon.")
    card = queries.own_ticket(db, doing.pupil.id, ticket.number)
    levels, sentence = content.get("levels", {}), content.get("sentence", "")
    known = {skill.code for skill in queries.skills_of(db, doing.pupil.id, card)}
    if not set(levels) <= known:
        raise PupilRefused(rules.GENERIC)
    if not levels and not sentence:
        raise PupilRefused("Choisis une chose, ou écris une phrase.")
    for code, level in levels.items() or [(None, 0)]:
        db.add(
            SelfAssessment(
                ticket_id=ticket.id, pupil_id=doing.pupil.id, skill_code=code, level=level, sentence=sentence,
                source_label=ticket.number, at=now(),
            )
        )  # fmt: skip
        sentence = ""  # written once, beside the first
    return "Merci, c’est gardé."


DEEDS: dict[TapKind, Deed] = {
    TapKind.START: start, TapKind.PAUSE: pause, TapKind.COUNT: count, TapKind.FINISH: finish, TapKind.CHECK: check,
    TapKind.HELP: call, TapKind.LEARNT: say_learnt,
}  # fmt: skip


def carry_out(db: Session, gesture: Gesture, *, device_id: int, pupil: Pupil, by: Actor) -> Outcome:
    """Do what a tap asks, once, as of its own moment; see `taps.carry_out_with`."""
    return carry_out_with(db, gesture, DEEDS[gesture.kind], device_id=device_id, pupil=pupil, by=by)
