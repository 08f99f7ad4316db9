"""The JSON door to staff, the description of the whole API, and who is asking."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.accounts import queries, service
from app.accounts.deps import Me, allow, cookie_name, recheck
from app.accounts.forms import NewStaffForm, StaffPatch
from app.accounts.schemas import MeOut, StaffList, StaffOut, me_out, staff_out
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Databases, Db
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, tags=["accounts"])
MANAGE = Permission.STAFF_MANAGE


@router.get(
    "/api/openapi.json",
    name="accounts.api_schema",
    dependencies=[allow(Permission.API_SCHEMA)],
    include_in_schema=False,
)
def show_schema(request: Request) -> dict[str, Any]:
    """The description of `/api`, for signed-in staff."""
    schema: dict[str, Any] = request.app.openapi()
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie_name(request)},
    }
    schema.setdefault("components", {})["securitySchemes"] = schemes
    schema["security"] = [{name: []} for name in schemes]
    return schema


@router.get("/api/v1/me", name="accounts.api_me", dependencies=[allow(Permission.OWN_ACCOUNT)])
def show_me(me: Me) -> MeOut:
    """Whom this token or session acts as."""
    return me_out(me)


@router.get("/api/v1/staff", name="accounts.api_list_staff", dependencies=[allow(Permission.STAFF_READ)])
def list_staff(
    db: Db,
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StaffList:
    """The staff by name, those who are disabled included."""
    asked = ListRequest(q=q, sort="nom", page=page, size=size, filters={"etat": "tous"})
    found = queries.list_staff(db, asked, exact=True)
    return StaffList(items=[staff_out(row) for row in found.items], total=found.total, page=page, size=size)


@router.post("/api/v1/staff", name="accounts.api_create_staff", status_code=201, dependencies=[allow(MANAGE)])
def create_staff(db: Db, me: Me, body: NewStaffForm, response: Response) -> StaffOut:
    """Add somebody; they sign in once they have used an invitation, which only the director's page hands out."""
    staff = service.create_staff(db, values=body.model_dump(), by=me)
    response.headers["Location"] = f"/api/v1/staff/{staff.code}"
    return staff_out(queries.staff_row(db, staff.code))


@router.get("/api/v1/staff/{code}", name="accounts.api_show_staff", dependencies=[allow(Permission.STAFF_READ)])
def show_staff(db: Db, code: str) -> StaffOut:
    """One member of staff."""
    return staff_out(queries.staff_row(db, code))


@router.patch(
    "/api/v1/staff/{code}", name="accounts.api_change_staff", dependencies=[allow(MANAGE, before_lock=True)]
)  # fmt: skip
def change_staff(request: Request, db: Db, me: Me, *, database: Databases, code: str, body: StaffPatch) -> StaffOut:
    """Change what is sent; `version` is the one that was read. Role and e-mail need `own_password`."""
    check = service.confirm_password(
        database, me, body.own_password, address=request.client.host if request.client else ""
    )  # fmt: skip
    me = recheck(request, db, MANAGE)
    staff = queries.get_staff_by_code(db, code, lock=True)
    values = {name: getattr(staff, name) for name in ("last_name", "first_name", "role", "email")}
    values |= body.model_dump(exclude_unset=True, exclude={"own_password", "version"})
    service.change_staff(db, staff, values=values, seen_version=body.version, check=check, by=me)
    db.flush()  # the answer is read back from the table
    return staff_out(queries.staff_row(db, code))
