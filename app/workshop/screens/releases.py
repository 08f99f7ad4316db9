"""Work handed in, released or sent back; first pieces; the list of what waits for a master."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused, Stale
from app.core.permissions import Permission
from app.pedagogy.queries import level_names
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import (
    FindingForm,
    FirstArticleForm,
    LevelRow,
    NoteForm,
    ReleaseForm,
    ReleaseManyForm,
    SubmitForm,
)
from app.workshop.service import Finding

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, REPORT = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_REPORT)]
GIVE = [allow(Permission.TICKET_GIVE)]


@router.get("/atelier/controles", name="workshop.list_releases", dependencies=READ)
def list_releases(request: Request, db: Db) -> Response:
    """What waits for a master: work handed in, first pieces."""
    return _list_page(request, db, blank_form())


@router.post("/atelier/controles", name="workshop.release_many", dependencies=GIVE)
def release_many(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Those that were ticked are released, all or none, with the levels that were given."""
    form = posted.read(ReleaseManyForm)
    with form.refusals():
        if form.ok:
            _release_all(db, me, form.valid)
            count = len(form.valid.tickets)
            words = f"{count} bons validés." if count > 1 else "Bon validé."
            return redirect(request, url(request, "workshop.list_releases"), flash=words)
    return _list_page(request, db, form, status=form.status)


def _release_all(db: Db, me: Me, given: ReleaseManyForm) -> None:
    for place, row in enumerate(given.tickets):
        levels = _levels(db, [level for level in given.levels if level.ticket == row.number])
        ticket = queries.get_ticket(db, row.number, lock=True)
        try:
            service.release(db, ticket, levels=levels, seen_version=row.version, by=me)
        except (Refused, Stale) as trouble:
            raise Refused(f"{row.number} : {trouble.sentence}", field=f"tickets-{place}-release") from trouble


def _levels(db: Db, rows: list[LevelRow]) -> dict[tuple[int, str], int]:
    ids = dict(zip([row.pupil for row in rows], queries.pupil_ids(db, [row.pupil for row in rows]), strict=True))
    return {(ids[row.pupil], row.skill): row.level for row in rows}


def _list_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    return page(
        request, "workshop/releases.html", status=status, found=queries.release_list(db), form=form,
        levels=tuple(level_names(db).items()),
    )  # fmt: skip


@router.get("/atelier/bons/{number}/remise", name="workshop.ask_submit", dependencies=REPORT)
def ask_submit(request: Request, db: Db, number: str) -> Response:
    """How many were made since the last statement?"""
    found = queries.ticket_facts(db, number)
    rules.TICKET.require("submit", found.ticket.state)
    form = blank_form({"good": found.suggested, "scrap": 0, "version": found.ticket.version})
    return _ask(request, db, number, "submit", form=form)


@router.post("/atelier/bons/{number}/remise", name="workshop.submit_ticket", dependencies=REPORT)
def submit_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The work is handed in to be checked."""
    form = posted.read(SubmitForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            pupil_id = queries.pupil_ids(db, [given.pupil], field="pupil")[0] if given.pupil else None
            service.submit(
                db, ticket, counts=given.counts, reason=given.reason, pupil_id=pupil_id,
                seen_version=given.version, by=me,
            )  # fmt: skip
            return _to_ticket(request, number, "Bon à contrôler.")
    return _ask(request, db, number, "submit", form=form, status=form.status)


@router.get("/atelier/bons/{number}/validation", name="workshop.ask_release", dependencies=GIVE)
def ask_release(request: Request, db: Db, number: str) -> Response:
    """What was checked, what is missing, what was seen of the skills."""
    ticket = queries.get_ticket(db, number)
    rules.TICKET.require("release", ticket.state)
    return _ask(request, db, number, "release", form=blank_form({"version": ticket.version}))


@router.post("/atelier/bons/{number}/validation", name="workshop.release_ticket", dependencies=GIVE)
def release_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The work is conform."""
    form = posted.read(ReleaseForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            service.release(
                db, ticket, note=given.note, override=given.override, levels=_levels(db, given.levels),
                seen_version=given.version, by=me,
            )  # fmt: skip
            return redirect(request, url(request, "workshop.list_releases"), flash=f"{number} validé.")
    return _ask(request, db, number, "release", form=form, status=form.status)


@router.get("/atelier/bons/{number}/renvoi", name="workshop.ask_reject", dependencies=GIVE)
def ask_reject(request: Request, db: Db, number: str) -> Response:
    """What is wrong?"""
    ticket = queries.get_ticket(db, number)
    rules.TICKET.require("reject", ticket.state)
    return _ask(request, db, number, "reject", form=blank_form({"version": ticket.version}))


@router.post("/atelier/bons/{number}/renvoi", name="workshop.reject_ticket", dependencies=GIVE)
def reject_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The same hands do it again."""
    form = posted.read(NoteForm)
    with form.refusals():
        if form.ok:
            ticket = queries.get_ticket(db, number, lock=True)
            service.reject(db, ticket, note=form.valid.note, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "workshop.list_releases"), flash=f"{number} renvoyé.")
    return _ask(request, db, number, "reject", form=form, status=form.status)


@router.get("/atelier/bons/{number}/premiere-piece", name="workshop.ask_first_article", dependencies=GIVE)
def ask_first_article(request: Request, db: Db, number: str) -> Response:
    """Is the first piece good?"""
    version = queries.get_ticket(db, number).version
    return _ask(request, db, number, "first", form=blank_form({"version": version, "pieces": 1}))


@router.post("/atelier/bons/{number}/premiere-piece", name="workshop.release_first_article", dependencies=GIVE)
def release_first_article(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The series may go on."""
    form = posted.read(FirstArticleForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            service.release_first_article(
                db, ticket, note=given.note, override=given.override, seen_version=given.version, by=me
            )
            return _to_ticket(request, number, "Première pièce validée.")
    return _ask(request, db, number, "first", form=form, status=form.status)


@router.post("/atelier/bons/{number}/premiere-piece/refus", name="workshop.refuse_first_article", dependencies=GIVE)
def refuse_first_article(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A sheet is opened for it, another first piece is made."""
    form = posted.read(FindingForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            finding = Finding(1, given.cause, given.description, point_id=given.point)
            defect = service.refuse_first_article(db, ticket, finding, seen_version=given.version, by=me)
            return redirect(
                request, url(request, "workshop.show_defect", number=defect.number), flash=f"{defect.number} ouverte."
            )
    return _ask(request, db, number, "first", form=form, status=form.status)


def _ask(request: Request, db: Db, number: str, kind: str, *, form: Form[Any], status: int = 200) -> Response:
    """The page of a gesture about checked work, with the checks beside."""
    found = queries.release_page(db, number)
    reasons = [(word, word) for word in rules.SCRAP_REASONS]
    return page(
        request, "workshop/release.html", status=status, page=found.facts, sheet=found.sheet, kind=kind, form=form,
        trouble=found.trouble, skills=found.skills, told=found.told, levels=tuple(level_names(db).items()),
        reasons=reasons, verdict=rules.verdict_words, live=True,
    )  # fmt: skip


def _to_ticket(request: Request, number: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_ticket", number=number), flash=words)
