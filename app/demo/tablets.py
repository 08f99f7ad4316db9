"""Badges of the demonstration: every pupil's, and the visiting master's, with PINs that belong to this installation.

No tablet comes with it: a tablet is a browser, and somebody enrols it. A pupil then picks a first name and types the
PIN; the master signs with the badge's code, which is kept beside the passwords because nothing is printed here.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.passwords import hash_password
from app.core.actor import Actor
from app.core.clock import today
from app.demo.accounts import TabletCodes
from app.kiosk.queries import Named, names_for
from app.kiosk.service import Drawn, draw_secrets, issue_badges, new_pin
from app.pedagogy.models import Pupil


class Pins:
    """The two PINs of an installation, hashed before the write lock is taken."""

    def __init__(self) -> None:
        self.pupil, self.master = new_pin(), new_pin()
        self.hashes = {pin: hash_password(pin) for pin in (self.pupil, self.master)}

    def on(self, badge: Drawn, pin: str) -> Drawn:
        """The badge with that PIN."""
        return Drawn(badge.whose, badge.secret, pin, self.hashes[pin])


def issue_demo_badges(db: Session, pins: Pins, *, master: str, by: Actor) -> TabletCodes:
    """A badge for every pupil who is here and for that master; what opens them is given back this once."""
    here = select(Pupil.id).where(or_(Pupil.left_on.is_(None), Pupil.left_on >= today())).order_by(Pupil.id)
    pupils = [pins.on(one, pins.pupil) for one in _blank([Named(id_, None, "", "") for id_ in db.scalars(here)])]
    signing = [pins.on(one, pins.master) for one in _blank(names_for(db, staff=master))]
    issue_badges(db, [*pupils, *signing], by=by)
    name = accounts.get_staff_by_code(db, master).full_name
    return TabletCodes(pins.pupil, pins.master, name, signing[0].secret)


def _blank(people: list[Named]) -> list[Drawn]:
    return draw_secrets(people, with_pin=False)
