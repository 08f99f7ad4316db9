"""Rights come from one table."""

import pytest

from app.core.actor import SYSTEM, actor
from app.core.permissions import GRANTS, Permission, Role


@pytest.mark.parametrize("role", Role)
def test_somebody_may_do_what_their_role_grants_and_nothing_else(role):
    person = actor(1, "Camille Durand", role)
    assert {permission for permission in Permission if person.can(permission)} == GRANTS[role]


def test_the_program_itself_may_do_everything():
    assert all(SYSTEM.can(permission) for permission in Permission)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DIRECTOR}))
def test_only_the_director_changes_staff_and_school(role):
    assert not GRANTS[role] & {Permission.STAFF_MANAGE, Permission.SCHOOL_MANAGE}


def test_prices_are_for_those_who_sell():
    assert {role for role in Role if Permission.ORDER_PRICES in GRANTS[role]} == {Role.DIRECTOR, Role.OFFICE}
