"""Fixtures of the workshop's tests."""

import pytest
from sqlalchemy.orm import Session

from tests.workshop.scene import Scene, arrange


@pytest.fixture
def scene(db: Session) -> Scene:
    """Tom and Inès at practice, and a job of three operations for ten pieces."""
    return arrange(db)
