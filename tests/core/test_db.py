"""Sessions, locks and what happens when the database cannot write; real commits, on the engine under test."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.accounts.models import School
from app.core import db as core_db
from app.core.after_commit import after_commit, run_after_commit
from app.core.db import Database, WriteGate, cannot_write, is_busy
from app.core.errors import Busy
from app.core.health import database_answers


def names(database):
    with database.reading() as db:
        return [name for (name,) in db.execute(text("SELECT name FROM school"))]


def test_what_is_written_is_there_for_the_next_reader(own_database):
    with own_database.writing() as db:
        db.add(School(id=1, name="École du Val"))
    assert names(own_database) == ["École du Val"]


def test_a_failure_undoes_everything(own_database):
    with pytest.raises(ZeroDivisionError), own_database.writing() as db:
        db.add(School(id=1, name="École du Val"))
        db.flush()
        _ = 1 / 0
    assert names(own_database) == []


def test_a_reader_never_writes(own_database):
    with own_database.reading() as db:
        db.add(School(id=1, name="École du Val"))
        with pytest.raises(RuntimeError, match="never writes"):
            db.flush()


def test_the_database_answers(own_database):
    assert database_answers(own_database)


def test_a_note_is_written_when_nobody_is_in_the_way(own_database):
    with own_database.noting() as db:
        db.add(School(id=1, name="École du Val"))
    assert names(own_database) == ["École du Val"]


def test_a_note_gives_up_where_a_writer_would_wait(own_database, monkeypatch):
    """Reads go on while somebody writes for long: being seen can wait (T12)."""
    with own_database.writing() as busy:
        busy.add(School(id=1, name="École du Val"))
        busy.flush()
        with pytest.raises(Busy), own_database.noting() as db:
            db.merge(School(id=1, name="autre"))
            db.flush()
    assert names(own_database) == ["École du Val"]


@pytest.mark.parametrize(
    ("said", "busy", "full"),
    [
        ("database is locked", True, False), ("canceling statement due to lock timeout", True, False),
        ("deadlock detected", True, False), ("database or disk is full", False, True),
        ("attempt to write a readonly database", False, True), ("No space left on device", False, True),
        ("cannot execute UPDATE in a read-only transaction", False, True), ("no such table: x", False, False),
    ],
)  # fmt: skip
def test_the_databases_own_words_are_understood(said, busy, full):
    error = OperationalError("SELECT 1", {}, Exception(said))
    assert (is_busy(error), cannot_write(error)) == (busy, full)
    assert not is_busy(ValueError(said))


class TestGate:
    def test_one_at_a_time_between_threads(self, tmp_path):
        gate, inside, most = WriteGate(tmp_path / "lock"), [], []

        def write() -> None:
            gate.acquire()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            gate.release()

        threads = [threading.Thread(target=write) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert max(most) == 1
        gate.close()

    def test_one_at_a_time_between_commands(self, tmp_path):
        mine, theirs = WriteGate(tmp_path / "lock"), WriteGate(tmp_path / "lock")
        mine.acquire()
        with pytest.raises(Busy):
            theirs.acquire(patience=0.02)
        mine.release()
        theirs.acquire(patience=0.02)
        theirs.release()
        mine.close()
        theirs.close()

    def test_who_cannot_wait_any_longer_is_told_and_the_gate_still_works(self, tmp_path):
        gate = WriteGate(None)
        gate.acquire()
        with pytest.raises(Busy):
            gate.acquire(patience=0.01)
        gate.release()
        gate.acquire(patience=0.01)
        gate.release()

    def test_a_folder_that_takes_no_file_says_so_and_locks_nobody_out(self, tmp_path):
        gate = WriteGate(tmp_path / "missing" / "lock")
        for _ in range(2):
            with pytest.raises(Busy) as refusal:
                gate.acquire(patience=0.01)
            assert refusal.value.sentence == core_db.NO_WRITING


def test_sqlite_is_opened_the_careful_way(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.reading() as db:
        asked = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "secure_delete")
        found = {name: db.execute(text(f"PRAGMA {name}")).scalar_one() for name in asked}
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
    database.dispose()


def test_what_waits_for_the_commit_runs_once(db):
    done = []
    after_commit(db, lambda: done.append("un"))
    after_commit(db, lambda: done.append("deux"))
    run_after_commit(db)
    run_after_commit(db)
    assert done == ["un", "deux"]
