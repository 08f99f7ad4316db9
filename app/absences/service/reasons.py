"""Reasons of absences: given, corrected, decided, withdrawn; each a row that stays."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.absences import queries
from app.absences.rules import legitimate_by_law, when_words, why_not_decide, why_not_kept, why_not_span
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.pedagogy.models import AbsenceReason, Pupil
from app.pedagogy.rules.reasons import REASON_CODES, Channel, Span

LABELS = {
    "pupil": "Élève", "starts_on": "Du", "ends_on": "Au", "part": "Partie du jour", "start": "De", "end": "À",
    "code": "Motif", "given_by": "Donné par", "channel": "Moyen", "file": "Justificatif", "comment": "Commentaire",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """A reason as somebody gives it. `file_id`: the document handed in, if any."""

    span: Span
    code: str
    given_by: str
    channel: Channel
    proof_seen: bool = False
    comment: str | None = None
    file_id: int | None = None


def give_reason(db: Session, pupil: Pupil, draft: ReasonDraft, *, by: Actor) -> AbsenceReason:
    """Keep why a pupil was not there, or will not be. The law says whether it is legitimate; for AUT, the direction."""
    _check(draft)
    row = _add(db, pupil.id, draft, legitimate=legitimate_by_law(draft.code), by=by)
    journal.record(db, row, "give", f"Motif enregistré, {_when(draft.span)}", by=by)
    return row


def correct_reason(db: Session, reason: AbsenceReason, draft: ReasonDraft, *, by: Actor) -> AbsenceReason:
    """A new row takes the place of one that was wrong. Load the reason locked. The document stays unless replaced."""
    _refuse_settled(db, reason)
    if draft.file_id is None and not REASON_CODES[draft.code].health:
        draft = replace(draft, file_id=reason.file_id)
    _check(draft)
    same = draft.code == reason.code
    legitimate = reason.legitimate if same else legitimate_by_law(draft.code)
    row = _add(db, reason.pupil_id, draft, legitimate=legitimate, by=by, replaces=reason)
    changes = {"Motif": (_label(reason.code), _label(draft.code)), "Quand": (_when(_span(reason)), _when(draft.span))}
    journal.record(db, row, "correct", "Motif corrigé", by=by, changes=changes)
    return row


def decide_reason(db: Session, reason: AbsenceReason, *, legitimate: bool, by: Actor) -> AbsenceReason:
    """The direction judges a reason that the law leaves open (L131-8, R131-5). Load the reason locked."""
    _refuse_settled(db, reason)
    if why := why_not_decide(reason.code):
        raise Refused(why)
    row = _add(db, reason.pupil_id, _draft(reason), legitimate=legitimate, by=by, replaces=reason)
    words = "Motif jugé légitime" if legitimate else "Motif refusé"
    journal.record(db, row, "decide", words, by=by)
    return row


def withdraw_reason(db: Session, reason: AbsenceReason, *, by: Actor) -> None:
    """Void a reason that should not be there; nothing takes its place. Load the reason locked."""
    _refuse_settled(db, reason)
    row = _add(
        db, reason.pupil_id, _draft(reason), legitimate=reason.legitimate, by=by, replaces=reason, withdrawn=True
    )
    journal.record(db, row, "withdraw", "Motif retiré", by=by)


def _check(draft: ReasonDraft) -> None:
    wrong = why_not_span(draft.span, today()) or why_not_kept(
        draft.code, draft.comment, with_file=draft.file_id is not None
    )
    if wrong:
        raise Refused(wrong[1], field=wrong[0])


def _refuse_settled(db: Session, reason: AbsenceReason) -> None:
    later = db.execute(select(AbsenceReason).where(AbsenceReason.replaces_id == reason.id)).scalar_one_or_none()
    if later is not None:
        who = queries.staff_names(db, [later.by_id]).get(later.by_id or 0, "Quelqu’un")
        mine, theirs = _label(reason.code), "retiré" if later.withdrawn else _label(later.code)
        raise Stale(f"{who} vient de corriger ce motif. Rien n’a été écrasé.", (("Motif", mine, theirs),))
    if reason.withdrawn:
        raise Refused("Ce motif est retiré.")


def _add(
    db: Session, pupil_id: int, draft: ReasonDraft, *, legitimate: bool | None, by: Actor,
    replaces: AbsenceReason | None = None, withdrawn: bool = False,
) -> AbsenceReason:  # fmt: skip
    span = draft.span
    row = AbsenceReason(
        pupil_id=pupil_id, starts_on=span.starts_on, start_minute=span.start_minute, ends_on=span.ends_on,
        end_minute=span.end_minute, code=draft.code, legitimate=legitimate, given_by=draft.given_by,
        channel=draft.channel, proof_seen=draft.proof_seen, file_id=draft.file_id, comment=draft.comment, at=now(),
        by_id=by.staff_id, replaces_id=replaces.id if replaces else None, withdrawn=withdrawn,
    )  # fmt: skip
    db.add(row)
    db.flush()  # its id, for the journal
    return row


def _draft(reason: AbsenceReason) -> ReasonDraft:
    return ReasonDraft(
        _span(reason), reason.code, reason.given_by, reason.channel, reason.proof_seen, reason.comment, reason.file_id
    )


def _span(reason: AbsenceReason) -> Span:
    return Span(reason.starts_on, reason.start_minute, reason.ends_on, reason.end_minute)


def _when(span: Span) -> str:
    return when_words(span.starts_on, span.start_minute, span.ends_on, span.end_minute)


def _label(code: str) -> str:
    return REASON_CODES[code].label if code in REASON_CODES else code
