"""Files over HTTP: one that is handed in by a form, one that is shown. What a file is, its own bytes say."""

from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from app.core.documents import MAX_BYTES, Kept, StoredFile, keep, path_of, read
from app.core.errors import NotFound, Refused
from app.core.filetypes import PHOTOS, MediaType
from app.core.pdf import first_page
from app.web.forms import Posted

NOTHING_CHOSEN = "Choisissez un fichier."
UNDRAWN = "Ce plan ne s’affiche pas ici. Ouvrez le fichier."
ONLY_ONE = "Un seul fichier à la fois."
# Nothing inside a file may run or load anything. The browser's own PDF reader brings its style sheet with it.
SHOWN_IMAGE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
SHOWN_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


def data_dir(request: Request) -> Path:
    """The folder that holds the files."""
    folder: Path = request.app.state.settings.data_dir
    return folder


def receive(
    request: Request, posted: Posted, name: str, *, kinds: Collection[MediaType] = PHOTOS, optional: bool = False
) -> Kept | None:
    """The file sent under `name`, looked at and written; refusals lie at that field. None: none sent, and none needed.

    Call it in a route that is allowed `before_lock`, before `recheck`; the row comes after (`documents.store`).
    """
    files = posted.files(name)
    if not files and not optional:
        raise Refused(NOTHING_CHOSEN, field=name)
    if len(files) > 1:
        raise Refused(ONLY_ONE, field=name)
    if not files:
        return None
    return keep(
        data_dir(request), files[0].filename or "", files[0].file.read(MAX_BYTES + 1), kinds=kinds, field=name
    )  # fmt: skip


def show_file(request: Request, stored: StoredFile, *, download: bool = False) -> Response:
    """A stored file, as what it really is, to look at or to save; never kept by the browser, never run."""
    ascii_name = stored.name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    names = f"filename=\"{ascii_name}\"; filename*=UTF-8''{quote(stored.name, safe='')}"
    headers = {
        "Content-Disposition": f"{'attachment' if download else 'inline'}; {names}",
        "Content-Security-Policy": SHOWN_PDF if stored.media_type == MediaType.PDF else SHOWN_IMAGE,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(read(data_dir(request), stored), media_type=stored.media_type, headers=headers)


def show_first_page(request: Request, stored: StoredFile) -> Response:
    """The first page of a PDF as a picture, for a browser that shows none in a page."""
    drawn = first_page(path_of(data_dir(request), stored.sha256))
    if drawn is None:
        raise NotFound(UNDRAWN)
    headers = {"Content-Security-Policy": SHOWN_IMAGE, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(drawn, media_type="image/png", headers=headers)
