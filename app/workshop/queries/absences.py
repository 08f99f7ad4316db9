"""An absent pupil's tickets and who could take them; and today's pupils for a form that gives a ticket."""

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.workshop.queries.board import Asked, Row, today_board
from app.workshop.queries.dayplan import Slip
from app.workshop.queries.people import Person
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


def replacement(db: Session, code: str) -> tuple[Person, list[tuple[Slip, str]], list[tuple[str, str]]]:
    """An absent pupil's tickets, each with the code of who could take it, and everybody who could.

    The longest free come first and take turns, so that nobody gets everything.
    """
    board = today_board(db, Asked(None, mine=False))
    row = next((each for each in board.rows if each.person.code == code), None)
    if row is None:
        raise NotFound(f"Aucun élève du jour n’a le code « {code} ».")
    others = [each for each in board.rows if each.presence != Presence.ABSENT and each is not row]
    others.sort(key=lambda each: (-each.free(board.minute), each.person.name))
    takers = [(each.person.code, _told(each, board.minute)) for each in others]
    proposed = [takers[place % len(takers)][0] if takers else "" for place in range(len(row.held))]
    return row.person, list(zip(row.held, proposed, strict=True)), takers
