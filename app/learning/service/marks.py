"""Evaluations and marks: a mark is only ever added, a correction names the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Forbidden, Refused, Stale
from app.learning.models import Evaluation, Mark, Term
from app.learning.policies import why_not_mark
from app.learning.queries.courses import list_terms, teaches
from app.learning.queries.marks import HOLDS, NOTHING, MarkLine, mark_sheet, said_before
from app.learning.rules.marks import MarkStanding, Said, points_words, read_mark, why_not_mark_of, why_not_term
from app.pedagogy.models import PupilGroup, Subject
from app.pedagogy.service.writers import last_hand

LABELS = {
    "course": "Groupe et matière", "title": "Titre", "on_date": "Date", "out_of": "Notée sur",
    "coefficient": "Coefficient",
}  # fmt: skip
TERM_LABELS = {"label": "Nom", "starts_on": "Du", "ends_on": "Au", "school_year": "Année scolaire"}
NO_MARK = "n’est ni une note, ni abs, disp ou nr."
FIELDS = ("title", "on_date", "out_of", "coefficient")


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell of the table as it was typed, and which mark stood there when the page was read (0: none)."""

    pupil: str
    text: str
    seen: int


def require_course(db: Session, group_id: int, subject_id: int, *, by: Actor) -> None:
    """Only who teaches it, or the direction."""
    if reason := why_not_mark(by, teaches=teaches(db, by, group_id, subject_id)):
        raise Forbidden(reason)


def create_evaluation(db: Session, *, course: tuple[int, int], values: Mapping[str, Any], by: Actor) -> Evaluation:
    """Something a group is marked on, in a subject of its diploma, on a day of its school year."""
    group, subject = db.get(PupilGroup, course[0]), db.get(Subject, course[1])
    if group is None or subject is None or subject.diploma_id != group.diploma_id:
        raise Refused("Cette matière n’est pas au programme de ce groupe.", field="course")
    if reason := why_not_mark(by, teaches=teaches(db, by, group.id, subject.id)):
        raise Refused(reason, field="course")
    _check_day(group, values["on_date"])
    evaluation = Evaluation(
        group_id=group.id, subject_id=subject.id, staff_id=by.staff_id, created_at=now(),
        **{name: values[name] for name in FIELDS},
    )  # fmt: skip
    db.add(evaluation)
    db.flush()  # its id, for the journal
    journal.record(db, evaluation, "create", f"Évaluation « {evaluation.title} » ajoutée", by=by)
    return evaluation


def change_evaluation(
    db: Session, evaluation: Evaluation, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> Evaluation:
    """Change its title, day, scale or weight; no mark may be above the new scale."""
    require_course(db, evaluation.group_id, evaluation.subject_id, by=by)
    changes = {
        LABELS[name]: (getattr(evaluation, name), values[name])
        for name in FIELDS
        if getattr(evaluation, name) != values[name]
    }
    if not changes:
        return evaluation
    if seen_version is not None and seen_version != evaluation.version:
        rows = tuple((label, str(typed), str(stored)) for label, (stored, typed) in changes.items())
        said = f"Cette évaluation a été modifiée{last_hand(db, evaluation)} pendant votre saisie. Rien n’a été écrasé."
        raise Stale(said, rows, version=evaluation.version)
    _check_day(evaluation.group, values["on_date"])
    highest = db.scalar(select(func.max(Mark.points)).where(Mark.evaluation_id == evaluation.id, HOLDS))
    if highest is not None and highest > values["out_of"]:
        raise Refused(f"Une note de {points_words(highest)} est déjà saisie.", field="out_of")
    for name in FIELDS:
        setattr(evaluation, name, values[name])
    evaluation.version += 1
    journal.record(db, evaluation, "change", "Évaluation modifiée", by=by, changes=changes)
    return evaluation


def _check_day(group: PupilGroup, day: date) -> None:
    first = int(group.school_year[:4])
    if not date(first, 9, 1) <= day <= date(first + 1, 8, 31):
        raise Refused(f"Cette date n’est pas dans l’année {group.school_year} du groupe.", field="on_date")


def record_marks(db: Session, evaluation: Evaluation, *, typed: Sequence[Typed], by: Actor) -> int:
    """Store the cells that this person changed; how many. All or none: every wrong cell is told at its place.

    A cell counts as changed against what stood there when the page was read, so that a mark somebody else entered
    meanwhile in a cell left alone stays. A cell that both changed, to different marks, is told with both values
    (Stale), and nothing is stored.
    """
    require_course(db, evaluation.group_id, evaluation.subject_id, by=by)
    if evaluation.on_date > today():
        raise Refused(f"Cette évaluation est le {evaluation.on_date:%d/%m/%Y} : les notes viennent ensuite.")
    lines = {line.code: line for line in mark_sheet(db, evaluation).lines}
    read = _read_cells(lines, typed, evaluation)
    before = said_before(db, evaluation.id)
    mine = [(line, said, cell) for line, said, cell in read if said != before.get(cell.seen, NOTHING)]
    both = [(line, said) for line, said, cell in mine if cell.seen != line.mark_id and said != line.said]
    if both:
        told = tuple((line.name, said.words or "–", line.said.words or "–") for line, said in both)
        said_by = f"Des notes ont été saisies{last_hand(db, evaluation)} pendant les vôtres. Rien n’a été écrasé."
        raise Stale(said_by, told, version=evaluation.version)
    news = [(line, said) for line, said, _ in mine if said != line.said]
    _store(db, evaluation, news, by)
    return len(news)


def _read_cells(
    lines: Mapping[str, MarkLine], typed: Sequence[Typed], evaluation: Evaluation
) -> list[tuple[MarkLine, Said, Typed]]:
    """Every cell read; where some are wrong all of them are told, each at its field."""
    found, wrong = [], {}
    for place, cell in enumerate(typed):
        line, said = lines.get(cell.pupil), read_mark(cell.text)
        reason = why_not_mark_of(said, evaluation.out_of) if said else f"« {cell.text} » {NO_MARK}"
        if line is None:
            reason = "Cet élève n’était pas dans le groupe ce jour-là."
        if reason:
            wrong[f"rows-{place}-mark"] = reason
        elif line and said:
            found.append((line, said, cell))
    if wrong:
        field, sentence = next(iter(wrong.items()))
        raise Refused(sentence, field=field, also=wrong)
    return found


def _store(db: Session, evaluation: Evaluation, news: Sequence[tuple[MarkLine, Said]], by: Actor) -> None:
    at = now()
    for line, said in news:
        db.add(
            Mark(
                evaluation_id=evaluation.id, pupil_id=line.pupil_id, standing=said.standing, points=said.points, at=at,
                by_id=by.staff_id, replaces_id=line.mark_id or None,
            )
        )  # fmt: skip
    corrected = {line.name: (line.said.words, said.words) for line, said in news if line.mark_id}
    first = len(news) - len(corrected)
    if first:
        many = "s" if first > 1 else ""
        journal.record(db, evaluation, "mark", f"{first} note{many} saisie{many}", by=by)
    if corrected:
        journal.record(db, evaluation, "correct", "Notes corrigées", by=by, changes=corrected)


def save_term(
    db: Session, term: Term | None, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> Term:
    """Create a term or change it: inside its school year, never two at once, never two of one name."""
    if wrong := why_not_term(values["starts_on"], values["ends_on"], school_year=values["school_year"]):
        raise Refused(wrong[0], field=wrong[1])
    for other in list_terms(db):
        if other is term:
            continue
        if other.starts_on <= values["ends_on"] and values["starts_on"] <= other.ends_on:
            days = f"du {other.starts_on:%d/%m/%Y} au {other.ends_on:%d/%m/%Y}"
            raise Refused(f"Cette période chevauche « {other.label} », {days}.", field="starts_on")
        if (other.school_year, other.label) == (values["school_year"], values["label"]):
            raise Refused(f"« {other.label} » existe déjà en {other.school_year}.", field="label")
    changes = {TERM_LABELS[name]: (getattr(term, name, None), values[name]) for name in TERM_LABELS}
    if term is not None and seen_version is not None and term.version != seen_version:
        rows = tuple((label, str(typed), str(stored)) for label, (stored, typed) in changes.items() if stored != typed)
        raise Stale(
            "Cette période a été modifiée pendant votre saisie. Rien n’a été écrasé.", rows, version=term.version
        )
    saved = term or Term(**values)
    for name, value in values.items():
        setattr(saved, name, value)
    saved.version = saved.version + 1 if term else 1
    db.add(saved)
    db.flush()  # its id, for the journal
    label = "Période modifiée" if term else f"Période « {saved.label} » ajoutée"
    journal.record(db, saved, "save", label, by=by, changes=changes if term else None)
    return saved


__all__ = [
    "LABELS", "TERM_LABELS", "MarkStanding", "Typed", "change_evaluation", "create_evaluation", "record_marks",
    "require_course", "save_term",
]  # fmt: skip
