"""Taking over the school's files: explain, receive, show every mistake, then store."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.after_commit import after_commit
from app.core.permissions import Permission
from app.exchange import queries, service, uploads
from app.exchange.blank import blank_workbook
from app.exchange.hints import columns_of
from app.exchange.reading import NamedFile, read_uploads
from app.exchange.report import Report
from app.exchange.tables import TABLES
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import XLSX, Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
IMPORT = Permission.SCHOOL_IMPORT
MAY = [allow(IMPORT)]
MAX_FILES = 23
PROBLEM_COLUMNS = (
    Column("Fichier", lambda p: p.file), Column("Ligne", lambda p: p.line), Column("Colonne", lambda p: p.column),
    Column("Valeur lue", lambda p: p.value), Column("Ce qui ne va pas", lambda p: p.sentence),
)  # fmt: skip

DOUBT_COLUMNS = (
    Column("Commande", lambda d: d.order), Column("Ligne", lambda d: d.line),
    Column("Opération", lambda d: d.operation), Column("Élève", lambda d: d.pupil),
    Column("Poste", lambda d: d.center), Column("Jour", lambda d: d.day),
    Column("Contrôles", lambda d: ", ".join(d.codes)), Column("Ce qui manquait", lambda d: " ".join(d.reasons)),
)  # fmt: skip


@router.get("/reprise", name="exchange.new_import", dependencies=MAY)
def new_import(request: Request, db: Db) -> Response:
    """What the files are, and where to put them."""
    return _start_page(request, db, blank_form())


@router.get("/reprise/modele.xlsx", name="exchange.download_blank", dependencies=MAY)
def download_blank() -> Response:
    """The empty workbook."""
    headers = {"Content-Disposition": 'attachment; filename="ecole.xlsx"'}
    return Response(blank_workbook(), media_type=XLSX, headers=headers)


@router.post("/reprise", name="exchange.upload_files", dependencies=MAY)
def upload_files(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Keep the files for a day and go on to their check; nothing is read yet."""
    files = [NamedFile(file.filename or "", file.file.read) for file in posted.files("files")]
    if 1 <= len(files) <= MAX_FILES:
        token = uploads.keep(_folder(request), files, me.staff_id)
        return redirect(request, url(request, "exchange.show_import", token=token))
    form = blank_form()
    form.refuse("Choisissez un fichier .zip ou .xlsx, ou vos fichiers .csv.", "files")
    return _start_page(request, db, form, status=422)


@router.get("/reprise/faites/{run_id}", name="exchange.show_run", dependencies=MAY)
def show_run(request: Request, db: Db, run_id: Id) -> Response:
    """What an import did."""
    return page(request, "exchange/import_done.html", run=queries.get_run(db, run_id))


@router.get("/reprise/faites/{run_id}/affectations.{kind}", name="exchange.export_doubts", dependencies=MAY)
def export_doubts(db: Db, run_id: Id, kind: str) -> Response:
    """The assignments to look at again, as a table file."""
    return export("affectations à vérifier", kind, DOUBT_COLUMNS, queries.get_run(db, run_id).doubts)


@router.get("/reprise/{token}", name="exchange.show_import", dependencies=MAY)
def show_import(request: Request, db: Db, me: Me, token: str) -> Response:
    """Every mistake, or what the import will do."""
    report = service.preview(db, read_uploads(uploads.find(_folder(request), token, me.staff_id)), by=me)
    return _preview_page(request, report, token)


@router.get("/reprise/{token}/erreurs.{kind}", name="exchange.export_problems", dependencies=MAY)
def export_problems(request: Request, db: Db, me: Me, *, token: str, kind: str) -> Response:
    """The mistakes as a table file, to be corrected at leisure."""
    report = service.preview(db, read_uploads(uploads.find(_folder(request), token, me.staff_id)), by=me)
    return export("erreurs", kind, PROBLEM_COLUMNS, report.problems)


@router.post("/reprise/{token}", name="exchange.apply_import", dependencies=[allow(IMPORT, before_lock=True)])
def apply_import(request: Request, db: Db, me: Me, token: str) -> Response:
    """Read before the lock, check again inside the transaction, store all or nothing."""
    folder = _folder(request)
    source = read_uploads(uploads.find(folder, token, me.staff_id))
    me = recheck(request, db, IMPORT)
    report = service.apply_import(db, source, by=me)
    if report.run_id is None:
        return _preview_page(request, report, token, status=422)
    after_commit(db, lambda: uploads.drop(folder, token))
    return redirect(request, url(request, "exchange.show_run", run_id=report.run_id), flash="Données reprises.")


def _folder(request: Request) -> Path:
    place: Path = request.app.state.settings.data_dir
    return place / "imports"


def _start_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    files = [(table, columns_of(table.name)) for table in TABLES.values()]
    stored, runs = queries.count_stored(db), queries.list_runs(db)
    return page(
        request, "exchange/import_new.html", status=status, form=form, files=files, stored=stored, runs=runs
    )  # fmt: skip


def _preview_page(request: Request, report: Report, token: str, status: int = 200) -> Response:
    return page(request, "exchange/import_preview.html", status=status, report=report, token=token)
