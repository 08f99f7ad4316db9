"""What the API says of school life: the school's own codes, dates ISO, times as 08:00, shares as numbers."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.pedagogy.models import Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries import RollSheet, ShareReport, ShareRow
from app.pedagogy.rules import Attendance
from app.pedagogy.rules.guardians import Relation


class GroupShare(BaseModel):
    """Attended minutes of a group, over its members of the day."""

    group: str
    practice_minutes: int
    theory_minutes: int
    share: float | None


class PupilShare(BaseModel):
    """Attended minutes of a pupil."""

    pupil: str
    group: str
    practice_minutes: int
    theory_minutes: int
    share: float | None


class PracticeShare(BaseModel):
    """The practice share of a period."""

    groups: list[GroupShare]
    pupils: list[PupilShare]
    sessions_without_call: int


class GroupOut(BaseModel):
    """A group."""

    code: str
    label: str
    diploma: str
    school_year: str
    version: int


class GroupList(BaseModel):
    """Every group."""

    items: list[GroupOut]


class PupilRow(BaseModel):
    """A pupil in a list."""

    code: str
    first_name: str
    last_name: str
    group: str
    entered_on: date
    left_on: date | None


class PupilList(BaseModel):
    """One page of pupils."""

    items: list[PupilRow]
    total: int
    page: int
    size: int


class GuardianOut(BaseModel):
    """Who answers for a pupil, both days included; null is no limit. `rank` 1 is the first to call."""

    id: int
    rank: int
    name: str
    relation: Relation
    email: str | None
    phone: str | None
    address: str | None
    notified: bool
    starts_on: date | None
    ends_on: date | None
    version: int


class GuardianList(BaseModel):
    """Everybody who answers, answered or will answer for a pupil."""

    items: list[GuardianOut]


class StayOut(BaseModel):
    """A stay in a group, both ends included."""

    group: str
    starts_on: date
    ends_on: date | None


class PupilOut(BaseModel):
    """A pupil. Birth date, own contacts and guardians (null otherwise) only for who may read them."""

    code: str
    first_name: str
    last_name: str
    group: str
    entered_on: date
    left_on: date | None
    born_on: date | None
    email: str | None
    phone: str | None
    guardians: list[GuardianOut] | None
    memberships: list[StayOut]
    version: int


class StatementOut(BaseModel):
    """What holds of a pupil; `status` is null before anything was said, `official` the office's word."""

    pupil: str
    status: Attendance | None
    minutes_late: int
    minutes_early: int
    official: bool


class RollOut(BaseModel):
    """The roll of a session. `version` is to be sent back with a correction."""

    session: int
    called: bool
    version: int
    statements: list[StatementOut]


class LogOut(BaseModel):
    """The theory log of a session."""

    session: int
    content: str | None
    homework: str | None
    homework_due_on: date | None
    taught_minutes: int | None
    project: str | None
    version: int


def practice_share_out(report: ShareReport) -> PracticeShare:
    """The report as `GET /reports/practice-share` gives it."""
    return PracticeShare(
        groups=[GroupShare(group=row.code, **_minutes(row)) for row in report.groups],
        pupils=[PupilShare(pupil=row.code, group=row.group, **_minutes(row)) for row in report.pupils],
        sessions_without_call=report.sessions_without_call,
    )


def group_out(group: PupilGroup) -> GroupOut:
    """The document of one group."""
    return GroupOut(
        code=group.code, label=group.label, diploma=group.diploma.code, school_year=group.school_year,
        version=group.version,
    )  # fmt: skip


def pupil_out(pupil: Pupil, stays: list[Any], guardians: list[Any] | None) -> PupilOut:
    """The document of one pupil; with `guardians` the birth date and the contacts are told, with None not."""
    private = guardians is not None
    return PupilOut(
        code=pupil.code, first_name=pupil.first_name, last_name=pupil.last_name, group=pupil.group.code,
        entered_on=pupil.entered_on, left_on=pupil.left_on, born_on=pupil.born_on if private else None,
        email=pupil.email if private else None, phone=pupil.phone if private else None,
        guardians=None if guardians is None else [guardian_out(one) for one in guardians],
        memberships=[StayOut(group=stay.code, starts_on=stay.starts_on, ends_on=stay.ends_on) for stay in stays],
        version=pupil.version,
    )  # fmt: skip


def guardian_out(row: Any) -> GuardianOut:
    """The document of one guardian; what concerns custody is for the pages only."""
    return GuardianOut.model_validate(row, from_attributes=True)


def roll_out(session: TimetableSession, sheet: RollSheet) -> RollOut:
    """The roll of a session."""
    statements = [
        StatementOut(
            pupil=line.member.code, status=line.status, minutes_late=line.minutes_late,
            minutes_early=line.minutes_early, official=line.official,
        )
        for line in sheet.lines
    ]  # fmt: skip
    return RollOut(
        session=session.id, called=session.called_at is not None, version=sheet.version, statements=statements
    )


def log_out(session: TimetableSession) -> LogOut:
    """The log of a session."""
    return LogOut(
        session=session.id, content=session.content, homework=session.homework,
        homework_due_on=session.homework_due_on, taught_minutes=session.taught_minutes,
        project=session.project_label, version=session.version,
    )  # fmt: skip


def _minutes(row: ShareRow) -> dict[str, Any]:
    return {
        "practice_minutes": row.attended.practice, "theory_minutes": row.attended.theory,
        "share": _number(row.attended.share),
    }  # fmt: skip


def _number(share: Decimal | None) -> float | None:
    return None if share is None else float(share)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
