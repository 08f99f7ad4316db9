"""One table from failure to answer: a page for people, a document for programs, the same sentence in both."""

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.testclient import TestClient

from app.core.errors import Busy, Forbidden, NotFound, Refused, Stale, Unauthenticated
from app.main import create_app
from app.settings import Settings
from tests.support.databases import Nowhere
from tests.support.people import BASE_URL

FAILURES = {
    "unknown": (NotFound("Ce client n’existe pas."), 404, "Ce client n’existe pas."),
    "forbidden": (Forbidden("Réservé à la direction."), 403, "Réservé à la direction."),
    "refused": (Refused("Elle est déjà livrée."), 409, "Elle est déjà livrée."),
    "stale": (Stale("Changé par Anne.", (("Note", "à moi", "à elle"),)), 409, "Changé par Anne."),
    "busy": (Busy(), 503, "très occupé"),
    "double": (IntegrityError("INSERT", {}, Exception("UNIQUE")), 409, "juste avant vous"),
    "locked": (OperationalError("UPDATE", {}, Exception("database is locked")), 503, "très occupé"),
    "full": (OperationalError("UPDATE", {}, Exception("database or disk is full")), 503, "n’accepte plus d’écriture"),
    "pool": (PoolTimeout(), 503, "très occupé"),
    "broken": (OperationalError("SELECT secret", {}, Exception("no such table")), 500, "s’est cassé de notre côté"),
    "bug": (ZeroDivisionError("secret"), 500, "s’est cassé de notre côté"),
}


@pytest.fixture(scope="module")
def failing():
    application = create_app(Settings(base_url=BASE_URL), database=Nowhere())
    for prefix in ("", "/api/v1"):
        _add(application, prefix)
    with TestClient(application, base_url=BASE_URL, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def _add(application: FastAPI, prefix: str) -> None:
    def fail(name: str) -> None:
        if name == "stranger":
            raise Unauthenticated
        if name == "field":
            raise Refused("Pas un dimanche.", field="due_on")
        raise FAILURES[name][0]

    application.add_api_route(f"{prefix}/essai/{{name}}", fail, methods=["GET", "POST"])


@pytest.mark.parametrize("name", FAILURES)
def test_people_get_a_page(failing, name):
    _, status, said = FAILURES[name]
    answer = failing.get(f"/essai/{name}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (said if status < 500 else "pas été enregistré") in answer.text or said in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("name", FAILURES)
def test_programs_get_a_document_with_the_same_sentence(failing, name):
    _, status, said = FAILURES[name]
    answer = failing.get(f"/api/v1/essai/{name}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert answer.json()["status"] == status
    assert "secret" not in answer.text


def test_a_busy_server_says_when_to_come_back(failing):
    assert failing.get("/essai/busy").headers["retry-after"] == "2"
    assert failing.get("/api/v1/essai/full").headers["retry-after"] == "2"


def test_a_refusal_names_its_field_and_a_change_both_values(failing):
    refused = failing.get("/api/v1/essai/field")
    assert (refused.status_code, refused.json()["errors"]) == (422, {"due_on": "Pas un dimanche."})
    changes = failing.get("/api/v1/essai/stale").json()["changes"]
    assert changes == [{"field": "Note", "yours": "à moi", "stored": "à elle"}]
    page = failing.get("/essai/stale").text
    assert "à moi" in page
    assert "à elle" in page


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/essai/stranger", "/connexion?suite=/essai/stranger"),
        (
            "GET",
            "/essai/stranger?etat=a&q=%C3%A9%26",
            "/connexion?suite=/essai/stranger%3Fetat%3Da%26q%3D%25C3%25A9%2526",
        ),
        ("POST", "/essai/stranger", "/connexion"),
    ],
)
def test_a_stranger_is_sent_to_sign_in_and_comes_back(failing, method, path, target):
    answer = failing.request(method, path)
    assert (answer.status_code, answer.headers["location"]) == (303, target)


def test_a_program_that_is_a_stranger_is_told_how_to_come_in(failing):
    answer = failing.get("/api/v1/essai/stranger")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("path", ["/rien", "/commandes/x/y/z", "/%F0%9F%92%A9"])
def test_an_unknown_page_is_a_page(failing, path):
    answer = failing.get(path)
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text


def test_an_unknown_address_of_the_interface_is_a_document(failing):
    assert failing.get("/api/v1/rien").headers["content-type"] == "application/problem+json"


def test_what_was_sent_is_never_echoed(client, bearer):
    from app.core.permissions import Role

    body = {"name": ["mot-de-passe-secret"], "email": "mot-de-passe-secret"}
    answer = client.post("/api/v1/clients", json=body, headers=bearer(Role.OFFICE))
    assert answer.status_code == 422
    assert "mot-de-passe-secret" not in answer.text
    assert set(answer.json()["errors"]) == {"name", "email"}
