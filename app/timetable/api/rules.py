"""The pattern of the week as JSON: lines that make sessions, changed from a day on, ended. Sessions made are told."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.queries import get_group
from app.timetable import queries, service
from app.timetable.forms import EndRuleForm, RuleChange, RuleForm
from app.timetable.models import TimetableChange
from app.timetable.schemas import RuleDone, RuleList, RuleRow, rule_done, rule_out
from app.web.deps import Db
from app.web.fields import Code, Id
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["timetable"])
READ, PLAN = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]


@router.get("/timetable-rules", name="timetable.api_list_rules", dependencies=READ)
def list_rules(db: Db, group: Annotated[Code | None, Query()] = None) -> RuleList:
    """The lines that hold today or later, of a group or of all, in the order of the week."""
    group_id = get_group(db, group).id if group else None
    return RuleList(items=[rule_out(row) for row in queries.list_rules(db, group_id, today())])


@router.post("/timetable-rules", name="timetable.api_add_rule", status_code=201, dependencies=PLAN)
def add_rule(db: Db, me: Me, body: RuleForm, response: Response) -> RuleDone:
    """A new line with its sessions from today on; those that clash are left out. `seen`: a preview it is based on."""
    pattern = service.read_pattern(db, body.group, body.model_dump())
    change = service.add_rule(db, pattern, seen=body.seen or None, by=me)
    response.headers["Location"] = f"/api/v1/timetable-rules/{change.rule_id}"
    return _done(db, change)


@router.get("/timetable-rules/{rule_id}", name="timetable.api_show_rule", dependencies=READ)
def show_rule(db: Db, rule_id: Id) -> RuleRow:
    """One line."""
    return rule_out(queries.get_rule(db, rule_id))


@router.put("/timetable-rules/{rule_id}", name="timetable.api_change_rule", dependencies=PLAN)
def change_rule(db: Db, me: Me, rule_id: Id, body: RuleChange) -> RuleDone:
    """From `starts_on` on the line becomes another; the answer is the line that takes over."""
    rule = queries.get_rule(db, rule_id, lock=True)
    new = service.read_pattern(db, rule.group.code, body.model_dump())
    return _done(db, service.change_rule(db, rule, new, seen=body.seen or None, seen_version=body.version, by=me))


@router.post("/timetable-rules/{rule_id}/end", name="timetable.api_end_rule", dependencies=PLAN)
def end_rule(db: Db, me: Me, rule_id: Id, body: EndRuleForm) -> RuleDone:
    """The last day of a line; its sessions after that are cancelled."""
    rule = queries.get_rule(db, rule_id, lock=True)
    seen = body.seen or None
    return _done(
        db, service.end_rule(db, rule, last_day=body.ends_on, seen=seen, seen_version=body.version, by=me)
    )  # fmt: skip


def _done(db: Db, change: TimetableChange) -> RuleDone:
    rule = queries.get_rule_even_void(db, change.rule_id or 0)
    return rule_done(rule, queries.lines_of(db, change.id))
