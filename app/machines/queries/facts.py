"""Read the facts of the gate: for however many pupils, work centres and days, in the same few statements."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.machines import rules
from app.machines.models import (
    Clearance,
    Declaration,
    DeclarationChange,
    GateSetting,
    StaffAbsence,
    SupervisorQuality,
    WorkCenter,
)
from app.machines.queries.known import Away, Held, Known, Lesson, OfPupil, Stay
from app.machines.rules import ClearanceKind, ClearanceResult
from app.machines.rules.papers import split_words
from app.pedagogy.models import Diploma, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState

K, R = ClearanceKind, ClearanceResult
GOOD = frozenset({R.FIT, R.PASSED, R.GIVEN})
LISTS = ("articles", "work_centers", "diplomas", "places", "supervisor_qualities")


class Span(NamedTuple):
    """From one day to another, both included."""

    first: date
    last: date


def facts_for(
    db: Session, pupil_ids: Collection[int], center_ids: Collection[int], span: Span | date
) -> Known:  # fmt: skip
    """All that the gate needs to judge these pupils on these work centres on any day of the span; seven statements.

    Minutes already spent on vibrating tools are the workshop's to add (`Known.exposed`).
    """
    days = span if isinstance(span, Span) else Span(span, span)
    pupils = _pupils(db, pupil_ids, days)
    _add_clearances(db, pupils, center_ids)
    declarations = _declarations(db)
    groups = {stay.group_id for pupil in pupils.values() for stay in pupil.stays}
    named = any(one.qualities or any(change.qualities for change in one.changes) for one in declarations)
    absences, settings = _absences_and_settings(db, days)
    return Known(
        pupils, _machines(db, center_ids), declarations, _lessons(db, groups, days), absences,
        _qualities(db, days) if named else {}, settings,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ pupils, their papers
_PUPILS = (
    select(
        Pupil.id, Pupil.born_on, Pupil.entered_on, Membership.starts_on, Membership.ends_on, Membership.group_id,
        Diploma.code,
    )
    .outerjoin(
        Membership,
        (Membership.pupil_id == Pupil.id) & (Membership.starts_on <= bindparam("last"))
        & or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("first")),
    )
    .outerjoin(PupilGroup, PupilGroup.id == Membership.group_id)
    .outerjoin(Diploma, Diploma.id == PupilGroup.diploma_id)
    .where(Pupil.id.in_(bindparam("pupils", expanding=True)))
)  # fmt: skip
_CLEARANCES = (
    select(
        Clearance.pupil_id, Clearance.kind, Clearance.work_center_id, Clearance.on_date, Clearance.result,
        Clearance.restriction, Clearance.detail, Clearance.ends_on,
    )
    .where(
        Clearance.pupil_id.in_(bindparam("pupils", expanding=True)), Clearance.voided_at.is_(None),
        or_(
            Clearance.work_center_id.is_(None), Clearance.work_center_id.in_(bindparam("centers", expanding=True))
        ),
    )
    .order_by(Clearance.on_date, Clearance.id)
)  # fmt: skip


def _pupils(db: Session, pupil_ids: Collection[int], days: Span) -> dict[int, OfPupil]:
    found: dict[int, OfPupil] = {}
    asked = {"pupils": sorted(pupil_ids), "first": days.first, "last": days.last}
    for pupil_id, born_on, entered_on, starts_on, ends_on, group_id, diploma in run(db, _PUPILS, asked).all():
        pupil = found.setdefault(pupil_id, OfPupil(born_on, entered_on))
        if group_id is not None:
            pupil.stays.append(Stay(starts_on, ends_on, group_id, diploma))
    return found


def _add_clearances(db: Session, pupils: dict[int, OfPupil], center_ids: Collection[int]) -> None:
    asked = {"pupils": sorted(pupils), "centers": sorted(center_ids)}
    for pupil_id, kind, center_id, on, result, restriction, detail, ends_on in run(db, _CLEARANCES, asked).all():
        paper = rules.Paper(on, ends_on, detail, result in GOOD)
        _add(pupils[pupil_id], ClearanceKind(kind), center_id, paper, (ClearanceResult(result), restriction))


def _add(
    pupil: OfPupil, kind: ClearanceKind, center_id: int | None, paper: rules.Paper, said: tuple[ClearanceResult, str]
) -> None:
    result, restriction = said
    if kind == K.MEDICAL:
        pupil.opinions.append(rules.Opinion(paper.on, paper.good, rules.split_codes(restriction)))
    elif kind == K.WEIGHT:
        pupil.weights.append((paper.on, _kilos(paper.level)))
    elif kind == K.SAFETY and center_id is not None:
        pupil.trainings.setdefault(center_id, []).append(rules.Training(paper.on, result))
    elif kind == K.PERMIT and center_id is not None:
        pupil.permits.setdefault(center_id, []).append(rules.Permit(paper.on, result, paper.until))
    elif kind == K.DRIVING_AUTHORISATION and center_id is not None:
        pupil.driving_permits.setdefault(center_id, []).append(paper)
    else:
        _papers(pupil, kind).append(paper)


def _papers(pupil: OfPupil, kind: ClearanceKind) -> list[rules.Paper]:
    return {
        K.HANDLING: pupil.handling, K.DRIVING_TRAINING: pupil.driving_trainings,
        K.DRIVING_MEDICAL: pupil.driving_attestations, K.ELECTRICAL: pupil.electrical,
    }.get(kind, [])  # fmt: skip


def _kilos(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


# ----------------------------------------------------------------------------------------- machines and declarations
_MACHINES = select(
    WorkCenter.id, WorkCenter.code, WorkCenter.label, WorkCenter.regulated_articles, WorkCenter.risk_assessed_on,
    WorkCenter.exceeding_articles, WorkCenter.place, WorkCenter.needs_driving_authorisation, WorkCenter.electrical,
    WorkCenter.load_kg, WorkCenter.vibration, WorkCenter.needs_permit, WorkCenter.ppe,
).where(WorkCenter.id.in_(bindparam("centers", expanding=True)))  # fmt: skip
_DECLARATIONS = (
    select(Declaration, DeclarationChange)
    .with_only_columns(
        *(getattr(Declaration, name) for name in ("id", "code", "sent_on", "withdrawn_on", *LISTS)),
        DeclarationChange.sent_on.label("change_sent_on"),
        *(getattr(DeclarationChange, name).label(f"change_{name}") for name in LISTS),
    )
    .outerjoin(
        DeclarationChange,
        (DeclarationChange.declaration_id == Declaration.id) & DeclarationChange.sent_on.is_not(None),
    )
    .where(Declaration.sent_on.is_not(None))
    .order_by(Declaration.sent_on, Declaration.id, DeclarationChange.sent_on, DeclarationChange.id)
)  # fmt: skip


def _machines(db: Session, center_ids: Collection[int]) -> dict[int, rules.Machine]:
    return {row[0]: _machine(row) for row in run(db, _MACHINES, {"centers": sorted(center_ids)}).all()}


def _machine(row: Any) -> rules.Machine:
    _, code, label, articles, assessed_on, exceeding, place, driving, electrical, load, vibration, permit, ppe = row
    return rules.Machine(
        code, label, rules.split_codes(articles), assessed_on, rules.split_codes(exceeding), place, driving,
        electrical, load, vibration,
        rules.permit_asked(needs=permit, articles=articles), split_words(ppe),
    )  # fmt: skip


def _declarations(db: Session) -> tuple[rules.Declaration, ...]:
    rows: dict[int, list[Any]] = {}
    for row in run(db, _DECLARATIONS).all():
        rows.setdefault(row.id, []).append(row)
    return tuple(_declaration(found) for found in rows.values())


def _declaration(rows: list[Any]) -> rules.Declaration:
    """A declaration, from its row beside each of the changes that were sent."""
    first = rows[0]
    changes = tuple(
        rules.Change(sent_on=row.change_sent_on, **_lists(row, "change_")) for row in rows if row.change_sent_on
    )
    return rules.Declaration(
        code=first.code, sent_on=first.sent_on, changes=changes, withdrawn_on=first.withdrawn_on, **_lists(first)
    )


def _lists(row: Any, prefix: str = "") -> dict[str, tuple[str, ...]]:
    """What a declaration or a change to it names; places and qualities are free words."""
    articles, centers, diplomas, places, qualities = (getattr(row, prefix + name) for name in LISTS)
    return {
        "articles": rules.split_codes(articles), "machines": rules.split_codes(centers),
        "diplomas": rules.split_codes(diplomas), "places": split_words(places), "qualities": split_words(qualities),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ timetable and staff
_LESSONS = (
    select(
        TimetableSession.group_id, TimetableSession.on_date, TimetableSession.start_minute,
        TimetableSession.end_minute, TimetableSession.kind, TimetableSession.staff_id, Staff.first_name,
        Staff.last_name,
    )
    .join(Staff, Staff.id == TimetableSession.staff_id)
    .where(
        TimetableSession.group_id.in_(bindparam("groups", expanding=True)),
        TimetableSession.on_date >= bindparam("first"), TimetableSession.on_date <= bindparam("last"),
        TimetableSession.state == SessionState.PLANNED,
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip
_SUBSTITUTE = aliased(Staff)
# Two short tables in one statement: who is away on those days, and the school's decisions about its own checks.
_ABSENCES_AND_SETTINGS: Any = union_all(
    select(
        StaffAbsence.id, StaffAbsence.staff_id, StaffAbsence.starts_on, StaffAbsence.ends_on,
        StaffAbsence.substitute_id, _SUBSTITUTE.first_name, _SUBSTITUTE.last_name, literal("").label("check"),
        literal(value=False).label("blocks"),
    )
    .outerjoin(_SUBSTITUTE, _SUBSTITUTE.id == StaffAbsence.substitute_id)
    .where(
        StaffAbsence.starts_on <= bindparam("last"), StaffAbsence.ends_on >= bindparam("first"),
        StaffAbsence.cancelled_at.is_(None),
    ),
    select(
        GateSetting.id, null(), GateSetting.starts_on, GateSetting.starts_on, null(), null(), null(),
        GateSetting.check, GateSetting.blocks,
    ),
).order_by("id")  # fmt: skip
_QUALITIES = (
    select(
        SupervisorQuality.staff_id, SupervisorQuality.quality, SupervisorQuality.starts_on, SupervisorQuality.ends_on
    )
    .where(
        SupervisorQuality.starts_on <= bindparam("last"),
        or_(SupervisorQuality.ends_on.is_(None), SupervisorQuality.ends_on >= bindparam("first")),
    )
    .order_by(SupervisorQuality.id)
)  # fmt: skip


def _lessons(db: Session, groups: Collection[int], days: Span) -> dict[tuple[int, date], list[Lesson]]:
    """The sessions of the weeks of the span, and of the day before."""
    first = min(days.first - timedelta(days=days.first.weekday()), days.first - timedelta(days=1))
    last = days.last + timedelta(days=6 - days.last.weekday())
    found: dict[tuple[int, date], list[Lesson]] = {}
    for group_id, on, start, end, kind, staff_id, *names in run(
        db, _LESSONS, {"groups": sorted(groups), "first": first, "last": last}
    ).all():
        lesson = Lesson(start, end, kind == SessionKind.PRACTICE, staff_id, " ".join(names))
        found.setdefault((group_id, on), []).append(lesson)
    return found


Settings = list[tuple[date, rules.Check, bool]]


def _absences_and_settings(db: Session, days: Span) -> tuple[dict[int, list[Away]], Settings]:
    """Who is away when, by member of staff; the school's decisions about its own checks, the earliest first."""
    away: dict[int, list[Away]] = {}
    settings: Settings = []
    known = set(rules.Check)
    for row in run(db, _ABSENCES_AND_SETTINGS, days._asdict()).all():
        if row.staff_id is not None:
            name = f"{row.first_name or ''} {row.last_name or ''}"
            away.setdefault(row.staff_id, []).append(Away(row.starts_on, row.ends_on, row.substitute_id, name))
        elif row.check in known:
            settings.append((row.starts_on, rules.Check(row.check), row.blocks))
    return away, sorted(settings, key=lambda setting: setting[0])


def _qualities(db: Session, days: Span) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {}
    for staff_id, *held in run(db, _QUALITIES, days._asdict()).all():
        found.setdefault(staff_id, []).append(Held(*held))
    return found
