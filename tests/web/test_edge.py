"""The edge: what every answer carries, and what is refused before any code of a domain runs."""

import pytest

from app.accounts.models import Staff
from app.core.permissions import Role
from app.web.middleware import HEADERS, MAX_BODY

PAGES = ("/connexion", "/nulle-part", "/health", "/static/css/app.css", "/api/v1/nulle-part", "/api/v1/clients")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["x-request-id"]


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/connexion").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy.replace("'self'", "")


def test_what_a_person_sees_is_kept_by_no_cache(client, login_as):
    login_as(Role.OFFICE)
    assert client.get("/").headers["cache-control"] == "no-store"


def test_nothing_tells_which_program_this_is(client):
    names = {name.lower() for name in client.get("/connexion").headers}
    assert not names & {"server", "x-powered-by"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "user@127.0.0.1.example"])
def test_an_unknown_host_is_not_answered(client, host):
    assert client.get("/connexion", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "127.0.0.1"])
def test_the_schools_own_names_are_answered(client, host):
    assert client.get("/connexion", headers={"Host": host}).status_code != 400


CROSS_SITE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
)


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_a_request_of_another_site_changes_nothing(client, login_as, headers):
    login_as(Role.DIRECTOR)
    assert client.post("/deconnexion", headers=headers).status_code == 403
    assert client.get("/compte").status_code == 200  # still signed in


def test_a_browser_that_says_nothing_is_not_believed_with_a_cookie(client, login_as):
    login_as(Role.DIRECTOR)
    del client.headers["Sec-Fetch-Site"]
    assert client.post("/deconnexion").status_code == 403


def test_a_program_with_a_token_needs_no_browser_headers(client, bearer):
    del client.headers["Sec-Fetch-Site"]
    body = {"name": "Mécanique du Der", "payment_days": 30}
    assert client.post("/api/v1/clients", json=body, headers=bearer(Role.OFFICE)).status_code == 201


def test_json_is_taken_as_json_only(client, login_as):
    """A form of another site cannot send JSON as text."""
    login_as(Role.OFFICE)
    sent = b'{"name": "Der", "payment_days": 30}'
    answer = client.post("/api/v1/clients", content=sent, headers={"Content-Type": "text/plain"})
    assert answer.status_code in {415, 422}


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_methods_nobody_offers_are_refused(client, method):
    assert client.request(method, "/connexion").status_code == 405


def test_a_body_that_is_too_large_is_refused(client, bearer):
    answer = client.post("/api/v1/clients", content=b"x" * (MAX_BODY + 1), headers=bearer(Role.OFFICE))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2f..%2fsettings.py"]
)
def test_static_files_do_not_lead_out_of_their_folder(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/api/docs"])
def test_the_description_of_the_interface_is_not_for_strangers(client, path):
    assert client.get(path).status_code in {303, 401, 404}


def test_an_unknown_page_is_a_page_and_an_unknown_address_of_the_interface_a_document(client):
    assert client.get("/nulle-part").headers["content-type"].startswith("text/html")
    answer = client.get("/api/v1/nulle-part")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_the_health_of_the_server_is_told_to_anybody_and_says_nothing_else(client, db):
    assert client.get("/health").json() == {"status": "ok"}
    assert db.query(Staff).count() == 0
