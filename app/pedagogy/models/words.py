"""What a pupil says of himself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime


class SelfAssessment(Base):
    """What a pupil says of having learnt on a ticket; kept apart from what masters assess, counts for no level.

    `level` is a key of `rules.skills.OWN_WORDS`, 0 where only a sentence was written. `ticket_id` is a row of the
    workshop, which stands above; `source_label` names it (« BT-2026-0042 ») to whoever does not know tickets.
    """

    __tablename__ = "self_assessment"
    __table_args__ = (Index(None, "pupil_id", "at"), Index(None, "ticket_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    skill_code: Mapped[str | None]
    level: Mapped[int]
    sentence: Mapped[str] = mapped_column(Text, default="")
    source_label: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
