"""Fixtures of the tablets' tests."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.kiosk.stage import Stage, Tablet, arrange_tablets, tablet_of
from tests.workshop.scene import Scene, arrange


@pytest.fixture
def scene(db: Session) -> Scene:
    """Tom and Inès at practice with Karim, and a job of three operations for ten pieces."""
    return arrange(db)


@pytest.fixture
def stage(db: Session, scene: Scene) -> Stage:
    """The same with two enrolled tablets, and badges with a PIN for Tom, Inès and Karim."""
    return arrange_tablets(db, scene)


@pytest.fixture
def tablet(app: FastAPI, stage: Stage) -> Tablet:
    """The first tablet, as a browser that nobody sits at."""
    return tablet_of(app, stage.tokens[0])


@pytest.fixture
def sit(tablet: Tablet, stage: Stage) -> Callable[..., Tablet]:
    """`sit("Inès")`: that pupil scans the badge and types the PIN on the first tablet."""

    def sit_down(first_name: str, at: Tablet | None = None) -> Tablet:
        stage.sit_down(at or tablet, first_name)
        return at or tablet

    return sit_down
