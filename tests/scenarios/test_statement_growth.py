"""Every page and every answer needs as many SQL statements in a school ten times larger: nothing asks once per row."""

from urllib.parse import quote

import pytest

from app.core.permissions import Role
from tests.factories.world import make_world
from tests.support.routes import doors

SMALL, LARGE = 4, 40
# What stands in an address, by the word before it.
SAMPLES = {
    "personnel staff": lambda world: world.staff.code,
    "clients": lambda world: world.company.code,
    "commandes orders": lambda world: world.order.number,
    "lignes lines": lambda _: 1,
    "groupes groups": lambda world: world.group.code,
    "eleves pupils absents": lambda world: world.pupil.code,
    "seances sessions appels cahier roll-calls logs": lambda world: world.session.id,
    "promesses offers": lambda world: world.offer.id,
    "resultats results": lambda _: "2026",
    "{session}": lambda world: world.group.code,
    "machines work-centers": lambda world: world.center.code,
    "of jobs": lambda world: world.job.number,
    "operations": lambda world: world.operation.id,
    "bons tickets": lambda world: world.ticket.number,
    "pointages work-sessions": lambda world: world.work.id,
    "quantites quantity-reports": lambda world: world.report.id,
}
BY_WORD = {word: sample for words, sample in SAMPLES.items() for word in words.split()}
# Doors that ask for more than their address.
ASKED = {"graduates.api_report": "session=2026"}
READABLE = [door for door in doors() if not door.writes and not door.is_public]


def _address(door, world):
    """The address of the door for one thing of this world, or nothing when no such thing is known here."""
    parts, before = [], ""
    for part in door.path.split("/"):
        sample = BY_WORD.get(before)
        before = part.replace(":path", "")
        if part.startswith("{"):
            if sample is None:
                return None
            parts.append(quote(str(sample(world)), safe=""))
        else:
            parts.append(part.replace("{kind}", "csv"))
    address = "/".join(parts)
    return f"{address}?{ASKED[door.name]}" if door.name in ASKED else address


def _count(client, record_queries, address):
    client.get(address, follow_redirects=True)  # what is read once and kept is no matter of growth
    with record_queries() as statements:
        answer = client.get(address, follow_redirects=True)
    return len(statements), answer.status_code, statements


def _grown(client, db, record_queries, addressed):
    """Doors whose number of statements changes when the school grows tenfold."""
    before = {door: _count(client, record_queries, addressed(door)) for door in READABLE if addressed(door)}
    make_world(db, LARGE)
    db.commit()
    grown = []
    for door, (count, status, _) in before.items():
        more, same_status, statements = _count(client, record_queries, addressed(door))
        assert same_status == status, f"{door}: {status} then {same_status}"
        if more != count:
            grown.append(f"{door}: {count} then {more}: {statements[-1][:200]}")
    return grown


def test_no_page_asks_once_per_row(client, db, login_as, record_queries):
    world = make_world(db, SMALL)
    login_as(Role.DIRECTOR)
    db.commit()
    assert _grown(client, db, record_queries, lambda door: _address(door, world)) == []


@pytest.mark.parametrize("role", Role)
def test_no_home_asks_once_per_row(client, db, login_as, record_queries, role):
    world = make_world(db, SMALL)
    login_as(world.staff if role is Role.MASTER else role)
    db.commit()
    count, status, _ = _count(client, record_queries, "/")
    assert status == 200
    make_world(db, LARGE)
    db.commit()
    assert _count(client, record_queries, "/")[0] == count


def test_every_door_is_tried_on_a_thing_that_exists(client, db, login_as):
    """Without this the counts above could be those of “not found”. A question about the wrong state is a 409."""
    world = make_world(db, SMALL)
    login_as(Role.DIRECTOR)
    answers = {str(door): client.get(path).status_code for door in READABLE if (path := _address(door, world))}
    assert {door: status for door, status in answers.items() if status not in {200, 409}} == {}
    assert list(answers.values()).count(200) > len(READABLE) * 0.8


def test_no_page_needs_many_statements(client, db, login_as, record_queries):
    """A budget for everything at once; single pages have tighter ones in the tests of their domain."""
    world = make_world(db, SMALL)
    login_as(Role.DIRECTOR)
    db.commit()
    counted = {
        str(door): _count(client, record_queries, path)[0] for door in READABLE if (path := _address(door, world))
    }
    assert {door: count for door, count in counted.items() if count > 25} == {}
