"""Exams, placements, visits: added, changed, removed. Hours that already count as held are never rewritten."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.pedagogy import queries as pedagogy
from app.pedagogy.queries.activities import counted
from app.pedagogy.service.writers import last_hand
from app.timetable import queries
from app.timetable.models import ActivityPeriod
from app.timetable.rules import ACTIVITY_LABELS, ActivityKind
from app.timetable.rules.placed import held_sentence
from app.timetable.service.locks import lock_whose

LABELS = {
    "kind": "Nature", "label": "Intitulé", "starts_on": "Premier jour", "ends_on": "Dernier jour",
    "minutes_per_day": "Minutes par jour",
}  # fmt: skip
FIXED = ("kind", "starts_on", "minutes_per_day")  # once hours of it count


def add_activity(db: Session, *, values: Mapping[str, Any], by: Actor) -> ActivityPeriod:
    """Days of exam, placement, visit of a group or of one pupil; two of the same do not overlap."""
    group_id, pupil_id = _whose(db, values)
    lock_whose(db, group_id, pupil_id)
    period = ActivityPeriod(group_id=group_id, pupil_id=pupil_id, version=1, **{name: values[name] for name in LABELS})
    _check(db, period, values)
    db.add(period)
    db.flush()  # its number
    journal.record(db, period, "create", f"{ACTIVITY_LABELS[period.kind]} : {period.label}", by=by)
    return period


def change_activity(
    db: Session, period: ActivityPeriod, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> ActivityPeriod:
    """Other days, minutes, kind or words; for whom it is stays. Load it locked.

    Once hours of it count as held, only its words and a last day still to come may change.
    """
    changes = {
        words: (_shown(getattr(period, name)), _shown(values[name]))
        for name, words in LABELS.items()
        if getattr(period, name) != values[name]
    }
    if seen_version is not None and period.version != seen_version:
        rows = tuple((label, typed, stored) for label, (stored, typed) in changes.items())
        sentence = f"Cette période a été modifiée{last_hand(db, period)} pendant votre saisie. Rien n’a été écrasé."
        raise Stale(sentence, rows, version=period.version)
    if not changes:
        return period
    lock_whose(db, period.group_id, period.pupil_id)
    _refuse_rewriting(db, period, values)
    _check(db, period, values)
    for name in LABELS:
        setattr(period, name, values[name])
    period.version += 1
    journal.record(db, period, "change", f"Période modifiée : {period.label}", by=by, changes=changes)
    return period


def remove_activity(db: Session, period: ActivityPeriod, *, by: Actor) -> None:
    """A period that does not take place. Load it locked; refused once hours of it count as held."""
    if last := _held_until(db, period):
        raise Refused(f"Ses heures comptent déjà, jusqu’au {last:%d/%m/%Y} : changez plutôt son dernier jour.")
    days = f"du {period.starts_on:%d/%m/%Y} au {period.ends_on:%d/%m/%Y}"
    journal.record(db, period, "remove", f"{ACTIVITY_LABELS[period.kind]} retiré : {period.label}, {days}", by=by)
    db.delete(period)


def _whose(db: Session, values: Mapping[str, Any]) -> tuple[int | None, int | None]:
    if bool(values["group"]) == bool(values["pupil"]):
        raise Refused("Choisissez un groupe, ou un seul élève : l’un des deux.", field="group")
    if values["group"]:
        group = pedagogy.find_group(db, values["group"])
        if group is None:
            raise Refused(f"Aucun groupe n’a le code « {values['group']} ».", field="group")
        return group.id, None
    pupil = pedagogy.find_pupil_by_code(db, values["pupil"])
    if pupil is None:
        raise Refused(f"Aucun élève n’a le code « {values['pupil']} ».", field="pupil")
    return None, pupil.id


def _check(db: Session, period: ActivityPeriod, values: Mapping[str, Any]) -> None:
    """The days make sense, no other period of the same holds them, no session was held on those that are new."""
    start, end = values["starts_on"], values["ends_on"]
    if end < start:
        raise Refused("Le dernier jour vient après le premier.", field="ends_on")
    for other in queries.activities_at(db, group_id=period.group_id, pupil_id=period.pupil_id, start=start, end=end):
        if other.id != period.id:
            days = f"du {other.starts_on:%d/%m/%Y} au {other.ends_on:%d/%m/%Y}"
            raise Refused(f"« {other.label} » couvre déjà ces jours, {days}.", field="starts_on")
    held = queries.held_beside(db, group_id=period.group_id, pupil_id=period.pupil_id, start=start, end=end)
    if period.id is not None:
        held = [one for one in held if not period.starts_on <= one.on_date <= period.ends_on]
    if held:
        raise Refused(held_sentence(held), field="starts_on")


def _held_until(db: Session, period: ActivityPeriod) -> date | None:
    """The last day whose minutes of this period count as held; None when nothing of it counts."""
    last = min(period.ends_on, today())
    if last < period.starts_on:
        return None
    found = counted(db, {"start": period.starts_on, "end": last}, "")
    return max((one.day for one in found if one.activity_id == period.id), default=None)


def _refuse_rewriting(db: Session, period: ActivityPeriod, values: Mapping[str, Any]) -> None:
    last = _held_until(db, period)
    if last is None:
        return
    for name in FIXED:
        if values[name] != getattr(period, name):
            raise Refused(f"Ses heures comptent déjà, jusqu’au {last:%d/%m/%Y} : cela ne change plus.", field=name)
    over = period.ends_on < today()
    if values["ends_on"] != period.ends_on and (over or values["ends_on"] < last):
        until = period.ends_on if over else last
        raise Refused(f"Ses heures comptent déjà, jusqu’au {until:%d/%m/%Y} : le dernier jour reste.", field="ends_on")


def _shown(value: Any) -> str:
    if isinstance(value, ActivityKind):
        return ACTIVITY_LABELS[value]
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
