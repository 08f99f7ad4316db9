"""One message to the mail server, and what became of it: whether it may be tried again hangs on how far it got."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from app.core.clock import local, now
from app.core.mail import OutgoingMail

PATIENCE = 20.0  # seconds for each answer of the server
OK = 250


class Fate(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    LATER = "later"  # surely not sent, may go through another time
    REFUSED = "refused"  # surely not sent, and never will be
    UNKNOWN = "unknown"  # handed over, and no answer: it may have gone out


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt, with what the server said."""

    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The school's mail server. `sender` is the address in « From »."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    sender: str
    school: str = ""


def deliver(server: MailServer, mail: OutgoingMail) -> Outcome:
    """Send one message. Never raises for what a server or a network does.

    Up to the last word before the text every trouble means that nothing went out. Once the text is handed over, an
    answer is a yes or a no; without one nobody knows.
    """
    try:
        message = compose(server, mail)
    except ValueError:
        return Outcome(Fate.REFUSED, "Cette adresse ne s’écrit pas dans un message.")
    try:
        client = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    except (OSError, smtplib.SMTPException) as trouble:
        return Outcome(Fate.LATER, f"Le serveur de messagerie ne répond pas : {_said(trouble)}")
    try:
        _enter(client, server)
        _name(client, server.sender, mail.to_address)
        return _hand_over(client, message)
    except smtplib.SMTPAuthenticationError as trouble:
        return Outcome(Fate.LATER, f"Le serveur refuse le nom ou le mot de passe : {_said(trouble)}")
    except smtplib.SMTPResponseException as trouble:
        return _answered(trouble.smtp_code, _said(trouble))
    except (OSError, smtplib.SMTPException) as trouble:
        wrong = isinstance(trouble, ssl.SSLCertVerificationError)
        what = "Le certificat du serveur de messagerie n’est pas le bon" if wrong else "L’envoi s’est interrompu"
        return Outcome(Fate.LATER, f"{what} : {_said(trouble)}")
    finally:
        client.close()


def compose(server: MailServer, mail: OutgoingMail) -> bytes:
    """The message as it goes over the wire; what people typed cannot add a header (ValueError)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(server.school, addr_spec=server.sender)
    message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
    message["Subject"] = mail.subject
    message["Date"] = local(now())
    message["Message-ID"] = f"<{mail.message_id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message.as_bytes()


def _enter(client: smtplib.SMTP, server: MailServer) -> None:
    client.ehlo()
    if server.starttls:
        client.starttls(context=ssl.create_default_context())
        client.ehlo()
    if server.user:
        client.login(server.user, server.password)


def _name(client: smtplib.SMTP, sender: str, recipient: str) -> None:
    for code, said in (client.mail(sender), client.rcpt(recipient)):
        if code not in {OK, 251}:
            raise smtplib.SMTPResponseException(code, said)


def _hand_over(client: smtplib.SMTP, message: bytes) -> Outcome:
    try:
        code, said = client.data(message)
    except smtplib.SMTPDataError as trouble:
        return _answered(trouble.smtp_code, _said(trouble))
    except (OSError, smtplib.SMTPException) as trouble:
        return Outcome(Fate.UNKNOWN, f"Le serveur n’a pas répondu à la fin : {_said(trouble)}")
    return Outcome(Fate.SENT) if code == OK else _answered(code, _text(said))


def _answered(code: int, said: str) -> Outcome:
    """RFC 5321: 5xx is a no for good, anything else for now."""
    if 500 <= code < 600:
        return Outcome(Fate.REFUSED, f"Refusé par le serveur ({code}) : {said}")
    return Outcome(Fate.LATER, f"Le serveur demande d’attendre ({code}) : {said}")


def _said(trouble: Exception) -> str:
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _text(trouble.smtp_error)
    return str(getattr(trouble, "strerror", "") or trouble or type(trouble).__name__)[:300]


def _text(said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(words.split())[:300]
