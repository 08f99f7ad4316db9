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
from app.timetable import service
from app.timetable.forms import CopyForm, ReplacementForm
from app.timetable.queries import Preview
from app.timetable.rules import WEEK
from app.timetable.rules.plans import Plan
from app.timetable.screens.previews import asked, look
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.TIMETABLE_EDIT)]
COPY_LABELS = {
    "group": "Groupe", "source": "Semaine à copier", "first": "De la semaine du", "last": "À la semaine du"
}  # fmt: skip
ABSENCE_LABELS = {
    "staff": "Personne absente", "on_date": "Jour", "substitute": "Qui tient ses séances", "reason": "Motif"
}  # fmt: skip


@router.get("/semaine/copie", name="timetable.new_copy", dependencies=EDIT)
def new_copy(request: Request, db: Db, listing: Listing) -> Response:
    """A week to copy, and what that would do."""
    form = asked(request, CopyForm)
    if form is None:
        start = {"group": listing.values.get("groupe", ""), "source": listing.values.get("semaine", "") or today()}
        later = {"first": today() + WEEK, "last": today() + WEEK}
        return _copy_page(request, db, blank_form(start | later), None, 200)
    preview = look(db, form, lambda typed: _copy(db, typed))
    return _copy_page(request, db, form, preview, 200 if preview else 422)


@router.post("/semaine/copie", name="timetable.copy_week", dependencies=EDIT)
def copy_week(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Copy it."""
    form = posted.read(CopyForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.copy_week(db, _group(db, typed), **_weeks(typed), seen=typed.seen, by=me)
            where = url(request, "timetable.show_week", query={"groupe": typed.group, "semaine": typed.first})
            return redirect(request, where, flash="Semaine copiée.")
    return _copy_page(request, db, form, look(db, form, lambda typed: _copy(db, typed)), form.status)


@router.get("/semaine/remplacement", name="timetable.new_replacement", dependencies=EDIT)
def new_replacement(request: Request, db: Db, listing: Listing) -> Response:
    """Somebody's day taken over, and what that would do."""
    form = asked(request, ReplacementForm)
    if form is None:
        start = {"staff": listing.values.get("personne", ""), "on_date": listing.values.get("jour", "") or today()}
        return _absence_page(request, db, blank_form(start), None, 200)
    preview = look(db, form, lambda typed: _replacement(db, typed))
    return _absence_page(request, db, form, preview, 200 if preview else 422)


@router.post("/semaine/remplacement", name="timetable.replace_day", dependencies=EDIT)
def replace_day(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Have the sessions held by the other, or cancel them."""
    form = posted.read(ReplacementForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            absent = _absent(db, typed)
            service.replace_day(db, absent, **_of(absent, typed), seen=typed.seen, by=me)
            where = url(request, "timetable.show_week", query={"personne": typed.staff, "semaine": typed.on_date})
            return redirect(request, where, flash="Remplacement enregistré.")
    return _absence_page(request, db, form, look(db, form, lambda typed: _replacement(db, typed)), form.status)


def _copy(db: Db, typed: CopyForm) -> Plan:
    return service.plan_copy(db, _group(db, typed), **_weeks(typed))


def _group(db: Db, typed: CopyForm) -> PupilGroup:
    group = find_group(db, typed.group)
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {typed.group} ».", field="group")
    return group


def _weeks(typed: CopyForm) -> dict[str, date]:
    return {"source": typed.source, "first": typed.first, "last": typed.last}


def _replacement(db: Db, typed: ReplacementForm) -> Plan:
    absent = _absent(db, typed)
    return service.plan_replacement(db, absent, **_of(absent, typed))


def _absent(db: Db, typed: ReplacementForm) -> Staff:
    absent = find_staff(db, typed.staff)
    if absent is None:
        raise Refused("Choisissez quelqu’un dans la liste.", field="staff")
    return absent


def _of(absent: Staff, typed: ReplacementForm) -> dict[str, Any]:
    reason = typed.reason or f"{absent.full_name} n’est pas là"
    return {"day": typed.on_date, "substitute": typed.substitute, "reason": reason}


def _copy_page(request: Request, db: Db, form: Form[Any], preview: Preview | None, status: int) -> Response:
    return page(
        request, "timetable/week_copy.html", status=status, form=form, preview=preview, labels=COPY_LABELS,
        groups=group_options(db),
    )  # fmt: skip


def _absence_page(request: Request, db: Db, form: Form[Any], preview: Preview | None, status: int) -> Response:
    return page(
        request, "timetable/replacement.html", status=status, form=form, preview=preview, labels=ABSENCE_LABELS,
        staff=staff_options(db),
    )  # fmt: skip
