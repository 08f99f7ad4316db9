"""Reasons, notices and letters: what is kept, what is refused, and that nothing is edited."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.absences import queries, service
from app.absences.models import AbsenceLetter, AbsenceNotice
from app.absences.rules import LetterKind, Standing
from app.absences.service import Message, ReasonDraft
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.mail import MailState, OutgoingMail
from app.core.permissions import Role
from app.pedagogy.models import AbsenceReason, Guardian
from app.pedagogy.queries import get_session, roll_sheet
from app.pedagogy.rules import Attendance
from app.pedagogy.rules.reasons import Channel, Span
from tests.factories import (
    make_actor,
    make_attendance,
    make_group,
    make_notice,
    make_pupil,
    make_reason,
    make_school,
    make_session,
)

A = Attendance.ABSENT


@pytest.fixture
def office(db):
    make_school(db, city="Chaumont")
    return make_actor(db, Role.OFFICE)


@pytest.fixture
def group(db):
    return make_group(db)


def make_guardian(db, pupil, **other):
    values = {"name": "Mme Petit", "email": "petit@example.fr", "phone": "0600000000", "relation": "mother"} | other
    guardian = Guardian(
        pupil_id=pupil.id, rank=other.pop("rank", 1), **{k: v for k, v in values.items() if k != "rank"}
    )
    db.add(guardian)
    db.flush()
    return guardian


def draft(code="MAL", day=None, **other):
    day = day or today()
    values = {"given_by": "Mme Petit", "channel": Channel.PHONE} | other
    return ReasonDraft(Span(day, 0, values.pop("until", day), 1440), code, **values)


def away(db, group, pupil, *days, status=A):
    """Missed a morning on each of these days."""
    for day in days:
        make_attendance(db, make_session(db, group, on_date=day), pupil, status)


def line_of(db, pupil, day=None):
    return next((line for line in queries.day_lines(db, day or today()) if line.who.pupil_id == pupil.id), None)


class TestReasons:
    def test_a_reason_explains_the_absence_and_is_journaled(self, db, office, group):
        pupil = make_pupil(db, group)
        away(db, group, pupil, today())
        assert line_of(db, pupil).absence.standing == Standing.NONE
        reason = service.give_reason(db, pupil, draft(), by=office)
        assert (reason.legitimate, line_of(db, pupil).absence.standing) == (True, Standing.LEGITIMATE)
        assert history(db, "absence_reason", reason.id)[0].who == office.name

    def test_a_correction_is_a_later_row_and_the_first_stays_as_it_was(self, db, office, group):
        pupil = make_pupil(db, group)
        away(db, group, pupil, today())
        first = service.give_reason(db, pupil, draft("MAL"), by=office)
        second = service.correct_reason(db, first, draft("INJ"), by=office)
        db.expire_all()
        assert (first.code, first.legitimate, second.replaces_id) == ("MAL", True, first.id)
        assert line_of(db, pupil).absence.standing == Standing.REFUSED

    def test_who_corrects_what_was_corrected_meanwhile_is_told(self, db, office, group):
        first = make_reason(db, make_pupil(db, group))
        service.correct_reason(db, first, draft("TRA"), by=office)
        with pytest.raises(Stale, match=office.name):
            service.correct_reason(db, first, draft("INJ"), by=office)
        with pytest.raises(Stale):
            service.withdraw_reason(db, first, by=office)
        assert db.scalar(select(func.count()).select_from(AbsenceReason)) == 2

    def test_a_withdrawn_reason_explains_nothing_and_is_still_read(self, db, office, group):
        pupil = make_pupil(db, group)
        away(db, group, pupil, today())
        reason = service.give_reason(db, pupil, draft(), by=office)
        service.withdraw_reason(db, reason, by=office)
        assert line_of(db, pupil).absence.standing == Standing.NONE
        assert len(queries.pupil_page(db, pupil.id).reasons) == 2

    def test_the_direction_decides_another_reason_and_no_other_one(self, db, office, group):
        pupil, head = make_pupil(db, group), make_actor(db, Role.DIRECTOR)
        away(db, group, pupil, today())
        open_one = service.give_reason(db, pupil, draft("AUT"), by=office)
        assert line_of(db, pupil).absence.standing == Standing.PENDING
        service.decide_reason(db, open_one, legitimate=False, by=head)
        assert line_of(db, pupil).absence.standing == Standing.REFUSED
        with pytest.raises(Refused, match="la loi"):
            service.decide_reason(db, make_reason(db, pupil, "MAL"), legitimate=False, by=head)

    def test_of_health_only_the_code_is_kept(self, db, office, group):
        pupil = make_pupil(db, group)
        for wrong, field in ((draft(comment="angine"), "comment"), (draft(file_id=7), "file")):
            with pytest.raises(Refused) as refused:
                service.give_reason(db, pupil, wrong, by=office)
            assert refused.value.field == field
        assert service.give_reason(db, pupil, draft(proof_seen=True), by=office).proof_seen is True

    @pytest.mark.parametrize(
        ("start", "until", "field"), [(0, -1, "ends_on"), (0, 61, "ends_on"), (121, 121, "starts_on")]
    )
    def test_a_stretch_that_makes_no_sense_is_refused_at_its_field(self, db, office, group, start, until, field):
        wrong = draft(day=today() + timedelta(days=start), until=today() + timedelta(days=until))
        with pytest.raises(Refused) as refused:
            service.give_reason(db, make_pupil(db, group), wrong, by=office)
        assert refused.value.field == field

    def test_an_announced_absence_shows_in_the_roll_call_and_nowhere_why(self, db, office, group):
        pupil, other = make_pupil(db, group), make_pupil(db, group)
        session = make_session(db, group)
        service.give_reason(db, pupil, draft("MAL"), by=office)
        lines = {line.pupil_id: line.announced for line in roll_sheet(db, get_session(db, session.id)).lines}
        assert lines == {pupil.id: True, other.id: False}


class TestNotices:
    def test_a_confirmed_message_waits_for_each_guardian_word_for_word(self, db, office, group):
        pupil = make_pupil(db, group)
        make_guardian(db, pupil)
        make_guardian(db, pupil, name="M. Petit", email="pere@example.fr", rank=2, relation="father")
        away(db, group, pupil, today())
        sent = service.send_notices(db, [Message(pupil.code, "Absence", "Bonjour")], day=today(), by=office)
        assert (sent.pupils, sent.mails, sent.left_out) == (1, 2, ())
        mails = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [(mail.to_address, mail.body, mail.state) for mail in mails] == [
            ("petit@example.fr", "Bonjour", MailState.QUEUED), ("pere@example.fr", "Bonjour", MailState.QUEUED),
        ]  # fmt: skip
        assert {mail.confirmed_by for mail in mails} == {office.name}

    def test_an_absence_is_told_once_however_long_it_gets(self, db, office, group):
        pupil = make_pupil(db, group)
        make_guardian(db, pupil)
        away(db, group, pupil, today() - timedelta(days=1))
        message = [Message(pupil.code, "Absence", "Bonjour")]
        yesterday = today() - timedelta(days=1)
        assert service.send_notices(db, message, day=yesterday, by=office).mails == 1
        away(db, group, pupil, today())
        again = service.send_notices(db, message, day=today(), by=office)
        assert (again.mails, again.left_out) == (0, (f"{pupil.full_name} : déjà prévenu.",))
        with pytest.raises(Refused, match="Déjà prévenu"):
            service.note_call(db, pupil.code, day=today(), told="Mme Petit", note=None, by=office)
        assert db.scalar(select(func.count()).select_from(AbsenceNotice)) == 1

    def test_a_reason_that_came_meanwhile_keeps_the_message_back(self, db, office, group):
        pupil = make_pupil(db, group)
        make_guardian(db, pupil)
        away(db, group, pupil, today())
        service.give_reason(db, pupil, draft(), by=office)
        sent = service.send_notices(db, [Message(pupil.code, "Absence", "Bonjour")], day=today(), by=office)
        assert (sent.mails, sent.left_out) == (0, (f"{pupil.full_name} : un motif est connu.",))

    def test_without_an_address_somebody_is_called_and_that_is_kept(self, db, office, group):
        pupil = make_pupil(db, group)
        make_guardian(db, pupil, email=None)
        away(db, group, pupil, today())
        left = service.send_notices(db, [Message(pupil.code, "Absence", "Bonjour")], day=today(), by=office).left_out
        assert "appelez" in left[0]
        service.note_call(db, pupil.code, day=today(), told="Mme Petit", note="rappelle ce soir", by=office)
        assert line_of(db, pupil).notice.told == "Mme Petit"
        assert queries.count_to_tell(db, today()) == 0

    def test_of_age_the_pupil_is_told_and_not_the_guardian(self, db, office, group):
        pupil = make_pupil(db, group, born_on=date(2008, 11, 24), email="noa@example.fr")
        make_guardian(db, pupil)
        away(db, group, pupil, today())
        service.send_notices(db, [Message(pupil.code, "Absence", "Bonjour")], day=today(), by=office)
        assert db.scalars(select(OutgoingMail.to_address)).all() == ["noa@example.fr"]

    def test_a_notice_names_the_absence_of_another_pupil_in_the_same_session_not(self, db, office, group):
        one, two = make_pupil(db, group), make_pupil(db, group)
        session = make_session(db, group)
        for pupil in (one, two):
            make_attendance(db, session, pupil, A)
        make_notice(db, one, session)
        assert (line_of(db, one).to_tell, line_of(db, two).to_tell) == (False, True)
        assert queries.count_to_tell(db, today()) == 1


class TestLetters:
    @pytest.fixture
    def over(self, db, group):
        pupil = make_pupil(db, group)
        away(db, group, pupil, *(today() - timedelta(days=n) for n in range(4)))
        make_guardian(db, pupil, address="12 rue Haute\n52000 Chaumont")
        return pupil

    def test_four_half_days_make_a_letter_that_says_them(self, db, office, over):
        letter = service.issue_letter(db, over, date(2026, 11, 1), LetterKind.LETTER, by=office)
        told = json.loads(letter.content)
        assert (letter.number, len(told["halves"]), told["to"][0]) == ("ABS2026-0001", 4, "Mme Petit")
        assert history(db, "absence_letter", letter.id)[0].label == "Courrier aux responsables ABS2026-0001"

    def test_what_comes_later_changes_no_issued_letter(self, db, office, over):
        letter = service.issue_letter(db, over, date(2026, 11, 1), LetterKind.LETTER, by=office)
        before = letter.content
        service.give_reason(db, over, draft("MAL", today() - timedelta(days=3), until=today()), by=office)
        db.flush()
        db.expire_all()
        assert db.get_one(AbsenceLetter, letter.id).content == before
        assert queries.month_page(db, today()).flagged == []

    def test_below_four_and_a_second_time_are_refused(self, db, office, over, group):
        few = make_pupil(db, group)
        away(db, group, few, date(2026, 11, 16))
        with pytest.raises(Refused, match="quatre"):
            service.issue_letter(db, few, date(2026, 11, 1), LetterKind.LETTER, by=office)
        service.issue_letter(db, over, date(2026, 11, 1), LetterKind.LETTER, by=office)
        with pytest.raises(Refused, match="déjà fait"):
            service.issue_letter(db, over, date(2026, 11, 1), LetterKind.LETTER, by=office)
        service.issue_letter(db, over, date(2026, 11, 1), LetterKind.REPORT, by=office)


class TestFigures:
    def test_late_and_early_are_minutes_and_never_half_days(self, db, office, group):
        pupil = make_pupil(db, group)
        make_attendance(db, make_session(db, group), pupil, Attendance.LATE, minutes_late=20, minutes_early=30)
        found = queries.pupil_page(db, pupil.id)
        assert (found.tally.total, found.late.times, found.late.minutes, found.late.early_minutes) == (0, 1, 20, 30)

    def test_the_setting_of_the_school_decides_about_half_missed_half_days(self, db, office, group):
        pupil = make_pupil(db, group)
        make_attendance(db, make_session(db, group, end_minute=600), pupil, A)
        make_attendance(db, make_session(db, group, start_minute=600), pupil)
        assert queries.pupil_page(db, pupil.id).tally.total == 1
        make_school(db).whole_half_days = True
        db.flush()
        assert queries.pupil_page(db, pupil.id).tally.total == 0

    def test_last_school_year_is_not_shown(self, db, office, group):
        pupil = make_pupil(db, group)
        away(db, group, pupil, date(2026, 6, 15))
        assert queries.pupil_page(db, pupil.id).absences == []

    def test_the_register_names_who_was_not_simply_there(self, db, office, group):
        one, two, three = (make_pupil(db, group) for _ in range(3))
        session = make_session(db, group)
        make_attendance(db, session, one)
        make_attendance(db, session, two, A)
        make_attendance(db, session, three, Attendance.LATE, minutes_late=10)
        make_session(db, group, start_minute=780, end_minute=900)
        make_reason(db, two, "TRA")
        register = queries.register_of(db, today())
        assert (len(register.sessions), register.missing, register.sessions[0].present) == (2, 1, 2)
        marks = {mark.name: (mark.words, mark.code) for mark in register.sessions[0].marks}
        assert marks[f"{two.last_name} {two.first_name}"] == ("Absent", "TRA")
        assert marks[f"{three.last_name} {three.first_name}"] == ("Retard 10 min", "")
