"""Taps that a script sends: in order, once, as of their own moment, also long after; what is refused is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import now
from app.core.journal import JournalEntry, history
from app.kiosk import queries, service
from app.kiosk.models import KioskSession, Tap
from app.kiosk.rules import Sat, TapKind, is_heard
from app.machines.models import GateDecision
from app.workshop import service as workshop
from app.workshop.models import QuantityReport, WorkSession
from app.workshop.queries import get_ticket, open_calls
from app.workshop.rules import TicketState
from tests.kiosk.stage import arrange_tablets, tablet_of
from tests.support.html import parse, submit
from tests.workshop.scene import arrange, at


@pytest.fixture
def given(stage, db):
    """Inès has ten pieces to saw: the ticket's number."""
    ticket = workshop.give_operation(
        db, stage.scene.operations[0].id, pupil_ids=[stage.scene.ines.id], by=stage.scene.by
    )  # fmt: skip
    db.flush()
    return ticket.number


class Sender:
    """The script of a tablet, at which a pupil sits: it makes taps and sends them when it likes."""

    def __init__(self, tablet, number):
        self.tablet, self.number, self.made = tablet, number, 0
        page = tablet.get("/tablette/bons")
        seat = next(one for one in parse(page.text).all("div") if "data-seal" in one.attributes)
        self.seat, self.seal = int(seat.attributes["data-seat"]), seat.attributes["data-seal"]

    def tap(self, kind, *, made=None, key="", **fields):
        self.made += 1
        return {
            "key": key or f"key-{self.made:028}", "kind": kind, "ticket": self.number,
            "at": made.isoformat() if made else None, "seat": self.seat, "seal": self.seal,
            "fields": {name: [str(value)] for name, value in fields.items()},
        }  # fmt: skip

    def send(self, tap):
        return self.tablet.post("/api/v1/tablet/taps", json=tap)


@pytest.fixture
def sender(sit, given):
    return Sender(sit("Inès"), given)


class TestSending:
    def test_a_tap_is_carried_out_and_says_where_to_go_on(self, sender, given, db):
        answer = sender.send(sender.tap("debut"))
        assert answer.json() == {
            "done": True, "sentence": "C’est parti.", "field": "", "next": f"/tablette/bons/{given}",
        }  # fmt: skip
        assert db.scalars(select(WorkSession)).one().started_at == now()

    def test_the_same_key_is_carried_out_once_and_answered_alike(self, sender, db, clock):
        tap = sender.tap("debut")
        first = sender.send(tap)
        clock.advance(minutes=1)
        assert sender.send(tap).json() == first.json()
        assert len(db.scalars(select(WorkSession)).all()) == 1
        assert len(db.scalars(select(Tap)).all()) == 1

    def test_a_key_of_another_deed_or_pupil_is_not_taken_for_it(self, sender, sit, given, db):
        sender.send(sender.tap("debut", key="k" * 32))
        assert sender.send(sender.tap("pause", key="k" * 32)).status_code == 409
        tom = Sender(sit("Tom"), "")
        assert tom.send(tom.tap("debut", key="k" * 32) | {"ticket": given}).status_code == 409

    def test_what_the_fields_refuse_is_told_and_not_kept(self, sender, db):
        sender.send(sender.tap("debut"))
        answer = sender.send(sender.tap("pieces", good="deux")).json()
        assert (answer["done"], answer["field"]) == (False, "good")
        assert "nombre entier" in answer["sentence"]
        assert [tap.kind for tap in db.scalars(select(Tap))] == ["debut"]

    def test_a_refusal_on_the_spot_is_told_and_asks_nothing_of_the_master(self, sender, db):
        answer = sender.send(sender.tap("pause")).json()
        assert answer == {"done": False, "sentence": "Ce bon est déjà en pause.", "field": "", "next": ""}
        tap = db.scalars(select(Tap)).one()
        assert (tap.refused, tap.settled_at is not None) == (True, True)
        assert open_calls(db) == []

    def test_the_gate_s_refusal_is_kept_although_the_tap_changed_nothing(self, sender, stage, db):
        stage.scene.operations[0].work_center.regulated_articles = "D4153-28"
        db.flush()
        assert sender.send(sender.tap("debut")).json()["done"] is False
        db.expire_all()
        assert [one.allowed for one in db.scalars(select(GateDecision).where(GateDecision.asked_for == "tablet"))] == [
            False
        ]
        assert db.scalars(select(WorkSession)).all() == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"key": "short"}, {"key": "x" * 65}, {"key": "a b" * 10}, {"kind": "delete"}, {"at": "yesterday"},
            {"at": "2026-11-24T09:30:00"}, {"seat": 0}, {"seat": 2**63}, {"seal": "x"}, {"fields": {"a": "b"}},
            {"fields": {f"f{n}": [] for n in range(300)}}, {"role": "director"},
        ],
    )  # fmt: skip
    def test_what_is_no_tap_is_refused_whole(self, sender, db, wrong):
        assert sender.send(sender.tap("debut") | wrong).status_code == 422
        assert db.scalars(select(Tap)).all() == []

    def test_a_ticket_that_nobody_knows_is_not_found(self, sender):
        assert sender.send(sender.tap("debut") | {"ticket": "BT-NON"}).status_code == 404


class TestWhoIsHeard:
    def test_another_seal_seat_or_tablet_is_not(self, app, sender, stage):
        tap = sender.tap("debut")
        assert sender.send(tap | {"seal": "0" * 32}).status_code == 401
        assert sender.send(tap | {"seat": sender.seat + 1}).status_code == 401
        other = tablet_of(app, stage.tokens[1])
        assert other.post("/api/v1/tablet/taps", json=tap).status_code == 401

    def test_a_stranger_is_not(self, app, sender):
        from tests.support.people import browser

        assert browser(app).post("/api/v1/tablet/taps", json=sender.tap("debut")).status_code == 401

    def test_out_of_service_the_tablet_is_not(self, sender, stage, db):
        service.revoke_device(db, stage.devices[0], by=stage.scene.by)
        db.flush()
        assert sender.send(sender.tap("debut")).status_code == 401

    def test_a_lost_badge_is_not(self, sender, stage, db):
        service.revoke_badge(db, queries.badge_of(db, pupil_id=stage.scene.ines.id), by=stage.scene.by)
        db.flush()
        assert sender.send(sender.tap("debut")).status_code == 401

    def test_a_tap_of_now_needs_a_seat_of_now(self, sender, clock, db):
        clock.advance(minutes=3)
        assert sender.send(sender.tap("debut", made=now())).status_code == 401
        assert sender.send(sender.tap("debut")).status_code == 401
        assert db.scalars(select(Tap)).all() == []

    @pytest.mark.parametrize(
        ("made", "arrives", "heard"),
        [
            (at(9, 31), at(9, 31), True),
            (at(9, 40), at(9, 40), False),  # nobody touched the screen for eight minutes
            (at(9, 40), at(10, 0), True),  # made during a cut: no touch could reach us
            (at(9, 20), at(10, 0), False),  # before the seat began
            (at(13, 45), at(14, 0), False),  # longer than a cut may last
            (None, at(9, 31), True),
        ],
    )
    def test_when_a_tap_is_heard(self, made, arrives, heard):
        assert is_heard(Sat(at(9, 30), at(9, 32), None), made, arrives) is heard

    def test_after_the_pupil_left_nothing_more_is_heard(self):
        left = Sat(at(9, 30), at(9, 40), at(9, 40))
        assert is_heard(left, at(9, 38), at(10, 0))
        assert not is_heard(left, at(9, 50), at(10, 0))


class TestCut:
    """The network is gone from 09:31 on; what was tapped arrives later."""

    def test_a_morning_s_work_arrives_in_order_with_its_own_times(self, sender, given, db, clock):
        taps = [
            sender.tap("debut", made=at(9, 31)), sender.tap("pieces", made=at(9, 50), good=4),
            sender.tap("pause", made=at(10, 0)), sender.tap("debut", made=at(10, 10)),
            sender.tap("fin", made=at(10, 40), good=5, scrap=1, reason="Outil"),
        ]  # fmt: skip
        clock.set(at(10, 50))
        assert [sender.send(tap).json()["done"] for tap in taps] == [True] * 5
        spans = [(one.started_at, one.ended_at) for one in db.scalars(select(WorkSession).order_by(WorkSession.id))]
        assert spans == [(at(9, 31), at(10, 0)), (at(10, 10), at(10, 40))]
        reports = [
            (one.good, one.scrap, one.at) for one in db.scalars(select(QuantityReport).order_by(QuantityReport.id))
        ]
        assert reports == [(4, 0, at(9, 50)), (5, 1, at(10, 40))]
        ticket = get_ticket(db, given)
        assert (ticket.state, ticket.booked_seconds) == (TicketState.TO_RELEASE, 59 * 60)
        moments = [tap.moment for tap in db.scalars(select(Tap).order_by(Tap.id))]
        assert moments == [at(9, 31), at(9, 50), at(10, 0), at(10, 10), at(10, 40)]
        assert {tap.at for tap in db.scalars(select(Tap))} == {at(10, 50)}

    def test_the_seat_may_be_locked_ended_or_another_s_by_then(self, sender, sit, given, db, clock):
        tap = sender.tap("debut", made=at(9, 31))
        clock.set(at(9, 50))
        sit("Tom")
        assert sender.send(tap).json()["done"] is True
        session = db.scalars(select(WorkSession)).one()
        assert session.started_at == at(9, 31)
        assert history(db, "ticket", session.ticket_id)[0].who == "Inès Haddad (tablette)"

    def test_the_answer_got_lost_and_everything_is_sent_again(self, sender, db, clock):
        taps = [sender.tap("debut", made=at(9, 31)), sender.tap("pieces", made=at(9, 50), good=4)]
        clock.set(at(10, 0))
        for tap in taps:
            sender.send(tap)
        assert [sender.send(tap).json()["done"] for tap in taps] == [True, True]
        assert db.scalars(select(func.sum(QuantityReport.good))).one() == 4
        assert len(db.scalars(select(WorkSession)).all()) == 1

    def test_a_clock_ahead_of_ours_counts_as_now(self, sender, db):
        assert sender.send(sender.tap("debut", made=now() + timedelta(hours=3))).json()["done"] is True
        assert db.scalars(select(WorkSession)).one().started_at == now()

    def test_a_clock_behind_ours_never_goes_before_the_fact_before(self, sender, db, clock):
        clock.set(at(9, 31))
        sender.send(sender.tap("debut", made=at(9, 31)))
        clock.set(at(9, 32))
        sender.send(sender.tap("pause", made=at(9, 29, day=24)))
        session = db.scalars(select(WorkSession)).one()
        assert session.started_at == session.ended_at == at(9, 31)

    def test_taken_back_meanwhile_the_work_is_told_and_not_lost(self, sender, stage, given, db, clock):
        start = sender.tap("debut", made=at(9, 31))
        count = sender.tap("pieces", made=at(9, 50), good=4)
        clock.set(at(9, 40))
        workshop.take_back(db, get_ticket(db, given, lock=True), by=stage.scene.by)
        db.flush()
        clock.set(at(10, 0))
        answers = [sender.send(tap).json() for tap in (start, count)]
        assert [answer["sentence"] for answer in answers] == ["Ce bon n’est plus à toi. Appelle ton maître."] * 2
        assert [(call.name, call.label) for call in open_calls(db)] == [
            ("Inès Haddad", "Travail hors réseau à vérifier")
        ]
        kept = queries.kept_taps(db)
        assert [(tap.label, tap.made_at) for tap in kept] == [
            ("Démarrer", at(9, 31)),
            ("Compter des pièces", at(9, 50)),
        ]
        assert '"good": 4' in kept[1].content
        assert get_ticket(db, given).good == 0

    def test_the_master_sees_what_was_kept_and_settles_it(self, client, login_as, sender, stage, given, db, clock):
        tap = sender.tap("pieces", made=at(9, 40), good=4)
        clock.set(at(10, 0))
        workshop.take_back(db, get_ticket(db, given, lock=True), by=stage.scene.by)
        db.flush()
        sender.send(tap)
        login_as(stage.scene.master)
        page = client.get("/atelier/tablettes")
        text = parse(page.text).one("section", aria_labelledby="gardes").text
        for words in ("Inès Haddad", "Compter des pièces", given, "09:40", "4 bonnes"):
            assert words in text
        number = db.scalars(select(Tap)).one().id
        assert submit(client, page, f"/atelier/tablettes/gestes/{number}").status_code == 303
        assert queries.kept_taps(db) == []
        assert history(db, "tap", number)[0].label == "Geste gardé classé : Compter des pièces"
        assert client.post(f"/atelier/tablettes/gestes/{number}").status_code == 409
        assert client.post("/atelier/tablettes/gestes/99999").status_code == 404

    def test_a_refusal_in_the_middle_leaves_the_others_alone(self, sender, db, clock):
        taps = [
            sender.tap("debut", made=at(9, 31)), sender.tap("pieces", made=at(9, 40), good=99),
            sender.tap("pieces", made=at(9, 41), good=2), sender.tap("pause", made=at(9, 45)),
        ]  # fmt: skip
        clock.set(at(10, 0))
        assert [sender.send(tap).json()["done"] for tap in taps] == [True, False, True, True]
        assert db.scalars(select(func.sum(QuantityReport.good))).one() == 2
        assert db.scalars(select(WorkSession)).one().ended_at == at(9, 45)

    def test_a_forgotten_pause_still_ends_with_the_half_day(self, sender, db, clock):
        tap = sender.tap("debut", made=at(9, 31))
        clock.set(at(12, 30))
        sender.send(tap)
        workshop.stop_forgotten(db, by=queries_actor())
        assert db.scalars(select(WorkSession)).one().ended_at == at(12, 0)


def queries_actor():
    from app.core.actor import SYSTEM

    return SYSTEM


class TestTogether:
    """Real commits, two tablets at once."""

    @pytest.fixture
    def school(self, own_database):
        with own_database.writing() as db:
            scene = arrange(db)
            stage = arrange_tablets(db, scene)
            number = workshop.give_operation(db, scene.operations[0].id, pupil_ids=[scene.ines.id], by=scene.by).number
            for device in stage.devices:
                service.open_seat(db, device_id=device.id, pupil_id=scene.ines.id)
            ids = scene.ines.id, [device.id for device in stage.devices], number
        return own_database, *ids

    @staticmethod
    def _carry_out(database, device_id, pupil_id, gesture):
        with database.writing() as db:
            pupil = queries.get_pupil(db, pupil_id)
            by = service.pupil_actor(pupil)
            return service.carry_out(db, gesture, device_id=device_id, pupil=pupil, by=by)

    def test_started_on_two_tablets_one_clock_runs(self, school):
        database, pupil_id, devices, number = school
        gestures = [service.Gesture(f"{n}" * 32, TapKind.START, number) for n in range(6)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(
                pool.map(lambda n: self._carry_out(database, devices[n % 2], pupil_id, gestures[n]), range(6))
            )
        assert sum(answer.done for answer in answers) == 1
        assert {a.sentence for a in answers if not a.done} == {"Tu travailles déjà sur ce bon."}
        with database.reading() as db:
            assert db.scalar(select(func.count()).select_from(WorkSession)) == 1

    def test_one_tap_sent_six_times_at_once_counts_once(self, school):
        database, pupil_id, devices, number = school
        self._carry_out(database, devices[0], pupil_id, service.Gesture("s" * 32, TapKind.START, number))
        gesture = service.Gesture("c" * 32, TapKind.COUNT, number, {"good": 3, "scrap": 0, "reason": None})
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: self._carry_out(database, devices[0], pupil_id, gesture), range(6)))
        assert all(answer.done for answer in answers)
        assert sum(answer.again for answer in answers) == 5
        with database.reading() as db:
            assert db.scalar(select(func.sum(QuantityReport.good))) == 3
            assert db.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.action == "report")) == 1
            assert db.scalar(select(func.count()).select_from(KioskSession)) == 2

    def test_guesses_sent_at_once_do_not_slip_past_the_limit(self, school):
        database, pupil_id, devices, _ = school
        with database.reading() as db:
            badge_id = queries.badge_of(db, pupil_id=pupil_id).id if database.is_sqlite else None
        if badge_id is None:
            with database.writing() as db:
                badge_id = queries.badge_of(db, pupil_id=pupil_id).id

        def guess(n):
            return service.check_pin(database, device_id=devices[0], badge_id=badge_id, pin=f"31{n:02d}").sentence

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(guess, range(12)))
        assert sum("Essaie encore" in answer for answer in answers) <= 5
        assert sum("bloquée" in answer for answer in answers) >= 7
