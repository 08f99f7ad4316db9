"""Monthly statements of hours: read, confirmed by their owner, closed by the office, printed and exported."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import get_staff, get_staff_by_code
from app.core.clock import today
from app.core.permissions import Permission
from app.ledger import papers, policies, queries, service
from app.ledger.forms import ConfirmForm
from app.ledger.queries import StatementPage
from app.ledger.rules import STATEMENT_LABELS
from app.ledger.screens.addresses import month_key, read_month
from app.pedagogy.rules import school_year_of
from app.web.deps import Db, PostedForm
from app.web.filters import clock
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, CONFIRM = [allow(Permission.HOURS_READ)], [allow(Permission.STATEMENT_CONFIRM)]
CLOSE = [allow(Permission.STATEMENT_CLOSE)]
COLUMNS = (
    Column("Date", lambda line: line.on_date), Column("Début", lambda line: clock(line.start_minute)),
    Column("Fin", lambda line: clock(line.end_minute)), Column("Matière", lambda line: line.subject),
    Column("Groupe", lambda line: line.group), Column("Minutes", lambda line: line.minutes),
    Column("Correction", lambda line: line.note),
)  # fmt: skip


@router.get("/heures/vacations", name="ledger.list_statements", dependencies=READ)
def list_statements(request: Request, db: Db, me: Me) -> Response:
    """The months of this school year: everybody's for who closes them, else one's own."""
    year = school_year_of(today())
    of = None if policies.sees_all_statements(me) else me.staff_id
    rows = queries.list_statements(db, year.start or today(), year.end or today(), staff_id=of)
    return page(
        request, "ledger/statement_list.html", rows=rows, own=of is not None, labels=STATEMENT_LABELS,
        key=month_key,
    )  # fmt: skip


@router.get("/heures/vacations/{code}/{month}", name="ledger.show_statement", dependencies=READ)
def show_statement(request: Request, db: Db, me: Me, code: str, month: str) -> Response:
    """One month of somebody's hours."""
    return _statement(request, me, _found(db, me, code, month), blank_form())


@router.post("/heures/vacations/{code}/{month}", name="ledger.confirm_statement", dependencies=CONFIRM)
def confirm_statement(request: Request, db: Db, me: Me, *, code: str, month: str, posted: PostedForm) -> Response:
    """Its owner has read it."""
    found, form = _found(db, me, code, month), posted.read(ConfirmForm)
    with form.refusals():
        if form.ok:
            staff = get_staff_by_code(db, code)
            made = service.confirm_statement(db, staff, month=found.month, seen_minutes=form.valid.minutes, by=me)
            shown = url(request, "ledger.show_statement", code=code, month=month)
            return redirect(request, shown, flash=f"État {made.number} vérifié.")
    return _statement(request, me, _found(db, me, code, month), form, status=form.status)


@router.post("/heures/vacations/{code}/{month}/cloture", name="ledger.close_statement", dependencies=CLOSE)
def close_statement(request: Request, db: Db, me: Me, code: str, month: str) -> Response:
    """The office hands it to payroll."""
    statement = queries.get_statement(db, code, read_month(month), lock=True)
    service.close_statement(db, statement, by=me)
    shown = url(request, "ledger.show_statement", code=code, month=month)
    return redirect(request, shown, flash=f"État {statement.number} clos pour la paie.")


@router.get("/heures/vacations/{code}/{month}/etat.pdf", name="ledger.print_statement", dependencies=READ)
def print_statement(db: Db, me: Me, code: str, month: str) -> Response:
    """The statement as a paper."""
    told = papers.fill_statement(_found(db, me, code, month))
    return show_pdf(f"etat {code} {month}", papers.draw_statement(told, school=me.school_name))


@router.get("/heures/vacations/{code}/{month}/export.{kind}", name="ledger.export_statement", dependencies=READ)
def export_statement(db: Db, me: Me, *, code: str, month: str, kind: str) -> Response:
    """The statement as a table file."""
    return export(f"etat-{code}-{month}", kind, COLUMNS, _found(db, me, code, month).lines)


def _found(db: Db, me: Me, code: str, month: str) -> StatementPage:
    own = get_staff(db, me.staff_id).code if me.staff_id is not None else ""
    policies.check_reader(me, code, own)
    return queries.statement_page(db, code, read_month(month))


def _statement(
    request: Request, me: Me, found: StatementPage, form: Form[ConfirmForm], *, status: int = 200
) -> Response:
    return page(
        request, "ledger/statement_show.html", status=status, page=found, form=form, labels=STATEMENT_LABELS,
        key=month_key(found.month), mine=found.staff.id == me.staff_id,
    )  # fmt: skip
