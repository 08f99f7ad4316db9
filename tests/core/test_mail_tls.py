"""The way to the mail server: encrypted, and only to the server that the certificate names."""

import shutil
import ssl
import subprocess
from dataclasses import replace

import pytest

from app.core.mail.smtp import Fate, MailServer, deliver
from tests.factories import make_mail
from tests.support.mailbox import mailbox

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl makes the certificates of these tests")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """`certificate("IP:127.0.0.1")`: a certificate of its own for that name, and its key."""

    def make(name):
        folder = tmp_path_factory.mktemp("tls")
        cert, key = folder / "cert.pem", folder / "key.pem"
        asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=essai", "-addext",
                 f"subjectAltName={name}", "-out", str(cert), "-keyout", str(key)]  # fmt: skip
        subprocess.run([OPENSSL, *asked], check=True, capture_output=True)
        return cert, key

    return make


@pytest.fixture(scope="module")
def of_this_server(certificate):
    return certificate("IP:127.0.0.1")


def sent(db, pair, **other):
    """What becomes of one message to a server with this certificate; and what arrived."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    with mailbox(tls=context) as box:
        server = MailServer("127.0.0.1", box.port, "", "", starttls=True, sender="bureau@ecole.example")
        return deliver(replace(server, **other), make_mail(db)), box.all()


def test_a_certificate_that_is_trusted_lets_it_through(db, of_this_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(of_this_server[0]))
    outcome, arrived = sent(db, of_this_server)
    assert (outcome.fate, len(arrived)) == (Fate.SENT, 1)


def test_one_that_nobody_vouches_for_is_refused_and_nothing_leaves(db, of_this_server):
    outcome, arrived = sent(db, of_this_server)
    assert (outcome.fate, arrived) == (Fate.LATER, [])
    assert "Le certificat du serveur de messagerie n’est pas le bon" in outcome.why


def test_one_of_another_server_is_refused_and_nothing_leaves(db, certificate, monkeypatch):
    other = certificate("DNS:ailleurs.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(other[0]))
    outcome, arrived = sent(db, other)
    assert (outcome.fate, arrived) == (Fate.LATER, [])
    assert "certificat" in outcome.why


def test_a_server_that_asks_for_it_gets_nothing_in_clear(db, of_this_server):
    outcome, arrived = sent(db, of_this_server, starttls=False)
    assert (outcome.fate, arrived) == (Fate.REFUSED, [])


def test_a_server_that_cannot_encrypt_gets_nothing(db):
    with mailbox() as box:
        server = MailServer("127.0.0.1", box.port, "", "", starttls=True, sender="bureau@ecole.example")
        outcome = deliver(server, make_mail(db))
        assert (outcome.fate, box.all()) == (Fate.LATER, [])
