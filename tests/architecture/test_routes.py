"""Every door is guarded: a permission or an explicit PUBLIC, safe methods that never write, plain functions."""

import inspect

import pytest

from app.core.permissions import GRANTS, Permission, Role
from app.web.routing import UnitOfWorkRoute
from tests.support.routes import doors

DOORS = doors()
# Whoever opens another door to strangers writes it down here, with the reason.
PUBLIC = {
    "/health": "the watchdog of the machine",
    "/connexion": "signing in",
    "/deconnexion": "signing out, also of a session that has just ended",
    "/premiere-connexion": "only while nobody can sign in, with the code that the server prints",
    "/invitation/{token}": "choosing a password, with a link of one use",
    "/styleguide": "in development only",
    "/agenda/{token}.ics": "a calendar program reads the sessions of one person, by a secret and revocable address",
    "/tablette/inscription/{token}": "taking a tablet into service, with a link of one use",
}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_door_asks_for_one_permission_a_tablet_or_is_public(door):
    assert len(door.permissions) + door.is_tablet + door.is_public == 1


def test_strangers_get_in_nowhere_else():
    assert {door.path for door in DOORS if door.is_public} <= set(PUBLIC)


@pytest.mark.parametrize("door", [door for door in DOORS if door.writes], ids=str)
def test_a_door_that_writes_has_the_unit_of_work(door):
    assert door.has_db
    assert isinstance(door.route, UnitOfWorkRoute)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_endpoints_are_plain_functions(door):
    """They run in the thread pool: nothing that touches the database is ever on the event loop."""
    assert not inspect.iscoroutinefunction(door.endpoint)


def test_pages_know_get_and_post_only():
    others = [
        str(door) for door in DOORS if not door.path.startswith("/api/") and door.methods - {"GET", "HEAD", "POST"}
    ]
    assert others == []


def test_a_safe_door_is_not_also_an_unsafe_one():
    assert [str(door) for door in DOORS if door.writes and door.methods & {"GET"}] == []


def test_every_door_has_its_own_name_and_address():
    names = [door.name for door in DOORS]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    addresses = [(method, door.path) for door in DOORS for method in door.methods]
    assert sorted({each for each in addresses if addresses.count(each) > 1}) == []


def test_numbers_in_an_address_are_bounded():
    """An unbounded one overflows the database's integers, which is a failure and not a 404 (trap X6)."""
    unbounded = [
        f"{door}: {param.name}"
        for door in DOORS
        for param in door.route.dependant.path_params
        if param.field_info.annotation is int and not any(hasattr(each, "le") for each in param.field_info.metadata)
    ]
    assert unbounded == []


def test_names_say_domain_and_function():
    assert [door.name for door in DOORS if door.name.count(".") != 1] == []


def test_every_permission_is_granted_to_somebody_besides_the_director():
    others = frozenset().union(*(GRANTS[role] for role in Role if role is not Role.DIRECTOR))
    only_director = {
        Permission.STAFF_MANAGE, Permission.SCHOOL_MANAGE, Permission.ABSENCE_DECIDE, Permission.DATA_EXPORT,
        Permission.SUPPORT_MANAGE, Permission.COUNTING_EDIT,
    }  # fmt: skip
    assert set(Permission) - others <= only_director
    assert set(Permission) == GRANTS[Role.DIRECTOR]


@pytest.mark.parametrize("door", [door for door in DOORS if door.permissions], ids=str)
def test_a_stranger_is_sent_to_sign_in(client, door):
    answer = client.request(min(door.methods - {"HEAD", "OPTIONS"}), door.example)
    if door.path.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/connexion")


@pytest.mark.parametrize("role", Role)
def test_nobody_passes_a_door_without_its_permission(client, login_as, role):
    """Every door × every role: without the permission the answer is 403 and nothing else is said."""
    login_as(role)
    passed = []
    for door in DOORS:
        if not door.permissions or door.permissions[0] in GRANTS[role]:
            continue
        answer = client.request(min(door.methods - {"HEAD", "OPTIONS"}), door.example)
        if answer.status_code != 403:
            passed.append(f"{door}: {answer.status_code}")
    assert passed == []


@pytest.mark.parametrize("role", [None, *Role])
def test_a_tablets_door_opens_to_no_other_browser(client, login_as, role):
    """Neither to a stranger nor to whoever of the staff is signed in: what counts is the tablet."""
    if role:
        login_as(role)
    doors = [door for door in DOORS if door.is_tablet]
    answers = {str(door): client.request(min(door.methods - {"HEAD", "OPTIONS"}), door.example) for door in doors}
    assert doors
    wanted = {name: 401 if "/api/" in name else 403 for name in answers}
    assert {name: answer.status_code for name, answer in answers.items()} == wanted


def test_the_disabled_are_strangers(client, login_as, db, clock):
    from app.core.clock import now

    staff = login_as(Role.DIRECTOR)
    staff.disabled_at = now()
    db.flush()
    assert client.get("/").status_code == 303
