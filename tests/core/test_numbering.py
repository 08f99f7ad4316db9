"""Numbers without holes or doubles, however many people ask at once (S5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.numbering import next_number, raise_counter, take_numbers


class Abandoned(Exception):
    """The transaction is given up after its number was taken."""


def test_a_series_begins_at_one_and_each_year_anew(db):
    assert [next_number(db, "BT", 2026), next_number(db, "BT", 2026)] == [1, 2]
    assert next_number(db, "BT", 2027) == 1
    assert next_number(db, "OF", 2026) == 1


def test_several_are_taken_in_one_piece(db):
    assert take_numbers(db, "BT", 2026, 5) == 1
    assert next_number(db, "BT", 2026) == 6


def test_the_schools_own_numbers_are_never_given_again(db):
    raise_counter(db, "C", 2026, 40)
    assert next_number(db, "C", 2026) == 41
    raise_counter(db, "C", 2026, 12)
    assert next_number(db, "C", 2026) == 42


def test_a_number_of_an_abandoned_document_is_given_again(own_database):
    with pytest.raises(Abandoned), own_database.writing() as db:
        assert next_number(db, "F", 2026) == 1
        raise Abandoned
    with own_database.writing() as db:
        assert next_number(db, "F", 2026) == 1


def test_twenty_people_at_once_get_each_number_once_and_leave_no_hole(own_database):
    def issue(turn):
        session = own_database.session(write=True)
        number = next_number(session, "F", 2026)
        abandoned = turn % 7 == 0
        session.rollback() if abandoned else session.commit()
        session.close()
        return None if abandoned else number

    with ThreadPoolExecutor(20) as pool:
        given = [number for number in pool.map(issue, range(120)) if number is not None]
    assert sorted(given) == list(range(1, len(given) + 1))
