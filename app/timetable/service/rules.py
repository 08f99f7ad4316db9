"""Rules of the timetable: added, changed from a day on, ended, undone; each writes what was previewed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.pedagogy import queries as pedagogy
from app.pedagogy.rules import Period, school_year_of
from app.pedagogy.service.writers import last_hand
from app.timetable import queries
from app.timetable.models import SessionOrigin, TimetableChange, TimetableRule
from app.timetable.rules import DAY, DAY_NAMES, ChangeKind, LineKind
from app.timetable.rules.patterns import Pattern
from app.timetable.rules.placed import Placed, clock
from app.timetable.service.changes import apply_plan, check_seen, set_origins, undo_change
from app.timetable.service.locks import lock_timetable

LONGEST = timedelta(days=400)


def read_pattern(db: Session, group_code: str, values: Mapping[str, Any]) -> Pattern:
    """A rule as it was typed, its codes resolved; refused at the field."""
    group = pedagogy.find_group(db, group_code)
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {group_code} ».", field="group")
    subject = pedagogy.find_subject(db, group.diploma_id, values["subject"])
    if subject is None:
        raise Refused("Cette matière n’est pas au programme du diplôme de ce groupe.", field="subject")
    staff = pedagogy.find_staff(db, values["staff"])
    if staff is None or staff.disabled_at is not None:
        raise Refused("Cette personne ne tient pas de séance : choisissez dans la liste.", field="staff")
    _refuse_period(values["starts_on"], values["ends_on"])
    model = Placed(
        group.id, group.label, staff.id, staff.full_name, subject.id, subject.label, values["room"] or None,
        values["kind"] or subject.kind, values["starts_on"], values["start"], values["end"],
    )  # fmt: skip
    return Pattern(model, values["weekday"], values["weeks"], values["starts_on"], values["ends_on"])


def _refuse_period(first: date, last: date) -> None:
    if last < first:
        raise Refused("Le dernier jour vient après le premier.", field="ends_on")
    if last - first > LONGEST:
        raise Refused("Une ligne de la trame dure une année scolaire au plus.", field="ends_on")


def year_of(day: date) -> Period:
    """The days that a new rule is offered: from a day to the end of its school year."""
    return Period(day, school_year_of(day).end)


def add_rule(db: Session, pattern: Pattern, *, seen: str | None = None, by: Actor) -> TimetableChange:
    """A new rule with the sessions it makes from today on."""
    lock_timetable(db, [pattern.model.group_id], [pattern.model.staff_id], [pattern.model.room])
    plan = queries.plan_generation(db, [(None, pattern)])
    check_seen(plan, seen)
    rule = _rule_of(pattern)
    db.add(rule)
    db.flush()  # its number
    label = f"Trame : {_words(pattern)}"
    journal.record(db, rule, "create", "Ligne de la trame ajoutée", by=by)
    return apply_plan(db, plan, ChangeKind.GENERATE, label, rule_id=rule.id, by=by)


def generate_again(db: Session, rule: TimetableRule, *, seen: str | None = None, by: Actor) -> TimetableChange:
    """What a rule still has to make: after a closure was withdrawn, a clash settled."""
    lock_timetable(db, [rule.group_id], [rule.staff_id], [rule.room])
    pattern = queries.pattern_of(rule)
    plan = queries.plan_generation(db, [(rule.id, pattern)])
    check_seen(plan, seen)
    return apply_plan(db, plan, ChangeKind.GENERATE, f"Trame complétée : {_words(pattern)}", rule_id=rule.id, by=by)


def change_rule(
    db: Session, rule: TimetableRule, new: Pattern, *, seen: str | None = None, seen_version: int | None, by: Actor
) -> TimetableChange:
    """A rule becomes another from the first day of `new` on: it ends the day before, and a successor takes over.

    Sessions before that day, called ones and those changed by hand stay as they are. Nothing changes when one clashes.
    """
    _refuse_stale(db, rule, seen_version)
    refuse_outside(rule, new.starts_on)
    lock_timetable(db, [rule.group_id], [rule.staff_id, new.model.staff_id], [rule.room, new.model.room])
    plan, kept = queries.plan_change(db, rule, new, from_day=new.starts_on)
    check_seen(plan, seen)
    if plan.clashes:
        raise Refused(f"Un changement se fait en entier. {plan.clashes[0].sentence}", field="start")
    earlier = rule.ends_on
    successor = _rule_of(new, follows_id=rule.id)
    db.add(successor)
    rule.ends_on, rule.version = new.starts_on - DAY, rule.version + 1
    db.flush()  # the number of the successor
    for one in (rule, successor):
        journal.record(db, one, "change", f"Trame changée à partir du {new.starts_on:%d/%m/%Y}", by=by)
    change = apply_plan(db, plan, ChangeKind.CHANGE_RULE, f"Trame changée : {_words(new)}", rule_id=successor.id, by=by)
    change.earlier_end = earlier
    set_origins(db, successor.id, [(one.placed.id, one.rule_day) for one in kept if one.placed.id])
    db.flush()  # what is read next sees it
    return change


def end_rule(
    db: Session, rule: TimetableRule, *, last_day: date, seen: str | None = None, seen_version: int | None, by: Actor
) -> TimetableChange:
    """A rule holds until a day; its sessions after that are cancelled."""
    _refuse_stale(db, rule, seen_version)
    if not rule.starts_on <= last_day < rule.ends_on:
        raise Refused(
            f"Cette ligne va du {rule.starts_on:%d/%m/%Y} au {rule.ends_on:%d/%m/%Y} : "
            "son dernier jour vient entre les deux.", field="ends_on",
        )  # fmt: skip
    lock_timetable(db, [rule.group_id], [rule.staff_id])
    plan = queries.plan_end(db, rule, last_day=last_day)
    check_seen(plan, seen)
    label = f"Trame arrêtée le {last_day:%d/%m/%Y} : {_words(queries.pattern_of(rule))}"
    earlier, rule.ends_on = rule.ends_on, last_day
    rule.version += 1
    journal.record(db, rule, "end", f"Trame arrêtée le {last_day:%d/%m/%Y}", by=by)
    change = apply_plan(db, plan, ChangeKind.END_RULE, label, rule_id=rule.id, by=by)
    change.earlier_end = earlier
    return change


def undo(db: Session, change: TimetableChange, *, by: Actor) -> list[str]:
    """Undo the last mass change, with the rule it came with. Load it locked. Tells what had to stay."""
    if change.rule_id is not None:
        queries.lock_rules(db, change.rule_id)
    lines = queries.lines_of(db, change.id)
    stays = undo_change(db, change, by=by)
    gone = [one.session_id for one in lines if one.kind in (LineKind.CREATED, LineKind.REVIVED, LineKind.ADOPTED)]
    if change.rule_id is not None:
        _forget(db, gone)
        rule = queries.get_rule_even_void(db, change.rule_id)
        if change.kind == ChangeKind.END_RULE and change.earlier_end:
            rule.ends_on, rule.version = change.earlier_end, rule.version + 1
        elif change.kind == ChangeKind.CHANGE_RULE and change.earlier_end and rule.follows_id:
            _back_to(db, rule, queries.get_rule_even_void(db, rule.follows_id), change.earlier_end)
        elif queries.first_change_of(db, rule.id) == change.id:
            _void(db, rule)
        journal.record(db, rule, "undo", f"Annulé : {change.label}", by=by)
    db.flush()  # what is read next sees it
    return stays


def _forget(db: Session, sessions: list[int]) -> None:
    """Sessions that are cancelled again stand for no day of a rule: the rule may make it once more."""
    standing = queries.standing_of(db, sessions)
    gone = [one for one in sessions if one not in standing]
    for start in range(0, len(gone), 500):
        db.execute(delete(SessionOrigin).where(SessionOrigin.session_id.in_(gone[start : start + 500])))


def _back_to(db: Session, rule: TimetableRule, before: TimetableRule, earlier: date) -> None:
    """The rule before takes its sessions back, but for days that it has itself."""
    own = set(db.execute(select(SessionOrigin.on_date).where(SessionOrigin.rule_id == before.id)).scalars())
    for origin in db.execute(select(SessionOrigin).where(SessionOrigin.rule_id == rule.id)).scalars():
        if origin.on_date not in own:
            origin.rule_id = before.id
    before.ends_on, before.version = earlier, before.version + 1
    db.flush()  # what the successor still holds is read next
    _void(db, rule)


def _void(db: Session, rule: TimetableRule) -> None:
    """A rule that is no more: it ends with the last day that stands, or before it begins."""
    rule.ends_on = queries.holds_day(db, rule.id) or rule.starts_on - DAY
    rule.version += 1


def _rule_of(pattern: Pattern, follows_id: int | None = None) -> TimetableRule:
    model = pattern.model
    return TimetableRule(
        group_id=model.group_id, weekday=pattern.weekday, start_minute=model.start_minute, end_minute=model.end_minute,
        subject_id=model.subject_id, staff_id=model.staff_id, room=model.room, kind=model.kind, weeks=pattern.weeks,
        starts_on=pattern.starts_on, ends_on=pattern.ends_on, follows_id=follows_id, version=1,
    )  # fmt: skip


def _words(pattern: Pattern) -> str:
    model = pattern.model
    return (
        f"{model.subject}, {model.group}, le {DAY_NAMES[pattern.weekday].lower()} de {clock(model.start_minute)} "
        f"à {clock(model.end_minute)}"
    )


def _refuse_stale(db: Session, rule: TimetableRule, seen_version: int | None) -> None:
    if seen_version is not None and rule.version != seen_version:
        raise Stale(
            f"Cette ligne de la trame a été changée{last_hand(db, rule)} pendant votre saisie. Rien n’a été écrasé.",
            version=rule.version,
        )


def refuse_outside(rule: TimetableRule, day: date) -> None:
    """A change begins on a day of the rule."""
    if not rule.starts_on <= day <= rule.ends_on:
        raise Refused(
            f"Cette ligne va du {rule.starts_on:%d/%m/%Y} au {rule.ends_on:%d/%m/%Y} : "
            "le changement commence entre les deux.", field="starts_on",
        )  # fmt: skip
