"""What is to be checked on a ticket, what was checked, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.pedagogy.models import Pupil
from app.workshop.models import CheckPoint, CheckResult, Defect, Operation, Release, Ticket
from app.workshop.queries.ticket_page import TicketFacts, ticket_facts
from app.workshop.rules import (
    CheckStage,
    DefectDecision,
    Missing,
    ReleaseKind,
    Spec,
    TicketKind,
    is_due,
    missing_checks,
    skill_codes,
)

_POINTS: Any = select(
    CheckPoint.id, CheckPoint.label, CheckPoint.kind, CheckPoint.nominal, CheckPoint.lower, CheckPoint.upper,
    CheckPoint.unit, CheckPoint.every, CheckPoint.is_key, CheckPoint.gauge,
)  # fmt: skip
_OF_OPERATION = _POINTS.where(
    CheckPoint.operation_id == bindparam("operation"),
    or_(
        CheckPoint.retired_at.is_(None),
        CheckPoint.id.in_(select(CheckResult.point_id).where(CheckResult.ticket_id == bindparam("ticket"))),
    ),
).order_by(CheckPoint.seq)
_OF_REWORK = _POINTS.join(Defect, Defect.point_id == CheckPoint.id).where(
    Defect.rework_ticket_id == bindparam("ticket"), CheckPoint.retired_at.is_(None)
)
_TAKEN = aliased(CheckResult)
_RESULTS = (
    select(
        CheckResult.id, CheckResult.point_id, CheckResult.stage, CheckResult.piece, CheckResult.value,
        CheckResult.conforms, CheckResult.photo_id, CheckResult.at,
        func.coalesce(Pupil.first_name + " " + Pupil.last_name, Staff.first_name + " " + Staff.last_name, ""),
    )
    .outerjoin(_TAKEN, _TAKEN.reverses_id == CheckResult.id)
    .outerjoin(Pupil, Pupil.id == CheckResult.pupil_id)
    .outerjoin(Staff, Staff.id == CheckResult.by_id)
    .where(CheckResult.ticket_id == bindparam("ticket"), CheckResult.reverses_id.is_(None), _TAKEN.id.is_(None))
    .order_by(CheckResult.id)
)  # fmt: skip
_RELEASES = (
    select(
        Release.kind, Release.conforms, func.coalesce(Release.note, ""), func.coalesce(Release.override_reason, ""),
        Release.at, Staff.first_name + " " + Staff.last_name,
    )
    .join(Staff, Staff.id == Release.by_id)
    .where(Release.ticket_id == bindparam("ticket"))
    .order_by(Release.id)
)  # fmt: skip

# Columns only: an operation that lies in the session would hide the sums that are counted in the database.
_FIRST = select(Operation.first_article).where(Operation.id == bindparam("operation"))
_SKILLS = select(Operation.skill_code, Operation.skills).where(Operation.id == bindparam("operation"))


@dataclass(frozen=True, slots=True)
class Checked:
    """One check that counts: nothing took it back."""

    id: int
    point_id: int
    stage: CheckStage
    piece: int
    value: Decimal | None
    conforms: bool
    photo_id: int | None
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Released:
    """What a master said of a first article or of finished work."""

    kind: ReleaseKind
    conforms: bool
    note: str
    override_reason: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """The checks of a ticket: points × pieces. Pieces `made` good call for checks; `settled` ones are dealt with."""

    points: tuple[Spec, ...]
    results: tuple[Checked, ...]
    releases: tuple[Released, ...]
    made: int
    quantity: int
    settled: int
    first_asked: bool

    @property
    def words(self) -> dict[tuple[int, int], Checked]:
        """The last word on each point of each piece, whoever said it: (point, piece) to the check."""
        return {(each.point_id, each.piece): each for each in self.results}

    def said(self, spec: Spec, piece: int) -> list[Checked]:
        """What each side said of a point of a piece, the pupil first."""
        found = [each for each in self.results if (each.point_id, each.piece) == (spec.id, piece)]
        return sorted(found, key=lambda each: each.stage != CheckStage.SELF)

    @property
    def missing(self) -> list[Missing]:
        """What is due on the pieces made so far and was not checked."""
        return missing_checks(self.points, self.made, self.words)

    @property
    def missing_first(self) -> list[Missing]:
        """What is still to be checked on the first piece before it is released."""
        return missing_checks(self.points, 1, self.words)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """The points to choose from: « Ø12 ±0,05 »."""
        return [(spec.id, f"{spec.label}, {spec.tolerance}" if spec.tolerance else spec.label) for spec in self.points]

    @property
    def bad(self) -> list[int]:
        """Pieces on which something does not conform."""
        return sorted({piece for (_, piece), each in self.words.items() if not each.conforms})

    @property
    def pieces(self) -> list[int]:
        """The rows of the sheet: pieces checked, pieces on which something is due when all are made."""
        checked = {each.piece for each in self.results}
        count = max(self.quantity, self.made)
        due = {each.piece for each in missing_checks(self.points, count, ())}
        return sorted(checked | due)

    def is_due(self, spec: Spec, piece: int) -> bool:
        """Whether that point is to be checked on that piece when all are made."""
        return is_due(spec, piece, max(self.quantity, self.made))

    @property
    def first(self) -> Released | None:
        """The last word on the first article."""
        return next((each for each in reversed(self.releases) if each.kind == ReleaseKind.FIRST_ARTICLE), None)

    @property
    def first_released(self) -> bool:
        """The series may go on."""
        return not self.first_asked or (self.first is not None and self.first.conforms)


def check_sheet(db: Session, ticket: Ticket) -> CheckSheet:
    """All checks of a ticket; four statements. A reworked piece is checked on the point that was not right."""
    about = {"operation": ticket.operation_id, "ticket": ticket.id}
    points = [Spec(*row) for row in run(db, _OF_OPERATION, about)]
    if ticket.kind == TicketKind.REWORK:
        points = with_reworked(points, (replace(Spec(*row), every=1) for row in run(db, _OF_REWORK, about)))
    asked = asks_first_article(db, ticket.operation_id)
    return CheckSheet(
        tuple(points), tuple(Checked(*row) for row in run(db, _RESULTS, about)),
        tuple(Released(*row) for row in run(db, _RELEASES, about)), ticket.good, ticket.quantity,
        ticket.scrap + ticket.aside + accepted_pieces(db, ticket.id), asked and ticket.kind != TicketKind.REWORK,
    )  # fmt: skip


def with_reworked(points: list[Spec], extra: Iterable[Spec]) -> list[Spec]:
    """The points of a ticket, those a rework is about in place of the same or after them."""
    wanted = {spec.id: spec for spec in extra}
    kept = [wanted.pop(spec.id, spec) for spec in points]
    return [*kept, *wanted.values()]


def asks_first_article(db: Session, operation_id: int) -> bool:
    """Whether the first piece of a ticket on that operation is released before the others."""
    return bool(run(db, _FIRST, {"operation": operation_id}).scalar_one())


def trained_skills(db: Session, operation_id: int) -> list[str]:
    """The skills that an operation trains."""
    return skill_codes(*run(db, _SKILLS, {"operation": operation_id}).one())


def accepted_pieces(db: Session, ticket_id: int) -> int:
    """Pieces that do not conform and that the client took all the same."""
    query = select(func.coalesce(func.sum(Defect.pieces), 0)).where(
        Defect.ticket_id == ticket_id, Defect.decision == DefectDecision.ACCEPT
    )
    return int(db.execute(query).scalar_one())


def missing_checks_of(db: Session, ticket: Ticket) -> list[Missing]:
    """What is due on the pieces made so far and was not checked."""
    return check_sheet(db, ticket).missing


def checks_page(db: Session, number: str) -> tuple[TicketFacts, CheckSheet]:
    """A ticket with its checks."""
    facts = ticket_facts(db, number)
    return facts, check_sheet(db, facts.ticket)


def photo_of_check(db: Session, check_id: int) -> StoredFile:
    """The photo that was taken for a check."""
    found = db.execute(
        select(StoredFile).join(CheckResult, CheckResult.photo_id == StoredFile.id).where(CheckResult.id == check_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce contrôle n’a pas de photo.")
    return found
