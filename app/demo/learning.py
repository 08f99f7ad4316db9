"""The demonstration's framework with its units, what masters and teachers saw since September, marks and reports."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import now, today
from app.core.tabular import read_table
from app.demo.lessons import DIPLOMA, SKILLS
from app.learning.models import Evaluation, Mark, ReportComment, Term
from app.learning.queries.courses import Course, all_courses
from app.learning.queries.marks import members_between
from app.learning.rules.marks import MarkStanding
from app.learning.service.frameworks import store_frameworks
from app.pedagogy.models import Framework, Membership, PupilGroup, SkillEvidence, Subject, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import SessionKind, school_year_label, school_year_of

UNITS = {"EP1": ("Conduite en mode normal", "A1 A2 A3 A4"), "EP2": ("Intervention durant la production", "A5 A6")}
INDICATORS = {
    "A3": ("Les outils sont montés et les origines prises", "La première pièce est dans les tolérances"),
    "A4": ("La cadence est tenue", "Les contrôles sont faits à la fréquence demandée"),
}  # fmt: skip
FROM_SESSION = 2014
WEEK = timedelta(days=7)
WORKS = (
    "Exercice de cotation", "Montage d’outil", "Réglage des origines", "Série d’entretoises", "Contrôle au micromètre",
    "Recherche de panne", "Graissage du tour", "Passation de poste",
)  # fmt: skip


def teach(db: Session) -> None:
    """The official framework by its import, and evidence of this school year for the groups of today."""
    store_frameworks(db, read_table(_file().encode()), label="Arrêté du 30 mars 2012", from_session=FROM_SESSION,
                     by=SYSTEM)  # fmt: skip
    for group in db.execute(select(PupilGroup).where(PupilGroup.code.startswith("CAP1"))).scalars():
        group.exam_session = int(group.school_year[5:]) + 1  # two years of training: the exam ends the second
    db.flush()  # what follows reads it
    _show_skills(db)
    mark(db)


def _file() -> str:
    lines = ["diploma;unit;unit_title_fr;competence_code;competence_fr;indicator"]
    for unit, (title, codes) in UNITS.items():
        for code in codes.split():
            lines += [f"{DIPLOMA};{unit};{title};{code};{SKILLS[code]};{told}" for told in INDICATORS.get(code, ("",))]
    return "\n".join(lines)


def _show_skills(db: Session) -> None:
    """About one assessment a week and pupil since September; older pupils know more, and nobody did everything."""
    start = school_year_of(today()).start or today()
    framework = db.execute(select(Framework.id)).scalar_one()
    masters = _masters(db)
    rows = []
    people = db.execute(
        select(Membership.pupil_id, PupilGroup.code, PupilGroup.id)
        .join(PupilGroup, PupilGroup.id == Membership.group_id)
        .where(belongs_on(today()), PupilGroup.school_year == school_year_label(today()))
    ).all()
    for pupil, group, group_id in people:
        rng = Random(f"skills/{pupil}")  # noqa: S311 - a story, not a secret
        second = group.startswith("CAP2")
        codes = list(SKILLS)[: rng.randint(4, 6)] if second else list(SKILLS)[: rng.randint(2, 4)]
        day = start + timedelta(days=rng.randint(7, 14))
        if rng.random() < 0.4:  # shown last week, its level still to be said
            seen = {"pupil_id": pupil, "framework_id": framework, "assessor_id": masters.get(group_id), "level": None}
            rows.append(_assessed(rng, codes, better=second) | seen | {"on_date": max(start, today() - WEEK)})
        while day < today():
            said = _assessed(rng, codes, better=second)
            rows.append(said | {
                "pupil_id": pupil, "framework_id": framework, "on_date": day, "assessor_id": masters.get(group_id),
            })  # fmt: skip
            day += timedelta(days=rng.randint(5, 10))
            day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    if rows:
        db.execute(insert(SkillEvidence), rows)


def _assessed(rng: Random, codes: list[str], *, better: bool) -> dict[str, object]:
    return {
        "skill_code": rng.choice(codes), "level": min(4, rng.choice((1, 2, 2, 3)) + better), "source": "exercise",
        "source_label": rng.choice(WORKS), "source_url": "", "self_assessed": False, "comment": None, "at": now(),
    }  # fmt: skip


def _masters(db: Session) -> dict[int, int]:
    rows = db.execute(
        select(TimetableSession.group_id, TimetableSession.staff_id)
        .join(Subject, Subject.id == TimetableSession.subject_id)
        .where(Subject.kind == SessionKind.PRACTICE)
        .distinct()
    ).all()
    return {row.group_id: row.staff_id for row in rows}


TERMS = (("1er trimestre", (9, 1), (11, 27)), ("2e trimestre", (11, 28), (3, 12)), ("3e trimestre", (3, 13), (7, 10)))
TITLES = {
    "FR": ("Compte rendu d’activité", "Dictée préparée", "Lettre de motivation"),
    "MATH": ("Proportionnalité", "Trigonométrie", "Statistiques de cotes"),
    "HG": ("La République", "Carte du Grand Est"), "ANG": ("Tools and machines", "A phone call"),
    "PC": ("Masse volumique", "Forces et moments"), "PSE": ("Les protections",), "EPS": ("Course de durée",),
    "ATELIER": ("Série d’entretoises", "Réglage du tour"),
}  # fmt: skip
REMARKS = (
    "Travail sérieux, continuez.", "De bons résultats ; participez davantage à l’oral.",
    "Des progrès depuis la rentrée. Revoyez le vocabulaire.", "Trop de travaux non rendus : parlons-en.",
    "Ensemble solide. Vous aidez les autres, c’est précieux.", "Des efforts réguliers, les bases sont là.",
)  # fmt: skip


def mark(db: Session) -> None:
    """The terms of this school year, the marks of the first one, and most of its comments: some are still to write."""
    year = school_year_label(today())
    first = int(year[:4])
    for label, start, end in TERMS:
        db.add(Term(school_year=year, label=label, starts_on=_day(first, start), ends_on=_day(first, end)))
    db.flush()  # what follows reads it
    term = db.execute(select(Term).where(Term.school_year == year).order_by(Term.starts_on)).scalars().first()
    if term is None:
        return
    for course in all_courses(db, year):
        _evaluate(db, course, term)


def _day(first: int, day: tuple[int, int]) -> date:
    return date(first if day[0] >= 9 else first + 1, *day)


def _evaluate(db: Session, course: Course, term: Term) -> None:
    rng = Random(f"marks/{course.key}")  # noqa: S311 - a story, not a secret
    members = members_between(db, course.group_id, term.starts_on, term.ends_on)
    days = sorted({
        row.on_date: row.staff_id
        for row in db.execute(
            select(TimetableSession.on_date, TimetableSession.staff_id).where(
                TimetableSession.group_id == course.group_id, TimetableSession.subject_id == course.subject_id,
                TimetableSession.on_date >= term.starts_on, TimetableSession.on_date <= min(term.ends_on, today()),
            )
        )
    }.items())  # fmt: skip
    titles = TITLES.get(course.subject_code, ())
    for place, title in enumerate(titles):
        if not days:
            return
        on_date, staff = days[(place + 1) * len(days) // (len(titles) + 1)]
        evaluation = Evaluation(
            group_id=course.group_id, subject_id=course.subject_id, title=title, on_date=on_date, out_of=Decimal(20),
            coefficient=Decimal(place % 2 + 1), staff_id=staff, created_at=now(),
        )  # fmt: skip
        db.add(evaluation)
        db.flush()  # its id, for the marks
        db.add_all(
            Mark(evaluation_id=evaluation.id, pupil_id=one.id, at=now(), by_id=staff, **_given(rng)) for one in members
        )
    said = [one for one in members if rng.random() < 0.8]
    db.add_all(
        ReportComment(
            term_id=term.id, subject_id=course.subject_id, pupil_id=one.id, text=rng.choice(REMARKS), at=now()
        )
        for one in said
    )


def _given(rng: Random) -> dict[str, object]:
    if rng.random() < 0.05:
        return {"standing": rng.choice((MarkStanding.ABSENT, MarkStanding.MISSING)), "points": None}
    points = Decimal(min(40, max(8, round(rng.gauss(25, 5))))) / 2
    return {"standing": MarkStanding.MARKED, "points": points}
