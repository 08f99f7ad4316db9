"""Links for calendar programs: one's own, a pupil's; and the public address that such a program reads."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import now
from app.core.permissions import Permission
from app.pedagogy.queries import get_pupil_by_code
from app.timetable import queries, service
from app.timetable.forms import FeedForm
from app.timetable.rules.feeds import calendar_text
from app.web.deps import PUBLIC, Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LABELS = {"holder": "Remis à"}


@router.get("/agenda/{token}.ics", name="timetable.read_feed", dependencies=[PUBLIC])
def read_feed(request: Request, db: Db, token: str) -> Response:
    """The sessions behind a secret address, as a calendar file."""
    name, events = queries.open_feed(db, token)
    host = request.url.hostname or "compagnon"
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="agenda.ics"'}
    content = calendar_text(name, events, host=host, stamp=now())
    return Response(content, media_type="text/calendar", headers=headers)


@router.get("/semaine/agenda", name="timetable.list_own_feeds", dependencies=READ)
def list_own_feeds(request: Request, db: Db, me: Me) -> Response:
    """One's own links."""
    feeds = queries.list_feeds(db, staff_id=me.staff_id)
    return page(request, "timetable/feeds.html", feeds=feeds, pupil=None, link="", form=blank_form(), labels=LABELS)


@router.post("/semaine/agenda", name="timetable.issue_own_feed", dependencies=READ)
def issue_own_feed(request: Request, db: Db, me: Me) -> Response:
    """A new link, shown once."""
    token = service.issue_own_feed(db, by=me)
    feeds = queries.list_feeds(db, staff_id=me.staff_id)
    return page(
        request, "timetable/feeds.html", feeds=feeds, pupil=None, link=_address(request, token), form=blank_form(),
        labels=LABELS,
    )  # fmt: skip


@router.get("/eleves/{code}/agenda", name="timetable.list_pupil_feeds", dependencies=EDIT)
def list_pupil_feeds(request: Request, db: Db, code: str) -> Response:
    """The links to a pupil's sessions."""
    return _pupil_page(request, db, code, blank_form(), link="", status=200)


@router.post("/eleves/{code}/agenda", name="timetable.issue_pupil_feed", dependencies=EDIT)
def issue_pupil_feed(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """A new link for the pupil or a guardian, shown once."""
    pupil = get_pupil_by_code(db, code)
    form = posted.read(FeedForm)
    if not form.ok:
        return _pupil_page(request, db, code, form, link="", status=form.status)
    token = service.issue_pupil_feed(db, pupil, holder=form.valid.holder, by=me)
    return _pupil_page(request, db, code, blank_form(), link=_address(request, token), status=200)


@router.post("/semaine/agenda/{feed_id}/retrait", name="timetable.revoke_feed", dependencies=READ)
def revoke_feed(request: Request, db: Db, me: Me, feed_id: Id) -> Response:
    """The link opens no more."""
    feed = queries.get_feed(db, feed_id, lock=True)
    service.revoke_feed(db, feed, by=me)
    back = url(request, "timetable.list_own_feeds")
    if feed.pupil is not None:
        back = url(request, "timetable.list_pupil_feeds", code=feed.pupil.code)
    return redirect(request, back, flash="Lien d’agenda retiré.")


def _address(request: Request, token: str) -> str:
    return str(request.app.state.settings.address + url(request, "timetable.read_feed", token=token))


def _pupil_page(request: Request, db: Db, code: str, form: Form[FeedForm], *, link: str, status: int) -> Response:
    pupil = get_pupil_by_code(db, code)
    feeds = queries.list_feeds(db, pupil_id=pupil.id)
    return page(
        request, "timetable/feeds.html", status=status, feeds=feeds, pupil=pupil, link=link, form=form, labels=LABELS
    )  # fmt: skip
