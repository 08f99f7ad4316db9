"""Alembic from a test: the project's own environment, on a database of the test."""

from pathlib import Path

from alembic.config import Config

ROOT = Path(__file__).resolve().parents[2]


def config(url: str) -> Config:
    """Configuration that migrates `url` and leaves logging alone."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made
