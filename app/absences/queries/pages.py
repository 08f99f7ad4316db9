"""What the pages of absences show: a day, a month, a pupil, a list; each in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.absences.models import AbsenceLetter, AbsenceNotice
from app.absences.rules import Absence, LetterKind, MissedHalf, Standing, Tally, by_month, tally
from app.accounts.models import Staff
from app.core.clock import today
from app.core.db import run
from app.core.mail import MailState, OutgoingMail, count_mails
from app.core.paging import ListRequest
from app.pedagogy.models import AbsenceReason, Pupil, PupilGroup
from app.pedagogy.queries import Recipient, guardians_to_tell
from app.pedagogy.queries.absences import (
    LOOK_BACK,
    Away,
    Late,
    Who,
    absences_between,
    away_between,
    late_between,
    tally_of,
    whole_half_days,
)
from app.pedagogy.rules import Period, month_of, school_year_of

RECENT = 40


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody was told of an absence: how, whom, when, and where its messages stand."""

    channel: str
    told: str
    note: str | None
    at: Any
    mails: tuple[MailState, ...]


@dataclass(frozen=True, slots=True)
class DayLine:
    """One absence of a day, with whom to tell and whether they were told."""

    who: Who
    absence: Absence
    contacts: list[Recipient]
    notice: Notice | None

    @property
    def to_tell(self) -> bool:
        """Nobody knows why, and nobody was told."""
        return self.absence.standing == Standing.NONE and self.notice is None

    @property
    def writable(self) -> list[Recipient]:
        """Whom a message can reach."""
        return [one for one in self.contacts if one.email]


@dataclass(frozen=True, slots=True)
class DayPage:
    """Who is missing on a day."""

    day: date
    lines: list[DayLine]
    expected: Sequence[Any]
    late: dict[int, Late]

    @property
    def to_tell(self) -> list[DayLine]:
        """Absences without a reason whose guardians were not told."""
        return [line for line in self.lines if line.to_tell]

    @property
    def to_decide(self) -> list[DayLine]:
        """Reasons that the direction must judge."""
        return [line for line in self.lines if line.absence.standing == Standing.PENDING]


_NOTICES = (
    select(
        AbsenceNotice.id, AbsenceNotice.pupil_id, AbsenceNotice.session_id, AbsenceNotice.channel, AbsenceNotice.told,
        AbsenceNotice.note, AbsenceNotice.at, OutgoingMail.state,
    )
    .outerjoin(
        OutgoingMail,
        (OutgoingMail.about_type == AbsenceNotice.__tablename__) & (OutgoingMail.about_id == AbsenceNotice.id),
    )
    .where(AbsenceNotice.session_id.in_(bindparam("sessions", expanding=True)))
    .order_by(AbsenceNotice.id)
)  # fmt: skip


def notices_of(db: Session, absences: Sequence[tuple[Who, Absence]]) -> dict[tuple[int, int], Notice]:
    """What was told of these absences, by pupil and session. One statement."""
    ids = sorted({session for _, absence in absences for session in absence.session_ids})
    found: dict[tuple[int, int], Notice] = {}
    for row in run(db, _NOTICES, {"sessions": ids}).all():
        key = (row.pupil_id, row.session_id)
        states = (found[key].mails if key in found else ()) + ((row.state,) if row.state else ())
        found[key] = Notice(row.channel, row.told, row.note, row.at, states)
    return found


def notice_for(who: Who, absence: Absence, notices: dict[tuple[int, int], Notice]) -> Notice | None:
    """The notice of any session of an absence: it is told once."""
    return next((notices[who.pupil_id, one] for one in absence.session_ids if (who.pupil_id, one) in notices), None)


def day_lines(db: Session, day: date) -> list[DayLine]:
    """The absences that touch a day, with whom to tell; four statements."""
    found = away_between(db, day - LOOK_BACK, day)
    pairs = absences_between(found, day, day)
    contacts = guardians_to_tell(db, [who.pupil_id for who, _ in pairs], day)
    notices = notices_of(db, pairs)
    return [
        DayLine(who, absence, contacts.get(who.pupil_id, []), notice_for(who, absence, notices))
        for who, absence in sorted(pairs, key=lambda pair: (pair[0].group_code, pair[0].last_name))
    ]


def day_page(db: Session, day: date) -> DayPage:
    """Who is missing on a day, and who was announced."""
    return DayPage(day, day_lines(db, day), expected_on(db, day), late_between(db, day, day))


def count_to_tell(db: Session, day: date) -> int:
    """Absences of a day without a reason whose guardians were not told yet; three statements."""
    return _count_untold(db, absences_between(away_between(db, day - LOOK_BACK, day), day, day))


def _count_untold(db: Session, pairs: Sequence[tuple[Who, Absence]]) -> int:
    open_ones = [(who, absence) for who, absence in pairs if absence.standing == Standing.NONE]
    notices = notices_of(db, open_ones)
    return sum(notice_for(who, absence, notices) is None for who, absence in open_ones)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a home page tells of absences."""

    to_tell: int
    flagged: int
    to_decide: int
    failed: int


def absence_watch(db: Session, day: date) -> Watch:
    """Guardians to tell today, months over the threshold without a letter, absences to decide, messages that failed.

    Six statements for a home page: one reading serves the month and the absences of the day.
    """
    period = month_of(day)
    start = period.start or day
    found = away_between(db, min(start, day - LOOK_BACK), day)
    whole, letters = whole_half_days(db), _letters_of(db, start)
    flagged = sum(
        tally_of(one, period, whole=whole).flagged and LetterKind.LETTER not in letters.get(one.who.pupil_id, {})
        for one in found
    )
    pending = sum(absence.standing == Standing.PENDING for one in found for absence in one.absences)
    failed = count_mails(db).get(MailState.FAILED, 0)
    return Watch(_count_untold(db, absences_between(found, day, day)), flagged, pending, failed)


_LATER = AbsenceReason.__table__.alias("later")
_REASONS = (
    select(
        AbsenceReason.id, AbsenceReason.starts_on, AbsenceReason.start_minute, AbsenceReason.ends_on,
        AbsenceReason.end_minute, AbsenceReason.code, AbsenceReason.legitimate, AbsenceReason.given_by,
        AbsenceReason.channel, AbsenceReason.proof_seen, AbsenceReason.file_id, AbsenceReason.comment,
        AbsenceReason.at, AbsenceReason.withdrawn, _LATER.c.id.label("later_id"), Pupil.code.label("pupil_code"),
        Pupil.first_name, Pupil.last_name, PupilGroup.label.label("group_label"), Staff.first_name.label("by_first"),
        Staff.last_name.label("by_last"),
    )
    .join(Pupil, Pupil.id == AbsenceReason.pupil_id)
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .outerjoin(Staff, Staff.id == AbsenceReason.by_id)
    .outerjoin(_LATER, _LATER.c.replaces_id == AbsenceReason.id)
    .where(AbsenceReason.ends_on >= bindparam("start"), AbsenceReason.starts_on <= bindparam("end"))
)  # fmt: skip
_EXPECTED = _REASONS.where(_LATER.c.id.is_(None), AbsenceReason.withdrawn.is_(False)).order_by(Pupil.sort_key)
_OF_PUPIL = _REASONS.where(AbsenceReason.pupil_id == bindparam("pupil")).order_by(AbsenceReason.id.desc())


def expected_on(db: Session, day: date) -> Sequence[Any]:
    """The reasons that stand and touch a day: what was announced, and what was explained. One statement."""
    return run(db, _EXPECTED, {"start": day, "end": day}).all()


def reasons_of(db: Session, pupil_id: int, period: Period) -> Sequence[Any]:
    """Everything that was said about a pupil's absences, the latest first, replaced ones too. One statement."""
    return run(db, _OF_PUPIL, {"pupil": pupil_id, "start": period.start, "end": period.end}).all()


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One pupil's month."""

    who: Who
    tally: Tally
    halves: list[MissedHalf]
    late: Late
    letters: dict[LetterKind, int]


@dataclass(frozen=True, slots=True)
class MonthPage:
    """Everybody's half-days of a calendar month."""

    month: date
    whole: bool
    lines: list[MonthLine]

    @property
    def flagged(self) -> list[MonthLine]:
        """Those with four half-days without legitimate reason."""
        return [line for line in self.lines if line.tally.flagged]


_LETTERS = select(AbsenceLetter.id, AbsenceLetter.pupil_id, AbsenceLetter.kind).where(
    AbsenceLetter.month == bindparam("month")
)


def _letters_of(db: Session, month: date) -> dict[int, dict[LetterKind, int]]:
    """The letters that were issued about a month, by pupil and kind. One statement."""
    letters: dict[int, dict[LetterKind, int]] = {}
    for row in run(db, _LETTERS, {"month": month}).all():
        letters.setdefault(row.pupil_id, {})[row.kind] = row.id
    return letters


def month_page(db: Session, day: date) -> MonthPage:
    """The month of a day: six statements, whoever is in it."""
    period = month_of(day)
    start, end = period.start or day, period.end or day
    whole, late = whole_half_days(db), late_between(db, start, end)
    letters = _letters_of(db, start)
    lines = []
    for one in away_between(db, start, end):
        halves = one.halves(period, whole=whole)
        told = letters.get(one.who.pupil_id, {})
        lines.append(MonthLine(one.who, tally(halves), halves, late.get(one.who.pupil_id, Late()), told))
    return MonthPage(start, whole, sorted(lines, key=lambda line: (-line.tally.without, -line.tally.total)))


@dataclass(frozen=True, slots=True)
class PupilPage:
    """One pupil's absences of a school year, which is as long as they are kept (R131-6)."""

    period: Period
    absences: list[Absence]
    tally: Tally
    months: dict[date, Tally]
    late: Late
    reasons: Sequence[Any]
    letters: Sequence[Any]
    notices: dict[tuple[int, int], Notice]


_LETTERS_OF = (
    select(AbsenceLetter.id, AbsenceLetter.number, AbsenceLetter.month, AbsenceLetter.kind, AbsenceLetter.at)
    .where(AbsenceLetter.pupil_id == bindparam("pupil"), AbsenceLetter.month >= bindparam("start"))
    .order_by(AbsenceLetter.id.desc())
)


def pupil_page(db: Session, pupil_id: int) -> PupilPage:
    """This school year's absences of a pupil."""
    period = school_year_of(today())
    start, end = period.start or today(), period.end or today()
    found = away_between(db, start, end, [pupil_id])
    whole = whole_half_days(db)
    halves = found[0].halves(period, whole=whole) if found else []
    pairs = absences_between(found, start, end)
    return PupilPage(
        period, [absence for _, absence in pairs], tally(halves), by_month(halves),
        late_between(db, start, end, [pupil_id]).get(pupil_id, Late()), reasons_of(db, pupil_id, period),
        run(db, _LETTERS_OF, {"pupil": pupil_id, "start": start}).all(), notices_of(db, pairs),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListLine:
    """One absence in the list."""

    who: Who
    absence: Absence
    halves: int
    notice: Notice | None


def list_absences(db: Session, period: Period, request: ListRequest) -> list[ListLine]:
    """The absences of a period, the latest first. Filters: `groupe`, `motif` (a standing), words in the name."""
    start, end = period.start or today(), period.end or today()
    whole, wanted = whole_half_days(db), request.filters
    found = [one for one in away_between(db, start, end) if _fits(one, request)]
    pairs = [
        (who, absence) for who, absence in absences_between(found, start, end)
        if not wanted.get("motif") or absence.standing == wanted["motif"]
    ]  # fmt: skip
    notices = notices_of(db, pairs)
    halves = {one.who.pupil_id: one.halves(period, whole=whole) for one in found}
    return [
        ListLine(who, absence, _within(halves[who.pupil_id], absence), notice_for(who, absence, notices))
        for who, absence in pairs
    ]


def _fits(one: Away, request: ListRequest) -> bool:
    group = request.filters.get("groupe")
    words = request.q.casefold()
    return (not group or one.who.group_code == group) and (words in one.who.name.casefold())


def _within(halves: Sequence[MissedHalf], absence: Absence) -> int:
    spanned = {(one.missed.on_date, one.missed.half) for one in absence.sessions}
    return sum((one.on_date, one.half) in spanned for one in halves)
