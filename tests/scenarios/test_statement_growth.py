"""Every page needs as many SQL statements in a school ten times as large: nothing asks once per row."""

from urllib.parse import quote

import pytest

from app.core.permissions import Role
from tests.factories.world import make_world
from tests.support.routes import doors

SMALL, LARGE, BUDGET = 2, 18, 25
# What stands in an address, by the word before it.
SAMPLES = {
    "personnel staff": lambda world: world.staff.code,
    "clients": lambda world: world.company.code,
    "commandes orders": lambda world: world.order.number,
    "lignes lines": lambda _: 1,
    "groupes groups": lambda world: world.group.code,
    "eleves pupils absents jeunes": lambda world: world.pupil.code,
    "seances sessions appels cahier roll-calls logs": lambda world: world.session.id,
    "promesses offers": lambda world: world.offer.id,
    "resultats results": lambda _: "2026",
    "{session}": lambda world: world.group.code,
    "{seq}": lambda world: world.operation.seq,
    "work-days": lambda _: "2026-11-24",
    "machines work-centers": lambda world: world.center.code,
    "of jobs": lambda world: world.job.number,
    "operations": lambda world: world.operation.id,
    "bons tickets": lambda world: world.ticket.number,
    "pointages work-sessions": lambda world: world.work.id,
    "declarations": lambda world: world.declaration.code,
    "motifs": lambda world: world.reason.id,
    "courriers": lambda world: world.letter.number,
    "envois": lambda world: world.mail.id,
    "registre": lambda _: "2026-11-24",
    "papiers": lambda world: world.paper.id,
    "quantites quantity-reports": lambda world: world.report.id,
    "matiere material-lots": lambda world: world.lot.code,
    "mouvements material-moves": lambda world: world.move.id,
    "vacations": lambda world: world.staff.code,
    "{month}": lambda _: "2026-11",
    "{rule_id}": lambda world: world.planning.rule.id,
    "{activity_id}": lambda world: world.planning.activity.id,
    "{closure_id}": lambda world: world.planning.closure.id,
    "{room_id}": lambda world: world.planning.room.id,
    "referentiels": lambda world: world.schooling.framework.id,
    "preuves": lambda world: world.schooling.evidence.id,
    "notes": lambda world: world.schooling.evaluation.id,
    "carnet {term_id}": lambda world: world.group.code,
    "{group} matieres": lambda world: world.schooling.evaluation.subject_id,
    "periodes bulletins": lambda world: world.schooling.term.id,
    "emis": lambda world: f"{world.schooling.issued.id}.pdf",
    "livrets": lambda _: "skills.pdf",
    "examens exams": lambda world: world.schooling.exam.id,
    "epreuves": lambda world: world.group.diploma.code,
    "jours ledger": lambda _: "2026-11-24",
}
BY_WORD = {word: sample for words, sample in SAMPLES.items() for word in words.split()}
# Told by its own name, whatever word comes before it.
BY_PART = {"{seq}", "{month}", "{rule_id}", "{activity_id}", "{closure_id}", "{room_id}"}
# Doors that ask for more than their address.
ASKED = {
    "graduates.api_report": lambda _: "session=2026",
    "workshop.api_show_quality": lambda _: "first=2026-11-01&last=2026-11-24",
    "workshop.api_list_operations": lambda world: f"order={quote(world.order.number)}",
    "workshop.api_promise": lambda world: f"template={world.template.code}&quantity=3",
    "workshop.show_load": lambda world: f"gamme={world.template.code}&pieces=3",
    "workshop.api_ask_gate": lambda world: f"pupil={world.pupil.code}&work_center={world.center.code}",
    "workshop.ask_override": lambda world: f"jeune={world.pupil.code}",
    "workshop.ask_operation_override": lambda world: f"jeune={world.pupil.code}",
    "absences.new_letter": lambda world: f"eleve={world.pupil.code}&mois=2026-11",
    "absences.new_call": lambda world: f"eleve={world.pupil.code}&jour=2026-11-24",
    "learning.api_coverage": lambda world: f"group={quote(world.group.code)}",
    "machines.show_answer": lambda world: f"eleve={world.pupil.code}&poste={world.center.code}",
    "workshop.api_list_material_uses": lambda world: f"order={quote(world.order.number)}",
}
# Files that nobody has handed in here.
FILES = {"absences.show_proof", "ledger.show_paper", "pedagogy.show_log_file", "workshop.show_certificate"}
# A tablet opens for an enrolled device and a badge, not for staff: tests/kiosk counts its statements.
STAFF_OF_KIOSK = {"kiosk.list_devices", "kiosk.list_badges"}


def _opens_for_staff(door):
    return not door.name.startswith("kiosk.") or door.name in STAFF_OF_KIOSK


READABLE = [
    door for door in doors()
    if not door.writes and not door.is_public and door.name not in FILES and _opens_for_staff(door)
]  # fmt: skip


def _address(door, world):
    """The address of the door for one thing of this world, or nothing when no such thing is known here."""
    parts, before = [], ""
    for part in door.path.split("/"):
        sample = BY_WORD.get(part if part in BY_PART else before)
        before = part.replace(":path", "")
        if part.startswith("{"):
            if sample is None:
                return None
            parts.append(quote(str(sample(world)), safe=""))
        else:
            parts.append(part.replace("{kind}", "csv"))
    address = "/".join(parts)
    return f"{address}?{ASKED[door.name](world)}" if door.name in ASKED else address


@pytest.fixture
def count(client, record_queries):
    """Status and number of statements of one page, once what is kept between requests has been read."""

    def ask(address):
        client.get(address, follow_redirects=True)
        with record_queries() as statements:
            answer = client.get(address, follow_redirects=True)
        return answer.status_code, len(statements)

    return ask


@pytest.fixture
def count_all(count, client, db, login_as):
    """Every door as the director, and the home of each role."""
    people = {}

    def ask(world):
        found = {}
        for role in Role:
            people.setdefault(role, world.staff if role is Role.MASTER else role)
            people[role] = login_as(people[role])
            found[f"home of {role}"] = count("/")
        login_as(people[Role.DIRECTOR])
        for door in READABLE:
            if address := _address(door, world):
                found[str(door)] = count(address)
        return found

    return ask


def test_nothing_asks_once_per_row(db, count_all):
    world = make_world(db, SMALL)
    before = count_all(world)
    make_world(db, LARGE)
    after = count_all(world)
    assert {page: (before[page], after[page]) for page in before if before[page] != after[page]} == {}


def test_pages_exist_and_need_few_statements(db, count_all):
    """A question about the wrong state is a 409; the pages of single domains have tighter budgets of their own."""
    counted = count_all(make_world(db, SMALL))
    assert {page: status for page, (status, _) in counted.items() if status not in {200, 409}} == {}
    assert [status for status, _ in counted.values()].count(200) > len(READABLE) * 0.8
    assert {page: count for page, (_, count) in counted.items() if count > BUDGET} == {}
