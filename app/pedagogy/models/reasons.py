"""Why pupils are missing: what somebody said of a stretch of time."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime, Word
from app.pedagogy.rules.reasons import Channel


class AbsenceReason(Base):
    """Why a pupil is not there, from a minute of a day to a minute of another, as somebody said it.

    Append-only: a correction or a decision is a later row that names the one before (`replaces_id`); `withdrawn` says
    that nothing takes its place. Of health only the code is kept: no comment and no file.
    """

    __tablename__ = "absence_reason"
    __table_args__ = (Index(None, "pupil_id", "starts_on"), Index(None, "ends_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    starts_on: Mapped[date]
    start_minute: Mapped[int]
    ends_on: Mapped[date]
    end_minute: Mapped[int]
    code: Mapped[str] = mapped_column(String(3))
    legitimate: Mapped[bool | None]
    given_by: Mapped[str]
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    proof_seen: Mapped[bool] = mapped_column(default=False, server_default=false())
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("absence_reason.id"), unique=True)
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
