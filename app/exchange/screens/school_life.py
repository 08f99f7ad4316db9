"""The school-life product: files out, files in with a preview, what the columns are called."""

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.permissions import Permission
from app.exchange import schoollife_store as store
from app.exchange.schoollife import KIND_LABELS, NAMES, Kind, Read, read_file, write_file
from app.pedagogy.rules import school_year_of
from app.web.deps import Db, PostedForm
from app.web.forms import Form, Posted, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
USE = [allow(Permission.SCHOOL_LIFE)]
MAX_BYTES = 1_000_000
VERSION_DIGITS = 10


@router.get("/vie-scolaire", name="exchange.show_school_life", dependencies=USE)
def show_school_life(request: Request, db: Db) -> Response:
    """Both kinds of files: out, in, and the names of their columns."""
    return _start_page(request, db, blank_form(), {})


@router.get("/vie-scolaire/{kind}.csv", name="exchange.export_school_life", dependencies=USE)
def export_school_life(db: Db, kind: Kind) -> Response:
    """The pupils of today, or the absences of this school year."""
    year = school_year_of(today())
    rows = (
        store.pupil_rows(db) if kind is Kind.PUPILS
        else store.absence_rows(db, year.start or date.min, year.end or date.max)
    )  # fmt: skip
    content = write_file(kind, store.names_of(db, kind), rows)
    name = {Kind.PUPILS: "eleves", Kind.ABSENCES: "absences"}[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/vie-scolaire/{kind}", name="exchange.preview_school_life", dependencies=USE)
def preview_school_life(request: Request, db: Db, kind: Kind, posted: PostedForm) -> Response:
    """What a file would change; nothing is stored."""
    form: Form[Any] = blank_form()
    read, data = Read(), b""
    with form.refusals():
        data = _content(posted)
        read = _read(db, kind, data)
    if form.errors:
        return _start_page(request, db, form, {}, status=422)
    return _preview(request, data, store.plan(db, kind, read, {}), {}, store.names_of(db, kind))


@router.post("/vie-scolaire/{kind}/reprise", name="exchange.apply_school_life", dependencies=USE)
def apply_school_life(request: Request, db: Db, me: Me, kind: Kind, posted: PostedForm) -> Response:
    """Carry it out, or show again what is left to choose."""
    form: Form[Any] = blank_form()
    choices, made, data, done = _choices(posted), store.Plan(kind), b"", -1
    with form.refusals():
        data = _kept(posted)
        made = store.plan(db, kind, _read(db, kind, data), choices)
        done = store.apply(db, made, by=me) if made.ready else -1
    if done >= 0:
        words = f"{done} lignes reprises." if done else "Rien de nouveau dans ce fichier."
        return redirect(request, url(request, "exchange.show_school_life"), flash=words)
    if form.errors:
        return _start_page(request, db, form, {}, status=422)
    return _preview(request, data, made, choices, store.names_of(db, kind), status=422)


@router.post("/vie-scolaire/{kind}/colonnes", name="exchange.name_school_life", dependencies=USE)
def name_school_life(request: Request, db: Db, me: Me, kind: Kind, posted: PostedForm) -> Response:
    """What the columns are called from now on."""
    fields = {one: f"{kind}-{one}" for one in NAMES[kind]}
    names = {one: posted.text(name).strip()[:60] for one, name in fields.items()}
    form: Form[Any] = Form(values={fields[one]: name for one, name in names.items()})
    try:
        store.set_names(db, kind, names, seen_version=_version(posted, kind), by=me)
    except Refused as refused:
        form.refuse(refused.sentence, f"{kind}-{refused.field}")
        form.values[f"{kind}-version"] = str(_version(posted, kind))
        return _start_page(request, db, form, {kind: names}, status=422)
    except Stale as stale:
        form.stale = stale
        return _start_page(request, db, form, {kind: names}, status=409)
    return redirect(request, url(request, "exchange.show_school_life"), flash="Colonnes enregistrées.")


def _version(posted: Posted, kind: Kind) -> int:
    name = f"{kind}-version"
    text = posted.text(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < VERSION_DIGITS else 0


def _read(db: Db, kind: Kind, data: bytes) -> Read:
    return read_file(kind, store.names_of(db, kind), data)


def _content(posted: Posted) -> bytes:
    files = posted.files("file")
    if len(files) != 1:
        raise Refused("Choisissez un fichier.", field="file")
    data = files[0].file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 1 Mo.", field="file")
    return data


def _kept(posted: Posted) -> bytes:
    """The file that the preview carries with it."""
    try:
        return base64.b64decode(posted.text("content"), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("Choisissez à nouveau le fichier.", field="file") from None


def _choices(posted: Posted) -> dict[int, str]:
    found = {}
    for name, value in posted.form.multi_items():
        number = name.removeprefix("line-")
        if name != number and number.isdecimal() and isinstance(value, str) and value:
            found[int(number)] = value
    return found


def _preview(
    request: Request, data: bytes, plan: store.Plan, choices: Mapping[int, str], names: Mapping[str, str], *,
    status: int = 200,
) -> Response:  # fmt: skip
    return page(
        request, "exchange/school_life_preview.html", status=status, kind=plan.kind, label=KIND_LABELS[plan.kind],
        plan=plan, content=base64.b64encode(data).decode(), choices=choices, names=names,
    )  # fmt: skip


def _start_page(
    request: Request, db: Db, form: Form[Any], typed: Mapping[Kind, Mapping[str, str]], *, status: int = 200
) -> Response:
    names = {kind: store.names_of(db, kind) | dict(typed.get(kind, {})) for kind in Kind}
    values = {f"{kind}-{one}": name for kind in Kind for one, name in names[kind].items()}
    versions = {f"{kind}-version": str(store.version_of(db, kind)) for kind in Kind}
    form.values = values | versions | form.values
    return page(
        request, "exchange/school_life.html", status=status, form=form, kinds=KIND_LABELS, defaults=NAMES,
    )  # fmt: skip
