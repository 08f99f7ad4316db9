"""The pattern of the week: its lines are added, changed from a day on, ended, completed; the last change is undone."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.queries import find_group
from app.pedagogy.rules import KIND_LABELS
from app.timetable import queries, service
from app.timetable.forms import EndRuleForm, RuleChange, RuleForm, SeenForm
from app.timetable.models import TimetableRule
from app.timetable.queries import Preview
from app.timetable.rules import DAY_NAMES, WEEK_LABELS
from app.timetable.rules.placed import clock
from app.timetable.rules.plans import Plan
from app.timetable.screens.previews import asked, look
from app.timetable.service.rules import year_of
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LABELS = {
    "group": "Groupe", "weekday": "Jour", "start": "Début", "end": "Fin", "subject": "Matière", "kind": "Type",
    "staff": "Intervenant", "room": "Salle", "weeks": "Semaines", "starts_on": "À partir du", "ends_on": "Jusqu’au",
}  # fmt: skip
DAYS = list(enumerate(DAY_NAMES[:6]))
WEEKS = [(kind.value, label) for kind, label in WEEK_LABELS.items()]
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]


@router.get("/semaine/trame", name="timetable.list_rules", dependencies=READ)
def list_rules(request: Request, db: Db, listing: Listing) -> Response:
    """The pattern of a group's week."""
    return page(
        request, "timetable/rule_list.html", listing=listing, days=DAY_NAMES,
        page=queries.rules_page(db, listing.values.get("groupe", "")),
    )  # fmt: skip


@router.get("/semaine/trame/nouvelle", name="timetable.new_rule", dependencies=EDIT)
def new_rule(request: Request, db: Db, listing: Listing) -> Response:
    """A new line, and what it would make."""
    form = asked(request, RuleForm)
    if form is None:
        year = year_of(today())
        start = {"group": listing.values.get("groupe", ""), "starts_on": year.start, "ends_on": year.end}
        return _rule_page(request, db, blank_form(start), rule=None, preview=None, status=200)
    preview = look(db, form, lambda typed: _generation(db, typed))
    return _rule_page(request, db, form, rule=None, preview=preview, status=200 if preview else 422)


@router.post("/semaine/trame", name="timetable.add_rule", dependencies=EDIT)
def add_rule(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Add the line with its sessions."""
    form = posted.read(RuleForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            pattern = service.read_pattern(db, typed.group, typed.model_dump())
            service.add_rule(db, pattern, seen=typed.seen, by=me)
            return redirect(request, _list_of(request, typed.group), flash="Ligne ajoutée à la trame.")
    preview = look(db, form, lambda typed: _generation(db, typed))
    return _rule_page(request, db, form, rule=None, preview=preview, status=form.status)


@router.get("/semaine/trame/{rule_id}/modifier", name="timetable.edit_rule", dependencies=EDIT)
def edit_rule(request: Request, db: Db, rule_id: Id) -> Response:
    """A line changed from a day on, and what that would do."""
    rule = queries.get_rule(db, rule_id)
    form = asked(request, RuleChange)
    if form is None:
        return _rule_page(request, db, blank_form(_values(rule)), rule=rule, preview=None, status=200)
    preview = look(db, form, lambda typed: _changed(db, rule, typed))
    return _rule_page(request, db, form, rule=rule, preview=preview, status=200 if preview else 422)


@router.post("/semaine/trame/{rule_id}/modifier", name="timetable.change_rule", dependencies=EDIT)
def change_rule(request: Request, db: Db, me: Me, rule_id: Id, posted: PostedForm) -> Response:
    """Change the line from that day on."""
    rule = queries.get_rule(db, rule_id, lock=True)
    form = posted.read(RuleChange)
    with form.refusals():
        if form.ok:
            typed, group = form.valid, rule.group.code
            new = service.read_pattern(db, group, typed.model_dump())
            service.change_rule(db, rule, new, seen=typed.seen, seen_version=typed.version, by=me)
            return redirect(request, _list_of(request, group), flash="Trame changée.")
    preview = look(db, form, lambda typed: _changed(db, rule, typed))
    return _rule_page(request, db, form, rule=rule, preview=preview, status=form.status)


@router.get("/semaine/trame/{rule_id}/fin", name="timetable.confirm_end", dependencies=EDIT)
def confirm_end(request: Request, db: Db, rule_id: Id) -> Response:
    """The last day of a line, and the sessions that then go."""
    rule = queries.get_rule(db, rule_id)
    form = asked(request, EndRuleForm)
    if form is None:
        return _end_page(
            request, blank_form({"ends_on": max(today(), rule.starts_on), "version": rule.version}), rule, None, 200
        )
    preview = look(db, form, lambda typed: queries.plan_end(db, rule, last_day=typed.ends_on))
    return _end_page(request, form, rule, preview, 200 if preview else 422)


@router.post("/semaine/trame/{rule_id}/fin", name="timetable.end_rule", dependencies=EDIT)
def end_rule(request: Request, db: Db, me: Me, rule_id: Id, posted: PostedForm) -> Response:
    """End the line."""
    rule = queries.get_rule(db, rule_id, lock=True)
    form = posted.read(EndRuleForm)
    with form.refusals():
        if form.ok:
            typed, group = form.valid, rule.group.code
            service.end_rule(db, rule, last_day=typed.ends_on, seen=typed.seen, seen_version=typed.version, by=me)
            return redirect(request, _list_of(request, group), flash="Ligne arrêtée.")
    preview = look(db, form, lambda typed: queries.plan_end(db, rule, last_day=typed.ends_on))
    return _end_page(request, form, rule, preview, form.status)


@router.get("/semaine/trame/{rule_id}/suite", name="timetable.confirm_generation", dependencies=EDIT)
def confirm_generation(request: Request, db: Db, rule_id: Id) -> Response:
    """What a line still has to make."""
    return _generation_page(request, db, queries.get_rule(db, rule_id), blank_form(), 200)


@router.post("/semaine/trame/{rule_id}/suite", name="timetable.generate", dependencies=EDIT)
def generate(request: Request, db: Db, me: Me, rule_id: Id, posted: PostedForm) -> Response:
    """Make it."""
    rule = queries.get_rule(db, rule_id, lock=True)
    form = posted.read(SeenForm)
    with form.refusals():
        if form.ok and not queries.plan_generation(db, [(rule.id, queries.pattern_of(rule))]).items:
            form.refuse("Il n’y a rien à ajouter.")
        if form.ok:
            service.generate_again(db, rule, seen=form.valid.seen, by=me)
            return redirect(request, _list_of(request, rule.group.code), flash="Séances ajoutées.")
    return _generation_page(request, db, rule, form, form.status)


@router.get("/semaine/modifications/{change_id}/annulation", name="timetable.confirm_undo", dependencies=EDIT)
def confirm_undo(request: Request, db: Db, change_id: Id) -> Response:
    """What undoing the last mass change puts back."""
    change = queries.get_change(db, change_id)
    return page(
        request, "timetable/change_undo.html", change=change, lines=queries.lines_of(db, change.id),
        last=queries.last_change(db), form=blank_form(),
    )  # fmt: skip


@router.post("/semaine/modifications/{change_id}/annulation", name="timetable.undo", dependencies=EDIT)
def undo(request: Request, db: Db, me: Me, change_id: Id) -> Response:
    """Undo it."""
    stays = service.undo(db, queries.get_change(db, change_id, lock=True), by=me)
    words = f" Ce qui reste tel quel : {' ; '.join(stays[:3])}" if stays else ""
    return redirect(request, url(request, "timetable.list_rules"), flash=f"Modification annulée.{words}")


def _generation(db: Db, typed: RuleForm) -> Plan:
    pattern = service.read_pattern(db, typed.group, typed.model_dump())
    return queries.plan_generation(db, [(None, pattern)])


def _changed(db: Db, rule: TimetableRule, typed: RuleChange) -> Plan:
    new = service.read_pattern(db, rule.group.code, typed.model_dump())
    service.refuse_outside(rule, new.starts_on)
    return queries.plan_change(db, rule, new, from_day=new.starts_on)[0]


def _values(rule: TimetableRule) -> dict[str, Any]:
    return {
        "weekday": rule.weekday, "start": clock(rule.start_minute), "end": clock(rule.end_minute),
        "subject": rule.subject.code, "staff": rule.staff.code, "kind": rule.kind, "room": rule.room,
        "weeks": rule.weeks, "starts_on": max(today(), rule.starts_on), "ends_on": rule.ends_on,
        "version": rule.version,
    }  # fmt: skip


def _list_of(request: Request, group: str) -> str:
    return url(request, "timetable.list_rules", query={"groupe": group})


def _rule_page(
    request: Request, db: Db, form: Form[Any], *, rule: TimetableRule | None, preview: Preview | None, status: int
) -> Response:
    code = rule.group.code if rule else form.raw("group")
    return page(
        request, "timetable/rule_edit.html", status=status, form=form, rule=rule, preview=preview,
        group=find_group(db, code) if code else None, choices=queries.session_choices(db, code), labels=LABELS,
        days=DAYS, weeks=WEEKS, kinds=KINDS,
    )  # fmt: skip


def _end_page(request: Request, form: Form[Any], rule: TimetableRule, preview: Preview | None, status: int) -> Response:
    return page(
        request, "timetable/rule_end.html", status=status, form=form, rule=rule, preview=preview, labels=LABELS,
        days=DAY_NAMES,
    )  # fmt: skip


def _generation_page(request: Request, db: Db, rule: TimetableRule, form: Form[Any], status: int) -> Response:
    plan = queries.plan_generation(db, [(rule.id, queries.pattern_of(rule))])
    return page(
        request, "timetable/rule_generate.html", status=status, form=form, rule=rule,
        preview=queries.preview_of(db, plan), labels=LABELS, days=DAY_NAMES,
    )  # fmt: skip
