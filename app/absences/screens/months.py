"""A month's half-days, the list of absences, the register of a day."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import papers, queries
from app.absences.queries import ListLine
from app.absences.rules import Standing
from app.absences.screens.days import asked_day, beside
from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.forms import read_period
from app.pedagogy.queries import group_options
from app.pedagogy.rules import Period, month_of, school_year_of
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.ABSENCE_READ)]
FILTERS = ("groupe", "motif")
STANDINGS = [(one.value, one.label) for one in Standing if one.counts]


def _code(line: ListLine) -> str:
    return line.absence.given.code if line.absence.given else ""


COLUMNS = (
    Column("Code", lambda line: line.who.code), Column("Nom", lambda line: line.who.last_name),
    Column("Prénom", lambda line: line.who.first_name), Column("Groupe", lambda line: line.who.group_label),
    Column("Du", lambda line: line.absence.first.on_date), Column("Au", lambda line: line.absence.last.on_date),
    Column("Demi-journées", lambda line: line.halves), Column("Séances", lambda line: len(line.absence.sessions)),
    Column("Minutes", lambda line: line.absence.minutes), Column("Motif", _code),
    Column("État", lambda line: line.absence.standing.label),
    Column("Prévenu", lambda line: line.notice.told if line.notice else ""),
)  # fmt: skip


@router.get("/absences/mois", name="absences.show_month", dependencies=READ)
def show_month(request: Request, db: Db, listing: Listing) -> Response:
    """Everybody's half-days of a month, those over the threshold first."""
    month = queries.asked_month(listing.values.get("mois", ""))
    before = (month - timedelta(days=1)).replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    return page(
        request, "absences/month.html", page=queries.month_page(db, month), listing=listing, before=before,
        after=after, words=queries.month_words,
    )  # fmt: skip


@router.get("/absences/liste", name="absences.list_absences", dependencies=READ)
def list_absences(request: Request, db: Db, listing: Listing) -> Response:
    """The absences of a period, the latest first."""
    form, period = _period(listing)
    asked = listing.request(sorts=("date",), default="date", filters=FILTERS)
    lines = queries.list_absences(db, period, asked)
    start = (asked.page - 1) * asked.size
    return page(
        request, "absences/list.html", form=form, period=period, listing=listing, asked=asked, total=len(lines),
        lines=lines[start : start + asked.size], groups=group_options(db), standings=STANDINGS,
    )  # fmt: skip


@router.get("/absences/liste/export.{kind}", name="absences.export_absences", dependencies=READ)
def export_absences(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered absences as a table file."""
    asked = listing.request(sorts=("date",), default="date", filters=FILTERS)
    return export("absences", kind, COLUMNS, queries.list_absences(db, _period(listing)[1], asked))


@router.get("/absences/registre", name="absences.show_register", dependencies=READ)
def show_register(request: Request, db: Db, listing: Listing) -> Response:
    """The register of roll calls of a day (R131-5)."""
    day = asked_day(listing.values.get("jour", ""))
    register = queries.register_of(db, day)
    return page(request, "absences/register.html", register=register, listing=listing, **beside(day))


@router.get("/absences/registre/{day}/registre.pdf", name="absences.print_register", dependencies=READ)
def print_register(db: Db, me: Me, day: str) -> Response:
    """The same on paper."""
    found = queries.register_of(db, asked_day(day))
    return show_pdf(f"registre {found.day}", papers.draw_register(found, school=me.school_name))


def _period(listing: ListQuery) -> tuple[Any, Period]:
    """The period asked for, this month when none is, and never longer than the school year around its start."""
    form, period = read_period(listing.values)
    if not any(listing.values.get(name) for name in ("du", "au", "periode")):
        return form, month_of(today())
    start = period.start or (school_year_of(period.end or today()).start or today())
    longest = start + timedelta(days=366)
    return form, Period(start, min(period.end or longest, longest))
