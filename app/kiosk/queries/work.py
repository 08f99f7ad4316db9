"""What a pupil's work needs besides the ticket: skills, checks, drawings, the fact before, taps that were refused."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.documents import StoredFile
from app.kiosk.models import Device, Tap
from app.kiosk.queries.tickets import Card
from app.kiosk.rules import TapKind, kept_words
from app.pedagogy.models import Pupil, SelfAssessment
from app.pedagogy.queries.skills import GROUP_SKILLS
from app.workshop.models import Assignment, Drawing, QuantityReport, Ticket, WorkSession
from app.workshop.queries import Checked, CheckSheet
from app.workshop.rules import CheckKind, Spec, skill_codes

SKILLS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """A skill that the work trains, for the pupil to say how it went."""

    code: str
    label: str


_SKILLS = (
    select(GROUP_SKILLS.c.code, GROUP_SKILLS.c.label)
    .join(Pupil, Pupil.group_id == GROUP_SKILLS.c.group_id)
    .where(Pupil.id == bindparam("pupil"))
    .order_by(GROUP_SKILLS.c.position, GROUP_SKILLS.c.code)
)


def skills_of(db: Session, pupil_id: int, card: Card) -> list[SkillChoice]:
    """The skills of the operation by their names in the pupil's diploma; without any, the first of the diploma."""
    known = {row[0]: row[1] for row in run(db, _SKILLS, {"pupil": pupil_id}).all()}
    trained = [code for code in skill_codes(None, card.skills) if code in known]
    return [SkillChoice(code, known[code]) for code in (trained or list(known))[:SKILLS_SHOWN]]


def _latest(column: Any, *conditions: Any) -> Any:
    return select(func.max(column)).where(*conditions).scalar_subquery()


_FACTS = select(
    _latest(
        Assignment.given_at, Assignment.pupil_id == bindparam("pupil"), Assignment.ticket_id == bindparam("ticket"),
        Assignment.ended_at.is_(None),
    ),
    _latest(WorkSession.started_at, WorkSession.pupil_id == bindparam("pupil"), WorkSession.reverses_id.is_(None)),
    _latest(WorkSession.ended_at, WorkSession.pupil_id == bindparam("pupil"), WorkSession.reverses_id.is_(None)),
    _latest(QuantityReport.at, QuantityReport.pupil_id == bindparam("pupil")),
    _latest(Tap.moment, Tap.pupil_id == bindparam("pupil"), Tap.refused.is_(False)),
)  # fmt: skip


def last_fact(db: Session, pupil_id: int, ticket_id: int | None) -> datetime | None:
    """The latest thing that is known of the pupil, before which a tap of theirs cannot have been made."""
    row = run(db, _FACTS, {"pupil": pupil_id, "ticket": ticket_id or 0}).one()
    return max((moment for moment in row if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class KeptTap:
    """A tap that was refused and that nobody has looked at: what the pupil meant, for a master to put right."""

    id: int
    pupil: str
    device: str
    kind: str
    number: str
    content: str
    made_at: datetime
    at: datetime
    answer: str

    @property
    def label(self) -> str:
        """What was meant."""
        return TapKind(self.kind).label

    @property
    def words(self) -> str:
        """What it carried."""
        return kept_words(TapKind(self.kind), json.loads(self.content or "{}"))


_KEPT = (
    select(
        Tap.id, Pupil.first_name + " " + Pupil.last_name, Device.label, Tap.kind, func.coalesce(Ticket.number, ""),
        Tap.content, Tap.made_at, Tap.at, Tap.answer,
    )
    .join(Pupil, Pupil.id == Tap.pupil_id)
    .join(Device, Device.id == Tap.device_id)
    .outerjoin(Ticket, Ticket.id == Tap.ticket_id)
    .where(Tap.refused.is_(True), Tap.settled_at.is_(None))
    .order_by(Tap.id)
    .limit(100)
)  # fmt: skip


def kept_taps(db: Session) -> list[KeptTap]:
    """Work done without a network that could not be booked, the oldest first."""
    return [KeptTap(*row) for row in run(db, _KEPT).all()]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A point to check on the piece that is shown, and the last word on it."""

    spec: Spec
    done: Checked | None

    @property
    def is_measure(self) -> bool:
        """Read on a gauge; else it is good or it is not."""
        return self.spec.kind == CheckKind.MEASURE


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The checks of one piece, and the other pieces on which something is due."""

    piece: int
    pieces: list[int]
    rows: list[CheckRow]
    first_asked: bool
    first_released: bool

    @property
    def all_good(self) -> bool:
        """Everything on this piece was checked, and conforms."""
        return bool(self.rows) and all(row.done is not None and row.done.conforms for row in self.rows)

    @property
    def any_wrong(self) -> bool:
        """Something on this piece was checked, and does not conform."""
        return any(row.done is not None and not row.done.conforms for row in self.rows)


def check_page(sheet: CheckSheet, asked: int) -> CheckPage:
    """The piece that was asked for, else the first on which something due is not checked yet, else the last."""
    pieces = [piece for piece in sheet.pieces if piece <= max(sheet.quantity, 1)]
    words = sheet.words
    open_ = [
        piece for piece in pieces
        if any(sheet.is_due(spec, piece) and (spec.id, piece) not in words for spec in sheet.points)
    ]  # fmt: skip
    piece = asked if asked in pieces else next(iter([*open_, *pieces[-1:]]), 1)
    rows = [
        CheckRow(spec, words.get((spec.id, piece))) for spec in sheet.points
        if sheet.is_due(spec, piece) or (spec.id, piece) in words
    ]  # fmt: skip
    return CheckPage(piece, pieces, rows, sheet.first_asked, sheet.first_released)


@dataclass(frozen=True, slots=True)
class DrawingRow:
    """A drawing of the ticket's line: its name and the index that counts."""

    id: int
    name: str
    index: str
    file_id: int
    is_picture: bool


_DRAWINGS = (
    select(Drawing.id, Drawing.name, Drawing.index_letter, Drawing.file_id, StoredFile.media_type)
    .join(StoredFile, StoredFile.id == Drawing.file_id)
    .where(Drawing.line_id == bindparam("line"), Drawing.withdrawn_at.is_(None), Drawing.confirmed_at.is_not(None))
    .order_by(Drawing.name, Drawing.id.desc())
)


def drawings_of(db: Session, card: Card) -> list[DrawingRow]:
    """The confirmed drawings of the ticket's line, each at its latest index."""
    found: dict[str, DrawingRow] = {}
    for id_, name, index, file_id, media_type in run(db, _DRAWINGS, {"line": card.line_id}).all():
        found.setdefault(name, DrawingRow(id_, name, index, file_id, str(media_type).startswith("image/")))
    return list(found.values())


def stored_file(db: Session, file_id: int) -> StoredFile:
    """The row of a file."""
    return db.get_one(StoredFile, file_id)


def has_told(db: Session, pupil_id: int, ticket_id: int) -> bool:
    """Whether the pupil has said what was learnt on a ticket."""
    query = select(SelfAssessment.id).where(
        SelfAssessment.pupil_id == pupil_id, SelfAssessment.ticket_id == ticket_id
    ).limit(1)  # fmt: skip
    return db.execute(query).first() is not None


def get_pupil(db: Session, pupil_id: int) -> Pupil:
    """The pupil of a seat."""
    return db.get_one(Pupil, pupil_id)
