"""Companies of every kind (client, employer, partner) and the people to talk to there."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.types import UtcDateTime, Versioned


class Company(Versioned, Base):
    """A client company. `code` is the school's own key and is kept for ever."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    siret: Mapped[str | None]
    vat_number: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    payment_days: Mapped[int] = mapped_column(default=30)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(index=True)
    search_key: Mapped[str]

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="company", lazy="raise_on_sql", order_by="Contact.sort_key"
    )


class Contact(Base):
    """A person at a company; `first_name` is empty when not known."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("company_id", "last_name", "first_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    last_name: Mapped[str]
    first_name: Mapped[str] = mapped_column(default="")
    position: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str]

    company: Mapped[Company] = relationship(back_populates="contacts")
