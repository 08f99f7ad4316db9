"""Guardians: who answers when, who is told, and what is refused."""

from datetime import date

import pytest

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.rules.guardians import Answering, Relation, share_a_day, to_tell
from tests.factories import actor_of, make_guardian, make_pupil, make_staff
from tests.support.html import errors, parse, submit

BODY = {"name": "Salma Haddad", "relation": "mother", "rank": 1, "phone": "0639981001", "notified": True}


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


def typed(**changes):
    return {
        "name": "Salma Haddad", "relation": Relation.MOTHER, "rank": 1, "email": "s@exemple.fr", "phone": None,
        "address": None, "notified": True, "starts_on": None, "ends_on": None, "custody_note": None,
    } | changes  # fmt: skip


def text(page):
    return parse(page.text).text


def names(db, pupil, day):
    return [one.name for one in queries.guardians_to_tell(db, [pupil.id], day)[pupil.id]]


class TestRules:
    @pytest.mark.parametrize(
        ("first", "second", "shared"),
        [
            ((None, None), (None, None), True),
            ((None, date(2026, 1, 1)), (date(2026, 1, 2), None), False),
            ((None, date(2026, 1, 2)), (date(2026, 1, 2), None), True),
            ((date(2026, 3, 1), None), (None, date(2026, 2, 28)), False),
        ],
    )
    def test_two_periods_share_a_day(self, first, second, shared):
        one, other = (Answering(1, True, *ends) for ends in (first, second))
        assert share_a_day(one, other) is share_a_day(other, one) is shared

    def test_the_first_is_told_first_and_who_wants_no_notice_gets_none(self):
        second, first = Answering(2, True, None, None), Answering(1, True, None, None)
        silent, past = Answering(1, False, None, None), Answering(1, True, None, date(2026, 1, 1))
        assert to_tell([second, silent, past, first], date(2026, 1, 2), adult=False) == [first, second]
        assert to_tell([first], date(2026, 1, 2), adult=True) == []


class TestWhoIsTold:
    def test_both_guardians_of_a_minor_on_the_day(self, db):
        pupil = make_pupil(db)
        make_guardian(db, pupil, name="Ancien", ends_on=date(2026, 8, 31))
        make_guardian(db, pupil, name="Seconde", rank=2)
        make_guardian(db, pupil, name="Premier", starts_on=date(2026, 9, 1))
        make_guardian(db, pupil, name="Muet", rank=2, notified=False)
        assert names(db, pupil, today()) == ["Premier", "Seconde"]
        assert names(db, pupil, date(2026, 8, 31)) == ["Ancien", "Seconde"]

    def test_from_the_18th_birthday_the_pupil_alone(self, db):
        pupil = make_pupil(
            db, born_on=date(2008, 11, 24), first_name="Inès", last_name="Haddad", email="i@exemple.fr"
        )  # fmt: skip
        make_guardian(db, pupil, name="Salma Haddad")
        assert names(db, pupil, date(2026, 11, 23)) == ["Salma Haddad"]
        (told,) = queries.guardians_to_tell(db, [pupil.id], date(2026, 11, 24))[pupil.id]
        assert (told.name, told.email, told.is_pupil) == ("Inès Haddad", "i@exemple.fr", True)

    def test_every_pupil_has_an_answer(self, db):
        pupil = make_pupil(db)
        assert queries.guardians_to_tell(db, [pupil.id], today()) == {pupil.id: []}


class TestWriting:
    def test_each_deed_is_in_the_journal_of_the_pupil(self, db, office):
        pupil = make_pupil(db)
        guardian = service.add_guardian(db, pupil, values=typed(), by=office)
        service.change_guardian(db, pupil, guardian, values=typed(phone="0639981002"), seen_version=1, by=office)
        service.end_guardian(db, pupil, guardian, by=office)
        assert [deed.label for deed in history(db, "pupil", pupil.id)] == [
            "Responsable retiré : Salma Haddad", "Responsable modifié : Salma Haddad",
            "Responsable ajouté : Salma Haddad",
        ]  # fmt: skip
        assert history(db, "pupil", pupil.id)[1].changes == (("Téléphone", "–", "0639981002"),)
        db.flush()
        assert names(db, pupil, today()) == []

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
            ({"email": None}, "notified"), ({}, "rank"),
        ],
    )  # fmt: skip
    def test_refusals(self, db, office, changes, field):
        pupil = make_pupil(db)
        make_guardian(db, pupil, name="Karim Haddad")
        with pytest.raises(Refused) as refused:
            service.add_guardian(db, pupil, values=typed(**changes), by=office)
        assert refused.value.field == field
        assert len(queries.guardians_of(db, pupil.id)) == 1

    def test_the_other_first_guardian_is_named(self, db, office):
        pupil = make_pupil(db)
        make_guardian(db, pupil, name="Karim Haddad")
        with pytest.raises(Refused, match="Karim Haddad est déjà premier responsable"):
            service.add_guardian(db, pupil, values=typed(), by=office)

    def test_two_at_once(self, db, office):
        pupil = make_pupil(db)
        guardian = make_guardian(db, pupil)
        service.change_guardian(db, pupil, guardian, values=typed(), seen_version=1, by=office)
        with pytest.raises(Stale) as stale:
            service.change_guardian(db, pupil, guardian, values=typed(name="Autre"), seen_version=1, by=office)
        assert stale.value.changes == (("Nom", "Autre", "Salma Haddad"),)


class TestPages:
    def test_enter_copy_change_end(self, client, login_as, db):
        login_as(Role.OFFICE)
        brother, sister = make_pupil(db, last_name="Haddad"), make_pupil(db, last_name="Haddad")
        make_guardian(db, brother, name="Salma Haddad", phone="0639981001")
        page = client.get(f"/eleves/{sister.code}/responsables/nouveau")
        assert "Salma Haddad" in text(page)
        copied = client.get(
            f"/eleves/{sister.code}/responsables/nouveau?copie={queries.guardians_of(db, brother.id)[0].id}"
        )
        answer = submit(client, copied)
        assert answer.status_code == 303
        (guardian,) = queries.guardians_of(db, sister.id)
        assert (guardian.name, guardian.phone, guardian.rank) == ("Salma Haddad", "0639981001", 1)
        where = f"/eleves/{sister.code}/responsables/{guardian.id}"
        answer = submit(client, client.get(where), f"/{guardian.id}", starts_on="31/02/2026")
        assert (answer.status_code, set(errors(answer))) == (422, {"starts_on"})
        assert submit(client, client.get(where), f"/{guardian.id}", custody_note="semaines paires").status_code == 303
        assert "semaines paires" in text(client.get(f"/eleves/{sister.code}/fiche"))
        assert submit(client, client.get(where), "/fin").status_code == 303

    def test_the_guardian_of_somebody_else_is_not_found(self, client, login_as, db):
        login_as(Role.OFFICE)
        guardian = make_guardian(db, make_pupil(db))
        other = make_pupil(db)
        assert client.get(f"/eleves/{other.code}/responsables/{guardian.id}").status_code == 404

    def test_json_for_who_may_read_contacts(self, client, bearer, db):
        pupil = make_pupil(db, code="E1")
        made = client.post("/api/v1/pupils/E1/guardians", json=BODY, headers=bearer(Role.OFFICE))
        assert made.status_code == 201
        listed = client.get("/api/v1/pupils/E1/guardians", headers=bearer(Role.TEACHER)).json()["items"]
        assert listed == [made.json()]
        assert "custody_note" not in listed[0]
        where = f"/api/v1/pupils/E1/guardians/{made.json()['id']}"
        assert client.put(where, json=BODY | {"version": 9}, headers=bearer(Role.OFFICE)).status_code == 409
        assert queries.guardians_of(db, pupil.id)[0].name == "Salma Haddad"
