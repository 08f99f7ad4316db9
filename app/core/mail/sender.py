"""Who carries the outbox to the mail server: a thread of `serve`, one message at a time across all workers.

What is guaranteed:
- A confirmed message is never lost: it is a row until it is sent, refused or cancelled, and a stopped or killed server
  goes on with those that wait.
- It is taken in one transaction, sent outside of any, and noted in another. Between the first and the last nobody else
  takes a message, however many workers there are.
- It is tried again by itself only after an attempt of which it is sure that nothing went out, with growing delays.
- Killed between the sending and the note, or without an answer after the text was handed over, nobody can know whether
  it went out. Then it is not sent again by itself: it stands as failed, says so, and a person decides. Sent again it
  carries the same Message-ID, by which mail servers and readers know the copy.
"""

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Busy
from app.core.mail import MAIL, MailState, OutgoingMail
from app.core.mail.smtp import Fate, MailServer, Outcome, deliver

log = logging.getLogger("compagnon.mail")
DELAYS = (1, 5, 15, 60, 240, 720)  # minutes before the next try; after the last one it has failed
GIVEN_UP_AFTER = timedelta(minutes=10)  # a message taken so long ago was being sent by a server that is gone
DOUBT = "Le programme s’est arrêté pendant l’envoi : ce message est peut-être parti. Vérifiez avant de le renvoyer."
GATE = 7_426_001  # of PostgreSQL's advisory locks: taking a message
LOOK_EVERY = 5.0


def send_next(database: Database, server: MailServer) -> Outcome | None:
    """Send the message whose turn it is; None when none is due, or somebody else is sending one."""
    with database.writing() as db:
        mail = _take(db)
    if mail is None:
        return None
    outcome = deliver(server, mail)
    with database.writing() as db:
        _note(db, mail.id, outcome)
    return outcome


def send_due(database: Database, server: MailServer) -> int:
    """Send all that is due; how many went out."""
    sent = 0
    while (outcome := send_next(database, server)) is not None:
        sent += outcome.fate == Fate.SENT
    return sent


def is_due(db: Session) -> bool:
    """Whether there is anything to do; reads only."""
    due = select(OutgoingMail.id).where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= now())
    lost = select(OutgoingMail.id).where(OutgoingMail.state == MailState.SENDING, OutgoingMail.taken_at <= _lost())
    return db.execute(due.union_all(lost).limit(1)).first() is not None


def _lost() -> datetime:
    return now() - GIVEN_UP_AFTER


def _take(db: Session) -> OutgoingMail | None:
    if db.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:gate)"), {"gate": GATE})
    under_way = db.execute(select(OutgoingMail).where(OutgoingMail.state == MailState.SENDING)).scalars().all()
    for mail in under_way:
        if mail.taken_at is None or mail.taken_at <= _lost():
            _settle(db, mail, "give_up", "Envoi interrompu", DOUBT)
    db.flush()  # so that those given up are counted no more
    still = select(func.count()).where(OutgoingMail.state == MailState.SENDING)
    if db.execute(still).scalar_one():
        return None
    due = (
        select(OutgoingMail)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= now())
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
        .limit(1)
        .with_for_update()
    )
    found = db.execute(due).scalar_one_or_none()
    if found is not None:
        found.state = MAIL.require("take", found.state)
        found.taken_at, found.tries = now(), found.tries + 1
    return found


def _note(db: Session, mail_id: int, outcome: Outcome) -> None:
    mail = db.execute(select(OutgoingMail).where(OutgoingMail.id == mail_id).with_for_update()).scalar_one()
    if outcome.fate == Fate.SENT:
        mail.sent_at = now()
        _settle(db, mail, "deliver", "Message envoyé", None)
    elif outcome.fate == Fate.LATER and mail.tries <= len(DELAYS):
        mail.state = MAIL.require("postpone", mail.state)
        mail.next_try_at, mail.last_error = now() + timedelta(minutes=DELAYS[mail.tries - 1]), outcome.why
    else:
        doubt = f"{outcome.why} Ce message est peut-être parti." if outcome.fate == Fate.UNKNOWN else outcome.why
        _settle(db, mail, "give_up", "Message non envoyé", doubt)


def _settle(db: Session, mail: OutgoingMail, action: str, label: str, error: str | None) -> None:
    before = mail.state
    mail.state = MAIL.require(action, before)
    mail.next_try_at, mail.last_error = None, error
    journal.record(db, mail, journal.Move(action, before, mail.state), label, by=SYSTEM, note=error)


class Postman:
    """The thread that looks at the outbox every few seconds while the server runs."""

    def __init__(self, database: Database, server: MailServer) -> None:
        self._database, self._server = database, server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except (DBAPIError, Busy) as trouble:
                log.warning("the outbox waits: %s", trouble)
            self._stop.wait(LOOK_EVERY)

    def _look(self) -> None:
        with self._database.reading() as db:
            if not is_due(db):
                return
        while not self._stop.is_set() and send_next(self._database, self._server) is not None:
            pass
