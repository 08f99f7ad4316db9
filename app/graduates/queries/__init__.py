"""Reads about results, offers and leavers. The figures of a session have one definition: `rules.cohort_figures`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.graduates.rules import CohortFigures, ExamVerdict, OfferState, Situation, cohort_figures
from app.pedagogy.models import Diploma, Pupil, PupilGroup

OFFER_SORTS = {"date": JobOffer.offered_on, "eleve": Pupil.sort_key, "entreprise": JobOffer.company_name}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil presented in a session. `offers` counts distinct companies; None when not a graduate."""

    code: str
    name: str
    diploma: str
    verdict: ExamVerdict
    offers: int | None
    companies: tuple[str, ...]
    situation: Situation | None
    employer: str | None


@dataclass(frozen=True, slots=True)
class CohortPage:
    """What the page of a session shows; `history` holds (session, figures) of the sessions before, oldest first."""

    session: int
    sessions: list[int]
    figures: CohortFigures
    candidates: list[Candidate]
    history: list[tuple[int, CohortFigures]]
    year_offers: int


@dataclass(frozen=True, slots=True)
class PupilFuture:
    """Results, offers and situations of one pupil."""

    pupil: Pupil
    results: list[ExamResult]
    offers: list[JobOffer]
    outcomes: list[Outcome]
    journal: list[Deed]


_SESSIONS = select(ExamResult.session).distinct().order_by(ExamResult.session.desc())
_RESULTS_SINCE = select(ExamResult.session, ExamResult.pupil_id, ExamResult.verdict).where(
    ExamResult.session >= bindparam("since")
)
_OFFERS_SINCE = (
    select(JobOffer.pupil_id, JobOffer.company_name)
    .where(
        JobOffer.pupil_id.in_(
            select(ExamResult.pupil_id).where(
                ExamResult.session >= bindparam("since"), ExamResult.verdict == ExamVerdict.PASSED
            )
        )
    )
    .distinct()
)
_PAIRS_FROM = (
    select(JobOffer.pupil_id, JobOffer.company_name)
    .where(JobOffer.offered_on >= bindparam("day"))
    .distinct()
    .subquery()
)
_COUNT_FROM = select(func.count()).select_from(_PAIRS_FROM)
_CANDIDATES = (
    select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Diploma.code.label("diploma"), ExamResult.verdict
    )
    .join(Pupil, Pupil.id == ExamResult.pupil_id)
    .join(Diploma, Diploma.id == ExamResult.diploma_id)
    .where(ExamResult.session == bindparam("session"))
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip
_COMPANIES = (
    select(JobOffer.pupil_id, JobOffer.company_name)
    .where(JobOffer.pupil_id.in_(bindparam("pupils", expanding=True)))
    .distinct()
    .order_by(JobOffer.company_name)
)
_OUTCOMES = (
    select(Outcome.pupil_id, Outcome.situation, Outcome.company_name)
    .where(Outcome.pupil_id.in_(bindparam("pupils", expanding=True)))
    .order_by(Outcome.as_of)
)


def sessions_known(db: Session) -> list[int]:
    """The sessions with results, latest first."""
    return list(run(db, _SESSIONS).scalars())


def figures_by_session(db: Session, since: int) -> dict[int, CohortFigures]:
    """The figures of every session from `since` on, in two statements."""
    results: dict[int, list[tuple[int, ExamVerdict]]] = {}
    for session, pupil, verdict in run(db, _RESULTS_SINCE, {"since": since}).all():
        results.setdefault(session, []).append((pupil, verdict))
    offers: list[tuple[int, str]] = [
        (pupil, company) for pupil, company in run(db, _OFFERS_SINCE, {"since": since}).all()
    ]
    return {session: cohort_figures(listed, offers) for session, listed in results.items()}


def session_figures(db: Session, session: int) -> tuple[CohortFigures, dict[int, str]]:
    """The figures of one session and the code of each graduate by id."""
    results = [
        (pupil, verdict)
        for pupil, verdict in db.execute(
            select(ExamResult.pupil_id, ExamResult.verdict).where(ExamResult.session == session)
        )
    ]
    of_session = select(ExamResult.pupil_id).where(ExamResult.session == session)
    offers = db.execute(
        select(JobOffer.pupil_id, JobOffer.company_name).where(JobOffer.pupil_id.in_(of_session)).distinct()
    )
    figures = cohort_figures(results, [(pupil, company) for pupil, company in offers])
    codes = db.execute(select(Pupil.id, Pupil.code).where(Pupil.id.in_(of_session)))
    return figures, dict(codes.all())


def cohort_page(db: Session, session: int | None, today: date) -> CohortPage | None:
    """The page of a session, the latest by default; None when no result is known yet."""
    known = sessions_known(db)
    if not known:
        return None
    session = session or known[0]
    by_session = figures_by_session(db, min(session, known[0] - 4))
    figures = by_session.get(session) or cohort_figures([], [])
    past = sorted((year, found) for year, found in by_session.items() if year > known[0] - 5)
    return CohortPage(session, known, figures, _candidates(db, session, figures), past, offers_since(db, _start(today)))


def _start(today: date) -> date:
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)


def _candidates(db: Session, session: int, figures: CohortFigures) -> list[Candidate]:
    rows = run(db, _CANDIDATES, {"session": session}).all()
    ids = [row.id for row in rows]
    companies: dict[int, list[str]] = {}
    for pupil, company in run(db, _COMPANIES, {"pupils": ids}).all():
        companies.setdefault(pupil, []).append(company)
    latest = _latest_outcomes(db, ids)
    return [
        Candidate(
            row.code, f"{row.first_name} {row.last_name}", row.diploma, row.verdict,
            figures.per_graduate.get(row.id), tuple(companies.get(row.id, ())), *latest.get(row.id, (None, None)),
        )
        for row in rows
    ]  # fmt: skip


def _latest_outcomes(db: Session, pupil_ids: list[int]) -> dict[int, tuple[Situation, str | None]]:
    found = run(db, _OUTCOMES, {"pupils": pupil_ids}).all()
    return {pupil: (situation, company) for pupil, situation, company in found}


def offers_since(db: Session, day: date) -> int:
    """Offers received since a day, each (pupil, company) pair once."""
    return int(run(db, _COUNT_FROM, {"day": day}).scalar_one())


@cache
def _listed(sort: str, *, with_words: bool, in_state: bool, descending: bool) -> Any:
    """The list's statement by its shape: with words to look for, of one state."""
    query: Any = (
        select(
            JobOffer.id, JobOffer.company_name, JobOffer.offered_on, JobOffer.contract, JobOffer.state,
            Pupil.code.label("pupil_code"), Pupil.first_name, Pupil.last_name, PupilGroup.code.label("group_code"),
        )
        .join(Pupil, Pupil.id == JobOffer.pupil_id)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    )  # fmt: skip
    if with_words:
        pattern: Any = bindparam("pattern", type_=String)
        company = func.lower(JobOffer.company_name).like(pattern, escape="\\")
        query = query.where(or_(Pupil.search_key.like(pattern, escape="\\"), company))
    if in_state:
        query = query.where(JobOffer.state == bindparam("state"))
    column = OFFER_SORTS[sort]
    return query.order_by(column.desc() if descending else column, JobOffer.id.desc())


def list_offers(db: Session, request: ListRequest, *, exact: bool = False) -> Page[Any]:
    """One page of offers; two statements."""
    asked = request.filters.get("suite", "")
    state = OfferState(asked) if asked in set(OfferState) else None
    query = _listed(request.sort, with_words=bool(request.q), in_state=state is not None, descending=request.descending)
    return fetch_page(db, query, request, {"pattern": like_pattern(request.q), "state": state}, exact=exact)


def get_offer(db: Session, offer_id: int, *, lock: bool = False) -> JobOffer:
    """An offer with its pupil."""
    query = select(JobOffer).where(JobOffer.id == offer_id).options(joinedload(JobOffer.pupil))
    found = db.execute(query.with_for_update(of=JobOffer) if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette promesse n’existe pas.")
    return found


def same_offer(db: Session, pupil_id: int, company_name: str, offered_on: date) -> JobOffer | None:
    """The offer of that company to that pupil on that day, if it is already known."""
    return db.execute(
        select(JobOffer).where(
            JobOffer.pupil_id == pupil_id, JobOffer.company_name == company_name, JobOffer.offered_on == offered_on
        )
    ).scalar_one_or_none()


def company_names(db: Session) -> list[str]:
    """Names already written on offers, to write them alike again."""
    return list(db.execute(select(JobOffer.company_name).distinct().order_by(JobOffer.company_name)).scalars())


def find_result(db: Session, pupil_id: int, diploma_id: int, session: int) -> ExamResult | None:
    """The result of a pupil at a diploma in a session."""
    return db.execute(
        select(ExamResult).where(
            ExamResult.pupil_id == pupil_id, ExamResult.diploma_id == diploma_id, ExamResult.session == session
        )
    ).scalar_one_or_none()


def result_sheet(db: Session, group_code: str, session: int) -> list[tuple[Pupil, ExamVerdict | None]]:
    """The pupils whose present or last group it is, each with the result in the session, if any."""
    rows = db.execute(
        select(Pupil, ExamResult.verdict)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .outerjoin(
            ExamResult,
            (ExamResult.pupil_id == Pupil.id)
            & (ExamResult.session == session)
            & (ExamResult.diploma_id == PupilGroup.diploma_id),
        )
        .where(PupilGroup.code == group_code)
        .order_by(Pupil.sort_key, Pupil.id)
    )
    return [(pupil, verdict) for pupil, verdict in rows]


def groups_of_sessions(db: Session, sessions: Sequence[int]) -> list[tuple[int, list[tuple[str, str]]]]:
    """(session, [(code, label)]): the groups whose school year ends with the session, the latest session first."""
    years = {f"{session - 1}-{session}": session for session in sessions}
    query = (
        select(PupilGroup.school_year, PupilGroup.code, PupilGroup.label)
        .where(PupilGroup.school_year.in_(years))
        .order_by(PupilGroup.school_year.desc(), PupilGroup.code)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for year, code, label in db.execute(query):
        found.setdefault(years[year], []).append((code, label))
    return list(found.items())


def get_group(db: Session, code: str) -> PupilGroup:
    """A group by its code."""
    found = db.execute(select(PupilGroup).where(PupilGroup.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun groupe n’a le code « {code} ».")
    return found


def get_pupil(db: Session, code: str) -> Pupil:
    """A pupil by the school's own code."""
    found = db.execute(select(Pupil).where(Pupil.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun élève n’a le code « {code} ».")
    return found


def pupil_options(db: Session) -> list[tuple[str, str]]:
    """(code, name and group) of the pupils, in name order; those who left stay proposed, offers come late."""
    rows = db.execute(
        select(Pupil.code, Pupil.last_name, Pupil.first_name, PupilGroup.code)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .order_by(Pupil.sort_key, Pupil.id)
    )
    return [(code, f"{last} {first} ({group})") for code, last, first, group in rows]


def pupil_future(db: Session, code: str) -> PupilFuture:
    """All that is known of one pupil's results, offers and situations."""
    pupil = get_pupil(db, code)
    results = db.execute(
        select(ExamResult)
        .where(ExamResult.pupil_id == pupil.id)
        .options(joinedload(ExamResult.diploma))
        .order_by(ExamResult.session.desc())
    ).scalars()
    offers = db.execute(select(JobOffer).where(JobOffer.pupil_id == pupil.id).order_by(JobOffer.offered_on.desc()))
    outcomes = db.execute(select(Outcome).where(Outcome.pupil_id == pupil.id).order_by(Outcome.as_of.desc()))
    return PupilFuture(
        pupil, list(results), list(offers.scalars()), list(outcomes.scalars()),
        history(db, "pupil_future", pupil.id),
    )  # fmt: skip
