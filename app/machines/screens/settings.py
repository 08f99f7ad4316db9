"""What the law leaves to the school: warn or block, from a day on."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import find_school
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import SettingsForm
from app.machines.rules import Check
from app.machines.rules.settings import CEILING, NAMES, in_force, to_come
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
MANAGE = [allow(Permission.SCHOOL_MANAGE)]
FIELDS = {"hours": Check.HOURS.value, "permit": Check.PERMIT.value, "ceiling": CEILING}
LABELS = {name: NAMES[check] for name, check in FIELDS.items()} | {
    "pupils_per_master": "Élèves par maître, au plus", "starts_on": "À partir du"
}  # fmt: skip


@router.get("/securite/reglages", name="machines.edit_settings", dependencies=MANAGE)
def edit_settings(request: Request, db: Db) -> Response:
    """What holds today."""
    school, known = find_school(db), in_force(queries.setting_decisions(db), today())
    values: dict[str, Any] = {name: "bloque" if known[check] else "alerte" for name, check in FIELDS.items()}
    values |= {"starts_on": today(), "pupils_per_master": school.pupils_per_master if school else 12}
    return _settings_page(request, db, blank_form(values | ({"version": school.version} if school else {})))


@router.post("/securite/reglages", name="machines.change_settings", dependencies=MANAGE)
def change_settings(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Decide otherwise, from a day on."""
    form = posted.read(SettingsForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            service.change_settings(
                db, asked.blocks, starts_on=asked.starts_on, pupils_per_master=asked.pupils_per_master,
                seen_version=asked.version, by=me,
            )  # fmt: skip
            return redirect(request, url(request, "machines.edit_settings"), flash="Réglages enregistrés.")
    return _settings_page(request, db, form, status=form.status)


def _settings_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    decisions = queries.setting_decisions(db)
    return page(
        request, "machines/settings.html", status=status, form=form, labels=LABELS, names=NAMES,
        coming=to_come(decisions, today()), decisions=decisions,
    )  # fmt: skip
