"""The journal: who did what, when, from what to what."""

from decimal import Decimal

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.journal import JournalEntry, Move, entry_row, history, record, record_many
from app.core.permissions import Role
from tests.factories import actor_of, make_company, make_staff


def test_a_deed_says_who_what_and_when(db):
    staff, company = make_staff(db, Role.OFFICE), make_company(db)
    record(db, company, "change", "Fiche modifiée", by=actor_of(staff), changes={"Ville": ("Troyes", "Chaumont")})
    deed = history(db, "company", company.id)[0]
    assert (deed.who, deed.label, deed.at) == ("Camille " + staff.last_name, "Fiche modifiée", now())
    assert deed.changes == (("Ville", "Troyes", "Chaumont"),)


def test_what_did_not_change_is_not_told(db):
    company = make_company(db)
    changes = {"Ville": ("Troyes", "Troyes"), "Délai": (None, Decimal(30)), "Note": ("x", "")}
    record(db, company, "change", "Fiche modifiée", by=SYSTEM, changes=changes)
    assert history(db, "company", company.id)[0].changes == (("Délai", "–", "30"), ("Note", "x", "–"))


def test_the_newest_comes_first_and_only_of_this_object(db):
    one, other = make_company(db), make_company(db)
    for label in ("un", "deux", "trois"):
        record(db, one, "x", label, by=SYSTEM)
    record(db, other, "x", "autre", by=SYSTEM)
    assert [deed.label for deed in history(db, "company", one.id)] == ["trois", "deux", "un"]
    assert [deed.label for deed in history(db, "company", one.id, limit=1)] == ["trois"]


def test_a_move_keeps_both_states_and_the_note(db):
    company = make_company(db)
    record(db, company, Move("deliver", "confirmed", "delivered"), "Livrée", by=SYSTEM, note="au quai 2")
    row = db.query(JournalEntry).one()
    assert (row.from_state, row.to_state, row.note, row.actor_id) == ("confirmed", "delivered", "au quai 2", None)


def test_many_are_written_in_one_statement(db, record_queries):
    with record_queries() as statements:
        record_many(db, (entry_row("company", n, "import", "Repris", by=SYSTEM) for n in range(1, 51)))
        record_many(db, [])
    assert len(statements) == 1
    assert db.query(JournalEntry).count() == 50
