"""The photo of a pupil: handed in, shown for a use, taken out."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.permissions import Permission
from app.pedagogy import queries as pedagogy
from app.pedagogy import service as school
from app.pedagogy.rules.photos import PhotoUse
from app.records.forms import PhotoForm
from app.records.screens.files import file_page
from app.web.deps import Db, PostedForm
from app.web.pages import redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


@router.post(
    "/eleves/{code}/photo", name="records.keep_photo", dependencies=[allow(Permission.RECORD_EDIT, before_lock=True)]
)
def keep_photo(request: Request, db: Db, code: str, posted: PostedForm) -> Response:
    """A photo is handed in; it is shown only for what was agreed to."""
    form = posted.read(PhotoForm)
    kept = None
    with form.refusals():
        kept = receive(request, posted, "photo")
    me = recheck(request, db, Permission.RECORD_EDIT)
    if kept is not None:
        school.keep_photo(db, pedagogy.get_pupil_by_code(db, code, lock=True), kept, by=me)
        return redirect(request, url(request, "records.show_file", code=code), flash="Photo enregistrée.")
    return file_page(request, db, code, {"photo": form}, form.status)


@router.post("/eleves/{code}/photo/retrait", name="records.remove_photo", dependencies=[allow(Permission.RECORD_EDIT)])
def remove_photo(request: Request, db: Db, me: Me, code: str) -> Response:
    """Take the photo out."""
    school.remove_photo(db, pedagogy.get_pupil_by_code(db, code, lock=True), by=me)
    return redirect(request, url(request, "records.show_file", code=code), flash="Photo retirée.")


@router.get("/eleves/{code}/photo/{use}", name="records.show_photo", dependencies=[allow(Permission.PUPIL_READ)])
def show_photo(request: Request, db: Db, code: str, use: PhotoUse) -> Response:
    """The photo for one use; without the consent to that use there is none."""
    return show_file(request, pedagogy.photo_file(db, pedagogy.get_pupil_by_code(db, code), use))
