"""How many SQL statements an operation needs: the same application in this process, on a copy of the same database."""

import shutil
from typing import Any

from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.db import Database
from app.main import create_app
from app.settings import Settings
from bench.operations import OPERATIONS, Sample
from bench.schools import Bench

NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "PRAGMA")


def count_statements(bench: Bench, found: Sample) -> dict[str, int]:
    """Statements of the second request of each operation; the first fills the caches."""
    copy = bench.folder / "counted.db"
    shutil.copyfile(bench.folder / "compagnon.db", copy)
    database = Database(f"sqlite:///{copy}")
    counted = 0

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal counted
        counted += not statement.startswith(NOT_COUNTED)

    event.listen(database.engine, "before_cursor_execute", note)
    application = create_app(Settings(data_dir=bench.folder, base_url="http://127.0.0.1:8000"), database=database)
    counts = {}
    with TestClient(
        application, base_url="http://127.0.0.1:8000", headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    ) as http:
        http.cookies.set("sid", bench.cookie, domain="127.0.0.1")
        for operation in OPERATIONS:
            send = operation.ours(found)
            send(http, 0)
            counted = 0
            send(http, 1)
            counts[operation.name] = counted
    return counts
