"""Today's pupils for a form that gives a ticket."""

from sqlalchemy.orm import Session

from app.core.clock import spare
from app.workshop.queries.board import Asked, Row, today_board
from app.workshop.rules import Presence


def pupils_of_today(db: Session) -> list[tuple[str, str]]:
    """(code, « Tom Aubry, CAP1 ») of everybody at practice today, for a form that gives a ticket."""
    board = today_board(db, Asked(None, mine=False))
    return [(row.person.code, _told(row, board.minute)) for row in board.rows]


def _told(row: Row, minute: int) -> str:
    if row.presence == Presence.ABSENT:
        return f"{row.person.name}, {row.person.group}, absent"
    free = row.free(minute)
    return f"{row.person.name}, {row.person.group}, {spare(free) if free else 'occupé'}"
