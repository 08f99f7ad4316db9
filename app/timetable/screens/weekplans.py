"""A week copied to other weeks; the sessions of somebody who is away taken over by another."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.models import Staff
from app.core.clock import today
from app.core.errors import Refused
from app.core.permissions import Permission
from app.pedagogy.models import PupilGroup
from app.pedagogy.queries import find_group, find_staff, group_options, staff_options
from app.timetable import queries, service
from app.timetable.forms import CopyForm, ReplacementForm
from app.timetable.queries import Preview
from app.timetable.rules import WEEK
from app.timetable.rules.placed import Placed
from app.timetable.rules.replacements import Span
from app.timetable.screens.previews import Page
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.TIMETABLE_EDIT)]
COPY_LABELS = {
    "group": "Groupe", "source": "Semaine à copier", "first": "De la semaine du", "last": "À la semaine du"
}  # fmt: skip
ABSENCE_LABELS = {
    "staff": "Personne absente", "on_date": "Du", "until": "Au", "half": "Moment", "sessions": "Séances",
    "substitute": "Qui tient ses séances", "reason": "Motif",
}  # fmt: skip
HALVES = [("morning", "Le matin"), ("afternoon", "L’après-midi")]
OFFERED = 60  # sessions to choose from; more are a span of their own


@router.get("/semaine/copie", name="timetable.new_copy", dependencies=EDIT)
def new_copy(request: Request, db: Db, listing: Listing) -> Response:
    """A week to copy, and what that would do."""
    start = {
        "group": listing.values.get("groupe", ""), "source": listing.values.get("semaine", "") or today(),
        "first": today() + WEEK, "last": today() + WEEK,
    }  # fmt: skip
    return _copying(request, db).asked(request, db, start)


@router.post("/semaine/copie", name="timetable.copy_week", dependencies=EDIT)
def copy_week(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Copy it."""

    def carry_out(typed: CopyForm) -> Response:
        service.copy_week(db, _group(db, typed), **_weeks(typed), seen=typed.seen, by=me)
        where = url(request, "timetable.show_week", query={"groupe": typed.group, "semaine": typed.first})
        return redirect(request, where, flash="Semaine copiée.")

    return _copying(request, db).posted(db, posted.read(CopyForm), carry_out)


@router.get("/semaine/remplacement", name="timetable.new_replacement", dependencies=EDIT)
def new_replacement(request: Request, db: Db, listing: Listing) -> Response:
    """Somebody's sessions taken over, and what that would do."""
    start = {"staff": listing.values.get("personne", ""), "on_date": listing.values.get("jour", "") or today()}
    return _replacing(request, db).asked(request, db, start)


@router.post("/semaine/remplacement", name="timetable.replace_person", dependencies=EDIT)
def replace_person(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Have the sessions held by the other, or cancel them."""

    def carry_out(typed: ReplacementForm) -> Response:
        absent = _absent(db, typed)
        service.replace_person(db, absent, **_of(absent, typed), seen=typed.seen, by=me)
        where = url(request, "timetable.show_week", query={"personne": typed.staff, "semaine": typed.on_date})
        return redirect(request, where, flash="Remplacement enregistré.")

    return _replacing(request, db).posted(db, posted.read(ReplacementForm), carry_out)


def _copying(request: Request, db: Db) -> Page[CopyForm]:
    def shown(form: Form[CopyForm], preview: Preview | None, status: int) -> Response:
        return page(
            request, "timetable/week_copy.html", status=status, form=form, preview=preview, labels=COPY_LABELS,
            groups=group_options(db),
        )  # fmt: skip

    return Page(CopyForm, lambda typed: service.plan_copy(db, _group(db, typed), **_weeks(typed)), shown)


def _group(db: Db, typed: CopyForm) -> PupilGroup:
    group = find_group(db, typed.group)
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {typed.group} ».", field="group")
    return group


def _weeks(typed: CopyForm) -> dict[str, date]:
    return {"source": typed.source, "first": typed.first, "last": typed.last}


def _replacing(request: Request, db: Db) -> Page[ReplacementForm]:
    def plan_of(typed: ReplacementForm) -> Any:
        absent = _absent(db, typed)
        return service.plan_replacement(db, absent, **_of(absent, typed))

    def shown(form: Form[ReplacementForm], preview: Preview | None, status: int) -> Response:
        return page(
            request, "timetable/replacement.html", status=status, form=form, preview=preview, labels=ABSENCE_LABELS,
            staff=staff_options(db), halves=HALVES, held=_held(db, form),
        )  # fmt: skip

    return Page(ReplacementForm, plan_of, shown)


def _held(db: Db, form: Form[ReplacementForm]) -> list[Placed]:
    """The sessions to choose from, once it is known who is away and when."""
    absent = find_staff(db, form.data.staff) if form.data else None
    if absent is None or form.data is None:
        return []
    span = _span(form.data)
    return queries.held_by(db, absent.id, span)[:OFFERED] if (span.last - span.first).days < OFFERED else []


def _absent(db: Db, typed: ReplacementForm) -> Staff:
    absent = find_staff(db, typed.staff)
    if absent is None:
        raise Refused("Choisissez quelqu’un dans la liste.", field="staff")
    return absent


def _span(typed: ReplacementForm) -> Span:
    return Span(typed.on_date, typed.until or typed.on_date, typed.half, frozenset(typed.sessions))


def _of(absent: Staff, typed: ReplacementForm) -> dict[str, Any]:
    reason = typed.reason or f"{absent.full_name} n’est pas là"
    return {"span": _span(typed), "substitute": typed.substitute, "reason": reason}
