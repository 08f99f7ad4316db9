"""A mail server on the loopback, as a school has one: it keeps what it is given, and refuses what it is told to."""

import contextlib
import queue
import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.support.server import free_port


class Mailbox:
    """What arrived, in order; `answers` are given in place of « OK », for the next recipients or texts."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[EmailMessage] = queue.Queue()
        self.to_recipient: list[str] = []
        self.to_text: list[str] = []
        self.port = free_port()

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """A recipient is named."""
        if self.to_recipient:
            return self.to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """The text has come. « drop »: it is kept, and the line is cut before a word is said."""
        answer = self.to_text.pop(0) if self.to_text else "250 OK"
        if answer in {"250 OK", "drop"}:
            self.arrived.put(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if answer == "drop":
            server.transport.abort()
        return answer

    def all(self) -> list[EmailMessage]:
        """Everything that has arrived and was not looked at yet."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self.arrived.get_nowait())
        return found


@contextlib.contextmanager
def mailbox(box: Mailbox | None = None, *, password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """The server, up; the same box may be given again for one that comes back on its port. `tls`: it wants STARTTLS."""
    box = box or Mailbox()

    def authenticate(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == password, handled=False)

    options: dict[str, Any] = {}
    if password:
        options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
