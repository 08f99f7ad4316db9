"""Reads about badges: whose a scanned code is, and who has one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Staff
from app.accounts.queries import token_hash
from app.core.clock import today
from app.core.errors import NotFound
from app.core.permissions import GRANTS, Permission, Role
from app.kiosk.models import Badge
from app.kiosk.rules import as_scanned, short_names
from app.pedagogy.models import Membership, Pupil, PupilGroup
from app.pedagogy.queries import get_group, get_pupil_by_code, members_on
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import school_year_label

SIGNERS = tuple(role for role in Role if Permission.TICKET_GIVE in GRANTS[role])


def find_badge(db: Session, scanned: str, *, lock: bool = False) -> Badge | None:
    """The valid badge of a scanned code; torn, unknown and taken back are the same."""
    code = as_scanned(scanned)
    query = (
        select(Badge)
        .options(joinedload(Badge.pupil), joinedload(Badge.staff))
        .where(Badge.token_hash == token_hash(code or ""), Badge.revoked_at.is_(None))
    )
    if lock:
        query = query.with_for_update(of=Badge).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None or (found.staff is not None and found.staff.disabled_at is not None):
        return None
    return found


def get_badge(db: Session, badge_id: int, *, lock: bool = False) -> Badge:
    """A badge as it is stored."""
    found = db.get(Badge, badge_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise NotFound("Ce badge n’existe pas.")
    return found


def badge_of(db: Session, *, pupil_id: int | None = None, staff_id: int | None = None) -> Badge | None:
    """The valid badge of somebody, held for the change that follows."""
    whose = Badge.pupil_id == pupil_id if pupil_id is not None else Badge.staff_id == staff_id
    return db.execute(select(Badge).where(whose, Badge.revoked_at.is_(None)).with_for_update()).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody to make a badge for: who, and what is printed on it."""

    pupil_id: int | None
    staff_id: int | None
    name: str
    group: str


def names_for(db: Session, *, pupil: str = "", group: str = "", staff: str = "") -> list[Named]:
    """Whose badges are asked for: one pupil's, one member of staff's who signs, or those a class still lacks."""
    if staff:
        found = db.execute(select(Staff).where(Staff.code == staff, Staff.disabled_at.is_(None))).scalar_one_or_none()
        if found is None or found.role not in SIGNERS:
            raise NotFound("Cette personne ne signe pas sur les tablettes.")
        return [Named(None, found.id, f"{found.first_name} {found.last_name[:1]}.", found.role.label)]
    if pupil:
        one = get_pupil_by_code(db, pupil)
        return _named([(one.id, one.first_name, one.last_name, one.group.code)])
    class_ = get_group(db, group)
    members = members_on(db, class_.id, today())
    held = select(Badge.pupil_id).where(Badge.pupil_id.is_not(None), Badge.revoked_at.is_(None))
    have = set(db.execute(held).scalars())
    named = _named([(each.pupil_id, each.first_name, each.last_name, class_.code) for each in members])
    return [each for each in named if each.pupil_id not in have]


def _named(rows: list[tuple[int, str, str, str]]) -> list[Named]:
    """The class stands on the badge by itself; names that are shared inside it keep their number."""
    names = short_names({id_: (first, last, group) for id_, first, last, group in rows})
    return [Named(id_, None, names[id_].replace(f" ({group})", ""), group) for id_, _, _, group in rows]


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """Somebody who may have a badge, and the one they have."""

    code: str
    name: str
    badge_id: int | None
    issued_at: datetime | None
    has_pin: bool


@dataclass(frozen=True, slots=True)
class GroupBadges:
    """A class, or the staff who sign, with their badges."""

    code: str
    label: str
    rows: list[BadgeRow]

    @property
    def missing(self) -> int:
        """How many have none."""
        return sum(row.badge_id is None for row in self.rows)


def badge_board(db: Session) -> tuple[list[GroupBadges], GroupBadges]:
    """Who has a badge: the pupils class by class, and the staff who sign; two statements."""
    rows = db.execute(
        select(
            PupilGroup.code, PupilGroup.label, Pupil.code, Pupil.first_name + " " + Pupil.last_name, Badge.id,
            Badge.issued_at, Badge.pin_hash.is_not(None),
        )
        .join(Membership, Membership.group_id == PupilGroup.id)
        .join(Pupil, Pupil.id == Membership.pupil_id)
        .outerjoin(Badge, and_(Badge.pupil_id == Pupil.id, Badge.revoked_at.is_(None)))
        .where(PupilGroup.school_year == school_year_label(today()), belongs_on(today()))
        .order_by(PupilGroup.code, Pupil.sort_key, Pupil.id)
    )  # fmt: skip
    groups: dict[str, GroupBadges] = {}
    for row in rows:
        groups.setdefault(row[0], GroupBadges(row[0], row[1], [])).rows.append(BadgeRow(*row[2:]))
    return list(groups.values()), GroupBadges("", "Équipe", _signers(db))


def _signers(db: Session) -> list[BadgeRow]:
    rows = db.execute(
        select(
            Staff.code, Staff.first_name + " " + Staff.last_name, Badge.id, Badge.issued_at, Badge.pin_hash.is_not(None)
        )
        .outerjoin(Badge, and_(Badge.staff_id == Staff.id, Badge.revoked_at.is_(None)))
        .where(Staff.role.in_(SIGNERS), Staff.disabled_at.is_(None))
        .order_by(Staff.sort_key)
    )
    return [BadgeRow(*row) for row in rows]
