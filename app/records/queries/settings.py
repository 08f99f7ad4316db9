"""Which documents the school asks every pupil for, and which a diploma asks for beside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import Diploma
from app.records.models import DocumentSetting
from app.records.rules import REQUIRED, DocumentKind


@dataclass(frozen=True, slots=True)
class Required:
    """What is asked for: of everybody, and beside it by the code of the diploma. `version` 0: nothing set yet."""

    everyone: tuple[DocumentKind, ...] = REQUIRED
    beside: Mapping[str, tuple[DocumentKind, ...]] = field(default_factory=dict)
    version: int = 0

    def of(self, diploma: str) -> tuple[DocumentKind, ...]:
        """What a pupil who prepares this diploma is asked for, in the order of the kinds."""
        asked = {*self.everyone, *self.beside.get(diploma, ())}
        return tuple(kind for kind in DocumentKind if kind in asked)


_SETTING = select(DocumentSetting.content, DocumentSetting.version)
_DIPLOMAS = select(Diploma.code, Diploma.label).order_by(Diploma.code)


def required(db: Session) -> Required:
    """What the school has set, else what the law and usage ask for."""
    row = run(db, _SETTING).one_or_none()
    if row is None:
        return Required()
    told = json.loads(row.content)
    beside = {code: tuple(map(DocumentKind, kinds)) for code, kinds in told["beside"].items()}
    return Required(tuple(map(DocumentKind, told["everyone"])), beside, row.version)


def find_setting(db: Session) -> DocumentSetting | None:
    """The row, held for a change."""
    return db.execute(select(DocumentSetting).where(DocumentSetting.id == 1).with_for_update()).scalar_one_or_none()


def diplomas(db: Session) -> list[tuple[str, str]]:
    """Every diploma, by code."""
    return [(row.code, row.label) for row in run(db, _DIPLOMAS)]
