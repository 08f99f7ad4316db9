"""Pupils, their dated stays in groups, groups, and the school's closures."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.core.text import fold, search_key
from app.pedagogy import queries
from app.pedagogy.models import Membership, Pupil, PupilGroup
from app.pedagogy.rules import CODE_SERIES, pupil_code
from app.pedagogy.service.guardians import add_guardian, first_values
from app.pedagogy.service.writers import last_hand

LABELS = {
    "first_name": "Prénom", "last_name": "Nom", "born_on": "Date de naissance", "entered_on": "Date d’entrée",
    "left_on": "Date de sortie", "email": "E-mail de l’élève", "phone": "Téléphone de l’élève",
}  # fmt: skip
FIELDS = tuple(LABELS)
GROUP_LABELS = {"label": "Intitulé", "school_year": "Année scolaire"}


def create_pupil(db: Session, *, values: Mapping[str, Any], by: Actor) -> Pupil:
    """A new pupil in a group from the day of entry, under the code given or the next free one.

    `guardian_name`, `guardian_email`, `guardian_phone` are the first guardian, when one of them is told.
    """
    group = _group(db, values["group"], field="group")
    _check_dates(values)
    code = values.get("code") or _free_code(db)
    if queries.find_pupil_by_code(db, code) is not None:
        raise Refused(f"Le code « {code} » est déjà celui d’un autre élève.", field="code")
    pupil = Pupil(code=code, group_id=group.id, **{name: values.get(name) for name in FIELDS})
    _set_keys(pupil)
    db.add(pupil)
    db.flush()  # its id, for the stay and the journal
    stay = Membership(
        pupil_id=pupil.id, group_id=group.id, starts_on=pupil.entered_on, ends_on=pupil.left_on, implied=True
    )
    db.add(stay)
    journal.record(db, pupil, "create", f"Élève inscrit en {group.label}", by=by)
    guardian = first_values(values)
    if guardian is not None:
        add_guardian(db, pupil, values=guardian, by=by)
    return pupil


def change_pupil(db: Session, pupil: Pupil, *, values: Mapping[str, Any], seen_version: int | None, by: Actor) -> Pupil:
    """Change a pupil's record. Code and group do not change here; entry and exit move the ends of the stays.

    A roll call keeps its day: no stay is shortened past a day on which the pupil was called.
    """
    changes = {
        LABELS[name]: (getattr(pupil, name), values[name]) for name in FIELDS if getattr(pupil, name) != values[name]
    }
    if seen_version is not None and pupil.version != seen_version:
        raise _stale(db, pupil, "Cette fiche a été modifiée", changes)
    if not changes:
        return pupil
    _check_dates(values)
    _move_ends(db, pupil, values["entered_on"], values["left_on"])
    for name in FIELDS:
        setattr(pupil, name, values[name])
    _set_keys(pupil)
    pupil.version += 1
    journal.record(db, pupil, "change", "Fiche modifiée", by=by, changes=changes)
    return pupil


def move_pupil(
    db: Session, pupil: Pupil, *, group: str, on: date, until: date | None = None, seen_version: int | None, by: Actor
) -> Membership:
    """Change group from a day on, also ahead: the present stay is closed the day before, a new one opens.

    Not before the present stay began, not past a roll call already made in the old group, not beside a move that is
    planned already. `until` is the last day there, the pupil's exit when it is not told.
    """
    target = _group(db, group, field="group")
    stays = queries.memberships_of(db, pupil.id)
    last = stays[-1] if stays else None
    if seen_version is not None and pupil.version != seen_version:
        raise _stale(db, pupil, "Cette fiche a été modifiée", {"Groupe": (pupil.group.label, target.label)})
    if until is not None and until < on:
        raise Refused(f"La fin ({until:%d/%m/%Y}) vient avant le début ({on:%d/%m/%Y}).", field="ends_on")
    _refuse_move(db, pupil, target, last, on)
    if last is not None and (last.ends_on is None or last.ends_on >= on):
        last.ends_on = on - timedelta(days=1)
    if last is not None:
        last.implied = False
    ends = until if until is not None else pupil.left_on
    opened = Membership(pupil_id=pupil.id, group_id=target.id, starts_on=on, ends_on=ends, implied=False)
    db.add(opened)
    before = pupil.group.label
    if on <= today():
        pupil.group = target
    pupil.version += 1
    changes = {"Groupe": (before, target.label)}
    journal.record(db, pupil, "move", f"Passage en {target.label} le {on:%d/%m/%Y}", by=by, changes=changes)
    return opened


def cancel_move(db: Session, pupil: Pupil, *, seen_version: int | None, by: Actor) -> None:
    """Give up the move that is planned ahead: the stay before goes on as if nothing had been planned."""
    stays = queries.memberships_of(db, pupil.id)
    if seen_version is not None and pupil.version != seen_version:
        raise _stale(db, pupil, "Cette fiche a été modifiée", {})
    if len(stays) < 2 or stays[-1].starts_on <= today():
        raise Refused("Aucun changement de groupe n’est prévu pour cet élève.")
    planned, before = stays[-1], stays[-2]
    label = queries.group_name(db, planned.group_id)
    journal.record(
        db, pupil, "move", f"Passage en {label} le {planned.starts_on:%d/%m/%Y} abandonné", by=by
    )  # fmt: skip
    if before.ends_on == planned.starts_on - timedelta(days=1):
        before.ends_on = pupil.left_on
    db.delete(planned)
    pupil.version += 1


def settle_groups(db: Session) -> None:
    """The present group of each pupil follows the stays: what was planned for a day that has come holds now."""
    for pupil_id, group_id in queries.groups_to_settle(db, today()):
        pupil = db.get_one(Pupil, pupil_id)
        pupil.group_id = group_id
    db.flush()  # so that what is read next says the same


def _refuse_move(db: Session, pupil: Pupil, target: PupilGroup, last: Membership | None, on: date) -> None:
    if pupil.left_on is not None and on > pupil.left_on:
        raise Refused(f"L’élève est parti le {pupil.left_on:%d/%m/%Y}.", field="on_date")
    if last is None:
        return
    name = queries.group_name(db, last.group_id)
    if last.group_id == target.id and (last.ends_on is None or last.ends_on >= on):
        raise Refused("L’élève est déjà dans ce groupe.", field="group")
    if last.starts_on > today():
        raise Refused(
            f"L’élève passe déjà en {name} le {last.starts_on:%d/%m/%Y} : abandonnez d’abord ce changement.",
            field="on_date",
        )
    if on <= last.starts_on:
        raise Refused(
            f"L’élève est dans son groupe, {name}, depuis le {last.starts_on:%d/%m/%Y} : changez après.",
            field="on_date",
        )
    called = queries.last_attended_day(db, pupil.id, last.group_id)
    if called is not None and called >= on:
        raise Refused(
            f"L’appel du {called:%d/%m/%Y} le compte encore dans son groupe, {name} : changez après ce jour.",
            field="on_date",
        )


def _move_ends(db: Session, pupil: Pupil, entered_on: date, left_on: date | None) -> None:
    stays = queries.memberships_of(db, pupil.id)
    if not stays:
        return
    first, last = stays[0], stays[-1]
    if entered_on != pupil.entered_on and first.implied:
        called = queries.first_attended_day(db, pupil.id)
        if called is not None and called < entered_on:
            raise Refused(f"Un appel parle déjà de cet élève le {called:%d/%m/%Y}.", field="entered_on")
        first.starts_on = entered_on
    if left_on != pupil.left_on:
        called = queries.last_attended_day(db, pupil.id)
        if left_on is not None and called is not None and called > left_on:
            raise Refused(f"Un appel parle encore de cet élève le {called:%d/%m/%Y}.", field="left_on")
        if left_on is not None and left_on < last.starts_on:
            raise Refused(f"Le dernier groupe commence le {last.starts_on:%d/%m/%Y}.", field="left_on")
        last.ends_on = left_on


def _check_dates(values: Mapping[str, Any]) -> None:
    if values["born_on"] >= values["entered_on"]:
        raise Refused("La naissance vient avant l’entrée à l’école.", field="born_on")
    if values["left_on"] is not None and values["left_on"] < values["entered_on"]:
        raise Refused("La sortie vient après l’entrée.", field="left_on")


def create_group(db: Session, *, values: Mapping[str, Any], by: Actor) -> PupilGroup:
    """A new group of a diploma in a school year."""
    if queries.find_group(db, values["code"]) is not None:
        raise Refused(f"Le code « {values['code']} » est déjà celui d’un autre groupe.", field="code")
    diploma = queries.find_diploma(db, values["diploma"])
    if diploma is None:
        raise Refused(f"Aucun diplôme n’a le code « {values['diploma']} ».", field="diploma")
    group = PupilGroup(
        code=values["code"], label=values["label"], diploma_id=diploma.id, school_year=values["school_year"]
    )
    db.add(group)
    db.flush()  # its id, for the journal
    journal.record(db, group, "create", "Groupe créé", by=by)
    return group


def change_group(
    db: Session, group: PupilGroup, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> PupilGroup:
    """Change the name or the school year of a group; its code and diploma stay."""
    changes = {
        words: (getattr(group, name), values[name])
        for name, words in GROUP_LABELS.items()
        if getattr(group, name) != values[name]
    }
    if seen_version is not None and group.version != seen_version:
        raise _stale(db, group, "Ce groupe a été modifié", changes)
    if changes:
        group.label, group.school_year = values["label"], values["school_year"]
        group.version += 1
        journal.record(db, group, "change", "Groupe modifié", by=by, changes=changes)
    return group


def _group(db: Session, code: str, *, field: str) -> PupilGroup:
    group = queries.find_group(db, code)
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {code} ».", field=field)
    return group


def _free_code(db: Session) -> str:
    code = pupil_code(next_number(db, CODE_SERIES, 0))
    while queries.find_pupil_by_code(db, code) is not None:
        code = pupil_code(next_number(db, CODE_SERIES, 0))
    return code


def _set_keys(pupil: Pupil) -> None:
    pupil.sort_key = fold(f"{pupil.last_name} {pupil.first_name}")
    pupil.search_key = search_key(pupil.code, pupil.first_name, pupil.last_name)


def _stale(db: Session, subject: Pupil | PupilGroup, what: str, changes: Mapping[str, tuple[Any, Any]]) -> Stale:
    rows = tuple((label, _written(typed), _written(stored)) for label, (stored, typed) in changes.items())
    sentence = f"{what}{last_hand(db, subject)} pendant votre saisie. Rien n’a été écrasé."
    return Stale(sentence, rows, version=subject.version)


def _written(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "–")
