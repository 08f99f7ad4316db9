"""Reasons that stand: neither replaced by a later row nor withdrawn."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from app.core.db import run
from app.pedagogy.models import AbsenceReason, TimetableSession
from app.pedagogy.rules.reasons import Span

_LATER = aliased(AbsenceReason)
_R = AbsenceReason
_STANDING = (
    select(
        _R.id, _R.pupil_id, _R.starts_on, _R.start_minute, _R.ends_on, _R.end_minute, _R.code, _R.legitimate,
        _R.given_by, _R.channel, _R.at, _R.file_id, _R.proof_seen, _R.comment,
    )
    .where(
        _R.withdrawn.is_(False), ~exists().where(_LATER.replaces_id == _R.id), _R.ends_on >= bindparam("start"),
        _R.starts_on <= bindparam("end"),
    )
    .order_by(_R.id)
)  # fmt: skip
_STANDING_OF = _STANDING.where(_R.pupil_id.in_(bindparam("pupils", expanding=True)))


def standing_reasons(db: Session, start: date, end: date, pupil_ids: Collection[int] | None = None) -> Sequence[Any]:
    """The reasons that touch these days, of these pupils (None: all), in the order they were given. One statement."""
    values: dict[str, Any] = {"start": start, "end": end}
    if pupil_ids is None:
        return run(db, _STANDING, values).all()
    return run(db, _STANDING_OF, values | {"pupils": sorted(pupil_ids)}).all()


def announced(db: Session, session: TimetableSession, pupil_ids: Collection[int]) -> set[int]:
    """Of whom the office knows a reason to be missing in this session. One statement."""
    rows = standing_reasons(db, session.on_date, session.on_date, pupil_ids)
    return {
        row.pupil_id for row in rows
        if Span(row.starts_on, row.start_minute, row.ends_on, row.end_minute).meets(
            session.on_date, session.start_minute, session.end_minute
        )
    }  # fmt: skip
