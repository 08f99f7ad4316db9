"""The photo of a pupil, and what it was agreed to for."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime, Word
from app.pedagogy.rules.photos import PhotoUse


class PupilPhoto(Base):
    """The one photo of a pupil; a new one takes its place."""

    __tablename__ = "pupil_photo"

    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PhotoConsent(Base):
    """One dated answer to one use of the photo; never edited, the latest one holds."""

    __tablename__ = "photo_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    use: Mapped[PhotoUse] = mapped_column(Word(PhotoUse))
    given: Mapped[bool]
    on_date: Mapped[date]
    said_by: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
