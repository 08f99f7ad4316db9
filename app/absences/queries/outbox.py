"""The outbox as a page shows it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.mail import MailState, OutgoingMail, count_mails
from app.core.paging import ListRequest, Page, fetch_page

_M = OutgoingMail
_LIST: Any = select(
    _M.id, _M.to_name, _M.to_address, _M.subject, _M.state, _M.tries, _M.last_error, _M.created_at, _M.confirmed_by,
    _M.next_try_at, _M.sent_at,
).order_by(_M.id.desc())  # fmt: skip
_IN_STATE = _LIST.where(_M.state == bindparam("state"))


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """The latest messages, and how many stand where."""

    counts: dict[MailState, int]
    found: Page[Any]


def outbox_page(db: Session, request: ListRequest) -> OutboxPage:
    """One page of the outbox, the latest first; `etat` is a state. Three statements."""
    state = request.filters.get("etat", "")
    if state in set(MailState):
        found = fetch_page(db, _IN_STATE, request, {"state": state})
    else:
        found = fetch_page(db, _LIST, request)
    return OutboxPage(count_mails(db), found)
