"""Material: lots with their certificate, and every move of them. What is in stock or reserved is a sum of moves."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clients.models import Company
from app.core.db import Base
from app.core.types import Price, Quantity, UtcDateTime, Versioned, Word
from app.workshop.models.routings import Job
from app.workshop.rules import MoveKind


class MaterialLot(Versioned, Base):
    """One delivery of one material, the school's own or a client's (`company_id`), or an off-cut of another lot.

    `unit_cost` in euros excluding VAT for one `unit`, unknown when empty; a client's own costs nothing.
    `certificate` is the number of its EN 10204 certificate (`certificate_kind` 3.1 or 2.2), `heat` the heat number.
    """

    __tablename__ = "material_lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    shape: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(String(10))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("material_lot.id"))
    certificate: Mapped[str | None]
    certificate_kind: Mapped[str] = mapped_column(String(5), default="")
    heat: Mapped[str | None]
    certificate_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    received_on: Mapped[date]
    unit_cost: Mapped[Decimal | None] = mapped_column(Price)
    place: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(index=True)
    search_key: Mapped[str]

    company: Mapped[Company | None] = relationship()


class MaterialMove(Base):
    """One move of a lot: `quantity` is always positive, the kind says what it does. Corrected by a reversing row."""

    __tablename__ = "material_move"
    __table_args__ = (Index(None, "lot_id"), Index(None, "job_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("material_lot.id"))
    kind: Mapped[MoveKind] = mapped_column(Word(MoveKind))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    note: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("material_move.id"), unique=True)

    lot: Mapped[MaterialLot] = relationship()
    job: Mapped[Job | None] = relationship()
