"""One request, one unit of work: committed before the answer leaves, and only when the answer is a success."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.core.after_commit import run_after_commit
from app.core.idempotency import Answer, keep_answer
from app.web.addresses import give_slashes_back
from app.web.flash import set_flash

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
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

    The database is only ever touched in the thread pool. A session opened for GET refuses to write.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler inside our transaction."""
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            writes = request.method not in SAFE
            db = request.app.state.database.session(write=writes)
            request.state.db = db
            give_slashes_back(request.path_params)
            try:
                if writes:
                    await _note_key(request)
                response = await original(request)
                await run_in_threadpool(_finish, request, db, response)
                return response
            except Replayed as replayed:
                await run_in_threadpool(db.close)
                return _answer_again(request, replayed.answer)
            except BaseException:
                await run_in_threadpool(db.close)
                raise
            finally:
                # Uploaded files lie in temporary ones until here.
                await request.close()

        return handler


def _finish(request: Request, db: Session, response: Response) -> None:
    """Commit a success and give the connection back; closing without a commit rolls back."""
    if request.method in SAFE or response.status_code >= 400:
        db.close()
        return
    if (claimed := getattr(request.state, "claimed", None)) is not None:
        actor_id, key, fingerprint = claimed
        keep_answer(db, actor_id, key, _to_keep(request, response, fingerprint))
    db.commit()
    db.close()
    run_after_commit(db)


async def _note_key(request: Request) -> None:
    """Remember the key that makes this request repeat-safe: a header from programs, a hidden field from forms.

    A form sent again with other values (the Back button) is another request: its values are part of the key. Only
    creations take a header: a change has its `version`, and may carry a password of which no quick hash is kept.
    """
    content_type = request.headers.get("content-type", "")
    header = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    if header:
        body = await request.body()
        request.state.key = header if len(header) <= MAX_KEY else hashlib.sha256(header.encode()).hexdigest()
    elif content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)
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
