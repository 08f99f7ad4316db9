"""The JSON door to school life: the same services as the pages, keyed by the school's own codes."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.exceptions import RequestValidationError

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy import queries, service
from app.pedagogy.forms import (
    GroupForm,
    GroupPatch,
    GuardianForm,
    LogForm,
    MoveForm,
    PeriodQuery,
    PupilForm,
    PupilPatch,
    RollForm,
    merged,
)
from app.pedagogy.models import PupilGroup, TimetableSession
from app.pedagogy.rules import Said
from app.pedagogy.schemas import (
    GroupList,
    GroupOut,
    GuardianList,
    GuardianOut,
    LogOut,
    PracticeShare,
    PupilList,
    PupilOut,
    PupilRow,
    RollOut,
    group_out,
    guardian_out,
    log_out,
    practice_share_out,
    pupil_out,
    roll_out,
)
from app.web.deps import Db
from app.web.fields import Id
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["pedagogy"])
PUPILS, ENROL = [allow(Permission.PUPIL_READ)], [allow(Permission.PUPIL_EDIT)]
CONTACTS = [allow(Permission.PUPIL_CONTACTS)]
TIMETABLE, PLAN = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
CALL, LOG = [allow(Permission.ROLL_CALL)], [allow(Permission.THEORY_LOG)]


@router.get("/reports/practice-share", name="pedagogy.api_practice_share", dependencies=[allow(Permission.HOURS_READ)])
def report_practice_share(db: Db, asked: Annotated[PeriodQuery, Query()]) -> PracticeShare:
    """Attended practice and theory minutes per group and pupil; `from` and `to` are both included."""
    return practice_share_out(queries.practice_share(db, asked.period, group_asked(db, asked)))


@router.get("/groups", name="pedagogy.api_list_groups", dependencies=PUPILS)
def list_groups(db: Db) -> GroupList:
    """Every group, the latest school year first."""
    return GroupList(
        items=[GroupOut.model_validate(row, from_attributes=True) for row in queries.list_groups(db)]
    )  # fmt: skip


@router.get("/groups/{code}", name="pedagogy.api_show_group", dependencies=PUPILS)
def show_group(db: Db, code: str) -> GroupOut:
    """One group."""
    return group_out(queries.get_group(db, code))


@router.post("/groups", name="pedagogy.api_create_group", status_code=201, dependencies=ENROL)
def create_group(db: Db, me: Me, body: GroupForm, response: Response) -> GroupOut:
    """A new group."""
    group = service.create_group(db, values=body.model_dump(), by=me)
    response.headers["Location"] = f"/api/v1/groups/{group.code}"
    return group_out(queries.get_group(db, group.code))


@router.patch("/groups/{code}", name="pedagogy.api_change_group", dependencies=ENROL)
def change_group(db: Db, me: Me, code: str, body: GroupPatch) -> GroupOut:
    """Change what is sent of a group."""
    group = queries.get_group(db, code, lock=True)
    return group_out(service.change_group(db, group, values=merged(body, group), seen_version=body.version, by=me))


@router.get("/pupils", name="pedagogy.api_list_pupils", dependencies=PUPILS)
def list_pupils(
    db: Db,
    q: Annotated[str, Query(max_length=200)] = "",
    group: Annotated[str, Query(max_length=60)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PupilList:
    """Pupils by name, those who left too."""
    filters = {"etat": "tous"} | ({"groupe": group} if group else {})
    found = queries.list_pupils(db, ListRequest(q=q, sort="nom", page=page, size=size, filters=filters), exact=True)
    rows = [
        PupilRow(code=row.code, first_name=row.first_name, last_name=row.last_name, group=row.group_code,
                 entered_on=row.entered_on, left_on=row.left_on)
        for row in found.items
    ]  # fmt: skip
    return PupilList(items=rows, total=found.total, page=page, size=size)


@router.get("/pupils/{code}", name="pedagogy.api_show_pupil", dependencies=PUPILS)
def show_pupil(db: Db, me: Me, code: str) -> PupilOut:
    """One pupil with the stays in groups."""
    pupil = queries.get_pupil_by_code(db, code)
    guardians = queries.guardians_of(db, pupil.id) if me.can(Permission.PUPIL_CONTACTS) else None
    return pupil_out(pupil, queries.pupil_stays(db, pupil.id), guardians)


@router.post("/pupils", name="pedagogy.api_create_pupil", status_code=201, dependencies=ENROL)
def create_pupil(db: Db, me: Me, body: PupilForm, response: Response) -> PupilOut:
    """Enrol a pupil."""
    pupil = service.create_pupil(db, values=body.model_dump(), by=me)
    db.flush()  # the stay, so that the document read again shows it
    response.headers["Location"] = f"/api/v1/pupils/{pupil.code}"
    return show_pupil(db, me, pupil.code)


@router.patch("/pupils/{code}", name="pedagogy.api_change_pupil", dependencies=ENROL)
def change_pupil(db: Db, me: Me, code: str, body: PupilPatch) -> PupilOut:
    """Change what is sent of a pupil; the group is changed by a move."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    service.change_pupil(db, pupil, values=merged(body, pupil), seen_version=body.version, by=me)
    db.flush()  # the stays, so that the document read again shows them
    return show_pupil(db, me, code)


@router.post("/pupils/{code}/moves", name="pedagogy.api_move_pupil", status_code=201, dependencies=ENROL)
def move_pupil(db: Db, me: Me, code: str, body: MoveForm) -> PupilOut:
    """Change a pupil's group from a day on."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    service.move_pupil(
        db, pupil, group=body.group, on=body.on_date, until=body.ends_on, seen_version=body.version, by=me
    )
    db.flush()  # the stays, so that the document read again shows them
    return show_pupil(db, me, code)


@router.get("/pupils/{code}/guardians", name="pedagogy.api_list_guardians", dependencies=CONTACTS)
def list_guardians(db: Db, code: str) -> GuardianList:
    """Everybody who answers for a pupil, the first to call first."""
    pupil = queries.get_pupil_by_code(db, code)
    return GuardianList(items=[guardian_out(row) for row in queries.guardians_of(db, pupil.id)])


@router.post("/pupils/{code}/guardians", name="pedagogy.api_add_guardian", status_code=201, dependencies=ENROL)
def add_guardian(db: Db, me: Me, code: str, body: GuardianForm) -> GuardianOut:
    """A guardian of a pupil."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    return guardian_out(service.add_guardian(db, pupil, values=body.model_dump(), by=me))


@router.put("/pupils/{code}/guardians/{guardian_id}", name="pedagogy.api_change_guardian", dependencies=ENROL)
def change_guardian(db: Db, me: Me, code: str, guardian_id: Id, body: GuardianForm) -> GuardianOut:
    """Change a guardian, the whole of it."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    guardian = queries.get_guardian(db, pupil, guardian_id)
    values = body.model_dump()
    return guardian_out(
        service.change_guardian(db, pupil, guardian, values=values, seen_version=body.version, by=me)
    )  # fmt: skip


@router.get("/sessions/{session_id}/roll-call", name="pedagogy.api_show_roll", dependencies=CALL)
def show_roll(db: Db, session_id: Id) -> RollOut:
    """The roll of a session with what holds of each member of the day."""
    session = queries.get_session(db, session_id)
    return roll_out(session, queries.roll_sheet(db, session))


@router.put("/sessions/{session_id}/roll-call", name="pedagogy.api_call_roll", dependencies=CALL)
def call_roll(db: Db, me: Me, session_id: Id, body: RollForm) -> RollOut:
    """Call the roll or correct it; pupils who are not named stay as they were."""
    session = queries.get_session(db, session_id, lock=True)
    said = _said(db, session, body)
    service.call_roll(db, session, statements=said, seen_version=body.version, by=me)
    return roll_out(session, queries.roll_sheet(db, session))


@router.get("/sessions/{session_id}/log", name="pedagogy.api_show_log", dependencies=TIMETABLE)
def show_log(db: Db, session_id: Id) -> LogOut:
    """The theory log of a session."""
    return log_out(queries.get_session(db, session_id))


@router.put("/sessions/{session_id}/log", name="pedagogy.api_log_lesson", dependencies=LOG)
def log_lesson(db: Db, me: Me, session_id: Id, body: LogForm) -> LogOut:
    """Write or correct the theory log of a session."""
    session = queries.get_session(db, session_id, lock=True)
    service.log_lesson(db, session, lesson=body.lesson, seen_version=body.version, by=me)
    return log_out(session)


def group_asked(db: Db, asked: PeriodQuery) -> PupilGroup | None:
    """The group of a query; an unknown one is a wrong field, not an empty answer."""
    if asked.group is None:
        return None
    group = queries.find_group(db, asked.group)
    if group is None:
        wrong: dict[str, Any] = {
            "type": "rule", "loc": ("query", "group"), "msg": f"Aucun groupe n’a le code « {asked.group} ».",
        }  # fmt: skip
        raise RequestValidationError([wrong])
    return group


def _said(db: Db, session: TimetableSession, body: RollForm) -> list[Said]:
    ids = {line.member.code: line.pupil_id for line in queries.roll_sheet(db, session).lines}
    for rank, one in enumerate(body.statements):
        if one.pupil not in ids:
            raise Refused(
                f"« {one.pupil} » n’appartenait pas au groupe le {session.on_date:%d/%m/%Y}.",
                field=f"statements-{rank}-pupil",
            )
    return [Said(ids[one.pupil], one.status, one.minutes_late, one.minutes_early) for one in body.statements]
