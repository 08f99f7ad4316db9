"""Whether the database answers."""

from sqlalchemy import text

from app.core.db import Database


def database_answers(database: Database) -> None:
    """Ask it for nothing; a database error comes through."""
    with database.reading() as db:
        db.execute(text("SELECT 1"))
