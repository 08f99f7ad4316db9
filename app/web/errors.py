"""Failure → answer: the single status table. HTML for people, problem+json for programs, the same sentence in both."""

import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.core.db import NO_WRITING, cannot_write, is_busy
from app.core.errors import AppError, Busy, Forbidden, NotFound, Refused, Stale, Unauthenticated
from app.web.messages import field_name, sentence
from app.web.pages import page

log = logging.getLogger("compagnon")
STATUS: dict[type[AppError], int] = {
    Unauthenticated: 401, Forbidden: 403, NotFound: 404, Refused: 409, Stale: 409, Busy: 503,
}  # fmt: skip
TITLES = {
    400: "Demande illisible", 401: "Connexion nécessaire", 403: "Accès réservé", 404: "Introuvable",
    405: "Méthode non permise", 409: "Refusé", 413: "Trop volumineux", 415: "Format non pris en charge",
    422: "À corriger", 500: "Panne", 503: "Serveur occupé",
}  # fmt: skip
SENTENCES = {
    404: "Cette page n’existe pas, ou n’existe plus.", 405: "Cette adresse ne permet pas cette action.",
    413: "Ce fichier est trop volumineux.", 400: "La demande n’a pas pu être lue.",
    500: "Quelque chose s’est cassé de notre côté. Rien n’a été enregistré.",
}  # fmt: skip
SOMEBODY_WAS_FASTER = (
    "Quelqu’un a enregistré la même chose juste avant vous. Rien n’a été changé : vérifiez, puis recommencez."
)


def wants_json(request: Request) -> bool:
    """Programs talk to `/api`; everything else is a person."""
    return request.url.path.startswith("/api/") or request.url.path == "/health"


def problem(status: int, detail: str, *, errors: dict[str, str] | None = None, **more: Any) -> Response:
    """A problem document (RFC 9457), `errors` by field."""
    body: dict[str, Any] = {"title": TITLES.get(status, "Erreur"), "status": status, "detail": detail, **more}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Register every handler."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(PoolTimeout, _pool_timeout)


def _page(request: Request, status: int, detail: str, **context: Any) -> Response:
    template = "errors/tablet.html" if request.url.path.startswith("/tablette") else f"errors/{status}.html"
    return page(
        request, template, status=status, message=detail, request_id=_request_id(request), code=status, **context
    )  # fmt: skip


def _app_error(request: Request, error: Any) -> Response:
    # A domain may refine a kind of failure: it is answered like the kind.
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if wants_json(request):
        return _app_problem(error, status)
    if status == 401 and error.door:
        return RedirectResponse(error.door, 303)
    if status == 401:
        back = request.url.path if request.method == "GET" else "/"
        query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
        return RedirectResponse(
            f"/connexion?suite={quote(back + query, safe='/')}" if back != "/" else "/connexion", 303
        )
    changes = error.changes if isinstance(error, Stale) else ()
    response = _page(request, status, error.sentence, **({"changes": changes} if status == 409 else {}))
    return _retry(response, status)


def _app_problem(error: AppError, status: int) -> Response:
    if isinstance(error, Refused) and error.field:
        # What lies in a field can be corrected there: 422, as on the page; 409 is for the state of the document.
        return problem(422, error.sentence, errors={error.field: error.sentence} | error.also)
    if isinstance(error, Stale):
        changes = [{"field": label, "yours": yours, "stored": stored} for label, yours, stored in error.changes]
        return problem(status, error.sentence, changes=changes)
    return _retry(problem(status, error.sentence), status)


def _retry(response: Response, status: int) -> Response:
    if status == 503:
        response.headers["Retry-After"] = "2"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(request: Request, error: Any) -> Response:
    status = error.status_code
    detail = SENTENCES.get(status, SENTENCES[400])
    if wants_json(request):
        response = problem(status, detail)
    else:
        response = _page(request, status if status in {404, 413} else 404, detail)
        response.status_code = status
    response.headers.update(error.headers or {})
    return response


def _invalid(request: Request, error: Any) -> Response:
    """Only the API can get here: HTML forms never raise. Nothing that was sent is echoed (X14)."""
    known = getattr(request.state, "me", None) or getattr(request.state, "tablet", None)
    if known is None and wants_json(request):
        return _app_error(request, Unauthenticated())
    errors: dict[str, str] = {}
    for one in error.errors():
        location = tuple(one["loc"][1:]) if one["loc"] and one["loc"][0] in {"body", "query", "path"} else one["loc"]
        errors.setdefault(field_name(location), sentence(one))
    if wants_json(request):
        return problem(422, "Certains champs sont à corriger. Rien n’a été enregistré.", errors=errors)
    return _page(request, 404, SENTENCES[404])


def _database_error(request: Request, error: Exception) -> Response:
    if isinstance(error, IntegrityError):
        return _app_error(request, Refused(SOMEBODY_WAS_FASTER))
    if is_busy(error):
        return _app_error(request, Busy())
    if cannot_write(error):
        return _app_error(request, Busy(NO_WRITING))
    return answer_bug(request, error)


def _pool_timeout(request: Request, _error: Exception) -> Response:
    return _app_error(request, Busy())


def answer_large(request: Request) -> Response:
    """A body beyond the limit, refused by its declared length before anything of it is read."""
    return _http_error(request, HTTPException(413))


def answer_bug(request: Request, error: Exception) -> Response:
    """A bug: its number and nothing else; the log has the rest under the same number."""
    log.error("request %s failed", _request_id(request), exc_info=error)
    if wants_json(request):
        return problem(500, SENTENCES[500], request_id=_request_id(request))
    return _page(request, 500, SENTENCES[500])


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
