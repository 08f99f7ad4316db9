"""The page of a week: whose week, the choices beside it, and a group's practice share since September."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import TimetableSession
from app.pedagogy.queries.pupils import get_group, get_pupil_by_code, group_label, list_groups
from app.pedagogy.queries.sessions import find_staff, room_options, staff_options
from app.pedagogy.queries.shares import group_minutes, school_band, timetable_minutes
from app.pedagogy.rules import Band, Minutes, school_year_label, school_year_of
from app.timetable.queries.grid import week_letters
from app.timetable.queries.planned import PlannedShare, planned_shares
from app.timetable.queries.weeks import WeekView, week_view


@dataclass(frozen=True, slots=True)
class WeekOf:
    """Whose week: `by` is groupe, personne, salle or eleve; `key` the code or name; `label` what is read."""

    by: str
    key: str
    label: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group's school year so far: its timetable planned and held, its pupils' attended minutes."""

    planned: Minutes
    held: Minutes
    attended: Minutes
    band: Band


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A week with everything around it. `options` are the (key, label) one may choose of the same kind."""

    of: WeekOf
    view: WeekView
    options: list[tuple[str, str]]
    first_of: dict[str, str]
    figures: GroupFigures | None
    shares: list[PlannedShare]
    band: Band
    letter: str


def week_page(db: Session, day: date, asked: Mapping[str, str], *, staff_id: int | None) -> WeekPage | None:
    """The week asked for; by default of the person who holds sessions, else of the first group. None without a group.

    The number of statements does not depend on what is planned.
    """
    groups = [(row.code, group_label(row), row.school_year) for row in list_groups(db)]
    present = [row for row in groups if row[2] == school_year_label(day)] or groups
    of = _whose(db, day, asked, present[0][0] if present else "", staff_id)
    if of is None:
        return None
    view = week_view(
        db, day, group_id=of.id if of.by == "groupe" else None, staff_id=of.id if of.by == "personne" else None,
        room=of.key if of.by == "salle" else None, pupil_id=of.id if of.by == "eleve" else None,
    )  # fmt: skip
    people = staff_options(db)
    rooms = [(room, room) for room in room_options(db, school_year_of(day))]
    options = {"groupe": [(code, label) for code, label, _ in groups], "personne": people, "salle": rooms, "eleve": []}
    first_of = {by: (present[0][0] if by == "groupe" and present else listed[0][0] if listed else "")
                for by, listed in options.items()}  # fmt: skip
    figures = group_figures(db, day, of.id) if of.by == "groupe" and of.id else None
    groups_seen = {piece.slot.row.group_id for one in view.days for piece in one.pieces if piece.slot}
    shares = planned_shares(db, day, groups_seen | ({of.id} if of.by == "groupe" and of.id else set()))
    letter = week_letters(db, view.monday, view.monday).get(view.monday)
    return WeekPage(of, view, options[of.by], first_of, figures, shares, school_band(db), (letter or "").upper())


def group_figures(db: Session, day: date, group_id: int) -> GroupFigures:
    """Planned and held minutes of a group's timetable, attended ones of its members, in the school year of a day."""
    period = school_year_of(day)
    planned, held = timetable_minutes(db, period, group_id)
    return GroupFigures(planned, held, group_minutes(db, period, group_id), school_band(db))


def _whose(db: Session, day: date, asked: Mapping[str, str], first_group: str, staff_id: int | None) -> WeekOf | None:
    if room := asked.get("salle"):
        return WeekOf("salle", room, room)
    if code := asked.get("eleve"):
        pupil = get_pupil_by_code(db, code)
        return WeekOf("eleve", code, pupil.full_name, pupil.id)
    if code := asked.get("personne"):
        staff = find_staff(db, code)
        if staff is None:
            raise NotFound(f"Personne n’a le code « {code} ».")
        return WeekOf("personne", code, staff.full_name, staff.id)
    if not asked.get("groupe") and staff_id is not None and _holds_sessions(db, staff_id, day):
        staff = db.get_one(Staff, staff_id)
        return WeekOf("personne", staff.code, staff.full_name, staff.id)
    code = asked.get("groupe") or first_group
    if not code:
        return None
    group = get_group(db, code)
    return WeekOf("groupe", code, group.label, group.id)


def _holds_sessions(db: Session, staff_id: int, day: date) -> bool:
    period = school_year_of(day)
    return bool(run(db, _HOLDS, {"staff": staff_id, "start": period.start, "end": period.end}).scalar_one())


_HOLDS = select(
    exists().where(
        TimetableSession.staff_id == bindparam("staff"),
        TimetableSession.on_date.between(bindparam("start"), bindparam("end")),
    )
)
