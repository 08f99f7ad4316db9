"""The school itself, its staff, and everything that lets somebody in."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.permissions import Role
from app.core.types import Percent, Scaled, UtcDateTime, Versioned, Word


class TenThousandth(Scaled):
    """A ratio to four decimals."""

    cache_ok = True
    places = 4


class School(Versioned, Base):
    """The one school of this database (one row, id 1).

    `daily_breaks`: « 10:00-10:15 ; 15:00-15:10 », no work counts in them. `order_share`: how many of a hundred workshop
    hours go to clients' orders, the rest to exercises, upkeep and demonstration. `call_grace`: minutes after the start
    of a session before its roll call is chased. `whole_half_days`: a half-day counts as missed only when all of it was.
    """

    __tablename__ = "school"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    siret: Mapped[str] = mapped_column(default="")
    uai: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(String(1), default="B")
    practice_target: Mapped[Decimal] = mapped_column(TenThousandth, default=Decimal("0.6667"))
    share_low: Mapped[Decimal] = mapped_column(Percent, default=Decimal(62))
    share_high: Mapped[Decimal] = mapped_column(Percent, default=Decimal(72))
    vat_regime: Mapped[str] = mapped_column(default="assujetti")
    vat_number: Mapped[str | None]
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    pupils_per_master: Mapped[int] = mapped_column(default=12, server_default="12")
    daily_breaks: Mapped[str] = mapped_column(default="", server_default="")
    order_share: Mapped[Decimal] = mapped_column(Percent, default=Decimal(50), server_default="5000")
    call_grace: Mapped[int] = mapped_column(default=15, server_default="15")
    whole_half_days: Mapped[bool] = mapped_column(default=False, server_default=false())


class Staff(Versioned, Base):
    """A member of staff. Without a password nobody signs in as them; disabled, no session of theirs is honoured."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    theme: Mapped[str] = mapped_column(String(5), default="")
    sort_key: Mapped[str] = mapped_column(index=True)

    @property
    def full_name(self) -> str:
        """First name then last name, as said aloud."""
        return f"{self.first_name} {self.last_name}"


class AuthSession(Base):
    """A sign-in. Only the hash of the cookie is kept; rows are ended, not deleted, until the clean-up."""

    __tablename__ = "auth_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(200), default="")

    staff: Mapped[Staff] = relationship()


class ApiToken(Base):
    """A bearer token that acts as a member of staff; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A one-use link to choose a password, at most 72 hours old; also the reset of a forgotten one."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class SetupCode(Base):
    """The one-time code of the first run, printed by the server (one row, id 1, while nobody can sign in)."""

    __tablename__ = "setup_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """A failed sign-in, kept to slow down guessing; survives a restart."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "email", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
