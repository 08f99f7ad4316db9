"""What was taken over from the school's files."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime


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
