"""Whether the database answers."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database


def database_answers(database: Database) -> bool:
    """Ask it for nothing and see whether it replies."""
    try:
        with database.reading() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
