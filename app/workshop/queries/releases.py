"""What waits for a master: work handed in, first pieces; the skills to be assessed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import today
from app.core.db import run
from app.core.journal import JournalEntry
from app.pedagogy.models import Membership
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.queries.skills import GROUP_SKILLS, OwnWord, words_of
from app.workshop.models import CheckPoint, CheckResult, Defect, Operation, Release, Ticket
from app.workshop.queries.checks import CheckSheet, check_sheet, with_reworked
from app.workshop.queries.ticket_page import TicketFacts, ticket_facts
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import (
    HELD_STATES,
    DefectDecision,
    ReleaseKind,
    Spec,
    TicketKind,
    TicketState,
    missing_checks,
    skill_codes,
    why_not_release,
)


@dataclass(frozen=True, slots=True)
class SkillOf:
    """A skill that a pupil trained on a ticket, to be assessed or not; `said`: what the pupil says of it."""

    pupil_id: int
    pupil: str
    pupil_code: str
    code: str
    label: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a pupil said after a ticket that stands beside none of its skills."""

    pupil: str
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits for its release. `trouble`: what stands against it, in words."""

    row: TicketRow
    since: datetime | None
    checks: int
    trouble: str
    skills: tuple[SkillOf, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """What a master has to look at: work handed in, and first pieces that hold a series up."""

    waiting: tuple[Waiting, ...]
    first: tuple[TicketRow, ...]

    @property
    def ready(self) -> list[Waiting]:
        """What can be released at once."""
        return [each for each in self.waiting if not each.trouble]


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One ticket to be released."""

    facts: TicketFacts
    sheet: CheckSheet
    trouble: str
    skills: tuple[SkillOf, ...]
    told: tuple[Told, ...]


_TAKEN = aliased(CheckResult)
_CHECKED = (
    select(CheckResult.ticket_id, CheckResult.point_id, CheckResult.piece, CheckResult.conforms)
    .outerjoin(_TAKEN, _TAKEN.reverses_id == CheckResult.id)
    .where(
        CheckResult.ticket_id.in_(bindparam("tickets", expanding=True)), CheckResult.reverses_id.is_(None),
        _TAKEN.id.is_(None),
    )
    .order_by(CheckResult.id)
)  # fmt: skip
_POINTS = (
    select(
        CheckPoint.operation_id, CheckPoint.id, CheckPoint.label, CheckPoint.kind, CheckPoint.nominal,
        CheckPoint.lower, CheckPoint.upper, CheckPoint.unit, CheckPoint.every, CheckPoint.is_key, CheckPoint.gauge,
    )
    .where(CheckPoint.operation_id.in_(bindparam("operations", expanding=True)), CheckPoint.retired_at.is_(None))
    .order_by(CheckPoint.operation_id, CheckPoint.seq)
)  # fmt: skip
_REWORKED = (
    select(
        Defect.rework_ticket_id, CheckPoint.id, CheckPoint.label, CheckPoint.kind, CheckPoint.nominal,
        CheckPoint.lower, CheckPoint.upper, CheckPoint.unit, CheckPoint.every, CheckPoint.is_key, CheckPoint.gauge,
    )
    .join(CheckPoint, CheckPoint.id == Defect.point_id)
    .where(Defect.rework_ticket_id.in_(bindparam("tickets", expanding=True)), CheckPoint.retired_at.is_(None))
)  # fmt: skip
_ACCEPTED = (
    select(func.coalesce(func.sum(Defect.pieces), 0))
    .where(Defect.ticket_id == Ticket.id, Defect.decision == DefectDecision.ACCEPT)
    .scalar_subquery()
)
_SETTLED = select(Ticket.id, Ticket.scrap + Ticket.aside + _ACCEPTED).where(
    Ticket.id.in_(bindparam("tickets", expanding=True))
)
_COUNT = select(func.count()).select_from(Ticket).where(Ticket.state == TicketState.TO_RELEASE)
_SINCE = (
    select(JournalEntry.subject_id, func.max(JournalEntry.at))
    .where(
        JournalEntry.subject_type == "ticket", JournalEntry.subject_id.in_(bindparam("tickets", expanding=True)),
        JournalEntry.action == "submit",
    )
    .group_by(JournalEntry.subject_id)
)  # fmt: skip
_TRAINED = select(Operation.id, Operation.skill_code, Operation.skills).where(
    Operation.id.in_(bindparam("operations", expanding=True))
)
_SKILLS = (
    select(Membership.pupil_id, GROUP_SKILLS.c.code, GROUP_SKILLS.c.label)
    .join(GROUP_SKILLS, GROUP_SKILLS.c.group_id == Membership.group_id)
    .where(Membership.pupil_id.in_(bindparam("pupils", expanding=True)), belongs_on(bindparam("day")))
)
_LIST_LIMIT = 100


def release_list(db: Session) -> ReleaseList:
    """Everything that waits for a master, what may be released at once first; a fixed number of statements."""
    rows = ticket_rows(db, Ticket.state == TicketState.TO_RELEASE)[:_LIST_LIMIT]
    ids = [row.id for row in rows]
    since = {row[0]: row[1] for row in run(db, _SINCE, {"tickets": ids})}
    points, checked, settled = _points(db, rows), _checked(db, ids), _settled(db, ids)
    words = words_of(db, {row.number for row in rows})
    skills = _skills(db, rows, words)
    told = _told(rows, words, skills)
    waiting = []
    for row in rows:
        done = checked.get(row.id, {})
        missing = missing_checks(points[row.id], row.good, done)
        bad = {piece for (_, piece), conforms in done.items() if not conforms}
        trouble = why_not_release(len(missing), len(bad), settled[row.id]) or ""
        waiting.append(Waiting(row, since.get(row.id), len(done), trouble, skills[row.id], told[row.id]))
    waiting.sort(key=lambda each: (bool(each.trouble), each.since.timestamp() if each.since else 0))
    return ReleaseList(tuple(waiting), _first_articles(db))


def _points(db: Session, rows: Sequence[TicketRow]) -> dict[int, list[Spec]]:
    """The points of each ticket; reworked pieces are all checked on the point that was wrong."""
    found: dict[int, list[Spec]] = {}
    for operation_id, *values in run(db, _POINTS, {"operations": [row.operation_id for row in rows]}):
        found.setdefault(operation_id, []).append(Spec(*values))
    reworked: dict[int, list[Spec]] = {}
    for ticket_id, *values in run(db, _REWORKED, {"tickets": [row.id for row in rows]}):
        reworked.setdefault(ticket_id, []).append(replace(Spec(*values), every=1))
    return {row.id: with_reworked(found.get(row.operation_id, []), reworked.get(row.id, [])) for row in rows}


def _checked(db: Session, ids: Sequence[int]) -> dict[int, dict[tuple[int, int], bool]]:
    """The last word on each point of each piece, per ticket."""
    found: dict[int, dict[tuple[int, int], bool]] = {}
    for ticket_id, point_id, piece, conforms in run(db, _CHECKED, {"tickets": ids}):
        found.setdefault(ticket_id, {})[point_id, piece] = conforms
    return found


def _settled(db: Session, ids: Sequence[int]) -> dict[int, int]:
    return {row[0]: int(row[1]) for row in run(db, _SETTLED, {"tickets": ids})}


def _told(
    rows: Sequence[TicketRow], words: Sequence[OwnWord], skills: Mapping[int, Sequence[SkillOf]]
) -> dict[int, tuple[Told, ...]]:
    """What each holder said of each ticket beyond the words that stand beside its skills."""
    found: dict[int, tuple[Told, ...]] = {}
    for row in rows:
        holders = {hand.id: hand.name for hand in row.holders if hand.ended_at is None}
        beside = {(one.pupil_id, one.code) for one in skills[row.id]}
        here = [one for one in words if one.source_label == row.number and one.pupil_id in holders]
        told = [
            Told(holders[one.pupil_id], said) for one in here
            if (said := one.beyond(beside=(one.pupil_id, one.skill) in beside))
        ]  # fmt: skip
        found[row.id] = tuple(told)
    return found


def _skills(db: Session, rows: Sequence[TicketRow], words: Sequence[OwnWord]) -> dict[int, tuple[SkillOf, ...]]:
    """What each holder of each ticket trained on it, as far as his own diploma has it."""
    trained = {
        row[0]: skill_codes(row[1], row[2])
        for row in run(db, _TRAINED, {"operations": [row.operation_id for row in rows]})
    }
    held = {hand.id for row in rows for hand in row.holders if hand.ended_at is None}
    own: dict[int, dict[str, str]] = {}
    said = {(one.pupil_id, one.source_label, one.skill): one.words for one in reversed(words)}
    for pupil_id, code, label in run(db, _SKILLS, {"pupils": sorted(held), "day": today()}):
        own.setdefault(pupil_id, {})[code] = label
    return {
        row.id: tuple(
            SkillOf(hand.id, hand.name, hand.code, code, own[hand.id][code], said.get((hand.id, row.number, code), ""))
            for hand in row.holders
            if hand.ended_at is None
            for code in trained.get(row.operation_id, [])
            if code in own.get(hand.id, {})
        )
        for row in rows
    }


def _first_articles(db: Session) -> tuple[TicketRow, ...]:
    """Series that wait for their first piece: stated or measured, and not released since."""
    last = (
        select(Release.conforms)
        .where(Release.ticket_id == Ticket.id, Release.kind == ReleaseKind.FIRST_ARTICLE)
        .order_by(Release.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    begun = or_(Ticket.good > 0, exists().where(CheckResult.ticket_id == Ticket.id, CheckResult.reverses_id.is_(None)))
    return tuple(
        ticket_rows(
            db, Ticket.state.in_(HELD_STATES - {TicketState.TO_RELEASE}), Operation.first_article.is_(True),
            Ticket.kind != TicketKind.REWORK, begun, func.coalesce(last, false()).is_(False),
        )
    )  # fmt: skip


def release_page(db: Session, number: str) -> ReleasePage:
    """One ticket with its checks, what stands against its release, and the skills to assess."""
    facts = ticket_facts(db, number)
    sheet = check_sheet(db, facts.ticket)
    rows = ticket_rows(db, Ticket.id == facts.ticket.id)
    trouble = why_not_release(len(sheet.missing), len(sheet.bad), sheet.settled) or ""
    words = words_of(db, {number})
    skills = _skills(db, rows, words)
    told = _told(rows, words, skills)
    return ReleasePage(facts, sheet, trouble, skills[facts.ticket.id], told[facts.ticket.id])


def count_releases(db: Session) -> int:
    """Tickets that wait to be checked."""
    return int(run(db, _COUNT).scalar_one())
