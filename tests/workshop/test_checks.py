"""Checks noted on tickets, work handed in, released and sent back; the evidence they leave."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.errors import NotFound, Refused, Stale
from app.core.journal import JournalEntry
from app.pedagogy.models import SkillEvidence
from app.workshop import queries, service
from app.workshop.models import CheckResult, Release, WorkSession
from app.workshop.rules import CheckKind, CheckStage, EndCause, ReleaseKind, TicketState
from app.workshop.service import Doubtful, Reading
from tests.factories import make_diploma, make_point, make_skill

SELF, RELEASE = CheckStage.SELF, CheckStage.RELEASE


@pytest.fixture
def ticket(scene):
    """The first operation, in Tom's hands."""
    return service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


@pytest.fixture
def point(scene):
    """Ø12 ±0,05 on the first piece."""
    return make_point(scene.db, scene.operations[0])


def note(scene, ticket, point, value="12.01", piece=1, **other):
    """Tom measures his own piece."""
    reading = Reading(point.id, piece, None if value is None else Decimal(value), **other)
    return service.record_check(scene.db, ticket, reading, stage=SELF, pupil_id=scene.tom.id, by=SYSTEM)


def sheet(scene, ticket):
    """The checks of the ticket as they are stored."""
    scene.db.flush()
    return queries.check_sheet(scene.db, ticket)


class TestRecord:
    def test_a_measure_gets_its_verdict_from_the_drawing(self, scene, ticket, point):
        assert note(scene, ticket, point, "12.05").conforms
        assert not note(scene, ticket, point, "12.06", piece=2).conforms
        found = sheet(scene, ticket)
        assert found.words[(point.id, 1)].who == "Tom Aubry"
        assert found.bad == [2]

    def test_every_check_stands_in_the_journal(self, scene, ticket, point):
        result = note(scene, ticket, point)
        row = scene.db.execute(select(JournalEntry).where(JournalEntry.subject_type == "check_result")).scalar_one()
        assert (row.subject_id, row.label) == (result.id, "Ø12, pièce 1 : 12,01, conforme")

    def test_the_same_again_is_noted_once(self, scene, ticket, point):
        assert note(scene, ticket, point).id == note(scene, ticket, point).id

    def test_another_value_takes_the_first_back_and_both_stay_readable(self, scene, ticket, point):
        wrong = note(scene, ticket, point, "12.06")
        right = note(scene, ticket, point, "12.04")
        rows = scene.db.execute(select(CheckResult).order_by(CheckResult.id)).scalars().all()
        assert [(row.value, row.reverses_id) for row in rows] == [
            (Decimal("12.0600"), None), (Decimal("12.0400"), None), (Decimal("12.0600"), wrong.id),
        ]  # fmt: skip
        assert [each.id for each in sheet(scene, ticket).results] == [right.id]

    def test_the_master_s_word_stands_beside_the_pupil_s_and_is_the_last(self, scene, ticket, point):
        note(scene, ticket, point, "12.01")
        service.record_check(
            scene.db, ticket, Reading(point.id, 1, Decimal("12.07")), stage=RELEASE, by=scene.by
        )  # fmt: skip
        found = sheet(scene, ticket)
        assert len(found.results) == 2
        assert found.words[(point.id, 1)].who == "Karim Benali"
        assert found.bad == [1]

    def test_what_looks_like_a_slip_is_asked_about_once(self, scene, ticket, point):
        with pytest.raises(Doubtful, match="La cote est 12"):
            note(scene, ticket, point, "120.1")
        assert sheet(scene, ticket).results == ()
        assert not note(scene, ticket, point, "120.1", sure=Decimal("120.1")).conforms

    def test_another_slip_is_asked_about_anew(self, scene, ticket, point):
        with pytest.raises(Doubtful):
            note(scene, ticket, point, "1201", sure=Decimal("120.1"))

    def test_good_or_not_is_said(self, scene, ticket):
        aspect = make_point(scene.db, scene.operations[0], label="Ébavurage", kind=CheckKind.ATTRIBUTE)
        with pytest.raises(Refused, match="bonne ou non"):
            note(scene, ticket, aspect, None)
        with pytest.raises(Refused, match="ne se mesure pas"):
            note(scene, ticket, aspect, "12")
        assert not note(scene, ticket, aspect, None, conforms=False).conforms

    def test_a_photo_point_needs_its_photo(self, scene, ticket):
        photo = make_point(scene.db, scene.operations[0], label="Marquage", kind=CheckKind.PHOTO)
        with pytest.raises(Refused, match="photo"):
            note(scene, ticket, photo, None)

    def test_a_measure_needs_its_value(self, scene, ticket, point):
        with pytest.raises(Refused, match="Indiquez la mesure lue") as refused:
            note(scene, ticket, point, None)
        assert refused.value.field == "value"

    @pytest.mark.parametrize("piece", [0, -3, 10**9])
    def test_pieces_are_counted_from_one(self, scene, ticket, point, piece):
        with pytest.raises(Refused, match="à partir de 1"):
            note(scene, ticket, point, piece=piece)

    def test_only_who_holds_the_ticket_checks_himself(self, scene, ticket, point):
        with pytest.raises(Refused, match="entre ses mains"):
            service.record_check(
                scene.db, ticket, Reading(point.id, 1, Decimal(12)), stage=SELF, pupil_id=scene.ines.id, by=SYSTEM
            )

    def test_a_point_of_another_operation_is_not_found(self, scene, ticket):
        other = make_point(scene.db, scene.operations[1])
        with pytest.raises(NotFound):
            note(scene, ticket, other)

    def test_nothing_is_checked_on_a_ticket_that_is_over(self, scene, ticket, point):
        service.cancel_ticket(scene.db, ticket, note="x", by=scene.by)
        with pytest.raises(Refused, match="annulé"):
            note(scene, ticket, point)

    def test_a_sheet_is_noted_whole_and_a_refusal_names_its_row(self, scene, ticket, point):
        readings = [Reading(point.id, 1, Decimal(12)), Reading(point.id, 2, None)]
        with pytest.raises(Refused) as refused:
            service.record_checks(scene.db, ticket, readings, stage=RELEASE, by=scene.by)
        assert refused.value.field == "checks-1-value"

    def test_a_master_takes_a_check_back(self, scene, ticket, point):
        result = note(scene, ticket, point)
        service.withdraw_check(scene.db, ticket, result.id, by=scene.by)
        assert sheet(scene, ticket).results == ()
        with pytest.raises(NotFound):
            service.withdraw_check(scene.db, ticket, result.id, by=scene.by)


class TestSubmit:
    def test_clocks_stop_pieces_are_stated_and_the_pupil_keeps_the_ticket(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=30)
        service.submit(scene.db, ticket, counts=(9, 1), reason="Réglage", by=SYSTEM)
        stored = scene.ticket(ticket.number)
        assert (stored.state, stored.good, stored.scrap) == (TicketState.TO_RELEASE, 9, 1)
        assert stored.booked_seconds == 1800
        assert stored.assignments[0].ended_at is None
        assert scene.db.execute(select(WorkSession.end_cause)).scalar_one() == EndCause.SELF

    def test_without_any_piece_there_is_nothing_to_check(self, scene, ticket):
        with pytest.raises(Refused, match="au moins une pièce"):
            service.submit(scene.db, ticket, by=SYSTEM)

    def test_a_page_that_is_old_is_told_so(self, scene, ticket):
        seen = ticket.version
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Stale):
            service.submit(scene.db, ticket, counts=(1, 0), seen_version=seen, by=SYSTEM)

    def test_a_ticket_nobody_has_is_not_handed_in(self, scene):
        free = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        with pytest.raises(Refused, match="À donner"):
            service.submit(scene.db, free, counts=(1, 0), by=SYSTEM)


class TestRelease:
    def test_with_every_check_there_the_master_releases(self, scene, ticket, point):
        note(scene, ticket, point)
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        service.release(scene.db, ticket, note="Propre", by=scene.by)
        assert scene.ticket(ticket.number).state == TicketState.DONE
        assert ticket.assignments[0].ended_at is not None
        kept = scene.db.execute(select(Release)).scalar_one()
        assert (kept.kind, kept.conforms, kept.note, kept.override_reason) == (ReleaseKind.FINAL, True, "Propre", None)

    def test_a_missing_check_asks_for_a_reason_that_is_kept(self, scene, ticket, point):
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        with pytest.raises(Refused, match="Il manque 1") as refused:
            service.release(scene.db, ticket, by=scene.by)
        assert refused.value.field == "override"
        service.release(scene.db, ticket, override="Vu sur la machine", by=scene.by)
        assert scene.db.execute(select(Release.override_reason)).scalar_one() == "Vu sur la machine"

    def test_a_reason_that_was_not_needed_is_not_an_override(self, scene, ticket):
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        service.release(scene.db, ticket, override="Au cas où", by=scene.by)
        assert scene.db.execute(select(Release.override_reason)).scalar_one() is None

    def test_a_bad_piece_that_nobody_settled_stands_against_it(self, scene, ticket, point):
        note(scene, ticket, point, "12.2")
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        with pytest.raises(Refused, match="pas conforme"):
            service.release(scene.db, ticket, by=scene.by)

    def test_one_that_was_scrapped_does_not(self, scene, ticket, point):
        note(scene, ticket, point, "12.2")
        service.submit(scene.db, ticket, counts=(9, 1), by=SYSTEM)
        service.release(scene.db, ticket, by=scene.by)
        assert scene.ticket(ticket.number).state == TicketState.DONE

    def test_only_what_was_handed_in_is_released(self, scene, ticket):
        with pytest.raises(Refused, match="Donné"):
            service.release(scene.db, ticket, by=scene.by)

    def test_the_program_itself_releases_nothing(self, scene, ticket):
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        with pytest.raises(Refused, match="maître"):
            service.reject(scene.db, ticket, note="x", by=SYSTEM)

    def test_sent_back_the_same_hands_do_it_again(self, scene, ticket):
        service.submit(scene.db, ticket, counts=(10, 0), by=SYSTEM)
        service.reject(scene.db, ticket, note="Bavures", by=scene.by)
        assert scene.ticket(ticket.number).state == TicketState.REJECTED
        assert scene.db.execute(select(Release.conforms, Release.note)).one() == (False, "Bavures")
        service.start_ticket(scene.db, ticket, by=scene.by)
        service.submit(scene.db, ticket, by=SYSTEM)
        service.release(scene.db, ticket, by=scene.by)
        assert scene.ticket(ticket.number).state == TicketState.DONE

    def test_finishing_at_once_is_a_master_s_release(self, scene, ticket, point):
        note(scene, ticket, point)
        service.finish_ticket(scene.db, ticket, counts=(10, 0), by=scene.by)
        kept = scene.db.execute(select(Release)).scalar_one()
        assert (kept.kind, kept.conforms, kept.by_id) == (ReleaseKind.FINAL, True, scene.master.id)

    def test_finishing_without_the_checks_asks_for_a_reason_too(self, scene, ticket, point):
        with pytest.raises(Refused, match="Il manque 1"), scene.db.begin_nested():
            service.finish_ticket(scene.db, ticket, counts=(10, 0), by=scene.by)
        again = scene.ticket(ticket.number)
        service.finish_ticket(scene.db, again, counts=(10, 0), override="Déjà montré", by=scene.by)
        assert scene.db.execute(select(Release.override_reason)).scalar_one() == "Déjà montré"


class TestFirstArticle:
    @pytest.fixture
    def series(self, scene, ticket, point):
        """Its first piece is to be released."""
        scene.operations[0].first_article = True
        scene.db.flush()
        return ticket

    def test_the_series_waits_for_the_master(self, scene, series):
        with pytest.raises(Refused, match="première pièce"):
            service.report_quantity(scene.db, series, counts=(2, 0), by=SYSTEM)
        service.report_quantity(scene.db, series, counts=(1, 1), by=SYSTEM)
        with pytest.raises(Refused, match="première pièce"):
            service.submit(scene.db, series, counts=(1, 0), by=SYSTEM)

    def test_released_it_goes_on(self, scene, series, point):
        note(scene, series, point)
        service.release_first_article(scene.db, series, by=scene.by)
        service.report_quantity(scene.db, series, counts=(10, 0), by=SYSTEM)
        assert sheet(scene, series).first_released

    def test_unmeasured_it_takes_a_reason(self, scene, series):
        with pytest.raises(Refused, match="Il manque 1"):
            service.release_first_article(scene.db, series, by=scene.by)
        service.release_first_article(scene.db, series, override="Pièce d’hier", by=scene.by)
        kept = scene.db.execute(select(Release)).scalar_one()
        assert (kept.kind, kept.override_reason) == (ReleaseKind.FIRST_ARTICLE, "Pièce d’hier")
        with pytest.raises(Refused, match="déjà validée"):
            service.release_first_article(scene.db, series, by=scene.by)

    def test_out_of_tolerance_it_takes_a_reason(self, scene, series, point):
        note(scene, series, point, "12.2")
        with pytest.raises(Refused, match="pas conforme"):
            service.release_first_article(scene.db, series, by=scene.by)

    def test_a_ticket_that_asks_for_none_has_none(self, scene, ticket):
        with pytest.raises(Refused, match="ne demande pas"):
            service.release_first_article(scene.db, ticket, by=scene.by)


class TestEvidence:
    @pytest.fixture
    def skilled(self, scene, ticket):
        """The operation trains C2 and C3, which Tom's diploma has, and X9, which it has not."""
        make_skill(scene.db, scene.group.diploma, code="C2")
        make_skill(scene.db, scene.group.diploma, code="C3")
        make_skill(scene.db, make_diploma(scene.db), code="X9")
        operation = scene.operations[0]
        operation.skill_code, operation.skills = "C2", "C3 + X9"
        scene.db.flush()
        return ticket

    def rows(self, scene):
        scene.db.flush()
        return scene.db.execute(
            select(
                SkillEvidence.skill_code, SkillEvidence.source, SkillEvidence.level, SkillEvidence.self_assessed,
                SkillEvidence.assessor_id,
            ).order_by(SkillEvidence.id)
        ).all()  # fmt: skip

    def test_the_pupil_s_own_check_and_the_release_are_both_kept(self, scene, skilled, point):
        note(scene, skilled, point)
        service.submit(scene.db, skilled, counts=(10, 0), by=SYSTEM)
        service.release(scene.db, skilled, levels={(scene.tom.id, "C3"): 3}, by=scene.by)
        assert self.rows(scene) == [
            ("C2", "check", None, True, None), ("C3", "check", None, True, None),
            ("C2", "release", None, False, scene.master.id), ("C3", "release", 3, False, scene.master.id),
        ]  # fmt: skip
        row = scene.db.execute(select(SkillEvidence)).scalars().first()
        assert (row.source_label, row.source_url) == (skilled.number, f"/atelier/bons/{skilled.number}")

    def test_a_skill_of_another_diploma_does_not_count(self, scene, skilled):
        service.submit(scene.db, skilled, counts=(10, 0), by=SYSTEM)
        service.release(scene.db, skilled, levels={(scene.tom.id, "X9"): 4}, by=scene.by)
        assert {row[0] for row in self.rows(scene)} == {"C2", "C3"}

    def test_without_a_check_of_his_own_only_the_release_counts(self, scene, skilled):
        service.submit(scene.db, skilled, counts=(10, 0), by=SYSTEM)
        assert self.rows(scene) == []

    def test_handed_in_twice_it_is_kept_once(self, scene, skilled, point):
        note(scene, skilled, point)
        service.submit(scene.db, skilled, counts=(10, 0), by=SYSTEM)
        service.reject(scene.db, skilled, note="x", by=scene.by)
        service.submit(scene.db, skilled, by=SYSTEM)
        assert len(self.rows(scene)) == 2

    def test_a_level_goes_from_one_to_four(self, scene, skilled):
        service.submit(scene.db, skilled, counts=(10, 0), by=SYSTEM)
        with pytest.raises(Refused, match="de 1"):
            service.release(scene.db, skilled, levels={(scene.tom.id, "C3"): 5}, by=scene.by)
