"""*Badges*: who has one, new ones on a sheet to cut, a lost one taken back."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.accounts.queries import find_school
from app.core.errors import Refused
from app.core.permissions import Permission
from app.kiosk import queries, service
from app.kiosk.forms import IssueForm
from app.kiosk.papers import BadgeRow, draw_badges
from app.kiosk.queries import Named
from app.web.deps import Databases, Db, PostedForm
from app.web.fields import Id
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
ISSUE = [allow(Permission.BADGE_ISSUE)]
BEFORE_LOCK = [allow(Permission.BADGE_ISSUE, before_lock=True)]
NOBODY = "Personne n’attend de badge ici. Choisissez une classe ou une personne."


@router.get("/atelier/badges", name="kiosk.list_badges", dependencies=ISSUE)
def list_badges(request: Request, db: Db) -> Response:
    """Class by class, then the staff who sign."""
    return _list_page(request, db)


def _list_page(request: Request, db: Db, trouble: str = "") -> Response:
    groups, staff = queries.badge_board(db)
    status = 409 if trouble else 200
    return page(request, "kiosk/badge_list.html", status=status, groups=groups, staff=staff, trouble=trouble)


@router.post("/atelier/badges/edition", name="kiosk.issue_badges", dependencies=BEFORE_LOCK)
def issue_badges(request: Request, db: Db, database: Databases, posted: PostedForm) -> Response:
    """New badges on a sheet, drawn before the lock. It is the answer itself: their secrets stand nowhere else."""
    people, school = _people(database, posted.read(IssueForm).data)
    if not people:
        recheck(request, db, Permission.BADGE_ISSUE)
        return _list_page(request, db, NOBODY)
    drawn = service.draw_secrets(people, with_pin=False)
    about = people[0].group if len(people) > 1 else people[0].name
    rows = [BadgeRow(one.whose.name, one.whose.group, one.secret) for one in drawn]
    sheet = draw_badges(rows, about=about, school=school)
    service.issue_badges(db, drawn, by=recheck(request, db, Permission.BADGE_ISSUE))
    return show_pdf(f"badges {about}", sheet)


def _people(database: Databases, asked: IssueForm | None) -> tuple[list[Named], str]:
    """Whose badges, and the school's name; nobody for a form that names nobody or more than one thing."""
    if asked is None or sum(value is not None for value in (asked.group, asked.pupil, asked.staff)) != 1:
        return [], ""
    with database.reading() as db:
        people = queries.names_for(db, pupil=asked.pupil or "", group=asked.group or "", staff=asked.staff or "")
        school = find_school(db)
        return people, school.name if school else ""


@router.post("/atelier/badges/{badge_id}/retrait", name="kiosk.revoke_badge", dependencies=ISSUE)
def revoke_badge(request: Request, db: Db, me: Me, badge_id: Id) -> Response:
    """A lost badge is worth nothing any more."""
    try:
        service.revoke_badge(db, queries.get_badge(db, badge_id, lock=True), by=me)
    except Refused as refused:
        return _list_page(request, db, refused.sentence)
    return redirect(request, url(request, "kiosk.list_badges"), flash="Badge retiré : il n’ouvre plus rien.")
