"""What the API says of drawings: everything but the file itself, whose address is told."""

from datetime import datetime

from pydantic import BaseModel

from app.workshop.queries import DrawingRow
from app.workshop.rules import DrawingState


class DrawingOut(BaseModel):
    """A drawing at one index. `file`: where the file is read."""

    id: int
    order: str
    line: int
    name: str
    index: str
    state: DrawingState
    file_name: str
    media_type: str
    size: int
    at: datetime
    by: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    withdrawn_at: datetime | None
    file: str


class DrawingList(BaseModel):
    """One page of drawings."""

    items: list[DrawingOut]
    total: int
    page: int
    size: int


def drawing_out(row: DrawingRow, file: str) -> DrawingOut:
    """The document of one drawing."""
    return DrawingOut(
        id=row.id, order=row.order_number, line=row.line_no, name=row.name, index=row.index, state=row.state,
        file_name=row.file_name, media_type=row.media_type, size=row.size, at=row.at, by=row.by or None,
        confirmed_at=row.confirmed_at, confirmed_by=row.confirmed_by or None, withdrawn_at=row.withdrawn_at, file=file,
    )  # fmt: skip
