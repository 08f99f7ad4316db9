"""Frameworks, evidence, marks, terms, issued reports, exams."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now, today
from app.graduates.models import EntryUnit, ExamEntry, ExamUnit
from app.graduates.rules import UnitMode, UnitStanding
from app.learning.models import Evaluation, IssuedReport, Mark, ReportComment, Term
from app.learning.rules.marks import MarkStanding, ReportKind
from app.pedagogy.models import (
    Diploma,
    ExamSession,
    Framework,
    FrameworkSkill,
    Pupil,
    PupilGroup,
    SelfAssessment,
    SkillEvidence,
    Subject,
)
from app.workshop.models import Ticket
from tests.factories.numbers import serial


def make_framework(db: Session, diploma: Diploma, *codes: str, **other: Any) -> Framework:
    """A version with these skills in one block, for every session."""
    values = {"label": f"Version {serial()}", "from_session": 2000, "created_at": now()} | other
    framework = Framework(diploma_id=diploma.id, **values)
    db.add(framework)
    db.flush()
    for place, code in enumerate(codes):
        skill = {"block_code": "EP1", "block_title": "Épreuve", "code": code, "label": f"Savoir {code}"}
        db.add(FrameworkSkill(framework_id=framework.id, position=place, **skill))
    db.flush()
    return framework


def make_evidence(db: Session, pupil: Pupil, code: str, **other: Any) -> SkillEvidence:
    """An assessment of today."""
    values = {"level": 3, "source": "exercise", "source_label": f"Travail {serial()}", "on_date": today(), "at": now()}
    evidence = SkillEvidence(pupil_id=pupil.id, skill_code=code, **(values | other))
    db.add(evidence)
    db.flush()
    return evidence


def make_own_word(db: Session, pupil: Pupil, ticket: Ticket, code: str | None, **other: Any) -> SelfAssessment:
    """What a pupil said on a tablet: alone, without a sentence."""
    values = {"level": 2, "sentence": "", "at": now()} | other
    said = SelfAssessment(pupil_id=pupil.id, ticket_id=ticket.id, source_label=ticket.number, skill_code=code, **values)
    db.add(said)
    db.flush()
    return said


def make_term(db: Session, **other: Any) -> Term:
    """The first term of this school year; asked again, the same."""
    values = {
        "school_year": "2026-2027", "label": "1er trimestre", "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 11, 27),
    } | other  # fmt: skip
    found = db.execute(
        select(Term).where(Term.school_year == values["school_year"], Term.label == values["label"])
    ).scalar_one_or_none()
    term = found or Term(**values)
    db.add(term)
    db.flush()
    return term


def make_evaluation(db: Session, group: PupilGroup, subject: Subject, **other: Any) -> Evaluation:
    """A test of last week out of 20."""
    values = {
        "title": f"Contrôle {serial()}", "on_date": date(2026, 11, 17), "out_of": Decimal(20),
        "coefficient": Decimal(1), "created_at": now(),
    } | other  # fmt: skip
    evaluation = Evaluation(group_id=group.id, subject_id=subject.id, **values)
    db.add(evaluation)
    db.flush()
    return evaluation


def make_mark(db: Session, evaluation: Evaluation, pupil: Pupil, points: str = "12.5") -> Mark:
    """A mark."""
    mark = Mark(
        evaluation_id=evaluation.id, pupil_id=pupil.id, standing=MarkStanding.MARKED, points=Decimal(points), at=now()
    )
    db.add(mark)
    db.flush()
    return mark


def make_units(db: Session, diploma: Diploma, *units: tuple[str, str], **other: Any) -> list[ExamUnit]:
    """Units (code, coefficient) for every session."""
    values = {"from_session": 2000, "mode": UnitMode.FINAL} | other
    made = [
        ExamUnit(diploma_id=diploma.id, code=code, label=f"Épreuve {code}", coefficient=Decimal(weight), position=place,
                 **values)
        for place, (code, weight) in enumerate(units)
    ]  # fmt: skip
    db.add_all(made)
    db.flush()
    return made


def make_exam(db: Session, diploma: Diploma, **other: Any) -> ExamSession:
    """The session of June 2027."""
    values = {"session": 2027, "starts_on": date(2027, 6, 1), "ends_on": date(2027, 6, 12)} | other
    exam = ExamSession(diploma_id=diploma.id, **values)
    db.add(exam)
    db.flush()
    return exam


def make_entry(db: Session, exam: ExamSession, pupil: Pupil, units: list[ExamUnit]) -> ExamEntry:
    """A pupil entered for these units."""
    entry = ExamEntry(exam_session_id=exam.id, pupil_id=pupil.id, at=now())
    db.add(entry)
    db.flush()
    db.add_all(EntryUnit(entry_id=entry.id, unit_id=unit.id, standing=UnitStanding.TAKEN) for unit in units)
    db.flush()
    return entry


@dataclass(frozen=True)
class Schooling:
    """One of each thing of learning, to look at."""

    framework: Framework
    evidence: SkillEvidence
    term: Term
    evaluation: Evaluation
    issued: IssuedReport
    exam: ExamSession


def make_schooling(db: Session, group: PupilGroup, pupil: Pupil, subject: Subject) -> Schooling:
    """A framework, marks, a comment, an issued report and an exam of one group."""
    framework = make_framework(db, group.diploma, "C1", "C2")
    evidence = make_evidence(db, pupil, "C1", framework_id=framework.id)
    make_evidence(db, pupil, "C2", framework_id=framework.id, level=None)
    term, evaluation = make_term(db), make_evaluation(db, group, subject)
    make_mark(db, evaluation, pupil)
    db.add(ReportComment(term_id=term.id, subject_id=subject.id, pupil_id=pupil.id, text="Bien", at=now()))
    content = (
        '{"pupil": "Noa", "born_on": "", "group": "", "diploma": "", "framework": "", "school": [], "head": "", '
        '"blocks": [], "own": []}'
    )
    issued = IssuedReport(kind=ReportKind.SKILLS, pupil_id=pupil.id, edition=1, content=content, at=now())
    db.add(issued)
    exam = make_exam(db, group.diploma)
    make_entry(db, exam, pupil, make_units(db, group.diploma, ("EP1", "9")))
    return Schooling(framework, evidence, term, evaluation, issued, exam)
