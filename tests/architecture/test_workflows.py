"""Every workflow is sound: its states can be reached, its moves are granted to somebody and have French words."""

import pytest

from app.core.permissions import GRANTS
from tools.docs import workflows

ALL = workflows()


@pytest.mark.parametrize("workflow", ALL, ids=lambda each: each.name)
class TestWorkflow:
    def test_every_state_can_be_reached(self, workflow):
        reached = {workflow.initial}
        for _ in workflow.labels:
            reached |= {action.target for action in workflow.actions if action.sources & reached}
        assert reached == set(type(workflow.initial))

    def test_every_open_state_leads_to_an_end(self, workflow):
        states = set(type(workflow.initial))
        ends = {state for state in states if not any(state in action.sources for action in workflow.actions)}
        assert ends, "a document of this kind would never be finished"
        leading = set(ends)
        for _ in states:
            leading |= {source for action in workflow.actions if action.target in leading for source in action.sources}
        assert leading == states

    def test_every_state_has_a_french_word(self, workflow):
        assert set(workflow.labels) == set(type(workflow.initial))
        assert all(label[0].isupper() for label in workflow.labels.values())

    def test_every_action_has_its_own_name_and_a_button_that_names_the_thing(self, workflow):
        names = [action.name for action in workflow.actions]
        assert len(names) == len(set(names))
        for action in workflow.actions:
            assert action.label[0].isupper()
            assert action.label not in {"Oui", "OK", "Soumettre", "Valider"}

    def test_every_action_is_granted_to_somebody(self, workflow):
        granted = frozenset().union(*GRANTS.values())
        assert {action.permission for action in workflow.actions} <= granted

    def test_no_action_leaves_a_document_where_it_is_without_reason(self, workflow):
        idle = [action.name for action in workflow.actions if action.sources == {action.target}]
        assert idle == []

    def test_a_dangerous_action_asks_for_a_note(self, workflow):
        assert all(action.needs_note for action in workflow.actions if action.danger)


def test_there_are_workflows():
    assert {workflow.name for workflow in ALL} >= {"order", "ticket"}
