"""What a list asks for and what it gets: the one shape of every list, on screens and in the API."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run

SCREEN_SIZE = 50
MAX_SIZE = 200
COUNT_LIMIT = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Search text, sort key with direction, page from 1, and the filters by name (only known ones)."""

    q: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = SCREEN_SIZE
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `capped`: there are more rows than were counted (« plus de 1 000 »)."""

    items: list[T]
    total: int
    page: int
    size: int
    capped: bool = False

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Rank of the first row shown, 0 when empty."""
        return 0 if not self.items else (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Rank of the last row shown."""
        return (self.page - 1) * self.size + len(self.items)


def fetch_page(
    db: Session, query: Select[Any], request: ListRequest, values: dict[str, Any] | None = None, *, exact: bool = False
) -> Page[Any]:
    """Run a query of columns that is already sorted, with its values: two statements, whatever its size.

    Screens count to 1,000, so that ten years of rows cost what one costs; `exact` counts to the end (the API).
    """
    limits = {"page_size": request.size, "page_offset": request.offset}
    total = int(run(db, _count_of(query, exact=exact), values).scalar_one())
    rows = list(run(db, _page_of(query), limits | (values or {})).all())
    return Page(rows, min(total, total if exact else COUNT_LIMIT), request.page, request.size, total > COUNT_LIMIT)


@lru_cache(maxsize=100)
def _count_of(query: Select[Any], *, exact: bool) -> Select[Any]:
    """A query that was put together once is counted by one that was."""
    inner = query.order_by(None).with_only_columns(next(iter(query.selected_columns)), maintain_column_froms=True)
    return select(func.count()).select_from((inner if exact else inner.limit(COUNT_LIMIT + 1)).subquery())


@lru_cache(maxsize=100)
def _page_of(query: Select[Any]) -> Select[Any]:
    return query.limit(bindparam("page_size")).offset(bindparam("page_offset"))
