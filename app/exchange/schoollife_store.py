"""The school-life product and the database: what is written out, what a file would change, and doing it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.absences import service as absences
from app.accounts.queries import find_school
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.text import fold
from app.exchange.models import ExternalNumber, SchoolLifeSetting, ToldAbsence
from app.exchange.schoollife import NAMES, Kind, Known, Line, Read, Wrong, candidates
from app.exchange.stored import first_guardian_holds
from app.pedagogy import queries as pedagogy
from app.pedagogy import service as school
from app.pedagogy.models import (
    AttendanceRecord,
    Guardian,
    Membership,
    Pupil,
    PupilGroup,
    TimetableSession,
)
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import Attendance, SessionState
from app.pedagogy.rules.guardians import Relation
from app.pedagogy.rules.reasons import REASON_CODES, TO_DECIDE, Channel, Span
from app.pedagogy.rules.roll import Said

AWAY = (Attendance.ABSENT, Attendance.EXCUSED)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that several pupils fit."""

    line: Line
    fits: list[Known]


@dataclass(slots=True)
class Plan:
    """What a file would do. With mistakes or open doubts it does nothing."""

    kind: Kind
    wrong: list[Wrong] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    created: list[Line] = field(default_factory=list)
    changed: list[tuple[Line, Known, list[str]]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def ready(self) -> bool:
        """Whether it can be carried out."""
        return not self.wrong and not self.doubts


def names_of(db: Session, kind: Kind) -> dict[str, str]:
    """What the columns are called: the school's own words, else the usual ones."""
    row = db.get(SchoolLifeSetting, kind.value)
    return dict(NAMES[kind]) | (json.loads(row.names) if row else {})


def version_of(db: Session, kind: Kind) -> int:
    """How often the columns of a kind were named; 0: never, their usual names hold."""
    row = db.get(SchoolLifeSetting, kind.value)
    return row.version if row else 0


def set_names(db: Session, kind: Kind, names: Mapping[str, str], *, seen_version: int, by: Actor) -> None:
    """Call the columns so from now on; no two alike. Two at once: the second is told both names of each column."""
    folded = [fold(name) for name in names.values()]
    for one, name in names.items():
        if not name.strip():
            raise Refused("Chaque colonne a un nom.", field=one)
        if folded.count(fold(name)) > 1:
            raise Refused(f"Deux colonnes s’appellent « {name} ».", field=one)
    row = db.get(SchoolLifeSetting, kind.value, with_for_update=True, populate_existing=True)
    before = names_of(db, kind)
    changes = {NAMES[kind][one]: (before[one], name) for one, name in names.items() if before[one] != name}
    if not changes:
        return
    if seen_version != (row.version if row else 0):
        told = tuple((label, new, old) for label, (old, new) in changes.items())
        said = "Ces colonnes ont été nommées pendant votre saisie. Rien n’a été écrasé."
        raise Stale(said, told, version=row.version if row else 0)
    if row is None:
        row = SchoolLifeSetting(kind=kind.value, names="{}", at=now(), version=0)
        db.add(row)
    row.names, row.at = json.dumps(dict(names), ensure_ascii=False), now()
    row.version += 1
    place = find_school(db)
    if place is not None:
        journal.record(db, place, "school_life", "Colonnes de la vie scolaire changées", by=by, changes=changes)


def known_pupils(db: Session) -> list[Known]:
    """Everybody a line may be about, those who left too."""
    query = (
        select(Pupil.id, Pupil.code, Pupil.last_name, Pupil.first_name, Pupil.born_on, ExternalNumber.number,
               PupilGroup.label)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .outerjoin(ExternalNumber, ExternalNumber.pupil_id == Pupil.id)
        .order_by(Pupil.sort_key, Pupil.id)
    )  # fmt: skip
    return [Known(*row) for row in db.execute(query)]


# -------------------------------------------------------------------------------------------------------------- out
def pupil_rows(db: Session) -> list[dict[str, Any]]:
    """The pupils of the school today, with the first guardian."""
    query = (
        select(Pupil.id, Pupil.last_name, Pupil.first_name, Pupil.born_on, PupilGroup.code.label("group"),
               Guardian.name.label("guardian"), Guardian.email, Guardian.phone, ExternalNumber.number)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .outerjoin(Guardian, (Guardian.pupil_id == Pupil.id) & first_guardian_holds(today()))
        .outerjoin(ExternalNumber, ExternalNumber.pupil_id == Pupil.id)
        .where(or_(Pupil.left_on.is_(None), Pupil.left_on >= today()))
        .order_by(Pupil.sort_key, Pupil.id)
    )  # fmt: skip
    return [dict(row._mapping) for row in db.execute(query)]  # noqa: SLF001 - the public name of a row's columns


def absence_rows(db: Session, first: date, last: date) -> list[dict[str, Any]]:
    """The absences of a period: as they were told, and those that only the roll calls know of."""
    who = (Pupil.last_name, Pupil.first_name, Pupil.born_on, ExternalNumber.number)
    told = _latest_told(db, first, last)
    rows = [
        {"pupil_id": one.pupil_id, "on_date": one.on_date, "start": one.start_minute, "end": one.end_minute,
         "reason": one.reason or None, "justified": one.justified}
        for one in told.values()
    ]  # fmt: skip
    away = (
        select(AttendanceRecord.pupil_id, TimetableSession.on_date, TimetableSession.start_minute,
               TimetableSession.end_minute, AttendanceRecord.status)
        .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
        .where(AttendanceRecord.status.in_(AWAY), TimetableSession.on_date.between(first, last),
               TimetableSession.state == SessionState.PLANNED)
    )  # fmt: skip
    for one in db.execute(away):
        covered = any(row["pupil_id"] == one.pupil_id and row["on_date"] == one.on_date
                      and row["start"] < one.end_minute and one.start_minute < row["end"] for row in rows)  # fmt: skip
        if not covered:
            justified = one.status == Attendance.EXCUSED
            rows.append({"pupil_id": one.pupil_id, "on_date": one.on_date, "start": one.start_minute,
                         "end": one.end_minute, "reason": None, "justified": justified})  # fmt: skip
    people = {
        row.id: row
        for row in db.execute(select(Pupil.id, *who).outerjoin(ExternalNumber, ExternalNumber.pupil_id == Pupil.id))
    }
    full = [row | {name: getattr(people[row["pupil_id"]], name) for name in ("last_name", "first_name", "born_on",
            "number")} for row in rows]  # fmt: skip
    return sorted(full, key=lambda row: (row["on_date"], fold(row["last_name"]), row["start"], row["pupil_id"]))


def _latest_told(db: Session, first: date, last: date) -> dict[tuple[int, date, int, int], ToldAbsence]:
    query = select(ToldAbsence).where(ToldAbsence.on_date.between(first, last)).order_by(ToldAbsence.id)
    return {(one.pupil_id, one.on_date, one.start_minute, one.end_minute): one for one in db.execute(query).scalars()}


# --------------------------------------------------------------------------------------------------------------- in
def plan(db: Session, kind: Kind, read: Read, choices: Mapping[int, str]) -> Plan:
    """What the file would do; `choices` are pupils' codes for the lines that several fit."""
    made = Plan(kind, wrong=list(read.wrong))
    known = known_pupils(db)
    groups = {name: row.code for row in pedagogy.list_groups(db) for name in (fold(row.label), fold(row.code))}
    stored = {row["id"]: row for row in pupil_rows(db)} if kind is Kind.PUPILS else {}
    for line in read.lines:
        fits = candidates(line, known)
        if len(fits) > 1:
            fits = [one for one in fits if one.code == choices.get(line.number)] or fits
        if len(fits) > 1:
            made.doubts.append(Doubt(line, fits))
        elif kind is Kind.PUPILS:
            _plan_pupil(made, line, fits, groups, stored)
        elif not fits:
            made.wrong.append(Wrong(line.number, names_of(db, kind)["last_name"], f"{line.name} n’est pas connu ici."))
        else:
            _plan_absence(db, made, line, fits[0])
    return made


def _plan_pupil(
    made: Plan, line: Line, fits: Sequence[Known], groups: Mapping[str, str], stored: Mapping[int, Any]
) -> None:
    group = groups.get(fold(line.values["group"]))
    if group is None:
        made.wrong.append(Wrong(line.number, "Classe", f"Aucun groupe ne s’appelle « {line.values['group']} »."))
    elif not fits:
        made.created.append(line)
    else:
        before = stored.get(fits[0].pupil_id, {})
        told = ("guardian", "email", "phone", "number")
        news = [one for one in told if one in line.values and line.values[one] != (before.get(one) or None)]
        news += ["group"] if before.get("group") != group else []
        if news:
            made.changed.append((line, fits[0], news))
        else:
            made.unchanged += 1


def _plan_absence(db: Session, made: Plan, line: Line, who: Known) -> None:
    values = line.values
    if values["on_date"] > today():
        made.wrong.append(Wrong(line.number, "Date", "Cette absence est à venir."))
        return
    latest = db.execute(
        select(ToldAbsence)
        .where(ToldAbsence.pupil_id == who.pupil_id, ToldAbsence.on_date == values["on_date"],
               ToldAbsence.start_minute == values["start"], ToldAbsence.end_minute == values["end"])
        .order_by(ToldAbsence.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    same = latest is not None and (latest.reason, latest.justified) == (values.get("reason") or "", values["justified"])
    if same and not _sessions(db, line, who):
        made.unchanged += 1
    else:
        made.changed.append((line, who, [] if same else ["reason"]))


def _sessions(db: Session, line: Line, who: Known) -> list[TimetableSession]:
    """The called sessions that the absence covers wholly, where something else holds."""
    values = line.values
    status = Attendance.EXCUSED if values["justified"] else Attendance.ABSENT
    query = (
        select(TimetableSession)
        .join(Membership, Membership.group_id == TimetableSession.group_id)
        .outerjoin(
            AttendanceRecord,
            (AttendanceRecord.session_id == TimetableSession.id) & (AttendanceRecord.pupil_id == who.pupil_id),
        )
        .where(Membership.pupil_id == who.pupil_id, belongs_on(TimetableSession.on_date),
               TimetableSession.on_date == values["on_date"], TimetableSession.start_minute >= values["start"],
               TimetableSession.end_minute <= values["end"], TimetableSession.state == SessionState.PLANNED,
               TimetableSession.called_at.is_not(None),
               func.coalesce(AttendanceRecord.status, "") != status.value)
        .order_by(TimetableSession.id)
    )  # fmt: skip
    return list(db.execute(query).scalars())


def apply(db: Session, made: Plan, *, by: Actor) -> int:
    """Carry the plan out, all or nothing; how many lines changed something. Told twice, the second does nothing."""
    if not made.ready:
        raise Refused("Corrigez d’abord le fichier : rien n’est enregistré.")
    for line in made.created:
        _create(db, line, by)
    for line, who, news in made.changed:
        if made.kind is Kind.PUPILS:
            _change(db, line, who, news, by)
        else:
            _tell(db, line, who, news, by)
    return len(made.created) + len(made.changed)


def _create(db: Session, line: Line, by: Actor) -> None:
    values = line.values
    pupil = school.create_pupil(
        db,
        values={
            "group": _group(db, values["group"]), "first_name": values["first_name"], "last_name": values["last_name"],
            "born_on": values["born_on"], "entered_on": today(), "left_on": None,
            "guardian_name": values.get("guardian"), "guardian_email": values.get("email"),
            "guardian_phone": values.get("phone"),
        },
        by=by,
    )  # fmt: skip
    _set_number(db, pupil.id, values.get("number"))


def _change(db: Session, line: Line, who: Known, news: Sequence[str], by: Actor) -> None:
    values = line.values
    pupil = pedagogy.get_pupil_by_code(db, who.code, lock=True)
    if {"guardian", "email", "phone"} & set(news):
        _set_guardian(db, pupil, values, by)
    if "number" in news:
        _set_number(db, pupil.id, values["number"])
    if "group" in news:
        try:
            school.move_pupil(db, pupil, group=_group(db, values["group"]), on=today(), seen_version=None, by=by)
        except Refused as refused:
            raise Refused(f"Ligne {line.number}, {who.first_name} {who.last_name} : {refused.sentence}") from None


def _set_guardian(db: Session, pupil: Pupil, values: Mapping[str, Any], by: Actor) -> None:
    guardian = pedagogy.first_guardian(db, pupil.id, today())
    told = {"name": values.get("guardian") or "", "email": values.get("email"), "phone": values.get("phone")}
    if guardian is None:
        rest = {"rank": 1, "relation": Relation.GUARDIAN, "address": None, "starts_on": None, "ends_on": None,
                "custody_note": None, "notified": bool(told["email"] or told["phone"])}  # fmt: skip
        school.add_guardian(db, pupil, values=told | rest, by=by)
        return
    kept = {name: getattr(guardian, name) for name in
            ("rank", "relation", "address", "starts_on", "ends_on", "custody_note", "notified")}  # fmt: skip
    kept["notified"] = guardian.notified and bool(told["email"] or told["phone"] or guardian.address)
    school.change_guardian(db, pupil, guardian, values=told | kept, seen_version=None, by=by)


def _set_number(db: Session, pupil_id: int, number: str | None) -> None:
    row = db.get(ExternalNumber, pupil_id)
    if row is not None and number is None:
        db.delete(row)
    elif row is not None and number is not None:
        row.number = number
    elif number is not None:
        db.add(ExternalNumber(pupil_id=pupil_id, number=number))


def _group(db: Session, name: str) -> str:
    return next(str(row.code) for row in pedagogy.list_groups(db) if fold(name) in (fold(row.code), fold(row.label)))


def _tell(db: Session, line: Line, who: Known, news: Sequence[str], by: Actor) -> None:
    """Keep what was told, say it of each called session it covers, and hand the reason on."""
    values = line.values
    status = Attendance.EXCUSED if values["justified"] else Attendance.ABSENT
    for session in _sessions(db, line, who):
        seen = pedagogy.roll_sheet(db, session).version
        school.call_roll(db, session, statements=[Said(who.pupil_id, status)], seen_version=seen, by=by)
    if not news:
        return
    reason = values.get("reason") or ""
    db.add(ToldAbsence(pupil_id=who.pupil_id, on_date=values["on_date"], start_minute=values["start"],
                       end_minute=values["end"], reason=reason, justified=values["justified"], at=now(),
                       by_id=by.staff_id))  # fmt: skip
    if reason:
        _give_reason(db, who, values, reason, by)


def _give_reason(db: Session, who: Known, values: Mapping[str, Any], reason: str, by: Actor) -> None:
    """The seam to `absences`: the words become a code of the register, or « autre motif » that the direction judges."""
    said = fold(reason)
    code = next((one.code for one in REASON_CODES.values() if said in {fold(one.code), fold(one.label)}), TO_DECIDE)
    span = Span(values["on_date"], values["start"], values["on_date"], values["end"])
    comment = None if REASON_CODES[code].health or code != TO_DECIDE else reason
    draft = absences.ReasonDraft(span, code, "Vie scolaire", Channel.PAPER, comment=comment)
    absences.give_reason(db, pedagogy.get_pupil_by_code(db, who.code), draft, by=by)
