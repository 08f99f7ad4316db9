"""One request, one unit of work: committed before the answer leaves, and only when the answer is a success."""

import asyncio
import functools
import hashlib
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.core.after_commit import run_after_commit
from app.core.after_refusal import run_after_refusal
from app.core.idempotency import Answer, keep_answer
from app.web.addresses import give_slashes_back
from app.web.flash import set_flash

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 5000
MAX_FILES = 30
MAX_KEY = 100


class Replayed(Exception):
    """The same key was carried out before: its answer is given again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class UnitOfWorkRoute(APIRoute):
    """Opens the request's session, commits or rolls back by the answer's status, then lets the answer go.

    The event loop reads the body; everything else happens in one turn of one thread of the pool: permission, fields,
    endpoint, commit. The database is only ever touched there. A session opened for GET refuses to write.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _in_this_thread(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler inside our transaction."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            give_slashes_back(request.path_params)
            try:
                if request.method not in SAFE:
                    await _read_body(request)
                return await asyncio.get_running_loop().run_in_executor(None, _carry_out, handle, request)
            finally:
                # Uploaded files lie in temporary ones until here.
                await request.close()

        return handler


def _in_this_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint as FastAPI wants it so as not to give it a thread of its own: it runs in one already."""
    if inspect.iscoroutinefunction(endpoint):
        if hasattr(endpoint, "__wrapped__"):
            return endpoint
        raise TypeError(f"{endpoint.__name__} would run on a thread of the pool: it is a plain function")

    @functools.wraps(endpoint)
    async def called(*args: Any, **values: Any) -> Any:
        return endpoint(*args, **values)

    return called


def _carry_out(handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request) -> Response:
    """One request, from its session's first statement to the commit."""
    database = request.app.state.database
    db = database.session(write=request.method not in SAFE)
    request.state.db = db
    done = False
    try:
        response = _run_through(handle(request))
        done = _finish(request, db, response)
    except Replayed as replayed:
        return _answer_again(request, replayed.answer)
    finally:
        db.close()
        if not done:
            run_after_refusal(db, database)
    run_after_commit(db)
    return response


def _run_through(handled: Coroutine[Any, Any, Response]) -> Response:
    """Run FastAPI's handler to its end here and now. Its body has been read: nothing is left to wait for."""
    try:
        handled.send(None)
    except StopIteration as done:
        response: Response = done.value
        return response
    handled.close()
    raise RuntimeError("a request waited for something in the middle of its unit of work")


def _finish(request: Request, db: Session, response: Response) -> bool:
    """Commit a success, and say whether; what is closed without a commit is rolled back."""
    if request.method in SAFE or response.status_code >= 400:
        return False
    if (claimed := getattr(request.state, "claimed", None)) is not None:
        actor_id, key, fingerprint = claimed
        keep_answer(db, actor_id, key, _to_keep(request, response, fingerprint))
    db.commit()
    return True


async def _read_body(request: Request) -> None:
    """Read the whole body, and remember the key that makes this request repeat-safe: a header or a hidden field.

    A form sent again with other values (the Back button) is another request: its values are part of the key. Only
    creations take a header: a change has its `version`, and may carry a password of which no quick hash is kept.
    """
    header = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    is_form = request.headers.get("content-type", "").lower().startswith(FORM_TYPES)
    body = await request.body() if header or not is_form else b""
    form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) if is_form else None
    if header:
        request.state.key = header if len(header) <= MAX_KEY else hashlib.sha256(header.encode()).hexdigest()
    elif form is not None:
        hidden = form.get("_key")
        body = repr([(k, v) for k, v in form.multi_items() if isinstance(v, str)]).encode()
        if isinstance(hidden, str) and hidden:
            request.state.key = hashlib.sha256(hidden.encode() + body).hexdigest()
    else:
        return
    request.state.fingerprint = f"{request.method} {request.url.path} {hashlib.sha256(body).hexdigest()[:32]}"[:300]


def _to_keep(request: Request, response: Response, fingerprint: str) -> Answer:
    location = response.headers.get("location", "")
    body = bytes(response.body) if hasattr(response, "body") else b""
    if response.status_code == 303:
        body = getattr(request.state, "flash_value", "").encode()
    return Answer(fingerprint, response.status_code, response.headers.get("content-type", ""), location, body)


def _answer_again(request: Request, answer: Answer) -> Response:
    if answer.status == 303:
        response = Response(status_code=303, headers={"location": answer.location})
        if answer.body:
            set_flash(response, answer.body.decode(), secure=request.app.state.settings.secure)
        return response
    headers = {"idempotent-replay": "true"}
    if answer.location:
        headers["location"] = answer.location
    return Response(answer.body, answer.status, headers=headers, media_type=answer.media_type or None)
