"""Addresses: route name → path. FastAPI finds a route by trying each in turn; a page asks a hundred times."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from fastapi import APIRouter

# A key of the school's may hold a slash (« C/2026 »). It travels as %2F, which servers decode before they look for the
# route; this private character stands for it until the endpoint gets its parameters.
SLASH = "\ue000"


def path_formats(routers: Iterable[APIRouter]) -> dict[str, str]:
    """Every named route's path, as a format string of its parameters."""
    return {name: path for router in routers for name, path in _walk(router, "")}


def _walk(router: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for route in router.routes:
        if hasattr(route, "original_router"):
            yield from _walk(route.original_router, prefix + route.include_context.prefix)
        else:
            yield route.name, prefix + route.path_format


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
