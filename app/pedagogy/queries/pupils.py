"""Pupils, groups and who belonged where on which day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.pedagogy.models import (
    AttendanceRecord,
    Diploma,
    Membership,
    Pupil,
    PupilGroup,
    Subject,
    TimetableSession,
)
from app.pedagogy.rules import HERE, Attendance, SessionState, school_year_label

DayOfGroup = tuple[int, date]
SORTS: dict[str, Any] = {"nom": Pupil.sort_key, "groupe": PupilGroup.code, "entree": Pupil.entered_on}


@dataclass(frozen=True, slots=True)
class Member:
    """A pupil who belongs to a group on a day, as a roll call needs to know them."""

    pupil_id: int
    code: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters."""
        return initials_of(self.first_name, self.last_name)


def initials_of(first_name: str, last_name: str) -> str:
    """The letters of a pupil's token."""
    return f"{first_name[:1]}{last_name[:1]}".upper()


def belongs_on(day: Any) -> ColumnElement[bool]:
    """The membership holds that day (a date or a column), both ends included."""
    return and_(Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


def members_on(db: Session, group_id: int, day: date) -> list[Member]:
    """Who belongs to a group on a day, by dated membership, in name order."""
    return [Member(*row[:4]) for row in run(db, _MEMBERS, {"group": group_id, "day": day}).all()]


_MEMBERS = (
    select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Pupil.sort_key)
    .join(Membership, Membership.pupil_id == Pupil.id)
    .where(Membership.group_id == bindparam("group"), belongs_on(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
    .distinct()
)
_SAID = (
    select(AttendanceRecord.pupil_id, AttendanceRecord.status)
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .where(TimetableSession.on_date == bindparam("day"), TimetableSession.state == SessionState.PLANNED)
    .order_by(TimetableSession.start_minute, TimetableSession.id)
)
_SAID_OF = _SAID.where(AttendanceRecord.pupil_id.in_(bindparam("pupils", expanding=True)))


def attendance_on(db: Session, day: date, pupil_ids: Collection[int] | None = None) -> dict[int, Attendance]:
    """What the latest roll call of the day says of each pupil; who has not been called is left out. One statement."""
    everybody = pupil_ids is None
    values = {"day": day} if everybody else {"day": day, "pupils": list(pupil_ids or ())}
    said: dict[int, Attendance] = dict(run(db, _SAID if everybody else _SAID_OF, values).all())
    return said


def is_present(db: Session, pupil_ids: Collection[int], day: date) -> dict[int, bool]:
    """Whether each pupil was there at the latest roll call of the day; nobody is present before being called."""
    said = attendance_on(db, day, pupil_ids)
    return {pupil_id: said.get(pupil_id) in HERE for pupil_id in pupil_ids}


def find_pupil_by_code(db: Session, code: str, *, lock: bool = False) -> Pupil | None:
    """A pupil by the school's own code, with the present group."""
    query = select(Pupil).where(Pupil.code == code).options(joinedload(Pupil.group))
    if lock:
        query = query.with_for_update(of=Pupil).execution_options(populate_existing=True)
    return db.execute(query).scalar_one_or_none()


def get_pupil_by_code(db: Session, code: str, *, lock: bool = False) -> Pupil:
    """A pupil by the school's own code, or NotFound."""
    found = find_pupil_by_code(db, code, lock=lock)
    if found is None:
        raise NotFound(f"Aucun élève n’a le code « {code} ».")
    return found


def pupil_choices(db: Session) -> list[tuple[str, str]]:
    """(code, « Martin Léa, CAP 1 ») of the pupils who are here, by name. One statement."""
    rows = run(db, _CHOICES, {"day": today()}).all()
    return [(row.code, f"{row.last_name} {row.first_name}, {row.label}") for row in rows]


_CHOICES = (
    select(Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.label)
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .where(or_(Pupil.left_on.is_(None), Pupil.left_on >= bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)


def hold_pupils(db: Session, codes: Collection[str]) -> None:
    """Hold these pupils until the end of the transaction, always in the same order."""
    db.execute(select(Pupil.id).where(Pupil.code.in_(sorted(codes))).order_by(Pupil.id).with_for_update())


def memberships_of(db: Session, pupil_id: int) -> list[Membership]:
    """A pupil's stays, the oldest first."""
    query = select(Membership).where(Membership.pupil_id == pupil_id).order_by(Membership.starts_on)
    return list(db.execute(query).scalars())


def group_name(db: Session, group_id: int) -> str:
    """A group as a sentence names it."""
    return db.execute(select(PupilGroup.label).where(PupilGroup.id == group_id)).scalar_one()


_CURRENT = (
    select(Membership.pupil_id, func.max(Membership.starts_on).label("starts_on"))
    .where(Membership.starts_on <= bindparam("day"))
    .group_by(Membership.pupil_id)
    .subquery()
)
_TO_SETTLE = (
    select(Pupil.id, Membership.group_id)
    .join(_CURRENT, _CURRENT.c.pupil_id == Pupil.id)
    .join(Membership, and_(Membership.pupil_id == Pupil.id, Membership.starts_on == _CURRENT.c.starts_on))
    .where(Membership.group_id != Pupil.group_id, Membership.implied.is_(False))
)


def groups_to_settle(db: Session, day: date) -> list[tuple[int, int]]:
    """(pupil, group) of those whose latest stay that day is not what the pupil's row says."""
    return [(pupil, group) for pupil, group in run(db, _TO_SETTLE, {"day": day})]


def last_attended_day(db: Session, pupil_id: int, group_id: int | None = None) -> date | None:
    """The latest day a roll call speaks of the pupil (in a group)."""
    return db.execute(_attended_days(func.max(TimetableSession.on_date), pupil_id, group_id)).scalar_one()


def first_attended_day(db: Session, pupil_id: int, group_id: int | None = None) -> date | None:
    """The earliest day a roll call speaks of the pupil (in a group)."""
    return db.execute(_attended_days(func.min(TimetableSession.on_date), pupil_id, group_id)).scalar_one()


def _attended_days(what: Any, pupil_id: int, group_id: int | None) -> Select[date | None]:
    query = (
        select(what)
        .join(AttendanceRecord, AttendanceRecord.session_id == TimetableSession.id)
        .where(AttendanceRecord.pupil_id == pupil_id)
    )
    return query if group_id is None else query.where(TimetableSession.group_id == group_id)


def list_pupils(db: Session, request: ListRequest, *, exact: bool = False) -> Page[Any]:
    """One page of pupils, columns only; two statements. `groupe` is a code, `etat` partis, tous, else present ones."""
    group, state = request.filters.get("groupe"), request.filters.get("etat")
    query = _listed(
        (state if state in {"partis", "tous"} else "", bool(group), bool(request.q)), request.sort,
        descending=request.descending,
    )  # fmt: skip
    values = {"day": today(), "group": group, "pattern": like_pattern(request.q)}
    return fetch_page(db, query, request, values, exact=exact)


@cache
def _listed(shape: tuple[str, bool, bool], sort: str, *, descending: bool) -> Any:
    """The list's statement by its shape: who is there, whether a group and words are asked for."""
    state, of_group, with_words = shape
    day: Any = bindparam("day")
    column = SORTS[sort]
    query: Any = select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Pupil.entered_on, Pupil.left_on,
        PupilGroup.code.label("group_code"), PupilGroup.label.label("group_label"),
    ).join(PupilGroup, PupilGroup.id == Pupil.group_id)  # fmt: skip
    if with_words:
        query = query.where(Pupil.search_key.like(bindparam("pattern"), escape="\\"))
    if of_group:
        query = query.where(PupilGroup.code == bindparam("group"))
    if state == "partis":
        query = query.where(Pupil.left_on < day)
    if state == "":
        query = query.where(or_(Pupil.left_on.is_(None), Pupil.left_on >= day))
    return query.order_by(column.desc() if descending else column, Pupil.sort_key, Pupil.id)


_GROUP = select(PupilGroup).where(PupilGroup.code == bindparam("code")).options(joinedload(PupilGroup.diploma))
_GROUP_HELD = _GROUP.with_for_update(of=PupilGroup, key_share=True).execution_options(populate_existing=True)


def get_group(db: Session, code: str, *, lock: bool = False) -> PupilGroup:
    """A group by the school's own code."""
    found = db.execute(_GROUP_HELD if lock else _GROUP, {"code": code}).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun groupe n’a le code « {code} ».")
    return found


def find_group(db: Session, code: str) -> PupilGroup | None:
    """A group by its code, if there is one."""
    return db.execute(select(PupilGroup).where(PupilGroup.code == code)).scalar_one_or_none()


def list_groups(db: Session, *, school_year: str | None = None) -> Sequence[Any]:
    """Every group, the latest school year first; columns only."""
    return run(db, _GROUPS_OF_YEAR if school_year else _GROUPS, {"year": school_year}).all()


_GROUPS = (
    select(
        PupilGroup.id, PupilGroup.code, PupilGroup.label, PupilGroup.school_year, PupilGroup.version,
        Diploma.code.label("diploma"),
    )
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .order_by(PupilGroup.school_year.desc(), PupilGroup.code)
)  # fmt: skip
_GROUPS_OF_YEAR = _GROUPS.where(PupilGroup.school_year == bindparam("year"))


def head_counts(db: Session, day: date) -> dict[int, int]:
    """How many pupils belong to each group on a day."""
    counted = func.count().label("pupils")
    query = select(Membership.group_id, counted).where(belongs_on(day)).group_by(Membership.group_id)
    return {row.group_id: row.pupils for row in db.execute(query)}


def group_options(db: Session) -> list[tuple[str, str]]:
    """(code, label) of the groups, the latest school year first."""
    present = school_year_label(today())
    return [(row.code, _label_in(row, present)) for row in list_groups(db)]


def group_label(row: Any) -> str:
    """A group as a choice shows it: with its school year when that is past or to come and not in the name."""
    return _label_in(row, school_year_label(today()))


def _label_in(row: Any, present: str) -> str:
    clear = row.school_year == present or row.school_year in row.label
    return str(row.label) if clear else f"{row.label}, {row.school_year}"


def diploma_options(db: Session) -> list[tuple[str, str]]:
    """(code, label) of the diplomas."""
    return [(code, label) for code, label in db.execute(select(Diploma.code, Diploma.label).order_by(Diploma.code))]


def find_diploma(db: Session, code: str) -> Diploma | None:
    """A diploma by its code."""
    return db.execute(select(Diploma).where(Diploma.code == code)).scalar_one_or_none()


def find_subject(db: Session, diploma_id: int, code: str) -> Subject | None:
    """A subject of a diploma by its code."""
    query = select(Subject).where(Subject.diploma_id == diploma_id, Subject.code == code)
    return db.execute(query).scalar_one_or_none()


def subject_options(db: Session, diploma_id: int) -> list[tuple[str, str]]:
    """(code, label) of a diploma's subjects, practice first."""
    query = select(Subject.code, Subject.label).where(Subject.diploma_id == diploma_id)
    return [(code, label) for code, label in db.execute(query.order_by(Subject.kind, Subject.label))]


def get_subject(db: Session, subject_id: int) -> Subject:
    """A subject that is known to exist."""
    return db.get_one(Subject, subject_id)
