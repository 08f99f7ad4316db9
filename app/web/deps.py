"""What every endpoint may ask for from the edge."""

from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.core.db import Database
from app.web.forms import Posted, read_posted
from app.web.listing import ListQuery, read_list_query


class Public:
    """A route that needs nobody signed in, said aloud."""

    async def __call__(self) -> None:
        """Nothing to check."""


PUBLIC: Any = Depends(Public())


async def get_db(request: Request) -> Session:
    """The request's session; opened and ended by `UnitOfWorkRoute`, locked from its first statement if it writes."""
    db: Session = request.state.db
    return db


async def get_database(request: Request) -> Database:
    """The database itself, for the few reads that must come before the write lock (password checks, uploads)."""
    database: Database = request.app.state.database
    return database


Db = Annotated[Session, Depends(get_db)]
Databases = Annotated[Database, Depends(get_database)]
PostedForm = Annotated[Posted, Depends(read_posted)]
Listing = Annotated[ListQuery, Depends(read_list_query)]
