"""Roll calls and booked time against sessions and memberships."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.exchange.checks.membership import ANY_GROUP, Memberships, changed_pupils
from app.exchange.checks.merged import Merged, MergedTable
from app.exchange.checks.rows import clock
from app.exchange.sheets import Row, Source
from app.pedagogy.rules import Attendance, SessionKind

INPUTS = ("eleves", "inscriptions", "seances", "presences", "pointages")
AT_WORK = (Attendance.PRESENT, Attendance.LATE)
Blame = tuple[MergedTable, Row, str]


def check_attendance(merged: Merged) -> None:
    """Blame presences outside a membership or later than the session is long, and booked time outside practice."""
    if not merged.gives(*INPUTS):
        return
    stays = Memberships(merged)
    judge = WorkJudge(merged, stays)
    for row in merged["presences"].from_folder:
        _check_presence(merged, stays, row)
    for row in merged["pointages"].from_folder:
        if not row.bad & {"eleve", "date", "debut"} and (why := judge.why_not(row)):
            merged["pointages"].blame(row, "debut", why, clock(row.cells.debut))
    _check_stored(merged, stays, judge)


def _check_presence(merged: Merged, stays: Memberships, row: Row) -> None:
    cells, presences = row.cells, merged["presences"]
    if not row.bad & {"eleve", "groupe", "date"} and not stays.belongs(cells.eleve, cells.groupe, cells.date):
        why = f"Cet élève n'est pas inscrit dans ce groupe le {cells.date:%d/%m/%Y} : voyez inscriptions et eleves."
        presences.blame(row, "eleve", why, cells.eleve)
    length = _length(merged, row)
    if length is not None and "minutes_retard" not in row.bad and cells.minutes_retard > length:
        why = f"Le retard dépasse la séance, qui dure {length} minutes."
        presences.blame(row, "minutes_retard", why, cells.minutes_retard)
    elif length is not None and _missing(row) > length:
        why = f"Avec ce départ, il manque {_missing(row)} minutes : plus que la séance, qui dure {length} minutes."
        presences.blame(row, "minutes_depart", why, cells.minutes_depart)


def _missing(row: Row) -> int:
    """Minutes that a pupil who was there is said to have missed, as far as they can be read."""
    if row.bad & {"statut", "minutes_retard", "minutes_depart"} or row.cells.statut not in AT_WORK:
        return 0
    return int(row.cells.minutes_retard + (row.cells.minutes_depart or 0))


def _length(merged: Merged, row: Row) -> int | None:
    """Minutes of the session of a presence, when they are known."""
    if row.bad & {"groupe", "date", "debut"}:
        return None
    session = merged["seances"].by_key.get((row.cells.groupe, row.cells.date, row.cells.debut))
    if session is None or session.bad & {"debut", "fin"}:
        return None
    return int(session.cells.fin - session.cells.debut) if session.cells.fin > session.cells.debut else None


class WorkJudge:
    """Says why booked time does not lie within one attended practice session of the pupil's group."""

    def __init__(self, merged: Merged, stays: Memberships) -> None:
        self._sessions = merged["seances"]
        self._presences = merged["presences"]
        self._stays = stays
        self._by_group: dict[tuple[str, date], list[Row]] = {}
        self._by_day: dict[date, list[Row]] = {}
        for row in self._sessions.rows:
            if self._may_be_practice(row):
                self._by_group.setdefault((row.cells.groupe, row.cells.date), []).append(row)
                self._by_day.setdefault(row.cells.date, []).append(row)

    @staticmethod
    def _may_be_practice(row: Row) -> bool:
        cells = row.cells
        return None not in (cells.date, cells.debut) and ("type" in row.bad or cells.type == SessionKind.PRACTICE)

    def why_not(self, work: Row) -> str:
        """Empty when the time may stand, or when a mistake elsewhere leaves it open."""
        cells = work.cells
        groups = self._stays.groups_on(cells.eleve, cells.date)
        if groups is None or not self._sessions.complete:
            return ""
        if not groups:
            return f"Cet élève n'est inscrit dans aucun groupe le {cells.date:%d/%m/%Y} : voyez inscriptions et eleves."
        around = [session for session in self._candidates(groups, cells.date) if _contains(session, work)]
        if not around:
            return (
                "Ce pointage ne tient pas dans une séance de pratique du groupe de l'élève ce jour-là : voyez seances."
            )
        if any(self._at_work(session, cells.eleve) for session in around):
            return ""
        return "L'élève n'est ni présent ni en retard à cette séance : voyez presences."

    def _candidates(self, groups: list[str | None], day: date) -> Iterator[Row]:
        if ANY_GROUP in groups:
            yield from self._by_day.get(day, ())
            return
        for group in groups:
            yield from self._by_group.get((group or "", day), ())

    def _at_work(self, session: Row, pupil: str) -> bool:
        cells = session.cells
        presence = self._presences.by_key.get((cells.groupe, cells.date, cells.debut, pupil))
        if presence is None:
            return not self._presences.complete
        return "statut" in presence.bad or presence.cells.statut in AT_WORK


def _contains(session: Row, work: Row) -> bool:
    """Whether the work lies in the session; an end that cannot be used is taken as right after the start."""
    start, end = work.cells.debut, work.cells.fin
    if end is None or end <= start:
        end = start + 1
    opens, closes = session.cells.debut, session.cells.fin
    return bool(opens <= start and (closes is None or closes <= opens or end <= closes))


def _check_stored(merged: Merged, stays: Memberships, judge: WorkJudge) -> None:
    """Facts already stored may not be made impossible by a row of the folder: that row is to blame."""
    pupils = changed_pupils(merged)
    sessions = {_session_key(row): row for row in merged["seances"].changed()}
    calls = {_call_key(row): row for row in merged["presences"].changed()}
    if not (pupils or sessions or calls):
        return
    for row in merged["presences"].rows:
        if not row.line:
            _check_stored_presence(merged, stays, row, pupils, sessions)
    by_day = {row.cells.date: row for row in sessions.values()}
    before: WorkJudge | None = None
    for row in merged["pointages"].rows:
        blame = None if row.line else _suspect(merged, row, pupils, by_day, calls)
        if blame and judge.why_not(row):
            before = before or _judge_of_stored(merged)
            if not before.why_not(row):
                table, culprit, column = blame
                when = f"le {row.cells.date:%d/%m/%Y} à {clock(row.cells.debut)}"
                table.blame(
                    culprit, column, f"Un pointage enregistré de {row.cells.eleve} {when} n'aurait plus sa séance."
                )


def _judge_of_stored(merged: Merged) -> WorkJudge:
    """The judge of the database alone: what it already refused is no mistake of the folder."""
    alone = Merged(Source("", ""), merged.stored)
    return WorkJudge(alone, Memberships(alone))


def _session_key(row: Row) -> Any:
    return (row.cells.groupe, row.cells.date, row.cells.debut)


def _call_key(row: Row) -> Any:
    return (row.cells.eleve, row.cells.date)


def _check_stored_presence(
    merged: Merged, stays: Memberships, row: Row, pupils: dict[str, Blame], sessions: dict[Any, Row]
) -> None:
    cells = row.cells
    if (blame := pupils.get(cells.eleve)) and not stays.belongs(cells.eleve, cells.groupe, cells.date):
        table, culprit, column = blame
        why = f"Une présence enregistrée le {cells.date:%d/%m/%Y} dans {cells.groupe} n'aurait plus d'inscription."
        table.blame(culprit, column, why)
    session = sessions.get(_session_key(row))
    length = _length(merged, row) if session else None
    if session and length is not None and cells.minutes_retard > length:
        why = f"Un retard enregistré de {cells.minutes_retard} minutes dépasserait la séance."
        merged["seances"].blame(session, "fin", why, clock(session.cells.fin))


def _suspect(
    merged: Merged, work: Row, pupils: dict[str, Blame], sessions: dict[date, Row], calls: dict[Any, Row]
) -> Blame | None:
    """The changed row that may have taken a stored pointage's session away."""
    cells = work.cells
    if call := calls.get((cells.eleve, cells.date)):
        return merged["presences"], call, "statut"
    if cells.eleve in pupils:
        return pupils[cells.eleve]
    session = sessions.get(cells.date)
    return (merged["seances"], session, "fin") if session else None
