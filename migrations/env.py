"""Alembic's environment: the same metadata and engine as the application, on both engines."""

from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.core.db import Database
from app.settings import Settings
from app.tables import metadata


def _plain_type(kind: str, item: Any, _autogenerating: Any) -> str | bool:
    """A migration names plain types, so that it still runs when ours have moved."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _run(connection: Connection, *, is_sqlite: bool) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=is_sqlite, compare_type=True,
        transactional_ddl=True, render_item=_plain_type,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrate the connection or the address that was handed over, else the database of the settings."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _run(given, is_sqlite=given.dialect.name == "sqlite")
        return
    database = Database(context.config.attributes.get("url") or Settings().url)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # A batch that rebuilds a parent table would empty its children (trap X9).
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
        _run(connection, is_sqlite=database.is_sqlite)
        connection.commit()
        if database.is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"orphans after migration: {broken[:5]}")
    database.dispose()


run()
