"""What goes out as JSON about machines, declarations, papers of pupils and what ends soon."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from app.machines.models import DeclarationChange, WorkCenter
from app.machines.queries import Declared, PaperRow, ends_on
from app.machines.rules import CenterState, ClearanceKind, ClearanceResult
from app.machines.rules.articles import split_codes
from app.machines.rules.deadlines import Deadline, told_by
from app.machines.rules.declaring import Content, Standing
from app.machines.rules.papers import split_words


class CenterOut(BaseModel):
    """A machine or bench. `hourly_rate` is null for those who may not see prices."""

    code: str
    label: str
    capacity: int
    state: CenterState
    state_note: str | None
    place: str
    regulated_articles: list[str]
    exceeding_articles: list[str]
    risk_assessed_on: date | None
    vibration: Decimal | None
    load_kg: Decimal | None
    electrical: str
    needs_driving_authorisation: bool
    needs_permit: bool
    ppe: list[str]
    safety_sheet_url: str | None
    hourly_rate: Decimal | None
    version: int


def center_out(center: WorkCenter, *, prices: bool) -> CenterOut:
    """The document of one machine."""
    return CenterOut(
        code=center.code, label=center.label, capacity=center.capacity, state=center.state,
        state_note=center.state_note, place=center.place,
        regulated_articles=list(split_codes(center.regulated_articles)),
        exceeding_articles=list(split_codes(center.exceeding_articles)), risk_assessed_on=center.risk_assessed_on,
        vibration=center.vibration, load_kg=center.load_kg, electrical=center.electrical,
        needs_driving_authorisation=center.needs_driving_authorisation, needs_permit=center.asks_permit,
        ppe=list(split_words(center.ppe)), safety_sheet_url=center.safety_sheet_url,
        hourly_rate=center.hourly_rate if prices else None, version=center.version,
    )  # fmt: skip


class PaperOut(BaseModel):
    """A dated fact about a pupil. Of an opinion only the conclusion, and the articles it excludes.

    `detail`: the symbol of a habilitation, the kilograms of a weight. `ends_on`: its last day. `voided_at`: it was
    entered in error and counts no more.
    """

    id: int
    kind: ClearanceKind
    result: ClearanceResult
    on: date
    work_center: str | None
    excluded_articles: list[str]
    detail: str
    ends_on: date | None
    given_by: str
    voided_at: datetime | None
    void_reason: str | None


class PaperList(BaseModel):
    """Every paper of a pupil, the newest first."""

    pupil: str
    items: list[PaperOut]


def papers_out(pupil: str, papers: list[PaperRow]) -> PaperList:
    """The document of a pupil's papers."""
    return PaperList(pupil=pupil, items=[_paper_out(one) for one in papers])


def _paper_out(paper: PaperRow) -> PaperOut:
    return PaperOut(
        id=paper.id, kind=paper.kind, result=paper.result, on=paper.on, work_center=paper.center or None,
        excluded_articles=list(paper.excluded), detail=paper.detail, ends_on=ends_on(paper),
        given_by=paper.given_by or paper.by, voided_at=paper.voided_at, void_reason=paper.void_reason or None,
    )  # fmt: skip


class ContentOut(BaseModel):
    """What a declaration names: articles, machines, diplomas by code; places and qualities of supervisors in words."""

    articles: list[str]
    work_centers: list[str]
    diplomas: list[str]
    places: list[str]
    supervisor_qualities: list[str]


class ChangeOut(BaseModel):
    """What was added to a declaration. It counts from `sent_on`; not yet sent, it is to be told by `tell_by`."""

    id: int
    changed_on: date
    sent_on: date | None
    sent_by_means: str
    tell_by: date | None
    adds: ContentOut


class DeclarationOut(BaseModel):
    """A declaration on a day: `names` with the changes sent up to it, `valid_until` its last day."""

    code: str
    standing: Standing
    holds: bool
    sent_on: date | None
    sent_by_means: str
    valid_until: date | None
    withdrawn_on: date | None
    sector: str
    names: ContentOut
    changes: list[ChangeOut]
    version: int


class DeclarationList(BaseModel):
    """Every declaration, those in preparation first, then the latest sent."""

    items: list[DeclarationOut]


def declaration_out(one: Declared) -> DeclarationOut:
    """The document of a declaration."""
    record = one.record
    return DeclarationOut(
        code=record.code, standing=one.standing, holds=one.standing.holds, sent_on=record.sent_on,
        sent_by_means=record.sent_by_means, valid_until=one.until, withdrawn_on=record.withdrawn_on,
        sector=record.sector, names=_content_out(one.told),
        changes=[_change_out(change, one.content(change)) for change in one.changes], version=record.version,
    )  # fmt: skip


def _change_out(change: DeclarationChange, adds: Content) -> ChangeOut:
    waits = change.sent_on is None and adds.must_be_told
    return ChangeOut(
        id=change.id, changed_on=change.changed_on, sent_on=change.sent_on, sent_by_means=change.sent_by_means,
        tell_by=told_by(change.changed_on) if waits else None, adds=_content_out(adds),
    )  # fmt: skip


def _content_out(content: Content) -> ContentOut:
    return ContentOut(
        articles=list(content.articles), work_centers=list(content.machines), diplomas=list(content.diplomas),
        places=list(content.places), supervisor_qualities=list(content.qualities),
    )  # fmt: skip


class DeadlineOut(BaseModel):
    """One thing that ends; `pupil` or `declaration` says whose. `matter`: opinion, training, permit, driving,
    electrical, declaration, change. A training waits for its assessment since `due`.
    """

    due: date
    over: bool
    matter: str
    who: str
    pupil: str | None
    declaration: str | None
    group: str | None
    work_center: str | None
    detail: str


class DeadlineList(BaseModel):
    """What is over or ends within sixty days of a day (a declaration ninety), the earliest first."""

    on: date
    items: list[DeadlineOut]


def deadlines_out(day: date, found: list[Deadline]) -> DeadlineList:
    """The document of what ends."""
    return DeadlineList(on=day, items=[_deadline_out(one, day) for one in found])


def _deadline_out(one: Deadline, day: date) -> DeadlineOut:
    return DeadlineOut(
        due=one.due, over=one.is_over(day), matter=one.matter.name.lower(), who=one.who,
        pupil=None if one.matter.is_of_school else one.code, declaration=one.code if one.matter.is_of_school else None,
        group=one.group or None, work_center=one.center or None, detail=one.detail,
    )  # fmt: skip
