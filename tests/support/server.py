"""Real servers for tests: `compagnon serve` as people start it, or the same application on a socket of this process."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


def free_port() -> int:
    """A port of the loopback that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a command: this machine's, with no settings of Compagnon but the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")}
    given = {f"COMPAGNON_{name.upper()}": value for name, value in settings.items()}
    return kept | {"COMPAGNON_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"} | given


def compagnon(
    *arguments: str, env: dict[str, str], typed: str = "", expect: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; `typed` is its standard input."""
    command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, input=typed, capture_output=True, text=True, check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"compagnon {' '.join(arguments)}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


@contextlib.contextmanager
def serve(data_dir: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`compagnon serve` on a free port, or on the one given, as (address, process); its output is `server.log` in the
    data folder.
    """
    port = int(settings.pop("port", "") or free_port())
    env = environment(data_dir, port=str(port), **settings)
    log = data_dir / "server.log"
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process, log)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-3000:]}")


@contextlib.contextmanager
def on_a_socket(app: FastAPI) -> Iterator[str]:
    """The application of a test on a real socket of this process; gives its address.

    The host in settings must be the loopback. Use it with `own_database`: commits here are real.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", lifespan="on", server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)
