"""Who is asking, and may they: `Me` and `allow(Permission.X)`. Every route has one `allow` or is `PUBLIC`."""

import logging
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts import queries, service
from app.accounts.models import AuthSession
from app.accounts.rules import SEEN_EVERY, CurrentUser
from app.core.clock import now
from app.core.errors import Busy, Forbidden, Refused, Unauthenticated
from app.core.idempotency import claim
from app.core.journal import record_reading
from app.core.permissions import Permission
from app.web.routing import SAFE, Replayed

log = logging.getLogger("compagnon.security")


def cookie_name(request: Request) -> str:
    """`__Host-sid` wherever the browser lets us, `sid` on plain http of the loopback (S6)."""
    return "__Host-sid" if request.app.state.settings.secure else "sid"


def leave(request: Request, db: Session, response: Response) -> None:
    """End the session of this browser, and take its cookie away."""
    if token := request.cookies.get(cookie_name(request), ""):
        service.end_session(db, token)
    secure = request.app.state.settings.secure
    response.delete_cookie(cookie_name(request), path="/", secure=secure, httponly=True, samesite="lax")


def _identify(request: Request, db: Session) -> CurrentUser:
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        user = queries.find_by_token(db, header[7:].strip())
    else:
        user = _by_cookie(request, db)
    if user is None:
        raise Unauthenticated()
    request.state.me = user
    return user


def _by_cookie(request: Request, db: Session) -> CurrentUser | None:
    token = request.cookies.get(cookie_name(request), "")
    found = queries.find_by_session(db, token) if token else None
    if found is None:
        return None
    user, seen = found
    if now() - seen > SEEN_EVERY:
        _touch(request, db, user)
    return user


def _touch(request: Request, db: Session, user: CurrentUser) -> None:
    """Note that the person is still there, at most once a minute; a GET uses a short transaction of its own."""
    if request.method not in SAFE:
        _set_seen(db, user)
        return
    # The reading connection goes back first: nobody holds one while asking for another (trap X1).
    db.close()
    try:
        with request.app.state.database.noting() as short:
            _set_seen(short, user)
    except Busy:
        # Somebody is writing, or nothing can be written; being seen can wait for the next request.
        return


def _set_seen(db: Session, user: CurrentUser) -> None:
    row = db.get(AuthSession, user.session_id)
    if row is not None:
        row.last_seen_at = now()


def _require(user: CurrentUser, permission: Permission) -> None:
    if not user.can(permission):
        raise Forbidden(f"Votre rôle ({user.role_label}) n’ouvre pas cette page. La direction peut vous y aider.")


def _claim_key(request: Request, db: Session, user: CurrentUser) -> None:
    key = getattr(request.state, "key", "")
    if not key or request.method in SAFE or user.staff_id is None:
        return
    fingerprint = request.state.fingerprint
    answer = claim(db, user.staff_id, key, fingerprint)
    if answer is None:
        request.state.claimed = (user.staff_id, key, fingerprint)
    elif answer.request != fingerprint:
        raise Refused("Cette clé a déjà servi pour une autre demande.", field="Idempotency-Key")
    else:
        raise Replayed(answer)


class Allow:
    """The permission of a route. `before_lock` reads it in a short session, so that slow work (hashing, parsing an
    upload) comes before the write lock; the endpoint then calls `recheck` inside its transaction (V28).

    Never waits, and is `async` all the same: FastAPI would send a plain function to another thread.
    """

    def __init__(self, permission: Permission, *, before_lock: bool = False) -> None:
        self.permission = permission
        self.before_lock = before_lock

    async def __call__(self, request: Request) -> None:
        """Let the request through, or raise."""
        if self.before_lock:
            with request.app.state.database.reading() as db:
                _require(_identify(request, db), self.permission)
            return
        db = request.state.db
        user = _identify(request, db)
        _require(user, self.permission)
        _claim_key(request, db, user)


def allow(permission: Permission, *, before_lock: bool = False) -> Any:
    """The route needs this permission."""
    return Depends(Allow(permission, before_lock=before_lock))


def recheck(request: Request, db: Session, permission: Permission) -> CurrentUser:
    """Read the person's rights again inside the write transaction, after slow work done before it."""
    user = _identify(request, db)
    _require(user, permission)
    _claim_key(request, db, user)
    return user


def note_reading(request: Request, db: Session, subject_type: str, subject_id: int, label: str) -> None:
    """Write down that the person of this request reads something sensitive (a health conclusion).

    The page is shown all the same when the database takes no note just now: the log of the server then says so. Call
    it once everything is read: the reading connection goes back first (trap X1).
    """
    db.close()
    try:
        with request.app.state.database.noting() as short:
            record_reading(short, subject_type, subject_id, label, by=request.state.me)
    except Busy:
        log.warning("%s %s was read by %s and could not be noted", subject_type, subject_id, request.state.me.staff_id)


async def _me(request: Request) -> CurrentUser:
    user: CurrentUser = request.state.me
    return user


Me = Annotated[CurrentUser, Depends(_me)]
