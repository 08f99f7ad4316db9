"""Workflows as data: a state enum, an initial state and the only legal moves between states."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.core.errors import Refused
from app.core.permissions import Permission

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Action(Generic[S]):
    """One legal move. `label` is the French button, a verb and its thing.

    `returns`: back to the state kept when it was left; `target` stands where that was work under way.
    """

    name: str
    label: str
    sources: frozenset[S]
    target: S
    permission: Permission
    needs_note: bool = False
    danger: bool = False
    icon: str = ""
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Workflow(Generic[S]):
    """The state machine of one kind of document; the journal keeps its history."""

    name: str
    initial: S
    actions: tuple[Action[S], ...]
    labels: dict[S, str]

    def action(self, name: str) -> Action[S]:
        """The action of that name; KeyError is a programming error."""
        return next(action for action in self.actions if action.name == name)

    def available(self, state: S, permissions: Iterable[Permission]) -> list[Action[S]]:
        """What a person with these permissions may do to a document in this state, in declared order."""
        allowed = set(permissions)
        return [a for a in self.actions if state in a.sources and a.permission in allowed]

    def require(self, name: str, state: S) -> S:
        """The state that `name` leads to, or a refusal that says where the document stands."""
        action = self.action(name)
        if state not in action.sources:
            raise Refused(f"« {action.label} » n’est pas possible : état actuel « {self.labels[state]} ».")
        return action.target
