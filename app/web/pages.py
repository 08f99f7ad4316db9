"""Pages: the Jinja environment, `page()` and `redirect()`. Every HTML answer is made here."""

import re
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.utils import Namespace
from markupsafe import escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.core.clock import local, now, today
from app.web.addresses import address
from app.web.assets import static_url
from app.web.filters import FILTERS
from app.web.flash import Flash, clear_flash, encode_flash, read_flashes, set_flash
from app.web.icons import icon
from app.web.navigation import NAVIGATION, NavItem

_SPECIAL = re.compile("[&<>'\"]").search
APP = Path(__file__).resolve().parents[1]
DOMAINS = (
    "accounts", "clients", "orders", "pedagogy", "timetable", "absences", "learning", "records", "admissions",
    "machines", "workshop", "graduates", "ledger", "kiosk", "board", "exchange",
)  # fmt: skip


class _Generator(CodeGenerator):
    """Compiles `{{ value }}` to our `text_of`, as Jinja does for its own native types."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.text_of({finalize.src or ''}")


class _Environment(Environment):
    """Escapes every value of a page (X5)."""

    code_generator_class = _Generator

    @staticmethod
    def text_of(value: object) -> str:
        """The value as it stands in a page. Most hold nothing to escape, and need no Markup object to be joined."""
        if type(value) is str and _SPECIAL(value) is None:
            return value
        return str(value) if type(value) is int else escape(value)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates lie beside their domain (`workshop/…`); shared ones in `web/templates`. Escapes everything (X5)."""
    own = {name: FileSystemLoader(APP / name / "templates") for name in DOMAINS}
    shared = {part: FileSystemLoader(APP / "web" / "templates" / part) for part in ("layouts", "components", "errors")}
    shared["web"] = FileSystemLoader(APP / "web" / "templates")
    env = _Environment(
        loader=PrefixLoader({**own, **shared}), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    env.filters.update(FILTERS)
    # Few, as every import compares them.
    env.globals = {"dict": dict, "namespace": Namespace, "range": range, "icon": icon, "static": static_url}
    return env


def url(request: Request, name: str, *, query: dict[str, Any] | None = None, **params: Any) -> str:
    """The path of a named route, with a query string of the values that are not empty.

    Keys are the school's own and may hold any character: « C/2026 n° 4 » is quoted.
    """
    path = address(request.app.state.paths, name, params)
    kept = {key: value for key, value in (query or {}).items() if value not in (None, "", False)}
    return f"{path}?{urlencode(kept)}" if kept else path


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A whole page. `me` is None when nobody is signed in.

    `url` is bound here: a function that takes the template's context costs a copy of it at every call in a loop.
    """
    me = getattr(request.state, "me", None)
    flashes = read_flashes(request)
    moment = local(now())
    html = environment().get_template(template).render(
        request=request, url=partial(url, request), me=me, nav=_navigation(request, me), flashes=flashes,
        today=today(), now=moment, theme=me.theme if me else "",
        insecure=request.app.state.settings.insecure, **context,
    )  # fmt: skip
    response = HTMLResponse(html, status_code=status)
    if flashes:
        clear_flash(response)
    return response


def redirect(request: Request, target: str, *, flash: str = "", undo_url: str | None = None) -> Response:
    """After a deed: 303 to where it shows, with a confirmation."""
    response = RedirectResponse(target, status_code=303)
    if flash:
        value = encode_flash(Flash(flash, "ok", undo_url))
        set_flash(response, value, secure=request.app.state.settings.secure)
        request.state.flash_value = value
    return response


def _navigation(request: Request, me: Any) -> list[NavItem]:
    """The entries of the role; the current one is the nearest above this page, so only one at a time."""
    if me is None:
        return []
    hrefs = {
        entry: [address(request.app.state.paths, route, {}) for route in (entry.route, *entry.covers)]
        for entry in NAVIGATION[me.role]
    }
    path = request.url.path
    above = [
        href
        for each in hrefs.values()
        for href in each
        if path == href or (href != "/" and path.startswith(href + "/"))
    ]
    nearest = max(above, key=len, default="")
    return [NavItem(entry.label, entry.icon, each[0], nearest in each) for entry, each in hrefs.items()]
