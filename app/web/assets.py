"""Static files: our own, and the two type faces out of their packages, unchanged. The style sheet is one file."""

import hashlib
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).resolve().parent / "static"
FONTS = {"source-sans": "font_source_sans_pro", "red-hat-display": "font_rhd"}
FOR_EVER = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r'@import\s+(?:url\()?"([^"]+)"\)?[^;]*;')


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """`css/app.css` with its imports put in place: layers and order stay as written there."""
    source = (STATIC / "css" / "app.css").read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: (STATIC / "css" / found[1]).read_text(encoding="utf-8"), source)


@lru_cache(maxsize=200)
def static_url(path: str) -> str:
    """Address of a static file, with a piece of its content's hash so that it can be cached for ever."""
    content = style_sheet().encode() if path == "css/app.css" else (STATIC / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:10]}"


class CachedFiles(StaticFiles):
    """Files that a browser keeps: their address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve the file with a long life when the address names its version."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and (b"v=" in scope.get("query_string", b"") or "fonts" in scope["root_path"]):
            response.headers["Cache-Control"] = FOR_EVER
        elif response.status_code == 200:
            # A module that another one imports has no version in its address: asked again, and mostly unchanged.
            response.headers["Cache-Control"] = "no-cache"
        return response


async def _serve_style_sheet(_request: Request) -> Response:
    return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": FOR_EVER})


def mount_assets(app: FastAPI) -> None:
    """Serve `/static`. Only font files of the packages are reachable, never their code."""
    app.router.add_route("/static/css/app.css", _serve_style_sheet, include_in_schema=False)
    for name, package in FONTS.items():
        spec = importlib.util.find_spec(package)
        if spec and spec.submodule_search_locations:
            folder = Path(next(iter(spec.submodule_search_locations))) / "files"
            app.mount(f"/static/fonts/{name}", CachedFiles(directory=folder), name=f"fonts-{name}")
    app.mount("/static", CachedFiles(directory=STATIC), name="static")
