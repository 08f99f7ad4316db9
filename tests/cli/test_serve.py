"""`compagnon serve` as people start it: what it prints, what it refuses, how it stops."""

import contextlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.serve import is_loopback, why_unsafe
from app.settings import Settings
from tests.support.databases import ENGINE
from tests.support.server import START_SECONDS, environment, free_port, serve

EVERYWHERE = "0.0.0.0"  # noqa: S104
PHRASE = "la lime et le marbre"
TLS = {"tls_cert": "c.pem", "tls_key": "k.pem"}


@pytest.mark.parametrize(
    ("settings", "safe"),
    [
        ({}, True), ({"host": "::1"}, True), ({"host": "localhost"}, True), ({"host": EVERYWHERE}, False),
        ({"host": "192.168.1.5"}, False), ({"host": EVERYWHERE, **TLS}, True), ({"tls_cert": "c.pem"}, False),
        ({"host": EVERYWHERE, "base_url": "https://compagnon.ecole.example"}, True),
        ({"host": EVERYWHERE, "base_url": "http://compagnon.ecole.example"}, False),
        ({"host": EVERYWHERE, "plain_http": "private"}, True), ({"host": EVERYWHERE, "plain_http": "oui"}, False),
    ],
)  # fmt: skip
def test_passwords_never_cross_a_network_in_the_clear_unasked(settings, safe):
    assert (why_unsafe(Settings(**settings)) is None) is safe


@pytest.mark.parametrize(
    ("host", "mine"), [("127.0.0.1", True), ("127.8.8.8", True), ("10.0.0.1", False), ("x", False)]
)
def test_only_this_machine_reaches_the_loopback(host, mine):
    assert is_loopback(host) is mine


def run(*arguments):
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def address_of(own_database):
    return {"database_url": own_database.url.render_as_string(hide_password=False)}


@pytest.mark.slow
def test_the_first_start_prints_a_code_that_makes_the_director(data_dir, address_of):
    with serve(data_dir, **address_of) as (base, process):
        log = (data_dir / "server.log").read_text(encoding="utf-8")
        assert f": {base}\n" in log
        code = re.search(r"Code, valable une fois pendant 72 heures : ([A-Z0-9-]+)", log)[1]
        with httpx.Client(base_url=base, headers={"Sec-Fetch-Site": "same-origin"}) as browser:
            answer = browser.post(
                "/premiere-connexion",
                data={
                    "code": code, "staff_code": "D1", "first_name": "Hélène", "last_name": "Morel",
                    "email": "h@ecole.example", "school_name": "École du Val", "password": PHRASE,
                    "password_again": PHRASE,
                },
            )  # fmt: skip
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert browser.get("/compte").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=START_SECONDS) in {0, -signal.SIGTERM}
        assert "Application shutdown complete" in (data_dir / "server.log").read_text(encoding="utf-8")
    with serve(data_dir, **address_of) as (base, _):
        assert "Code, valable" not in (data_dir / "server.log").read_text(encoding="utf-8")
        assert httpx.get(f"{base}/premiere-connexion").status_code == 404


@pytest.mark.slow
def test_one_server_at_a_time_on_sqlite(data_dir, monkeypatch):
    monkeypatch.setenv("COMPAGNON_DATA_DIR", str(data_dir))
    run("migrate")
    refused = run("serve", "--workers", "2")
    assert refused.stderr == "Avec SQLite, un seul processus : retirez --workers, ou passez à PostgreSQL.\n"
    with serve(data_dir):
        assert run("serve").stderr == "Un serveur tourne déjà sur cette base.\n"


def test_what_is_in_the_way_is_one_line(data_dir, address_of, monkeypatch):
    monkeypatch.setenv("COMPAGNON_DATA_DIR", str(data_dir))
    run("migrate")
    with sqlite3.connect(data_dir / "compagnon.db") as old:
        old.execute("UPDATE alembic_version SET version_num = 'another'")
    other = run("serve")
    assert "lancez d’abord « compagnon migrate »" in other.stderr
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", address_of["database_url"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("COMPAGNON_PORT", port)
        busy = run("serve")
    assert busy.stderr.startswith(f"Impossible d’écouter sur 127.0.0.1, port {port}")
    monkeypatch.setenv("COMPAGNON_HOST", EVERYWHERE)
    unsafe = run("serve")
    assert unsafe.stderr.startswith("Refus d’écouter sur 0.0.0.0 sans chiffrement")
    assert {(answer.exit_code, answer.stderr.count("\n")) for answer in (unsafe, busy, other)} == {(1, 1)}


if ENGINE == "postgresql":

    @pytest.mark.slow
    def test_several_processes_share_a_postgresql(data_dir, address_of):
        port = free_port()
        env = environment(data_dir, port=str(port), **address_of)
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--workers", "2"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline, answers = time.monotonic() + START_SECONDS, []
            while time.monotonic() < deadline and len(answers) < 20:
                with contextlib.suppress(httpx.TransportError):
                    answers.append(httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code)
        finally:
            process.terminate()
            try:
                process.wait(timeout=START_SECONDS)
            finally:
                process.kill()  # nothing when it has ended; else the next test would meet it
                process.wait()
        assert answers == [200] * 20
