"""Tablets in a small workshop: enrolled devices, badges with their secrets, a browser that is one of them."""

from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.kiosk import queries, service
from app.kiosk.models import Device
from app.pedagogy.models import Pupil
from tests.support.people import browser
from tests.workshop.scene import Scene

PINS = {"Inès": "2580", "Tom": "7391", "Karim": "4862"}
Tablet = TestClient


@dataclass
class Stage:
    """What a test of the tablets starts from; secrets are known here and nowhere in the database."""

    db: Session
    scene: Scene
    tokens: list[str]
    devices: list[Device]
    secrets: dict[str, str]

    def pupil(self, first_name: str) -> Pupil:
        """Inès or Tom."""
        return self.scene.ines if first_name == "Inès" else self.scene.tom

    def sit_down(self, tablet: Tablet, first_name: str) -> None:
        """By the forms, as the pupil does."""
        scanned = tablet.post("/tablette/badge", data={"badge": self.secrets[first_name]})
        assert scanned.status_code == 303, scanned.text
        answer = tablet.post(scanned.headers["location"], data={"pin": PINS[first_name]})
        assert answer.status_code == 303, answer.text


def arrange_tablets(db: Session, scene: Scene) -> Stage:
    """Two tablets and three badges."""
    tokens = [
        service.enrol_here(db, service.DeviceDraft(label, "Atelier"), by=scene.by) for label in ("Tour 2", "Fraiseuse")
    ]
    people = [
        *queries.names_for(db, pupil=scene.ines.code),
        *queries.names_for(db, pupil=scene.tom.code),
        *queries.names_for(db, staff=scene.master.code),
    ]
    drawn = [with_pin(one, PINS[one.whose.name.split(" ")[0]]) for one in service.draw_secrets(people, with_pin=False)]
    service.issue_badges(db, drawn, by=scene.by)
    db.flush()
    devices = [queries.get_device(db, tablet.id) for token in tokens if (tablet := queries.find_tablet(db, token, ""))]
    secrets = {one.whose.name.split(" ")[0]: one.secret for one in drawn}
    return Stage(db, scene, tokens, devices, secrets)


def with_pin(one: service.Drawn, pin: str) -> service.Drawn:
    """The same badge with a PIN that is known."""
    return service.Drawn(one.whose, one.secret, pin, _hashed(pin))


_HASHES: dict[str, str] = {}


def _hashed(pin: str) -> str:
    # A hash costs 25 ms: one of each for the whole run.
    from app.accounts.passwords import hash_password

    return _HASHES.setdefault(pin, hash_password(pin))


def tablet_of(app: FastAPI, token: str) -> Tablet:
    """A browser with the cookie of an enrolled tablet."""
    client = browser(app)
    client.cookies.set("device", token, domain="127.0.0.1")
    return client
