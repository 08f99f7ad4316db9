"""Addresses: path → route and route name → path, both looked up: FastAPI tries each route in turn."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any
from urllib.parse import quote, unquote

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

# A key of the school's may hold a slash (« C/2026 »). It travels as %2F, which servers decode before they look for the
# route; this private character stands for it until the endpoint gets its parameters.
SLASH = "\ue000"


def routes_of(routers: Iterable[APIRouter]) -> list[APIRoute]:
    """Every route of the routers, those of the parts they include among them."""
    return [route for router in routers for route in _walk(router)]


def _walk(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router") and route.include_context.prefix == "":
            yield from _walk(route.original_router)
        else:
            raise TypeError(f"{route!r} is neither a route nor a part included without a prefix")


def path_formats(routes: Iterable[APIRoute]) -> dict[str, str]:
    """Every named route's path, as a format string of its parameters."""
    return {route.name: route.path_format for route in routes}


class Dispatch(BaseRoute):
    """Finds the route of a request by its first words; trying two hundred in turn costs more than many a page.

    Of two that match, the one with more words of its own is asked first: `/commandes/nouvelle`, then
    `/commandes/{number}`.
    """

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._by_start: dict[tuple[int | str, ...], list[APIRoute]] = {}
        for route in routes:
            words = route.path.split("/")
            start = takewhile(lambda word: "{" not in word, words)
            self._by_start.setdefault((len(words), *start), []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route that answers this path and method, else the first that answers this path."""
        words = scope["path"].split("/") if scope["type"] == "http" else []
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for end in range(len(words), 0, -1):
            for route in self._by_start.get((len(words), *words[:end]), ()):
                found = route.matches(scope)
                if found[0] == Match.FULL:
                    return found
                if partial[0] == Match.NONE:
                    partial = found
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that was found answer."""
        await scope["route"].handle(scope, receive, send)


def address(formats: dict[str, str], name: str, params: dict[str, Any]) -> str:
    """The path of a named route; an unknown name or parameter is a programming error."""
    pattern = formats[name]
    return pattern.format(**{key: quote(str(value), safe="") for key, value in params.items()}) if params else pattern


def keep_slashes(raw_path: bytes, path: str) -> str:
    """The decoded path with encoded slashes kept apart from those that separate."""
    if b"%2f" not in raw_path.lower():
        return path
    text = raw_path.decode("ascii", "replace")
    return unquote(text.replace("%2F", "%EE%80%80").replace("%2f", "%EE%80%80"))


def give_slashes_back(params: dict[str, Any]) -> None:
    """What the endpoint gets is the key as the school writes it."""
    for name, value in params.items():
        if isinstance(value, str) and SLASH in value:
            params[name] = value.replace(SLASH, "/")
