"""The outbox: messages that somebody confirmed, on their way to a mail server. `sender` carries them there.

A message is a row written in the transaction of the deed that asks for it, so it is never lost and never sent for
something that was rolled back. What is sent goes out word for word as the row holds it.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, Text, case, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base
from app.core.errors import NotFound, Refused
from app.core.permissions import Permission
from app.core.types import UtcDateTime, Word
from app.core.workflow import Action, Workflow


class MailState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return LABELS[self]


S = MailState
LABELS = {
    S.QUEUED: "En attente", S.SENDING: "Envoi en cours", S.SENT: "Envoyé", S.FAILED: "Échec", S.CANCELLED: "Annulé",
}  # fmt: skip
_P = Permission.MAIL_SEND
MAIL = Workflow(
    "mail",
    S.QUEUED,
    (
        Action("take", "Prendre le message", frozenset({S.QUEUED}), S.SENDING, _P),
        Action("deliver", "Noter l’envoi", frozenset({S.SENDING}), S.SENT, _P),
        Action("postpone", "Essayer plus tard", frozenset({S.SENDING}), S.QUEUED, _P),
        Action("give_up", "Noter l’échec", frozenset({S.SENDING}), S.FAILED, _P),
        Action("retry", "Renvoyer le message", frozenset({S.FAILED}), S.QUEUED, _P, icon="swap"),
        Action("cancel", "Annuler le message", frozenset({S.QUEUED, S.FAILED}), S.CANCELLED, _P, icon="x"),
    ),
    LABELS,
)


class OutgoingMail(Base):
    """One message to one address. `message_id` stays the same however often it is sent again.

    `about_type` and `about_id` name what it was written for. `next_try_at` is empty once nothing more will be tried.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index(None, "state", "next_try_at"), Index(None, "about_type", "about_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    to_name: Mapped[str]
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MailState] = mapped_column(Word(MailState), default=MailState.QUEUED)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None]
    confirmed_by: Mapped[str]
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    about_type: Mapped[str] = mapped_column(default="")
    about_id: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is confirmed."""

    to_name: str
    to_address: str
    subject: str
    body: str


def post(db: Session, draft: Draft, *, about: journal.Identified | None = None, by: Actor) -> OutgoingMail:
    """Hand over a message that somebody has confirmed; it waits until a sender takes it."""
    moment = now()
    mail = OutgoingMail(
        message_id=secrets.token_hex(16), to_name=draft.to_name, to_address=draft.to_address, subject=draft.subject,
        body=draft.body, tries=0, created_at=moment, confirmed_by_id=by.staff_id, confirmed_by=by.name,
        next_try_at=moment, about_type=about.__tablename__ if about else "", about_id=about.id if about else None,
    )  # fmt: skip
    db.add(mail)
    db.flush()  # its id, for the journal
    journal.record(db, mail, "post", "Message confirmé", by=by, note=f"À {draft.to_address}")
    return mail


def send_again(db: Session, mail: OutgoingMail, *, by: Actor) -> None:
    """Try a failed message once more, at once, and from the first delay on."""
    _move(db, mail, "retry", "Message à renvoyer", by)
    mail.tries, mail.next_try_at = 0, now()


def cancel(db: Session, mail: OutgoingMail, *, by: Actor) -> None:
    """A message that must not go out any more."""
    _move(db, mail, "cancel", "Message annulé", by)
    mail.next_try_at = None


def _move(db: Session, mail: OutgoingMail, action: str, label: str, by: Actor) -> None:
    before = mail.state
    if before == MailState.SENDING:
        raise Refused("Ce message est en train de partir : regardez dans un instant.")
    mail.state = MAIL.require(action, before)
    journal.record(db, mail, journal.Move(action, before, mail.state), label, by=by)


def get_mail(db: Session, mail_id: int, *, lock: bool = False) -> OutgoingMail:
    """A message, or NotFound."""
    query = select(OutgoingMail).where(OutgoingMail.id == mail_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce message n’existe pas.")
    return found


def mails_about(db: Session, about_type: str, ids: Collection[int]) -> Sequence[OutgoingMail]:
    """The messages that were written for these things, in order."""
    mail = OutgoingMail
    query = select(mail).where(mail.about_type == about_type, mail.about_id.in_(sorted(ids))).order_by(mail.id)
    return db.execute(query).scalars().all()


def history_of(db: Session, mail: OutgoingMail) -> list[journal.Deed]:
    """What happened to a message, the latest first."""
    return journal.history(db, OutgoingMail.__tablename__, mail.id)


STUCK_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Troubles:
    """What did not leave. `stuck`: of those waiting, due or taken for more than an hour.

    `since` and `why`: when the oldest failed one was confirmed, and what happened to it.
    """

    failed: int
    waiting: int
    stuck: int
    since: datetime | None = None
    why: str = ""


def troubles(db: Session) -> Troubles:
    """What somebody should look at; two statements."""
    mail, late = OutgoingMail, now() - STUCK_AFTER
    open_ = mail.state.in_([MailState.QUEUED, MailState.SENDING])
    counted = select(
        func.count(case((mail.state == MailState.FAILED, 1))), func.count(case((open_, 1))),
        func.count(case(
            ((mail.state == MailState.QUEUED) & (func.coalesce(mail.next_try_at, mail.created_at) <= late), 1),
            ((mail.state == MailState.SENDING) & (func.coalesce(mail.taken_at, mail.created_at) <= late), 1),
        )),
    )  # fmt: skip
    oldest = select(mail).where(mail.state == MailState.FAILED).order_by(mail.id).limit(1)
    first = db.execute(oldest).scalar_one_or_none()
    failed, waiting, stuck = db.execute(counted).one()
    return Troubles(
        failed, waiting, stuck, first.created_at if first else None, (first.last_error or "") if first else ""
    )


def count_mails(db: Session) -> dict[MailState, int]:
    """How many messages stand where."""
    query = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    return {row[0]: row[1] for row in db.execute(query)}
