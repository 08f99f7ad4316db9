"""The JSON door to quality: checks, releases, non-conformances, rates; the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code, Day, Line
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, schemas, service
from app.workshop.forms import (
    ChecksForm,
    DecisionForm,
    FindingForm,
    FirstArticleForm,
    NoteForm,
    ReleaseForm,
    RemakeForm,
    SubmitForm,
)
from app.workshop.rules import DefectState
from app.workshop.schemas import DefectList, DefectOut, QualityOut, SheetOut, TicketOut, WaitingList
from app.workshop.service import Finding

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["quality"])
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
REPORT = [allow(Permission.TICKET_REPORT)]


def _document(db: Db, me: Me, number: str) -> TicketOut:
    db.flush()  # what was just written, so that the document read again shows it
    return schemas.ticket_out(queries.ticket_page(db, number, by=me))


def _pupil(db: Db, code: str | None) -> int | None:
    return queries.pupil_ids(db, [code], field="pupil")[0] if code else None


@router.get("/tickets/{number}/checks", name="workshop.api_show_checks", dependencies=READ)
def show_checks(db: Db, number: str) -> SheetOut:
    """The check points of a ticket, what was checked and what is missing."""
    return schemas.sheet_out(number, queries.check_sheet(db, queries.get_ticket(db, number)))


@router.post("/tickets/{number}/checks", name="workshop.api_record_checks", status_code=201, dependencies=REPORT)
def record_checks(db: Db, me: Me, number: str, body: ChecksForm) -> SheetOut:
    """Note checks, all or none. With a `pupil` they are his own, else a master's. A doubtful measure is refused once:
    send it again with the same figure in `sure`.
    """
    ticket = queries.get_ticket(db, number, lock=True)
    readings = [row.reading for row in body.checks]
    service.record_checks(db, ticket, readings, stage=body.stage, pupil_id=_pupil(db, body.pupil), by=me)
    return schemas.sheet_out(number, queries.check_sheet(db, ticket))


@router.post("/tickets/{number}/submit", name="workshop.api_submit_ticket", dependencies=REPORT)
def submit_ticket(db: Db, me: Me, number: str, body: SubmitForm | None = None) -> TicketOut:
    """The work is handed in to be checked: clocks stop, the last pieces are stated."""
    given, ticket = body or SubmitForm(), queries.get_ticket(db, number, lock=True)
    service.submit(
        db, ticket, counts=given.counts, reason=given.reason, pupil_id=_pupil(db, given.pupil),
        seen_version=given.version, by=me,
    )  # fmt: skip
    return _document(db, me, number)


@router.post("/tickets/{number}/release", name="workshop.api_release_ticket", dependencies=GIVE)
def release_ticket(db: Db, me: Me, number: str, body: ReleaseForm) -> TicketOut:
    """The work is conform; `override` says why although something is missing, `levels` what was seen of the skills."""
    ticket = queries.get_ticket(db, number, lock=True)
    codes = [row.pupil for row in body.levels]
    ids = dict(zip(codes, queries.pupil_ids(db, codes), strict=True))
    levels = {(ids[row.pupil], row.skill): row.level for row in body.levels}
    service.release(
        db, ticket, note=body.note, override=body.override, levels=levels, seen_version=body.version, by=me
    )  # fmt: skip
    return _document(db, me, number)


@router.post("/tickets/{number}/reject", name="workshop.api_reject_ticket", dependencies=GIVE)
def reject_ticket(db: Db, me: Me, number: str, body: NoteForm) -> TicketOut:
    """The same hands do it again."""
    ticket = queries.get_ticket(db, number, lock=True)
    service.reject(db, ticket, note=body.note, seen_version=body.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/first-article", name="workshop.api_release_first_article", dependencies=GIVE)
def release_first_article(db: Db, me: Me, number: str, body: FirstArticleForm) -> TicketOut:
    """The first piece is good: the series may go on."""
    ticket = queries.get_ticket(db, number, lock=True)
    service.release_first_article(
        db, ticket, note=body.note, override=body.override, seen_version=body.version, by=me
    )  # fmt: skip
    return _document(db, me, number)


@router.post(
    "/tickets/{number}/first-article/refusal", name="workshop.api_refuse_first_article", status_code=201,
    dependencies=GIVE,
)  # fmt: skip
def refuse_first_article(db: Db, me: Me, number: str, body: FindingForm) -> DefectOut:
    """The first piece is not good: a non-conformance is opened for it."""
    ticket = queries.get_ticket(db, number, lock=True)
    finding = Finding(1, body.cause, body.description, point_id=body.point)
    defect = service.refuse_first_article(db, ticket, finding, seen_version=body.version, by=me)
    return schemas.defect_out(queries.defect_page(db, defect.number))


@router.get("/releases", name="workshop.api_list_releases", dependencies=READ)
def list_releases(db: Db) -> WaitingList:
    """What waits for a master."""
    found = queries.release_list(db)
    return WaitingList(
        items=[schemas.waiting_out(each) for each in found.waiting], first_articles=[row.number for row in found.first]
    )  # fmt: skip


@router.post("/tickets/{number}/remake", name="workshop.api_remake", status_code=201, dependencies=GIVE)
def remake(request: Request, db: Db, me: Me, *, number: str, body: RemakeForm, response: Response) -> TicketOut:
    """A ticket on the first operation for pieces that were scrapped on this one, which is answered."""
    ticket = queries.get_ticket(db, number, lock=True)
    made = service.remake(db, ticket, quantity=body.quantity, seen_version=body.version, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_ticket", number=made.number)
    return _document(db, me, made.number)


@router.get("/defects", name="workshop.api_list_defects", dependencies=READ)
def list_defects(
    db: Db,
    *,
    state: Annotated[DefectState | None, Query()] = None,
    cause: Annotated[Line | None, Query()] = None,
    work_center: Annotated[Code | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DefectList:
    """Non-conformances by number."""
    groups = {DefectState.OPEN: "ouvertes", DefectState.DECIDED: "decidees", DefectState.CLOSED: "closes"}
    filters = {"etat": groups[state] if state else "toutes", "cause": cause or "", "poste": work_center or ""}
    found = queries.list_defects(
        db, ListRequest(sort="numero", page=page, size=size, filters=filters), exact=True
    )  # fmt: skip
    items = [schemas.defect_line(row) for row in found.items]
    return DefectList(items=items, total=found.total, page=page, size=size)


@router.get("/defects/{number}", name="workshop.api_show_defect", dependencies=READ)
def show_defect(db: Db, number: str) -> DefectOut:
    """One non-conformance."""
    return schemas.defect_out(queries.defect_page(db, number))


@router.post("/tickets/{number}/defects", name="workshop.api_open_defect", status_code=201, dependencies=REPORT)
def open_defect(request: Request, db: Db, me: Me, *, number: str, body: FindingForm, response: Response) -> DefectOut:
    """Set pieces of a ticket aside until it is decided what becomes of them."""
    ticket = queries.get_ticket(db, number, lock=True)
    finding = Finding(
        body.pieces, body.cause, body.description, body.counted, None, body.point, _pupil(db, body.pupil)
    )  # fmt: skip
    defect = service.open_defect(db, ticket, finding, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_defect", number=defect.number)
    return schemas.defect_out(queries.defect_page(db, defect.number))


@router.post("/defects/{number}/decision", name="workshop.api_decide_defect", dependencies=GIVE)
def decide_defect(db: Db, me: Me, number: str, body: DecisionForm) -> DefectOut:
    """Rework, scrap (and make again), or accept with the client's written agreement."""
    defect = queries.get_defect(db, number, lock=True)
    service.decide_defect(db, defect, body.draft, seen_version=body.version, by=me)
    db.flush()  # the decision, so that the document read again shows it
    return schemas.defect_out(queries.defect_page(db, number))


@router.get("/quality", name="workshop.api_show_quality", dependencies=READ)
def show_quality(
    db: Db,
    *,
    first: Annotated[Day, Query()],
    last: Annotated[Day, Query()],
    work_center: Annotated[Code | None, Query()] = None,
    group: Annotated[Code | None, Query()] = None,
) -> QualityOut:
    """Scrap, rework and first-pass rates between two days, both included."""
    if sentence := rules.why_not_period(first, last):
        raise Refused(sentence, field="last")
    return schemas.quality_out(queries.quality_of(db, first, last, center=work_center, group=group))
