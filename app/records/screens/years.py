"""The change of school year: seen before it is done, done at once, undone until the first roll call."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.rules import school_year_label
from app.records import queries, rules, service
from app.records.forms import YearForm
from app.records.queries.years import Candidate, YearPage
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.YEAR_CHANGE)]
Planned = list[tuple[service.Choice, Candidate]]
FATES = [(fate.value, label) for fate, label in rules.FATE_LABELS.items()]


@router.get("/dossiers/rentree", name="records.show_year", dependencies=EDIT)
def show_year(request: Request, db: Db, listing: Listing) -> Response:
    """Every pupil of this year who is still to be moved, with what is proposed; of last year's with `annee`."""
    found = _page(db, listing.values.get("annee", ""))
    days = service.last_days(found.from_year)
    return _shown(request, found, blank_form({"ends_on": days[0], "starts_on": days[1]}), late=_late(db, found))


@router.post("/dossiers/rentree/groupes", name="records.create_groups", dependencies=EDIT)
def create_groups(request: Request, db: Db, me: Me) -> Response:
    """The groups of next year, made from this year's."""
    made = service.create_groups(db, from_year=school_year_label(today()), by=me)
    return redirect(request, url(request, "records.show_year"), flash=f"Groupes créés : {made}.")


@router.post("/dossiers/rentree", name="records.change_year", dependencies=EDIT)
def change_year(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Show what would be done (`check`), or do it (`do`)."""
    found, form = _page(db, posted.text("year")), posted.read(YearForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            choices = [service.Choice(one.pupil, one.fate, one.group) for one in typed.choices]
            if typed.act == "check":
                plan = service.plan_year(found, choices, ends_on=typed.ends_on, starts_on=typed.starts_on)
                return _shown(request, found, form, plan=plan)
            service.change_year(db, found, choices, ends_on=typed.ends_on, starts_on=typed.starts_on, by=me)
            return redirect(request, _address(request, found.from_year), flash="Rentrée préparée.")
    return _shown(request, found, form, status=form.status)


@router.post("/dossiers/rentree/{change_id}/annulation", name="records.undo_year", dependencies=EDIT)
def undo_year(request: Request, db: Db, me: Me, change_id: Id) -> Response:
    """Take a change of year back."""
    change = queries.get_change(db, change_id, lock=True)
    service.undo_year(db, change, by=me)
    return redirect(request, _address(request, change.from_year), flash="Rentrée annulée : rien n’a changé.")


def _page(db: Db, asked: str = "") -> YearPage:
    """This year's change, or last year's for whoever was left out of it."""
    this = school_year_label(today())
    year = asked if asked == rules.school_year_before(this) else this
    return queries.year_page(db, year, rules.next_school_year(year), service.last_days(year)[0])


def _late(db: Db, found: YearPage) -> tuple[str, int]:
    """Last year, and how many still belong to its groups; none where it is the one that is shown."""
    this = school_year_label(today())
    before = rules.school_year_before(this)
    return before, queries.left_behind(db, before, today()) if found.from_year == this else 0


def _address(request: Request, year: str) -> str:
    return url(request, "records.show_year", query={} if year == school_year_label(today()) else {"annee": year})


def _shown(
    request: Request, found: YearPage, form: Form[YearForm], *, plan: Planned | None = None,
    late: tuple[str, int] = ("", 0), status: int = 200,
) -> Response:  # fmt: skip
    groups = [(group.code, group.label) for group in found.coming]
    labels = {f"choices-{rank}-fate": one.name for rank, one in enumerate(found.candidates.values())}
    labels |= {f"choices-{rank}-group": one.name for rank, one in enumerate(found.candidates.values())}
    return page(
        request, "records/year.html", status=status, found=found, form=form, plan=plan, groups=groups, fates=FATES,
        labels=labels | {"ends_on": "Dernier jour", "starts_on": "Rentrée"}, fate_labels=rules.FATE_LABELS,
        names=dict(groups), late=late,
    )  # fmt: skip
