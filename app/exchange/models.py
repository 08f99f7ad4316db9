"""What was taken over from the school's files."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime, Versioned


class ImportRun(Base):
    """One import that was applied: by whom, from what, with which counts (JSON).

    `doubts` lists the assignments of the folder that the gate would have refused on their day (JSON).
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    source: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[str] = mapped_column(Text)
    doubts: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")


class SchoolLifeSetting(Versioned, Base):
    """What the columns of the school-life product are called, of one kind of file; `names` is JSON {field: column}."""

    __tablename__ = "school_life_setting"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExternalNumber(Base):
    """The number a pupil has in the school-life product."""

    __tablename__ = "external_number"

    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)


class ToldAbsence(Base):
    """An absence as the school-life product told it; never edited, told otherwise it is a later row."""

    __tablename__ = "told_absence"
    __table_args__ = (Index(None, "pupil_id", "on_date", "start_minute"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    on_date: Mapped[date] = mapped_column(index=True)
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    reason: Mapped[str]
    justified: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
