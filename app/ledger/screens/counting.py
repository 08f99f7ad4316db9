"""What exams, placements and visits count as: the direction decides, from a day on."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.ledger.forms import COUNTING_FIELDS, CountingForm
from app.pedagogy.queries.activities import list_rules
from app.pedagogy.rules.activities import COUNTS_LABELS, ActivityKind, counts_on
from app.pedagogy.service.counting import set_counting
from app.timetable.rules import ACTIVITY_LABELS
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.COUNTING_EDIT)]


@router.get("/heures/regles", name="ledger.show_counting", dependencies=EDIT)
def show_counting(request: Request, db: Db) -> Response:
    """What counts today, and every decision."""
    return _page(request, db, blank_form({"starts_on": today()}))


@router.post("/heures/regles", name="ledger.set_counting", dependencies=EDIT)
def change_counting(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """From a day on, a kind counts as something else."""
    form = posted.read(CountingForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            set_counting(db, asked.kind, counts_as=asked.counts_as, starts_on=asked.starts_on, by=me)
            words = f"{ACTIVITY_LABELS[asked.kind]} : {COUNTS_LABELS[asked.counts_as].lower()} à partir de ce jour."
            return redirect(request, url(request, "ledger.show_counting"), flash=words)
    return _page(request, db, form, status=form.status)


def _page(request: Request, db: Db, form: Form[CountingForm], status: int = 200) -> Response:
    rules = list_rules(db)
    present = [(ACTIVITY_LABELS[kind], COUNTS_LABELS[counts_on(kind, today(), rules)]) for kind in ActivityKind]
    return page(
        request, "ledger/counting.html", status=status, form=form, fields=COUNTING_FIELDS, present=present,
        rows=list(reversed(rules)), kinds=list(ACTIVITY_LABELS.items()), counts=list(COUNTS_LABELS.items()),
        kind_labels=ACTIVITY_LABELS, count_labels=COUNTS_LABELS,
    )  # fmt: skip
