"""Those who supervise, their absences and who stands in; what the school decides for itself."""

from datetime import date, timedelta

import pytest

from app.accounts.models import School
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.machines import queries, service
from app.machines.models import GateSetting, StaffAbsence
from app.machines.rules import Check
from app.machines.rules.settings import AT_FIRST, CEILING, Decision, in_force, to_come, why_not_from
from app.machines.rules.supervision import Days, why_not_absent, why_not_quality, why_not_substitute
from app.machines.service import Away
from tests.factories import make_absence, make_actor, make_quality, make_school, make_session, make_staff
from tests.machines.stage import stage
from tests.support.html import errors, submit
from tests.support.words import text_of

DAY = date(2026, 11, 24)
PERMIT, HOURS = Check.PERMIT.value, Check.HOURS.value


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


@pytest.fixture
def by(db):
    """The director."""
    return make_actor(db, Role.DIRECTOR)


def days(staff=1, first=DAY, last=DAY):
    return Days(staff, first, last)


class TestRules:
    def test_days_meet_when_they_share_one(self):
        assert days().meets(days(last=date(2026, 12, 1)))
        assert not days().meets(days(first=date(2026, 11, 25), last=date(2026, 12, 1)))

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            (days(last=date(2026, 11, 23)), "ends_on"), (days(last=DAY + timedelta(days=400)), "ends_on"),
            (days(first=date(2025, 1, 1), last=date(2025, 1, 2)), "starts_on"),
            (days(first=date(2026, 11, 20)), "starts_on"),
        ],
    )  # fmt: skip
    def test_an_absence_that_cannot_be(self, wanted, field):
        known = [days(first=date(2026, 11, 19), last=date(2026, 11, 20)), days(2)]
        assert why_not_absent(wanted, known, today=DAY)[1] == field

    def test_somebody_else_s_absence_is_in_nobody_s_way(self):
        assert why_not_absent(days(), [days(2)], today=DAY) is None

    def test_nobody_stands_in_for_themselves_or_while_away(self):
        assert "elle-même" in why_not_substitute(days(), 1, [])[0]
        assert "absente du 24/11/2026" in why_not_substitute(days(), 2, [days(2)])[0]
        assert why_not_substitute(days(), 2, [days(2, date(2026, 12, 1), date(2026, 12, 2))]) is None

    def test_a_quality_is_held_once_at_a_time(self):
        held = [(date(2026, 1, 1), date(2026, 6, 30))]
        assert why_not_quality(date(2026, 7, 1), None, held) is None
        assert why_not_quality(date(2026, 6, 30), None, held)[1] == "starts_on"
        assert why_not_quality(DAY, date(2026, 11, 1), [])[1] == "ends_on"
        assert why_not_quality(DAY, None, [(date(2027, 1, 1), None)])[1] == "starts_on"


class TestAbsences:
    def test_a_master_away_stops_his_pupils_until_a_substitute_is_named(self, db, opened, by):
        make_quality(db, opened.master)
        other = make_staff(db, first_name="Inès", last_name="Vidal")
        absence = service.add_absence(db, opened.master.code, Away(DAY, DAY, note="Formation"), by=by)
        assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)
        service.set_substitute(db, absence, other.code, by=by)
        assert opened.answer(db).verdict.allowed
        service.set_substitute(db, absence, "", by=by)
        assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)
        service.cancel_absence(db, absence, by=by)
        assert opened.answer(db).verdict.allowed
        labels = [deed.label for deed in history(db, "staff", opened.master.id)]
        assert labels[0] == "Absence du 24/11/2026 au 24/11/2026 annulée"
        assert len(labels) == 4

    @pytest.mark.parametrize(("code", "words"), [("NADA", "ne travaille pas ici"), ("self", "elle-même")])
    def test_a_substitute_is_somebody_who_can(self, db, opened, by, code, words):
        code = opened.master.code if code == "self" else code
        with pytest.raises(Refused, match=words) as refused:
            service.add_absence(db, opened.master.code, Away(DAY, DAY, code), by=by)
        assert refused.value.field == "substitute"
        assert db.query(StaffAbsence).count() == 0

    def test_one_who_is_away_too_is_refused(self, db, opened, by):
        other = make_staff(db)
        make_absence(db, other)
        with pytest.raises(Refused, match="absente du 24/11/2026"):
            service.add_absence(db, opened.master.code, Away(DAY, DAY, other.code), by=by)
        absence = service.add_absence(db, opened.master.code, Away(DAY, DAY), by=by)
        with pytest.raises(Refused, match="absente du"):
            service.set_substitute(db, absence, other.code, by=by)

    def test_two_absences_of_one_person_never_meet(self, db, opened, by):
        service.add_absence(db, opened.master.code, Away(DAY, date(2026, 11, 26)), by=by)
        with pytest.raises(Refused, match="déjà notée du 24/11/2026 au 26/11/2026"):
            service.add_absence(db, opened.master.code, Away(date(2026, 11, 26), date(2026, 11, 27)), by=by)

    def test_a_cancelled_one_is_over(self, db, opened, by):
        absence = service.add_absence(db, opened.master.code, Away(DAY, DAY), by=by)
        service.cancel_absence(db, absence, by=by)
        with pytest.raises(Refused, match="déjà annulée"):
            service.cancel_absence(db, absence, by=by)
        with pytest.raises(Refused, match="est annulée"):
            service.set_substitute(db, absence, "", by=by)
        db.flush()
        service.add_absence(db, opened.master.code, Away(DAY, DAY), by=by)

    def test_whoever_left_is_not_noted(self, db, opened, by):
        gone = make_staff(db, disabled_at=now())
        with pytest.raises(Refused, match="ne travaille pas ici"):
            service.add_absence(db, gone.code, Away(DAY, DAY), by=by)


class TestPages:
    def test_an_absence_of_one_day_is_said_in_one_day(self, client, login_as, db, opened):
        absence = make_absence(db, opened.master)
        login_as(Role.DIRECTOR)
        assert "Le 24/11/2026. Les mineurs y seront refusés." in text_of(client.get("/securite/encadrants"))
        assert "Le 24/11/2026" in text_of(client.get(f"/securite/absences/{absence.id}"))

    def test_an_absence_tells_how_many_sessions_have_nobody(self, client, login_as, db, opened):
        login_as(Role.DIRECTOR)
        make_session(db, opened.group, on_date=date(2026, 11, 25), staff=opened.master)
        page = client.get("/securite/encadrants/absence")
        answer = submit(client, page, "/absence", staff=opened.master.code, ends_on="25/11/2026")
        assert answer.status_code == 303
        words = text_of(client.get("/securite/encadrants"))
        assert "Karim Benali : 2 séances d’atelier sans encadrant." in words
        assert "Du 24/11/2026 au 25/11/2026. Les mineurs y seront refusés." in words
        substitute = make_staff(db, first_name="Inès", last_name="Vidal")
        absence = db.query(StaffAbsence).one()
        page = client.get(f"/securite/absences/{absence.id}")
        assert submit(client, page, str(absence.id), substitute=substitute.code).status_code == 303
        words = text_of(client.get("/securite/encadrants"))
        assert "sans encadrant" not in words
        assert "Inès Vidal" in words
        make_absence(db, substitute)
        assert "Le remplaçant est absent aussi." in text_of(client.get("/securite/encadrants"))
        assert client.post(f"/securite/absences/{absence.id}/annulation").status_code == 303
        assert client.post(f"/securite/absences/{absence.id}/annulation").status_code == 409

    def test_what_is_wrong_stands_at_its_field(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        page = client.get("/securite/encadrants/absence")
        code = opened.master.code
        told = errors(submit(client, page, "/absence", staff=code, substitute=code))
        assert "elle-même" in told["substitute"]
        told = errors(submit(client, page, "/absence", staff="", ends_on="20/11/2026"))
        assert told["staff"] == "Ce champ est à remplir."
        assert errors(submit(client, page, "/absence", staff=code, ends_on="20/11/2026"))["ends_on"]

    def test_qualities_are_noted_and_end(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        opened.declaration.supervisor_qualities = "Maître professionnel ; Chef d’atelier"
        db.flush()
        page = client.get("/securite/encadrants/qualite")
        assert "Chef d’atelier" in page.text
        answer = submit(client, page, "/qualite", staff=opened.master.code, quality="Chef d’atelier")
        assert answer.status_code == 303
        assert opened.answer(db).verdict.allowed
        page = client.get("/securite/encadrants/qualite")
        again = submit(client, page, "/qualite", staff=opened.master.code, quality="Chef d’atelier")
        assert "déjà notée" in errors(again)["starts_on"]
        quality = queries.supervisors_page(db, DAY).rows[0].qualities[0]
        page = client.get(f"/securite/qualites/{quality.id}/fin")
        assert "commence le" in errors(submit(client, page, "/fin", ends_on="01/11/2026"))["ends_on"]
        assert submit(client, page, "/fin").status_code == 303
        assert "jusqu’au 24/11/2026" in text_of(client.get("/securite/encadrants"))

    def test_unknown_numbers_are_not_found(self, client, login_as):
        login_as(Role.OFFICE)
        assert client.get("/securite/absences/9999").status_code == 404
        assert client.get("/securite/qualites/9999/fin").status_code == 404

    def test_the_page_costs_the_same_whatever_the_size(self, client, login_as, db, opened, record_queries):
        login_as(Role.MASTER)
        client.get("/securite/encadrants")
        with record_queries() as few:
            client.get("/securite/encadrants")
        for step in range(5):
            staff = make_staff(db)
            make_quality(db, staff)
            make_absence(db, staff, starts_on=DAY + timedelta(days=step), ends_on=DAY + timedelta(days=step))
        with record_queries() as many:
            client.get("/securite/encadrants")
        assert len(many) == len(few)


class TestSettings:
    def test_the_latest_day_decides(self):
        decisions = [
            Decision(PERMIT, blocks=True, starts_on=date(2026, 1, 1)),
            Decision(PERMIT, blocks=False, starts_on=date(2026, 6, 1)), Decision("AUTRE", blocks=True, starts_on=DAY),
        ]  # fmt: skip
        assert in_force(decisions, date(2025, 12, 31)) == AT_FIRST
        assert in_force(decisions, date(2026, 3, 1))[PERMIT] is True
        assert in_force(decisions, DAY)[PERMIT] is False
        assert to_come(decisions, date(2026, 3, 1)) == [decisions[1]]
        assert why_not_from(date(2026, 11, 23), DAY) is not None
        assert why_not_from(DAY, DAY) is None

    def test_from_a_day_on_a_missing_permit_blocks(self, db, opened, by):
        make_school(db)
        blocks = AT_FIRST | {PERMIT: True}
        later = date(2026, 12, 1)
        service.change_settings(db, blocks, starts_on=later, pupils_per_master=12, seen_version=1, by=by)
        make_session(db, opened.group, on_date=later, staff=opened.master)
        assert opened.answer(db).verdict.allowed
        assert opened.answer(db, day=later).verdict.codes == ("G16_HABILITATION_INTERNE",)
        assert [row.check for row in db.query(GateSetting)] == [PERMIT]

    def test_only_what_changes_is_written(self, db, by):
        school = make_school(db)
        service.change_settings(db, AT_FIRST, starts_on=DAY, pupils_per_master=12, seen_version=1, by=by)
        assert (db.query(GateSetting).count(), school.version) == (0, 1)
        service.change_settings(
            db, AT_FIRST | {CEILING: False}, starts_on=DAY, pupils_per_master=10, seen_version=1, by=by
        )
        db.flush()
        assert not queries.ceiling_blocks(db, DAY)
        assert queries.ceiling_blocks(db, date(2026, 11, 23))
        told = {name: (old, new) for name, old, new in history(db, "school", 1)[0].changes}
        assert told == {"Élèves par maître": ("bloque", "alerte"), "Élèves par maître, au plus": ("12", "10")}
        with pytest.raises(Stale):
            service.change_settings(db, AT_FIRST, starts_on=DAY, pupils_per_master=9, seen_version=1, by=by)

    @pytest.mark.parametrize(("other", "field"), [({"starts_on": date(2026, 11, 23)}, "starts_on"),
                                                  ({"pupils_per_master": 0}, "pupils_per_master"),
                                                  ({"pupils_per_master": 31}, "pupils_per_master")])  # fmt: skip
    def test_what_cannot_be_is_refused(self, db, by, other, field):
        make_school(db)
        values = {"starts_on": DAY, "pupils_per_master": 12} | other
        with pytest.raises(Refused) as refused:
            service.change_settings(db, AT_FIRST, **values, seen_version=1, by=by)
        assert refused.value.field == field

    def test_the_head_decides_on_one_page(self, client, login_as, db):
        login_as(Role.DIRECTOR)
        page = client.get("/securite/reglages")
        assert submit(client, page, "/reglages", permit="bloque", pupils_per_master="10").status_code == 303
        assert db.get(School, 1).pupils_per_master == 10
        assert "Permis machine" in text_of(client.get("/securite/reglages"))
        stale = submit(client, page, "/reglages", hours="bloque")
        assert stale.status_code == 409
        assert submit(client, client.get("/securite/reglages"), "/reglages", starts_on="23/11/2026").status_code == 422
        assert submit(client, client.get("/securite/reglages"), "/reglages", permit="peut-être").status_code == 422

    def test_nobody_else_does(self, client, login_as):
        for role in (Role.MASTER, Role.OFFICE, Role.TEACHER):
            login_as(role)
            assert client.get("/securite/reglages").status_code == 403
        login_as(Role.MASTER)
        assert "Réglages" not in text_of(client.get("/securite/matrice"))
