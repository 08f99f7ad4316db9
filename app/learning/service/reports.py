"""Comments and opinions, line by line; reports issued as they stand, a correction as a new edition."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.learning.models import CouncilOpinion, IssuedReport, ReportComment, Term
from app.learning.queries.reports import CommentLine, comment_lines, opinion_lines
from app.learning.rules.marks import REPORT_LABELS, ReportKind
from app.learning.rules.reports import read_report, write_report
from app.learning.service.marks import require_course
from app.pedagogy.models import PupilGroup, Subject


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table as it was typed, and which version stood there when the page was read (0: none)."""

    pupil: str
    text: str
    seen: int


def save_comments(
    db: Session, term: Term, group: PupilGroup, subject: Subject, *, typed: Sequence[Line], by: Actor
) -> int:
    """What a teacher says of the pupils of a course; how many lines changed. Only who teaches it, or the direction."""
    require_course(db, group.id, subject.id, by=by)
    stored = comment_lines(db, term, group, subject.id)
    news = _news(stored, typed)
    for line, text in news:
        row = db.execute(
            select(ReportComment).where(
                ReportComment.term_id == term.id, ReportComment.subject_id == subject.id,
                ReportComment.pupil_id == line.pupil_id,
            )
        ).scalar_one_or_none()  # fmt: skip
        row = row or ReportComment(term_id=term.id, subject_id=subject.id, pupil_id=line.pupil_id, version=0)
        _write(db, row, text, by)
        _note(db, line, f"{term.label}, {subject.label}", text, by)
    return len(news)


def save_opinions(db: Session, term: Term, group: PupilGroup, *, typed: Sequence[Line], by: Actor) -> int:
    """What the class council says of the pupils of a group; how many lines changed."""
    news = _news(opinion_lines(db, term, group), typed)
    for line, text in news:
        row = db.execute(
            select(CouncilOpinion).where(CouncilOpinion.term_id == term.id, CouncilOpinion.pupil_id == line.pupil_id)
        ).scalar_one_or_none()
        _write(db, row or CouncilOpinion(term_id=term.id, pupil_id=line.pupil_id, version=0), text, by)
        _note(db, line, f"{term.label}, avis du conseil", text, by)
    return len(news)


def _news(stored: Sequence[CommentLine], typed: Sequence[Line]) -> list[tuple[CommentLine, str]]:
    lines = {line.code: line for line in stored}
    news, disputed = [], []
    for place, one in enumerate(typed):
        line = lines.get(one.pupil)
        if line is None:
            raise Refused("Cet élève n’était pas dans le groupe.", field=f"rows-{place}-text")
        if one.text == line.text:
            continue
        if one.seen != line.version:
            disputed.append((line.name, one.text or "–", line.text or "–"))
        news.append((line, one.text))
    if disputed:
        raise Stale("Quelqu’un a écrit pendant votre saisie. Rien n’a été écrasé.", tuple(disputed))
    return news


def _write(db: Session, row: ReportComment | CouncilOpinion, text: str, by: Actor) -> None:
    row.text, row.by_id, row.at = text, by.staff_id, now()
    row.version += 1
    db.add(row)


def _note(db: Session, line: CommentLine, where: str, text: str, by: Actor) -> None:
    changes = {where: (line.text, text)}
    label = "Appréciation écrite" if not line.text else "Appréciation corrigée"
    row = journal.entry_row("pupil_reports", line.pupil_id, "comment", label, by=by, changes=changes)
    journal.record_many(db, [row])


def issue(
    db: Session, kind: ReportKind, pupil_id: int, content: Any, *, term_id: int | None = None, reason: str = "",
    by: Actor,
) -> IssuedReport | None:  # fmt: skip
    """Freeze what a report says now. The same again is nothing; something else is a new edition, with its reason."""
    same = (
        IssuedReport.kind == kind, IssuedReport.pupil_id == pupil_id,
        IssuedReport.term_id.is_(None) if term_id is None else IssuedReport.term_id == term_id,
    )  # fmt: skip
    last = db.execute(select(IssuedReport).where(*same).order_by(IssuedReport.edition.desc()).limit(1)).scalar()
    told = write_report(asdict(content))
    if last is not None and read_report(last.content) == read_report(told):
        return None
    if last is not None and not reason:
        raise Refused(f"Déjà émis, édition {last.edition} : dites pourquoi il change.", field="reason")
    edition = int(db.scalar(select(func.coalesce(func.max(IssuedReport.edition), 0)).where(*same)) or 0) + 1
    made = IssuedReport(
        kind=kind, pupil_id=pupil_id, term_id=term_id, edition=edition, reason=reason, content=told, at=now(),
        by_id=by.staff_id,
    )  # fmt: skip
    db.add(made)
    label = f"{REPORT_LABELS[kind]} émis, édition {edition}"
    row = journal.entry_row("pupil_reports", pupil_id, "issue", label, by=by, note=reason)
    journal.record_many(db, [row])
    return made
