"""Every door of the application: FastAPI keeps included routers nested, so they are walked from `app.main.ROUTERS`."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from app.accounts.deps import Allow
from app.core.permissions import Permission
from app.kiosk.deps import AsPupil, OnTablet
from app.main import ROUTERS
from app.web.deps import Public, get_db

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, eq=False)
class Door:
    """One route with what guards it."""

    path: str
    methods: frozenset[str]
    name: str
    endpoint: Callable[..., Any]
    route: APIRoute
    asked: tuple[Callable[..., Any], ...]  # every dependency, those of enclosing routers included

    @property
    def permissions(self) -> list[Permission]:
        """What `allow` on this route asks for."""
        return [each.permission for each in self.asked if isinstance(each, Allow)]

    @property
    def is_public(self) -> bool:
        """Whether it says that anybody may come in."""
        return any(isinstance(each, Public) for each in self.asked)

    @property
    def is_tablet(self) -> bool:
        """Whether it opens to an enrolled tablet, whoever sits at it, and to nobody else."""
        return any(isinstance(each, OnTablet) for each in self.asked)

    @property
    def is_pupil(self) -> bool:
        """Whether a pupil must sit at that tablet."""
        return any(isinstance(each, AsPupil) for each in self.asked)

    @property
    def writes(self) -> bool:
        """Whether a method of it may change something."""
        return bool(self.methods - SAFE)

    @property
    def has_db(self) -> bool:
        """Whether it gets the request's session."""
        return get_db in self.asked

    @property
    def example(self) -> str:
        """Its path with 1 in place of every parameter."""
        return re.sub(r"\{[^}]+\}", "1", self.path)

    def __str__(self) -> str:
        return f"{'/'.join(sorted(self.methods))} {self.path}"


def doors() -> list[Door]:
    """All of them."""
    return [door for router in ROUTERS for door in _walk(router)]


def _walk(router: APIRouter, prefix: str = "", asked: tuple[Callable[..., Any], ...] = ()) -> Iterator[Door]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            mine = tuple(_calls(route.dependant))
            yield Door(
                prefix + route.path, frozenset(route.methods), route.name, inspect.unwrap(route.endpoint), route,
                asked + mine,
            )  # fmt: skip
        elif hasattr(route, "original_router"):
            context = route.include_context
            outer = tuple(each.dependency for each in context.dependencies)
            yield from _walk(route.original_router, prefix + context.prefix, asked + outer)
        else:
            raise AssertionError(f"{route!r} escapes the tests of permissions")


def _calls(dependant: Any) -> Iterable[Callable[..., Any]]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
