"""Declarations with their changes, what they hold on a day, and what the school of today asks them to name."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.machines.models import Declaration, DeclarationChange, SupervisorQuality, WorkCenter
from app.machines.rules.articles import article, split_codes
from app.machines.rules.declaring import Bench, Content, Standing, days_left_to_tell, missing, needed, standing
from app.machines.rules.papers import split_words
from app.machines.rules.spans import DECLARATION_YEARS, last_day
from app.pedagogy.models import Diploma, Membership, PupilGroup
from app.pedagogy.queries.pupils import belongs_on


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration as its list and its page show it."""

    record: Declaration
    changes: list[DeclarationChange]
    day: date

    @property
    def standing(self) -> Standing:
        """Where it stands on the day."""
        return standing(self.record.sent_on, self.record.withdrawn_on, self.day)

    @property
    def until(self) -> date | None:
        """Its last day."""
        return last_day(self.record.sent_on, DECLARATION_YEARS) if self.record.sent_on else None

    @property
    def days_left(self) -> int:
        """Days until its last day, that one included; 0 when it is over or not yet sent."""
        return max(0, (self.until - self.day).days + 1) if self.until else 0

    @property
    def waiting(self) -> list[DeclarationChange]:
        """Changes that the inspector has not been told of."""
        return [change for change in self.changes if change.sent_on is None]

    @property
    def own(self) -> Content:
        """What the declaration itself names."""
        return content_of(self.record)

    @property
    def told(self) -> Content:
        """What it names with the changes sent up to the day."""
        return self.own.plus(content_of(one) for one in self.changes if one.sent_on and one.sent_on <= self.day)

    @property
    def all(self) -> Content:
        """What it names with every change, told or not yet."""
        return self.own.plus(content_of(one) for one in self.changes)

    def content(self, change: DeclarationChange) -> Content:
        """What a change adds."""
        return content_of(change)

    def days_to_tell(self, change: DeclarationChange) -> int:
        """Days left for a change that is still to be told."""
        return days_left_to_tell(change.changed_on, self.day)


@dataclass(frozen=True, slots=True)
class Names:
    """Codes that a declaration names, in words."""

    machines: dict[str, str] = field(default_factory=dict)
    diplomas: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclarationPage:
    """One declaration in full."""

    declared: Declared
    names: Names
    lacks: Content
    journal: list[Deed]


_ALL = select(Declaration).order_by(Declaration.sent_on.is_not(None), Declaration.sent_on.desc(), Declaration.id.desc())
_CHANGES = select(DeclarationChange).order_by(DeclarationChange.changed_on, DeclarationChange.id)
_BENCHES = select(
    WorkCenter.code, WorkCenter.regulated_articles, WorkCenter.place, WorkCenter.label
).order_by(WorkCenter.sort_key, WorkCenter.id)  # fmt: skip
_DIPLOMAS = select(Diploma.code, Diploma.label).order_by(Diploma.code)
_PRESENT = (
    select(Diploma.code)
    .join(PupilGroup, PupilGroup.diploma_id == Diploma.id)
    .join(Membership, Membership.group_id == PupilGroup.id)
    .where(belongs_on(bindparam("day")))
    .distinct()
    .order_by(Diploma.code)
)
_QUALITIES = (
    select(SupervisorQuality.quality)
    .join(Staff, Staff.id == SupervisorQuality.staff_id)
    .where(
        Staff.disabled_at.is_(None), SupervisorQuality.starts_on <= bindparam("day"),
        or_(SupervisorQuality.ends_on.is_(None), SupervisorQuality.ends_on >= bindparam("day")),
    )
    .distinct()
    .order_by(SupervisorQuality.quality)
)  # fmt: skip


def content_of(record: Declaration | DeclarationChange) -> Content:
    """What a declaration or a change names."""
    return Content(
        split_codes(record.articles), split_codes(record.work_centers), split_codes(record.diplomas),
        split_words(record.places), split_words(record.supervisor_qualities),
    )  # fmt: skip


def list_declarations(db: Session, day: date) -> list[Declared]:
    """Every declaration, drafts first, then the latest sent; two statements."""
    changes: dict[int, list[DeclarationChange]] = {}
    for change in db.execute(_CHANGES).scalars():
        changes.setdefault(change.declaration_id, []).append(change)
    return [Declared(one, changes.get(one.id, []), day) for one in db.execute(_ALL).scalars()]


def current_declaration(db: Session, day: date) -> Declared | None:
    """The one that holds on a day, the latest sent if several do."""
    return next((one for one in list_declarations(db, day) if one.standing.holds), None)


def get_declaration(db: Session, code: str, *, lock: bool = False) -> Declaration:
    """A declaration by its code."""
    query = select(Declaration).where(Declaration.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune déclaration n’a la référence « {code} ».")
    return found


def has_declaration(db: Session, code: str) -> bool:
    """Whether a code is taken."""
    return db.execute(select(Declaration.id).where(Declaration.code == code)).first() is not None


def declared(db: Session, record: Declaration, day: date) -> Declared:
    """A declaration with its changes."""
    query = _CHANGES.where(DeclarationChange.declaration_id == record.id)
    return Declared(record, list(db.execute(query).scalars()), day)


def get_change(db: Session, change_id: int, *, lock: bool = False) -> DeclarationChange:
    """A change by its number; `lock` holds it, so that it is sent or dropped once."""
    found = db.get(DeclarationChange, change_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise NotFound("Ce changement n’existe pas.")
    return found


def declaration_page(db: Session, code: str, day: date) -> DeclarationPage:
    """One declaration, what it lacks, and its journal."""
    found = declared(db, get_declaration(db, code), day)
    names = names_of(db)
    lacks = missing(found.all, asked_of_declaration(db, day)) if found.standing.holds else Content()
    return DeclarationPage(found, names, lacks, history(db, "declaration", found.record.id))


def names_of(db: Session) -> Names:
    """Machines and diplomas by code."""
    return Names(
        {row.code: row.label for row in run(db, _BENCHES).all()}, {row.code: row.label for row in run(db, _DIPLOMAS)}
    )


def articles_of(db: Session, center: str) -> tuple[str, ...]:
    """The articles of a machine that a declaration must cover."""
    found = run(db, _BENCHES.where(WorkCenter.code == center)).first()
    borne = split_codes(found.regulated_articles) if found else ()
    return tuple(code for code in borne if article(code).declared)


def asked_of_declaration(db: Session, day: date) -> Content:
    """What the machines, the classes and the masters of that day ask a declaration to name; three statements."""
    benches = [Bench(row.code, split_codes(row.regulated_articles), row.place) for row in run(db, _BENCHES).all()]
    diplomas = [code for (code,) in run(db, _PRESENT, {"day": day}).all()]
    return needed(benches, diplomas, [quality for (quality,) in run(db, _QUALITIES, {"day": day}).all()])
