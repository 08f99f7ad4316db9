"""Workflows: only declared moves happen, and everybody is told why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.core.permissions import GRANTS, Permission, Role
from tools.docs import workflows

ALL = workflows()


@pytest.mark.parametrize("workflow", ALL, ids=lambda each: each.name)
def test_every_pair_of_state_and_action_is_allowed_or_refused_as_declared(workflow):
    for state in type(workflow.initial):
        for action in workflow.actions:
            if state in action.sources:
                assert workflow.require(action.name, state) == action.target
                continue
            with pytest.raises(Refused) as refusal:
                workflow.require(action.name, state)
            assert action.label in refusal.value.sentence
            assert workflow.labels[state] in refusal.value.sentence


@given(st.sampled_from(ALL), st.lists(st.integers(min_value=0, max_value=20), max_size=40))
def test_no_walk_leaves_the_declared_states(workflow, choices):
    state = workflow.initial
    for choice in choices:
        ways = workflow.available(state, Permission)
        if not ways:
            break
        state = workflow.require(ways[choice % len(ways)].name, state)
        assert state in type(workflow.initial)


@pytest.mark.parametrize("workflow", ALL, ids=lambda each: each.name)
def test_a_state_read_from_the_database_is_as_good_as_the_state_itself(workflow):
    """Columns hold plain strings."""
    for action in workflow.actions:
        for source in action.sources:
            assert workflow.require(action.name, str(source.value)) == action.target


@pytest.mark.parametrize("role", Role)
def test_buttons_are_those_the_role_may_press(role):
    for workflow in ALL:
        for state in type(workflow.initial):
            offered = workflow.available(state, GRANTS[role])
            assert all(action.permission in GRANTS[role] for action in offered)
            assert all(state in action.sources for action in offered)


@pytest.mark.parametrize("workflow", ALL, ids=lambda each: each.name)
def test_nobody_without_rights_is_offered_anything(workflow):
    assert all(workflow.available(state, ()) == [] for state in type(workflow.initial))
