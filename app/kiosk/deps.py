"""Which tablet asks, and which pupil sits at it: `ON_TABLET` and `AS_PUPIL`. Every route of the tablets has one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.core.clock import now
from app.core.errors import Busy, Forbidden, Unauthenticated
from app.kiosk import queries, rules, service
from app.kiosk.queries import Seat, Tablet
from app.kiosk.rules import SeatState, TapKind
from app.web.deps import Db
from app.web.pages import url
from app.web.routing import SAFE

UNKNOWN = "Cette tablette n’est pas inscrite. Demande à ton maître."
DOOR = "/tablette"
KEPT_FOR = timedelta(days=400)  # as long as a browser keeps a cookie; renewed whenever somebody sits down


def device_cookie(request: Request) -> str:
    """`__Host-device` wherever the browser lets us, `device` on plain http of the loopback (S6)."""
    return "__Host-device" if request.app.state.settings.secure else "device"


def seat_cookie(request: Request) -> str:
    """The same for the pupil at the tablet."""
    return "__Host-seat" if request.app.state.settings.secure else "seat"


def set_device(request: Request, response: Response, token: str) -> None:
    """From now on this browser is that tablet."""
    _set(request, response, device_cookie(request), token, max_age=int(KEPT_FOR.total_seconds()))


def set_seat(request: Request, response: Response, token: str) -> None:
    """From now on that pupil sits here; the tablet's own cookie is renewed."""
    _set(request, response, seat_cookie(request), token)
    set_device(request, response, request.cookies.get(device_cookie(request), ""))


def _set(request: Request, response: Response, name: str, token: str, max_age: int | None = None) -> None:
    secure = request.app.state.settings.secure
    response.set_cookie(name, token, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def drop_seat(request: Request, response: Response) -> None:
    """Nobody sits here any more, as far as this browser knows."""
    secure = request.app.state.settings.secure
    response.delete_cookie(seat_cookie(request), path="/", secure=secure, httponly=True, samesite="lax")


@dataclass(frozen=True)
class OnTablet:
    """The route is for an enrolled tablet. `before_lock` looks it up in a short session, so that slow work (hashing)
    comes before the write lock. Never waits, and is `async` all the same, as `Allow`.
    """

    before_lock: bool = False

    async def __call__(self, request: Request) -> None:
        """Let the request through, or raise."""
        if self.before_lock:
            with request.app.state.database.reading() as db:
                request.state.tablet = identify(request, db)
            return
        self._admit(request, request.state.db, identify(request, request.state.db))

    def _admit(self, request: Request, db: Session, tablet: Tablet) -> None:
        """Any pupil, or nobody, may be at it."""
        request.state.tablet = tablet
        if tablet.last_seen_at is None or now() - tablet.last_seen_at > rules.DEVICE_SEEN_EVERY:
            _note(request, db, tablet.id, None)


@dataclass(frozen=True)
class AsPupil(OnTablet):
    """The route is for the pupil who sits at the tablet. `quiet` does not count as a touch: a page that asks by
    itself must not keep the seat open.
    """

    quiet: bool = False

    def _admit(self, request: Request, db: Session, tablet: Tablet) -> None:
        """Whoever did not touch the screen for two minutes types the PIN again."""
        seat = tablet.seat
        if seat is None or seat.state == SeatState.ENDED:
            raise Unauthenticated("Dis-nous qui tu es.", door=DOOR)
        if seat.state == SeatState.LOCKED:
            raise Unauthenticated("Tape ton code.", door=f"{DOOR}/code/{seat.code}")
        request.state.tablet = tablet
        if not self.quiet and now() - seat.last_seen_at > rules.SEEN_EVERY:
            _note(request, db, tablet.id, seat.id)


def identify(request: Request, db: Session) -> Tablet:
    """The tablet whose cookie this is. One that was taken out of service is not heard."""
    token = request.cookies.get(device_cookie(request), "")
    tablet = queries.find_tablet(db, token, request.cookies.get(seat_cookie(request), "")) if token else None
    if tablet is None and request.url.path.startswith("/api/"):
        raise Unauthenticated(UNKNOWN)
    if tablet is None:
        raise Forbidden(UNKNOWN)
    return tablet


def identify_pupil(request: Request, db: Session) -> "Spot":
    """The tablet and its seat again inside the write transaction, after slow work done before it."""
    tablet = identify(request, db)
    if tablet.seat is None or tablet.seat.state != SeatState.OPEN:
        raise Unauthenticated("Dis-nous qui tu es.", door=DOOR)
    return Spot(request, db, tablet, tablet.seat)


def _note(request: Request, db: Session, device_id: int, seat_id: int | None) -> None:
    """Somebody is there; a GET uses a short transaction of its own, and does without when others write."""
    if request.method not in SAFE:
        service.touch(db, device_id, seat_id)
        return
    # The reading connection goes back first: nobody holds one while asking for another (trap X1).
    db.close()
    try:
        with request.app.state.database.noting() as short:
            service.touch(short, device_id, seat_id)
    except Busy:
        return


# The page a tap leads to when it is done; elsewhere the ticket, or « Mes bons » when it is about none.
AFTER = {TapKind.FINISH: "kiosk.show_result", TapKind.CHECK: "kiosk.show_check", TapKind.LEARNT: ""}


def after_tap(request: Request, kind: TapKind, number: str, content: dict[str, Any]) -> str:
    """Where one goes after a tap that was carried out."""
    name = AFTER.get(kind, "kiosk.show_ticket")
    if not name or not number:
        return url(request, "kiosk.show_own")
    return url(request, name, query={"piece": content.get("piece")}, number=number)


async def _tablet(request: Request) -> Tablet:
    tablet: Tablet = request.state.tablet
    return tablet


@dataclass(frozen=True, slots=True)
class Spot:
    """A pupil at a tablet, with the request and its session: what every screen of theirs works with."""

    request: Request
    db: Session
    here: Tablet
    seat: Seat


async def _spot(request: Request, db: Db) -> Spot:
    return Spot(request, db, request.state.tablet, request.state.tablet.seat)


Here = Annotated[Tablet, Depends(_tablet)]
At = Annotated[Spot, Depends(_spot)]
ON_TABLET: Any = Depends(OnTablet())
ON_TABLET_BEFORE_LOCK: Any = Depends(OnTablet(before_lock=True))
AS_PUPIL: Any = Depends(AsPupil())
QUIETLY: Any = Depends(AsPupil(quiet=True))
