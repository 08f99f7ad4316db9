"""The schema: from nothing to head, the same as the models, back and forth, with data in it, on either engine."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from app import tables
from app.core.clock import now
from app.core.db import Database
from app.core.permissions import Role
from tests import factories
from tests.factories.learning import make_own_word
from tests.support import migrations


@pytest.fixture
def empty(databases):
    """A database without any table."""
    database = Database(databases.empty())
    yield database
    database.dispose()


def _tables(database):
    names = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    database.engine.dispose()
    return names


def _fill(database):
    with database.writing() as db:
        factories.make_school(db)
        order = factories.make_order(db, lines=2)
        pupil = factories.make_pupil(db)
        session = factories.make_session(db, pupil.group)
        factories.make_attendance(db, session, pupil)
        ticket = factories.make_ticket(db, pupil=pupil)
        work = factories.make_work_session(db, ticket, pupil)
        factories.make_quantity_report(db, ticket, pupil, good=2, scrap=1, work_session=work)
        factories.make_offer(db, pupil)
        factories.make_contact(db, order.company)
        factories.make_staff(db, Role.OFFICE)


def _counts(database):
    with database.reading() as db:
        return {
            name: db.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables.metadata.tables
        }


def test_from_nothing_to_head_gives_every_table(empty):
    migrations.upgrade(empty)
    assert _tables(empty) == set(tables.metadata.tables)


def test_models_and_migrations_agree(empty):
    migrations.upgrade(empty)
    migrations.run(empty, command.check)  # raises when a model differs
    assert _tables(empty)


def test_back_to_nothing_leaves_nothing(empty):
    migrations.upgrade(empty)
    migrations.downgrade(empty)
    assert _tables(empty) == set()


def test_every_step_can_be_undone_and_done_again(empty):
    with migrations.prepared(empty) as config:
        steps = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert steps
    for number, revision in enumerate(steps):
        migrations.upgrade(empty, revision)
        migrations.downgrade(empty, steps[number - 1] if number else "base")
        migrations.upgrade(empty, revision)
    assert _tables(empty) == set(tables.metadata.tables)


def test_there_is_one_head(empty):
    with migrations.prepared(empty) as config:
        assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_migrating_again_changes_nothing_and_loses_nothing(empty):
    migrations.upgrade(empty)
    _fill(empty)
    before = _counts(empty)
    assert sum(before.values()) > 20
    migrations.upgrade(empty)
    assert _counts(empty) == before


def test_rebuilding_a_parent_table_keeps_its_children(empty):
    """On SQLite a batch rebuilds the table: with foreign keys on, the children would go with the old one (trap X9)."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    migrations.upgrade(empty)
    _fill(empty)
    before = _counts(empty)
    with migrations.prepared(empty) as config:
        connection = config.attributes["connection"]
        operations = Operations(MigrationContext.configure(connection, opts={"target_metadata": tables.metadata}))
        with operations.batch_alter_table("customer_order", recreate="auto") as batch:
            batch.alter_column("customer_reference", server_default="")
    assert _counts(empty) == before


def test_foreign_keys_hold_after_migrating(own_database):
    with pytest.raises(IntegrityError), own_database.writing() as db:
        db.execute(text("INSERT INTO contact (company_id, last_name, first_name, sort_key) VALUES (9, 'a', 'b', 'c')"))


def test_names_of_constraints_follow_the_convention(empty):
    migrations.upgrade(empty)
    inspector = inspect(empty.engine)
    unnamed = [
        f"{table}.{each['constrained_columns']}"
        for table in inspector.get_table_names()
        for each in inspector.get_foreign_keys(table)
        if not (each["name"] or "").startswith("fk_")
    ]
    assert unnamed == []


def test_what_was_booked_before_gets_its_machine_time(empty):
    """A pair that worked side by side took the machine once."""
    with migrations.prepared(empty) as config:
        steps = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    migrations.upgrade(empty)
    with empty.writing() as db:
        factories.make_school(db)
        ticket = factories.make_ticket(db, pupil=factories.make_pupil(db))
        begin = now() - timedelta(hours=3)
        for minutes, later in ((60, 0), (60, 30), (20, 120)):
            pupil = factories.make_pupil(db)
            factories.make_work_session(db, ticket, pupil, minutes=minutes, started_at=begin + timedelta(minutes=later))
    migrations.downgrade(empty, steps[0])
    migrations.upgrade(empty)
    with empty.reading() as db:
        for table in ("ticket", "operation"):
            query = text(f"SELECT booked_seconds, machine_seconds FROM {table} ORDER BY 1 DESC")
            assert tuple(db.execute(query).first()) == (140 * 60, 110 * 60)


def test_what_stood_in_a_filled_database_is_carried_over_to_school_life(empty):
    """Guardians leave the pupil's row for rows of their own; what pupils said names its ticket."""
    migrations.upgrade(empty)
    with empty.writing() as db:
        factories.make_school(db)
        pupils = [factories.make_pupil(db, code=f"E{n}") for n in range(3)]
        ticket = factories.make_ticket(db, pupil=pupils[0])
        make_own_word(db, pupils[0], ticket, "C1")
        number, ids = ticket.number, [one.id for one in pupils]
    migrations.downgrade(empty, "2026_11_28_01")
    old = text(
        "UPDATE pupil SET guardian_name = :name, guardian_email = :email, guardian_phone = :phone WHERE id = :id"
    )
    whole = {"name": "Salma Haddad", "email": "salma@exemple.fr", "phone": "06 00 00 00 01"}
    with empty.writing() as db:
        db.execute(old, whole | {"id": ids[0]})
        db.execute(old, {"name": None, "email": None, "phone": "06 00 00 00 02", "id": ids[1]})
        db.execute(old, {"name": None, "email": None, "phone": None, "id": ids[2]})
    migrations.upgrade(empty)
    rows = text("SELECT pupil_id, name, email, phone, rank, notified FROM guardian ORDER BY pupil_id")
    with empty.reading() as db:
        assert [tuple(row) for row in db.execute(rows)] == [
            (ids[0], "Salma Haddad", "salma@exemple.fr", "06 00 00 00 01", 1, True),
            (ids[1], "", None, "06 00 00 00 02", 1, True),
        ]
        assert db.execute(text("SELECT source_label FROM self_assessment")).scalars().all() == [number]
    migrations.downgrade(empty, "2026_11_28_01")
    with empty.reading() as db:
        back = db.execute(text("SELECT guardian_name, guardian_phone FROM pupil ORDER BY id")).all()
        assert tuple(back[0]) == ("Salma Haddad", "06 00 00 00 01")
        assert back[1][1] == "06 00 00 00 02"
        assert tuple(back[2]) == (None, None)
