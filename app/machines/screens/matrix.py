"""Who may work on what: the matrix of a class, and one answer in full."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow, note_reading
from app.core.permissions import Permission
from app.machines import queries
from app.machines.rules import SHEETS, source_line
from app.machines.rules.answer import May, Word
from app.machines.rules.fixes import FIXES
from app.machines.screens.pupils import day_asked, day_form
from app.web.deps import Db, Listing
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.SAFETY_READ)]


@router.get("/securite/matrice", name="machines.show_matrix", dependencies=READ)
def show_matrix(request: Request, db: Db, listing: Listing) -> Response:
    """A class by machines, on any day."""
    found = _matrix(db, listing)
    return page(
        request, "machines/matrix.html", found=found, listing=listing, legend=list(May), form=day_form(found.day)
    )


@router.get("/securite/matrice/export.{kind}", name="machines.export_matrix", dependencies=READ)
def export_matrix(db: Db, listing: Listing, kind: str) -> Response:
    """The matrix as a table file: the word, and why not."""
    found = _matrix(db, listing)
    columns = [Column("Élève", lambda row: row.name)]
    columns += [Column(center.label, _cell(place)) for place, center in enumerate(found.columns)]
    return export(f"matrice-{found.day}", kind, columns, found.rows)


@router.get("/securite/reponse", name="machines.show_answer", dependencies=READ)
def show_answer(request: Request, db: Db, listing: Listing) -> Response:
    """Every check of one pupil on one machine that day, the way out, and who else may. Reading it is noted."""
    asked = listing.values
    found = queries.answer_page(db, asked.get("eleve", ""), asked.get("poste", ""), day_asked(listing))
    note_reading(request, db, "pupil_health", found.pupil.id, f"Réponse lue : {found.center.label}")
    return page(request, "machines/answer.html", found=found, fixes=FIXES, sheets=SHEETS, source_line=source_line)


def _matrix(db: Db, listing: Listing) -> queries.Matrix:
    values = listing.values
    everything = values.get("machines") == "toutes"
    return queries.matrix(db, values.get("groupe", ""), day_asked(listing), everything=everything)


def _cell(place: int) -> Callable[[Any], str]:
    def said(row: Any) -> str:
        word: Word = row.words[place]
        return f"{word.may.label} : {word.why}" if word.why else word.may.label

    return said
