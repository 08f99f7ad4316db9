"""Exams: sessions and pass rates, units with their coefficients, entries and results."""

from decimal import Decimal
from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tabular import read_table
from app.graduates import rules
from app.graduates.forms import CcfForm, EnterForm, EntryForm, ExamForm, UnitFileForm, UnitsForm
from app.graduates.queries import exams as queries
from app.graduates.service import exams as service
from app.pedagogy.models import ExamSession
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.GRADUATE_READ)], [allow(Permission.GRADUATE_EDIT)]


@router.get("/examens", name="graduates.list_exams", dependencies=READ)
def list_exams(request: Request, db: Db) -> Response:
    """The sessions with their entries and pass rates."""
    return page(request, "graduates/exam_list.html", found=queries.list_exams(db))


@router.get("/examens/nouvelle", name="graduates.new_exam", dependencies=EDIT)
def new_exam(request: Request, db: Db) -> Response:
    """Which diploma, which year, when."""
    return _exam_form(request, db, blank_form({"session": rules.session_of(today())}), None)


@router.post("/examens", name="graduates.create_exam", dependencies=EDIT)
def create_exam(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Open a session."""
    return _save_exam(request, db, me, posted, None)


@router.get("/examens/epreuves", name="graduates.list_units", dependencies=READ)
def list_units(request: Request, db: Db) -> Response:
    """The units of every diploma."""
    return _units_list(request, db, blank_form({"from_session": rules.session_of(today())}))


@router.post("/examens/epreuves", name="graduates.import_units", dependencies=EDIT)
def import_units(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Units from a file, all or nothing."""
    form = posted.read(UnitFileForm)
    with form.refusals():
        files = posted.files("file")
        if not files:
            form.refuse("Choisissez un fichier .csv ou .xlsx.", "file")
        if form.ok:
            count = service.import_units(db, read_table(files[0].file.read()), form.valid.from_session, by=me)
            return redirect(request, url(request, "graduates.list_units"), flash=f"{count} épreuves enregistrées.")
    return _units_list(request, db, form, status=form.status)


@router.get("/examens/epreuves/{diploma}", name="graduates.edit_units", dependencies=EDIT)
def edit_units(request: Request, db: Db, diploma: str, listing: Listing) -> Response:
    """The units of a diploma, to type or correct."""
    found = queries.find_diploma(db, diploma)
    asked = listing.values.get("session", "")
    session = int(asked) if asked.isdecimal() and len(asked) == 4 else rules.session_of(today())
    units = queries.units_for(db, found.id, session)
    values: dict[str, Any] = {"from_session": units[0].from_session if units else session}
    for place, unit in enumerate(units):
        values |= {f"units-{place}-{name}": getattr(unit, name) for name in ("code", "label", "coefficient", "mode")}
        values[f"units-{place}-optional"] = unit.optional
    return _units_form(request, found, blank_form(values))


@router.post("/examens/epreuves/{diploma}", name="graduates.store_units", dependencies=EDIT)
def store_units(request: Request, db: Db, me: Me, diploma: str, posted: PostedForm) -> Response:
    """Store the units of a diploma."""
    found = queries.find_diploma(db, diploma)
    form = posted.read(UnitsForm)
    with form.refusals():
        if form.ok:
            lines = [service.UnitLine(**row.model_dump()) for row in form.valid.units]
            service.store_units(db, found, form.valid.from_session, lines, by=me)
            return redirect(request, url(request, "graduates.list_units"), flash="Épreuves enregistrées.")
    return _units_form(request, found, form, status=form.status)


@router.post("/examens/epreuves/{diploma}/ccf", name="graduates.allow_ccf",
             dependencies=[allow(Permission.SCHOOL_MANAGE)])  # fmt: skip
def allow_ccf(request: Request, db: Db, me: Me, diploma: str, posted: PostedForm) -> Response:
    """Whether the diploma may be assessed in the course of training."""
    form = posted.read(CcfForm)
    if form.ok:
        service.allow_ccf(db, queries.find_diploma(db, diploma), allowed=form.valid.allowed, by=me)
    return redirect(request, url(request, "graduates.list_units"), flash="Réglage enregistré.")


@router.get("/examens/{exam_id}", name="graduates.show_exam", dependencies=READ)
def show_exam(request: Request, db: Db, exam_id: Id) -> Response:
    """A session: candidates, units, results."""
    return _exam_page(request, db, queries.get_exam(db, exam_id), blank_form())


@router.get("/examens/{exam_id}/export.{kind}", name="graduates.export_exam", dependencies=READ)
def export_exam(db: Db, exam_id: Id, kind: str) -> Response:
    """The session as a table file."""
    found = queries.exam_page(db, queries.get_exam(db, exam_id))
    heads = ["Élève", "Numéro", *(unit.code for unit in found.units), "Moyenne", "Résultat"]
    rows = [
        [
            f"{row.pupil.last_name} {row.pupil.first_name}", row.entry.number, *(_cell(unit) for unit in row.units),
            row.average, rules.VERDICT_LABELS[row.verdict] if row.verdict else None,
        ]
        for row in found.rows
    ]  # fmt: skip
    columns = [Column(label, itemgetter(place)) for place, label in enumerate(heads)]
    return export(f"examen-{found.exam.diploma.code}-{found.exam.session}", kind, columns, rows)


@router.get("/examens/{exam_id}/dates", name="graduates.edit_exam", dependencies=EDIT)
def edit_exam(request: Request, db: Db, exam_id: Id) -> Response:
    """The days of a session, to change."""
    exam = queries.get_exam(db, exam_id)
    values = {name: getattr(exam, name) for name in ("session", "starts_on", "ends_on", "version")}
    return _exam_form(request, db, blank_form(values | {"diploma": exam.diploma.code}), exam)


@router.post("/examens/{exam_id}/dates", name="graduates.change_exam", dependencies=EDIT)
def change_exam(request: Request, db: Db, me: Me, exam_id: Id, posted: PostedForm) -> Response:
    """Change the days of a session."""
    return _save_exam(request, db, me, posted, queries.get_exam(db, exam_id, lock=True))


@router.post("/examens/{exam_id}/inscriptions", name="graduates.enter_pupils", dependencies=EDIT)
def enter_pupils(request: Request, db: Db, me: Me, exam_id: Id, posted: PostedForm) -> Response:
    """Enter the pupils that were ticked."""
    exam = queries.get_exam(db, exam_id, lock=True)
    form = posted.read(EnterForm)
    with form.refusals():
        if form.ok:
            count = service.enter_pupils(db, exam, form.valid.pupils, by=me)
            return redirect(request, url(request, "graduates.show_exam", exam_id=exam_id), flash=f"Inscrits : {count}.")
    return _exam_page(request, db, exam, form, status=form.status)


@router.get("/examens/{exam_id}/eleves/{code}", name="graduates.edit_entry", dependencies=EDIT)
def edit_entry(request: Request, db: Db, exam_id: Id, code: str) -> Response:
    """One candidate: units, marks, the jury's word."""
    exam = queries.get_exam(db, exam_id)
    return _entry_page(request, db, exam, code, None)


@router.post("/examens/{exam_id}/eleves/{code}", name="graduates.save_entry", dependencies=EDIT)
def save_entry(request: Request, db: Db, me: Me, posted: PostedForm, *, exam_id: Id, code: str) -> Response:
    """Store what was said of one candidate."""
    exam = queries.get_exam(db, exam_id, lock=True)
    form = posted.read(EntryForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            row = queries.entry_row(db, exam, code)
            service.save_entry(db, exam, row, said=_said(typed), seen_version=typed.version, by=me)
            return redirect(request, url(request, "graduates.show_exam", exam_id=exam_id), flash="Candidat enregistré.")
    return _entry_page(request, db, exam, code, form, status=form.status)


def _save_exam(request: Request, db: Db, me: Me, posted: PostedForm, exam: ExamSession | None) -> Response:
    form = posted.read(ExamForm)
    with form.refusals():
        if form.ok and form.valid.diploma not in dict(queries.diploma_options(db)):
            form.refuse("Choisissez dans la liste.", "diploma")
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            saved = service.save_session(db, exam, values=values, seen_version=seen, by=me)
            target = url(request, "graduates.show_exam", exam_id=saved.id)
            return redirect(request, target, flash="Session enregistrée.")
    return _exam_form(request, db, form, exam, status=form.status)


def _said(typed: EntryForm) -> service.EntrySaid:
    units = [service.UnitSaid(row.unit, row.standing, row.outcome, row.points) for row in typed.units]
    return service.EntrySaid(units, typed.number, typed.verdict)


def _cell(unit: Any) -> Decimal | str | None:
    if unit is None:
        return None
    if unit.outcome == rules.UnitOutcome.ABSENT:
        return "Absent"
    return unit.points if unit.points is not None else rules.STANDING_LABELS[unit.standing]


def _exam_form(request: Request, db: Db, form: Form[ExamForm], exam: ExamSession | None, status: int = 200) -> Response:
    return page(
        request, "graduates/exam_edit.html", status=status, form=form, exam=exam, labels=service.LABELS,
        diplomas=queries.diploma_options(db),
    )  # fmt: skip


def _exam_page(request: Request, db: Db, exam: ExamSession, form: Form[Any], status: int = 200) -> Response:
    found = queries.exam_page(db, exam)
    return page(request, "graduates/exam_show.html", status=status, found=found, form=form, rules=rules)


def _units_list(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    return page(request, "graduates/unit_list.html", status=status, found=queries.unit_sets(db), form=form, rules=rules)


def _units_form(request: Request, diploma: Any, form: Form[Any], status: int = 200) -> Response:
    modes = [
        (mode.value, label)
        for mode, label in rules.MODE_LABELS.items()
        if diploma.ccf_allowed or mode == rules.UnitMode.FINAL
    ]
    rows = range(max(form.rows("units"), default=-1) + 4)
    return page(request, "graduates/units_edit.html", status=status, diploma=diploma, form=form, modes=modes, rows=rows)


def _entry_page(
    request: Request, db: Db, exam: ExamSession, code: str, form: Form[Any] | None, *, status: int = 200
) -> Response:
    row = queries.entry_row(db, exam, code)
    units = queries.units_for(db, exam.diploma_id, exam.session)
    if form is None:
        values: dict[str, Any] = {"number": row.entry.number, "version": row.entry.version, "verdict": row.verdict}
        for place, held in enumerate(row.units):
            if held is not None:
                values |= {f"units-{place}-standing": held.standing, f"units-{place}-points": held.points}
                values[f"units-{place}-absent"] = held.outcome == rules.UnitOutcome.ABSENT
        form = blank_form(values)
    return page(
        request, "graduates/entry_edit.html", status=status, exam=exam, row=row, units=units, form=form, rules=rules
    )
