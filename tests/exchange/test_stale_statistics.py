"""A take-over is planned by the rows it has just stored, not by what the tables held before."""

import pytest
from sqlalchemy import text

from app.core.actor import SYSTEM
from app.exchange.service import apply_import, read_source
from tests.exchange.test_chaumont import SCHOOLS


@pytest.mark.skipif(
    not (SCHOOLS / "chaumont").is_dir(), reason=f"THE EXAMPLE SCHOOL IS NOT THERE: {SCHOOLS.parent.name}/{SCHOOLS.name}"
)
def test_undone_work_that_was_counted_as_empty_tables_does_not_slow_the_next(own_database):
    """PostgreSQL counted pages without a living row, and then expects one row of each table: statements of 15 s."""
    source = read_source(SCHOOLS / "chaumont")
    undone = own_database.session(write=True)
    assert apply_import(undone, source, by=SYSTEM).ok
    undone.rollback()
    undone.close()
    with own_database.writing() as db:
        db.execute(text("ANALYZE"))
    with own_database.writing() as db:
        report = apply_import(db, source, by=SYSTEM)
    assert report.ok
    assert report.total.created == report.total.read
