"""Files that people hand in: their name, type, size and fingerprint. The bytes lie in the data folder, once each."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime


class StoredFile(Base):
    """A file as it was handed in; never changed. `sha256` names its bytes in the data folder."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
