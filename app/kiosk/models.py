"""Enrolled devices, badges, and who is at which device. Of every secret only a hash is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned
from app.pedagogy.models import Pupil
from app.workshop.models import Ticket


class Device(Versioned, Base):
    """A tablet that a member of staff has enrolled; revoked, nothing it sends is heard.

    `link_until`: prepared, but no tablet has opened its link yet; until then `token_hash` is that of the link.
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Badge(Base):
    """The badge of a pupil, or of a master who signs on the tablet: a secret in its QR code and a four-digit PIN.

    Without `pin_hash` its holder chooses the PIN on a tablet, at the first scan.
    """

    __tablename__ = "badge"
    __table_args__ = (
        Index("uq_badge_pupil_live", "pupil_id", unique=True, sqlite_where=text("revoked_at IS NULL"),
              postgresql_where=text("revoked_at IS NULL")),
        Index("uq_badge_staff_live", "staff_id", unique=True, sqlite_where=text("revoked_at IS NULL"),
              postgresql_where=text("revoked_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    pin_hash: Mapped[str | None]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pupil: Mapped[Pupil | None] = relationship()
    staff: Mapped[Staff | None] = relationship(foreign_keys=[staff_id])


class KioskSession(Base):
    """A pupil at a device. Locked after two minutes without a touch, ended after ten; the work clock goes on."""

    __tablename__ = "kiosk_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped[Device] = relationship()
    pupil: Mapped[Pupil] = relationship()


class Tap(Base):
    """A tap that a tablet sent, by the key it made for it: the same key is carried out once, whatever the network.

    `made_at` is the tablet's word, `moment` what the rule made of it, `at` when it arrived. What a
    refused one carried (`content`) is kept; when it had waited for the network a master looks at it (`settled_at`):
    facts of the workshop are not thrown away.
    """

    __tablename__ = "tap"
    __table_args__ = (Index(None, "refused", "settled_at"), Index(None, "pupil_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    content: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str]
    refused: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    device: Mapped[Device] = relationship()
    pupil: Mapped[Pupil] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
