"""Guardians: who answers for a pupil, and who is told on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.core.text import fold, like_pattern
from app.pedagogy.models import Guardian, Pupil
from app.pedagogy.rules import adult_from
from app.pedagogy.rules.guardians import RELATION_LABELS, answers_on, to_tell

FIRST = 1
LIKE_HIM = 20


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a notice about a pupil. `guardian_id` is None for the pupil, who is an adult that day."""

    pupil_id: int
    guardian_id: int | None
    name: str
    relation: str
    email: str | None
    phone: str | None
    address: str | None

    @property
    def is_pupil(self) -> bool:
        """Whether the pupil answers alone."""
        return self.guardian_id is None


_OF_PUPILS = (
    select(
        Guardian.id, Guardian.pupil_id, Guardian.rank, Guardian.name, Guardian.relation, Guardian.email,
        Guardian.phone, Guardian.address, Guardian.notified, Guardian.starts_on, Guardian.ends_on,
        Guardian.custody_note, Guardian.version,
    )
    .where(Guardian.pupil_id.in_(bindparam("pupils", expanding=True)))
    .order_by(Guardian.pupil_id, Guardian.rank, Guardian.id)
)  # fmt: skip
_THEMSELVES = select(
    Pupil.id, Pupil.first_name, Pupil.last_name, Pupil.born_on, Pupil.email, Pupil.phone
).where(Pupil.id.in_(bindparam("pupils", expanding=True)))  # fmt: skip


def guardians_to_tell(db: Session, pupil_ids: Collection[int], day: date) -> dict[int, list[Recipient]]:
    """Who gets a notice about each pupil that day, the first one first; two statements, every pupil is a key.

    From the 18th birthday the pupil alone is told (both parents answer for a minor, an adult for himself).
    """
    asked = {"pupils": list(pupil_ids)}
    known: dict[int, list[Any]] = {}
    for row in run(db, _OF_PUPILS, asked):
        known.setdefault(row.pupil_id, []).append(row)
    told: dict[int, list[Recipient]] = {}
    for pupil in run(db, _THEMSELVES, asked):
        adult = adult_from(pupil.born_on) <= day
        told[pupil.id] = [_recipient(one) for one in to_tell(known.get(pupil.id, ()), day, adult=adult)]
        if adult:
            told[pupil.id] = [_themselves(pupil)]
    return told


def guardians_of(db: Session, pupil_id: int) -> list[Any]:
    """Everybody who answers, answered or will answer for a pupil; columns only."""
    return list(run(db, _OF_PUPILS, {"pupils": [pupil_id]}).all())


def get_guardian(db: Session, pupil: Pupil, guardian_id: int, *, lock: bool = False) -> Guardian:
    """One guardian of this pupil."""
    query = select(Guardian).where(Guardian.id == guardian_id, Guardian.pupil_id == pupil.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce responsable n’est pas dans la fiche de cet élève.")
    return found


def first_guardian(db: Session, pupil_id: int, day: date) -> Guardian | None:
    """The first guardian of a day: the one the school's files speak of."""
    query = select(Guardian).where(
        Guardian.pupil_id == pupil_id, Guardian.rank == FIRST,
        or_(Guardian.starts_on.is_(None), Guardian.starts_on <= day),
        or_(Guardian.ends_on.is_(None), Guardian.ends_on >= day),
    )  # fmt: skip
    return db.execute(query.order_by(Guardian.id).limit(1)).scalar_one_or_none()


_LIKE = (
    select(Guardian.id, Guardian.name, Guardian.phone, Pupil.first_name, Pupil.last_name)
    .join(Pupil, Pupil.id == Guardian.pupil_id)
    .where(
        Guardian.pupil_id != bindparam("pupil"),
        or_(Guardian.ends_on.is_(None), Guardian.ends_on >= bindparam("day")),
        or_(
            Pupil.sort_key.like(bindparam("family"), escape="\\"),
            Pupil.search_key.like(bindparam("pattern"), escape="\\"),
        ),
    )
    .order_by(Pupil.sort_key, Guardian.rank, Guardian.id)
    .limit(LIKE_HIM)
)  # fmt: skip


def guardians_like(db: Session, pupil: Pupil, words: str) -> list[Any]:
    """Guardians of other pupils to copy from: of those with the same family name, or found by the words."""
    family = "" if words else f"{like_pattern(fold(pupil.last_name)).strip('%')} %"
    values = {"pupil": pupil.id, "day": today(), "family": family, "pattern": like_pattern(words) if words else ""}
    return list(run(db, _LIKE, values).all())


def get_copied(db: Session, guardian_id: int) -> Guardian | None:
    """A guardian whose name and address are to be written again for another pupil."""
    return db.get(Guardian, guardian_id)


def count_answering(rows: Collection[Any], day: date) -> int:
    """How many of these guardians answer that day."""
    return sum(answers_on(row, day) for row in rows)


def _recipient(row: Any) -> Recipient:
    return Recipient(
        row.pupil_id, row.id, row.name, RELATION_LABELS[row.relation], row.email, row.phone, row.address
    )  # fmt: skip


def _themselves(pupil: Any) -> Recipient:
    name = f"{pupil.first_name} {pupil.last_name}"
    return Recipient(pupil.id, None, name, "Élève majeur", pupil.email, pupil.phone, None)
