"""The outermost layer where a test client is not enough: real sockets, raw requests, the log, places."""

import asyncio
import http.client
import logging
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.web.middleware import HEADERS, MAX_JSON, WRITE_PLACES, Places, PrivateOnly
from tests.support.server import on_a_socket


def _broken() -> None:
    raise RuntimeError("une panne")


@pytest.fixture
def server(own_database, data_dir):
    application = create_app(Settings(data_dir=data_dir), database=own_database)
    application.add_api_route("/panne", _broken, methods=["GET"])
    application.add_api_route("/api/v1/panne", _broken, methods=["GET"])
    with on_a_socket(application) as address:
        yield address


def raw(address, request: bytes) -> bytes:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(65536)


class TestBugs:
    def test_a_bug_is_answered_with_its_number_and_the_headers(self, server, caplog):
        answer = httpx.get(f"{server}/panne")
        assert answer.status_code == 500
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"] in answer.text
        assert "une panne" not in answer.text
        assert "Traceback" not in answer.text
        assert f"request {answer.headers['x-request-id']} failed" in caplog.text

    def test_programs_get_a_document(self, server):
        answer = httpx.get(f"{server}/api/v1/panne")
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        assert answer.json()["request_id"] == answer.headers["x-request-id"]

    def test_the_server_goes_on(self, server):
        httpx.get(f"{server}/panne")
        assert httpx.get(f"{server}/health").status_code == 200


class TestHeaders:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/rien", 404), ("GET", "/static/rien.css", 404), ("TRACE", "/", 405), ("GET", "/connexion", 303)],
    )
    def test_every_answer_carries_them(self, server, method, path, status):
        answer = httpx.request(method, server + path)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "server" not in answer.headers

    @pytest.mark.parametrize("size", [MAX_JSON + 1, 5 * MAX_JSON])
    def test_json_beyond_a_megabyte_is_refused(self, server, size):
        answer = httpx.post(
            f"{server}/api/v1/clients", content=b"x" * size, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"


class TestStrangeRequests:
    @pytest.mark.parametrize("host", ["ailleurs.example", "[", "127.0.0.1@x", "", "x" * 5000])
    def test_an_unknown_or_broken_host_is_refused(self, server, host):
        answer = raw(server, f"GET /connexion HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400")

    @pytest.mark.parametrize("origin", ["http://[", "null", "http://ailleurs.example", "x"])
    def test_an_origin_that_is_not_ours_is_refused(self, server, origin):
        assert httpx.post(f"{server}/connexion", headers={"Origin": origin}).status_code == 403

    def test_our_own_origin_is_let_through(self, server):
        assert httpx.post(f"{server}/deconnexion", headers={"Origin": server}).status_code == 303

    @pytest.mark.parametrize("path", ["/clients/a%00b", "/connexion?suite=%00", "/%00"])
    def test_nul_is_refused(self, server, path):
        assert httpx.get(server + path).status_code == 400

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../app/main.py", "/static/%2e%2e/app/main.py", "/static/..%2f..%2fpyproject.toml",
            "/static/css/../../../settings.py", "/static/....//pyproject.toml", "/static/%252e%252e/main.py",
            "/static//etc/passwd", "/static/..\\..\\settings.py", "/static/fonts/source-sans/../__init__.py",
            "/static/fonts/source-sans/%2e%2e/__init__.py", "/static/\x2e\x2e/settings.py", "/static/%c0%ae%c0%ae/x",
        ],
    )  # fmt: skip
    def test_no_spelling_leads_out_of_the_static_folder(self, server, path):
        """By raw socket: a client library would fold the path first (trap X8)."""
        parts = urlsplit(server)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status in {400, 404}
        assert b"import" not in body


class TestLog:
    def test_it_names_no_token_and_takes_no_line_break(self, server, caplog):
        caplog.set_level(logging.INFO, logger="compagnon.access")
        secret = "a" * 43
        httpx.get(f"{server}/invitation/{secret}?code={secret}")
        httpx.get(f"{server}/x%0AINVENTÉ")
        lines = [record.getMessage() for record in caplog.records if record.name == "compagnon.access"]
        assert any(" GET /invitation/… 404 " in line for line in lines)
        assert not any(secret in line or "\n" in line for line in lines)


async def _call(app, **scope):
    sent = []
    full = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", **scope}

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(full, receive, send)
    return sent[0]["status"] if sent else None


class TestPrivateNetwork:
    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("192.168.1.20", 200), ("10.1.2.3", 200), ("127.0.0.1", 200), ("fd12::1", 200), ("::1", 200),
            ("::ffff:192.168.1.20", 200), ("fe80::1%eth0", 200), ("8.8.8.8", 403), ("2a01:e0a::1", 403),
            ("::ffff:8.8.8.8", 403), ("x", 403), ("", 403),
        ],
    )  # fmt: skip
    def test_without_tls_only_private_addresses_are_let_in(self, address, status):
        async def inner(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})

        assert asyncio.run(_call(PrivateOnly(inner), client=(address, 1))) == status


class TestPlaces:
    def test_writers_leave_room_for_readers(self):
        """All places of writers taken, a reader still comes in at once (T12)."""

        async def scenario():
            gate, inside = asyncio.Event(), []

            async def inner(scope, receive, send):
                inside.append(scope["method"])
                await gate.wait()

            app = Places(inner)
            writers = [asyncio.create_task(_call(app, method="POST")) for _ in range(WRITE_PLACES * 3)]
            await asyncio.sleep(0)
            reader = asyncio.create_task(_call(app))
            for _ in range(5):
                await asyncio.sleep(0)
            counted = (inside.count("POST"), inside.count("GET"))
            gate.set()
            await asyncio.gather(*writers, reader)
            return counted

        assert asyncio.run(scenario()) == (WRITE_PLACES, 1)
