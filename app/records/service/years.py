"""The change of school year: stays closed and opened with their dates, all at once, nothing of the past rewritten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.pedagogy import queries as pedagogy
from app.pedagogy import service as school
from app.pedagogy.models import Membership, PupilGroup
from app.records import queries
from app.records.models import YearChange
from app.records.queries.years import Candidate, YearPage
from app.records.rules import Fate, GroupFact, next_code, next_school_year

NOT_HERE = "n’est pas à passer : sa rentrée est déjà faite, ou il n’est plus de cette année scolaire."


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one pupil."""

    pupil: str
    fate: Fate
    group: str | None


@dataclass(frozen=True, slots=True)
class Days:
    """The last day of the year that ends and the first of the next."""

    ends_on: date
    starts_on: date


def create_groups(db: Session, *, from_year: str, by: Actor) -> int:
    """The groups of next year, made from those of this year that have no such yet; how many."""
    to_year = next_school_year(from_year)
    known = {(group.diploma, group.level) for group in queries.groups_of_year(db, to_year)}
    made = 0
    for group in queries.groups_of_year(db, from_year):
        code = next_code(group.code, to_year)
        if (group.diploma, group.level) in known or pedagogy.find_group(db, code) is not None:
            continue
        label = group.label.replace(from_year, to_year)
        values = {"code": code, "label": label, "diploma": group.diploma, "school_year": to_year}
        school.create_group(db, values=values, by=by)
        made += 1
    if not made:
        raise Refused("Les groupes de l’année suivante existent déjà.")
    return made


def plan_year(
    page: YearPage, choices: Sequence[Choice], *, ends_on: date, starts_on: date
) -> list[tuple[Choice, Candidate]]:
    """What would be done for whom; each refusal stands at the row it is about."""
    if starts_on <= ends_on:
        raise Refused(f"La rentrée vient après le dernier jour ({ends_on:%d/%m/%Y}).", field="starts_on")
    targets = {group.code: group for group in page.coming}
    plan = [(choice, _checked(page, targets, rank, choice)) for rank, choice in enumerate(choices)]
    acts = [(choice, candidate) for choice, candidate in plan if candidate is not None]
    if not acts:
        raise Refused("Choisissez ce que devient au moins un élève.")
    return sorted(acts, key=lambda each: each[1].pupil_id)


def change_year(
    db: Session, page: YearPage, choices: Sequence[Choice], *, ends_on: date, starts_on: date, by: Actor
) -> YearChange:
    """Do it for everybody chosen at once, or for nobody; may be run again for whoever was left out.

    Two at once: the groups of both years are held first, then who is where is read again, so that the second one is
    told of each pupil whom the first has moved.
    """
    both = {group.code for group in page.coming} | {group.code for group, _ in page.groups}
    held = {code: pedagogy.get_group(db, code, lock=True) for code in sorted(both)}
    page = queries.year_page(db, page.from_year, page.to_year, last_days(page.from_year)[0])
    targets = {group.code: held[group.code] for group in page.coming if group.code in held}
    plan = plan_year(page, choices, ends_on=ends_on, starts_on=starts_on)
    days = Days(ends_on, starts_on)
    done = [_move(db, candidate, targets.get(choice.group or ""), choice.fate, days) for choice, candidate in plan]
    for (choice, _), row in zip(plan, done, strict=True):
        pupil = pedagogy.get_pupil_by_code(db, row["pupil"])
        journal.record(db, pupil, "move", _sentence(choice, targets, days), by=by)
    change = YearChange(
        from_year=page.from_year, to_year=page.to_year, starts_on=starts_on, content=json.dumps(done), at=now(),
        by_id=by.staff_id,
    )  # fmt: skip
    db.add(change)
    db.flush()  # its id, for the journal
    journal.record(db, change, "create", f"Rentrée {page.to_year} préparée, élèves : {len(done)}", by=by)
    return change


def _sentence(choice: Choice, targets: Mapping[str, PupilGroup], days: Days) -> str:
    if choice.fate == Fate.LEAVES:
        return f"Quitte l’école le {days.ends_on:%d/%m/%Y}"
    return f"Rentrée du {days.starts_on:%d/%m/%Y} en {targets[choice.group or ''].label}"


def undo_year(db: Session, change: YearChange, *, by: Actor) -> None:
    """Take the change back as if it had never been: until the first roll call of the new year."""
    if change.undone_at is not None:
        raise Refused("Ce changement est déjà annulé.")
    if (day := queries.first_call(db, change)) is not None:
        raise Refused(f"Un appel a été fait le {day:%d/%m/%Y} dans la nouvelle année : la rentrée ne s’annule plus.")
    for row in json.loads(change.content):
        _restore(db, row, by)
    change.undone_at = now()
    journal.record(db, change, "undo", f"Rentrée {change.to_year} annulée", by=by)


def _checked(page: YearPage, targets: Mapping[str, GroupFact], rank: int, choice: Choice) -> Candidate | None:
    """The pupil of a choice; None when nothing is to be done. Refuses at the row."""
    candidate = page.candidates.get(choice.pupil)
    if choice.fate == Fate.SKIPPED:
        return None
    if candidate is None:
        raise Refused(f"« {choice.pupil} » {NOT_HERE}", field=f"choices-{rank}-fate")
    if candidate.why_not:
        raise Refused(candidate.why_not, field=f"choices-{rank}-fate")
    if choice.fate == Fate.LEAVES:
        return candidate
    target = targets.get(choice.group or "")
    if target is None:
        raise Refused(f"Choisissez un groupe de {page.to_year}.", field=f"choices-{rank}-group")
    same = target.diploma == candidate.group.diploma
    if choice.fate == Fate.CHANGES and same:
        raise Refused("Ce groupe prépare le même diplôme.", field=f"choices-{rank}-group")
    if choice.fate != Fate.CHANGES and not same:
        raise Refused("Ce groupe prépare un autre diplôme : « Change de diplôme ».", field=f"choices-{rank}-group")
    return candidate


def _move(
    db: Session, candidate: Candidate, target: PupilGroup | None, fate: Fate, days: Days
) -> dict[str, Any]:  # fmt: skip
    pupil = pedagogy.get_pupil_by_code(db, candidate.code, lock=True)
    stay = db.get_one(Membership, candidate.stay_id)
    before = {
        "pupil": pupil.code, "stay": stay.id, "ended": _iso(stay.ends_on), "implied": stay.implied,
        "left": _iso(pupil.left_on), "group": pupil.group_id, "opened": 0,
    }  # fmt: skip
    stay.ends_on, stay.implied = days.ends_on, False
    pupil.version += 1
    if fate == Fate.LEAVES or target is None:
        pupil.left_on = days.ends_on
        return before
    opened = Membership(
        pupil_id=pupil.id, group_id=target.id, starts_on=days.starts_on, ends_on=pupil.left_on, implied=False
    )  # fmt: skip
    db.add(opened)
    db.flush()  # its id, so that it can be undone
    if days.starts_on <= today():
        pupil.group_id = target.id
    return before | {"opened": opened.id}


def _restore(db: Session, row: Mapping[str, Any], by: Actor) -> None:
    pupil = pedagogy.get_pupil_by_code(db, row["pupil"], lock=True)
    stay = db.get_one(Membership, row["stay"])
    later = [one for one in pedagogy.memberships_of(db, pupil.id) if one.starts_on > stay.starts_on]
    if any(one.id != row["opened"] for one in later):
        raise Refused(f"{pupil.full_name} a encore changé de groupe depuis : la rentrée ne s’annule plus.")
    if row["opened"]:
        db.delete(db.get_one(Membership, row["opened"]))
    stay.ends_on, stay.implied = _day(row["ended"]), row["implied"]
    pupil.left_on, pupil.group_id = _day(row["left"]), row["group"]
    pupil.version += 1
    journal.record(db, pupil, "move", "Rentrée annulée : retour à l’état d’avant", by=by)


def last_days(from_year: str) -> tuple[date, date]:
    """The days proposed: the stay ends on 31 August, the new one begins on 1 September."""
    first = date(int(from_year[5:]), 9, 1)
    return first - timedelta(days=1), first


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
