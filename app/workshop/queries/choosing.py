"""Today's pupils for a form that gives a ticket."""

from sqlalchemy.orm import Session

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
    word = "libres" if free >= 120 else "libre"
    rest = f"{free // 60}\u00a0h\u00a0{free % 60:02d} {word}" if free else "occupé"
    return f"{row.person.name}, {row.person.group}, {rest}"
