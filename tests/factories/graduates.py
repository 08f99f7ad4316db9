"""Exam results, job offers and outcomes."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now, today
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.graduates.rules import Contract, ExamVerdict, OfferState, Situation
from app.pedagogy.models import Diploma, Pupil, PupilGroup
from tests.factories.numbers import serial


def make_result(
    db: Session,
    pupil: Pupil,
    verdict: ExamVerdict = ExamVerdict.PASSED,
    *,
    session: int = 2026,
    diploma: Diploma | None = None,
) -> ExamResult:
    """A result at the diploma of the pupil's group."""
    diploma_id = diploma.id if diploma else db.get_one(PupilGroup, pupil.group_id).diploma_id
    result = ExamResult(pupil_id=pupil.id, diploma_id=diploma_id, session=session, verdict=verdict)
    db.add(result)
    db.flush()
    return result


def make_offer(db: Session, pupil: Pupil, company_name: str = "", **other: Any) -> JobOffer:
    """An announced permanent contract, dated today."""
    values = {
        "offered_on": today(), "contract": Contract.PERMANENT, "state": OfferState.ANNOUNCED, "created_at": now(),
    } | other  # fmt: skip
    offer = JobOffer(pupil_id=pupil.id, company_name=company_name or f"Forges {serial()}", **values)
    db.add(offer)
    db.flush()
    return offer


def make_outcome(db: Session, pupil: Pupil, situation: Situation = Situation.JOB, **other: Any) -> Outcome:
    """What the leaver does today."""
    outcome = Outcome(pupil_id=pupil.id, situation=situation, **({"as_of": today()} | other))
    db.add(outcome)
    db.flush()
    return outcome
