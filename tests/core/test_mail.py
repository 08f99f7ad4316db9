"""The outbox and its sender, against a real mail server on the loopback."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core import mail
from app.core.errors import Refused
from app.core.journal import history
from app.core.mail import Draft, MailState, OutgoingMail
from app.core.mail.sender import DELAYS, is_due, send_due, send_next
from app.core.mail.smtp import Fate, MailServer, deliver
from app.core.permissions import Role
from tests.factories import make_actor, make_mail
from tests.support.mailbox import Mailbox, mailbox
from tests.support.server import serve

WAITING, SENDING, SENT, FAILED = MailState.QUEUED, MailState.SENDING, MailState.SENT, MailState.FAILED


def server_of(box, **other):
    return replace(
        MailServer("127.0.0.1", box.port, "", "", starttls=False, sender="bureau@ecole.example", school="École"),
        **other,
    )


@pytest.fixture
def stored(own_database):
    """`stored(n)`: so many confirmed messages on real commits; `look()` reads them again."""

    def add(count=1, **other):
        with own_database.writing() as db:
            for _ in range(count):
                make_mail(db, **other)

    return add


@pytest.fixture
def look(own_database):
    def read():
        with own_database.reading() as db:
            return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()

    return read


class TestSending:
    def test_what_was_confirmed_arrives_word_for_word_and_once(self, own_database, stored, look):
        stored(2)
        with mailbox() as box:
            assert send_due(own_database, server_of(box)) == 2
            assert send_due(own_database, server_of(box)) == 0
            arrived = box.all()
        first = look()[0]
        assert [one.state for one in look()] == [SENT, SENT]
        assert (first.tries, first.next_try_at, first.last_error) == (1, None, None)
        told = arrived[0]
        assert (told["To"], told["From"]) == (f"Mme Bernard <{first.to_address}>", "École <bureau@ecole.example>")
        assert (told["Subject"], told.get_content().split()) == (first.subject, first.body.split())
        assert told["Message-ID"] == f"<{first.message_id}@ecole.example>"
        with own_database.reading() as db:
            assert [deed.label for deed in history(db, "outgoing_mail", first.id)] == [
                "Message envoyé",
                "Message confirmé",
            ]

    def test_a_refused_recipient_fails_at_once_and_the_next_goes_out(self, own_database, stored, look):
        stored(2)
        with mailbox() as box:
            box.to_recipient.append("550 no such user")
            assert send_due(own_database, server_of(box)) == 1
        assert [one.state for one in look()] == [FAILED, SENT]
        assert "550" in look()[0].last_error
        assert "no such user" in look()[0].last_error

    def test_a_server_that_is_down_is_tried_again_later_and_later_and_then_given_up(
        self, own_database, stored, look, clock
    ):
        stored()
        gone = server_of(Mailbox())
        for tries, minutes in enumerate(DELAYS, 1):
            assert send_next(own_database, gone).fate == Fate.LATER
            waiting = look()[0]
            assert (waiting.state, waiting.tries) == (WAITING, tries)
            assert send_next(own_database, gone) is None
            clock.advance(minutes=minutes)
        send_next(own_database, gone)
        assert look()[0].state == FAILED
        assert "ne répond pas" in look()[0].last_error

    def test_a_server_that_comes_back_gets_what_waited(self, own_database, stored, look, clock):
        stored()
        box = Mailbox()
        assert send_due(own_database, server_of(box)) == 0
        clock.advance(minutes=1)
        with mailbox(box):
            assert send_due(own_database, server_of(box)) == 1
        assert len(box.all()) == 1

    def test_a_server_that_asks_to_wait_is_asked_again(self, own_database, stored, look, clock):
        stored()
        with mailbox() as box:
            box.to_text.append("451 too busy")
            assert send_next(own_database, server_of(box)).fate == Fate.LATER
            assert look()[0].state == WAITING
            clock.advance(minutes=1)
            assert send_due(own_database, server_of(box)) == 1
            assert len(box.all()) == 1

    def test_a_line_cut_after_the_text_is_never_sent_again_unasked(self, own_database, stored, look, clock):
        stored()
        with mailbox() as box:
            box.to_text.append("drop")
            assert send_next(own_database, server_of(box)).fate == Fate.UNKNOWN
            clock.advance(hours=24)
            assert send_due(own_database, server_of(box)) == 0
            assert len(box.all()) == 1
        assert look()[0].state == FAILED
        assert "peut-être parti" in look()[0].last_error

    def test_a_server_killed_between_sending_and_noting_leaves_it_to_a_person(self, own_database, stored, look, clock):
        stored()
        with own_database.writing() as db:
            taken = db.scalars(select(OutgoingMail)).one()
            taken.state, taken.taken_at = SENDING, taken.created_at
        with mailbox() as box:
            assert send_due(own_database, server_of(box)) == 0
            assert look()[0].state == SENDING
            clock.advance(minutes=11)
            assert send_due(own_database, server_of(box)) == 0
            assert box.all() == []
        assert (look()[0].state, "peut-être parti" in look()[0].last_error) == (FAILED, True)

    def test_many_senders_send_each_message_once(self, own_database, stored, look):
        stored(6)
        with mailbox() as box, ThreadPoolExecutor(4) as pool:
            server = server_of(box)
            for _ in range(6):
                list(pool.map(lambda _: send_next(own_database, server), range(4)))
            arrived = [told["Message-ID"] for told in box.all()]
        assert len(arrived) == len(set(arrived)) == 6
        assert {one.state for one in look()} == {SENT}

    @pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
    def test_the_name_and_password_are_given_where_asked_for(self, own_database, stored, look, clock):
        stored()
        with mailbox(password="secret") as box:
            wrong = server_of(box, user="bureau", password="faux")
            assert "mot de passe" in send_next(own_database, wrong).why
            clock.advance(minutes=1)
            assert send_due(own_database, server_of(box, user="bureau", password="secret")) == 1

    def test_an_address_that_would_add_a_header_never_leaves(self, db):
        told = make_mail(db, to_address="a@b.fr\nBcc: tous@example.fr")
        with mailbox() as box:
            assert deliver(server_of(box), told).fate == Fate.REFUSED
            assert box.all() == []


class TestHands:
    @pytest.fixture
    def office(self, db):
        return make_actor(db, Role.OFFICE)

    def test_a_failed_message_is_sent_again_under_the_same_name(self, db, office):
        told = make_mail(db, state=FAILED, next_try_at=None, tries=7)
        before = told.message_id
        mail.send_again(db, told, by=office)
        db.flush()
        assert (told.state, told.tries, told.message_id) == (WAITING, 0, before)
        assert is_due(db)

    def test_a_cancelled_message_never_leaves(self, db, office):
        told = make_mail(db)
        mail.cancel(db, told, by=office)
        db.flush()
        assert not is_due(db)
        with pytest.raises(Refused):
            mail.send_again(db, told, by=office)

    def test_a_message_that_is_leaving_or_left_stays_as_it_is(self, db, office):
        with pytest.raises(Refused, match="en train de partir"):
            mail.cancel(db, make_mail(db, state=SENDING), by=office)
        with pytest.raises(Refused):
            mail.cancel(db, make_mail(db, state=SENT), by=office)

    def test_a_message_of_a_deed_that_was_undone_was_never_there(self, own_database):
        def post_and_fail():
            with own_database.writing() as db:
                mail.post(db, Draft("A", "a@b.fr", "S", "B"), by=make_actor(db, Role.OFFICE))
                raise Refused("non")

        with pytest.raises(Refused):
            post_and_fail()
        with own_database.reading() as db:
            assert mail.count_mails(db) == {}


@pytest.mark.slow
def test_messages_that_waited_leave_after_a_restart_with_a_server(data_dir, own_database, stored):
    stored(2)
    address = {"database_url": own_database.url.render_as_string(hide_password=False)}
    with mailbox() as box:
        with serve(data_dir, **address):
            assert box.all() == []
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(box.port), "smtp_starttls": "false",
                "smtp_from": "bureau@ecole.example"}  # fmt: skip
        with serve(data_dir, **address, **smtp):
            assert {box.arrived.get(timeout=60)["Subject"] for _ in range(2)}
    with own_database.reading() as db:
        assert mail.count_mails(db) == {SENT: 2}
