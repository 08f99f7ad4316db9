"""Routings of the demonstration: a template per part that every job was copied from, and the drawings of its lines."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import SYSTEM, Actor
from app.core.documents import keep as keep_file
from app.core.filetypes import DRAWINGS
from app.demo.catalogue import Part, Step, parts
from app.demo.quality import POINTS
from app.demo.sheets import as_pdf, as_png
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OPEN_STATES
from app.workshop.models import CheckPoint, Job, Operation, RoutingTemplate, Ticket
from app.workshop.queries import drafts_of_template, get_template
from app.workshop.rules import JOB_OVER, LIVE_STATES, Draft, TicketState, next_index
from app.workshop.service import add_drawing, change_template, create_template
from app.workshop.service.drafts import point_values

OFFICE = "G1"
AT_BENCH = (Decimal(2), Decimal("1.5"), Decimal("1.2"))
DIFFICULTY = {"A1": 1, "A2": 1, "A3": 2, "A4": 3, "A5": 2}
FIRST_ARTICLE = {"CU-3X", "TOUR-CN"}
REVISED = 2
INSTRUCTIONS = {
    "SCIE": "Barre en appui sur la butée. 2 mm de plus que le plan.",
    "TOUR-P": "Pièce serrée, clé retirée. Une passe d’essai, mesure, puis la série.",
    "TOUR-CN": "Origine pièce vérifiée avec le maître. Première pièce pas à pas.",
    "FRAIS": "Pièce sur cales, étau dans l’axe. Fraise en avalant.",
    "CU-3X": "Programme et outils vérifiés avec le maître. Première pièce à vide.",
    "PERC": "Pièce bridée, jamais tenue à la main. Avance douce en débouchant.",
    "RECT": "Plateau propre, pièce dégraissée. Passes de 0,01 mm.",
    "EBAV": "Toutes les arêtes, sans marquer les faces.",
    "MONT": "Pièces propres, dans l’ordre de la nomenclature.",
    "METRO": "Moyens de contrôle propres, à 20 °C. Chaque mesure se note.",
    "MMT": "Pièce à température, bridée sans effort. Rapport joint au bon.",
    "FAO": "Brut, outils et origines relus à deux avant d’envoyer.",
}


def write_templates(db: Session) -> None:
    """A template per part; the jobs of that part are copies of it. Two templates have changed since."""
    for place, part in enumerate(parts()):
        template = create_template(
            db, code=_number(part), label=_article(part), operations=[_draft(step) for step in part.route], by=SYSTEM
        )
        db.flush()  # its operations, before they are copied
        _copy(db, template, part)
        if place < REVISED:
            drafts = drafts_of_template(db, template.id)
            later = [replace(draft, setup_seconds=draft.setup_seconds + 300) for draft in drafts[:1]]
            found = get_template(db, template.code)
            change_template(db, found, label=_article(part), operations=[*later, *drafts[1:]], by=SYSTEM)


def _article(part: Part) -> str:
    """As it stands on the orders."""
    return f"{part.label}, plan {part.drawing}"


def _number(part: Part) -> str:
    return part.drawing.split()[0]


def _index(part: Part) -> str:
    return part.drawing.split()[1]


def _draft(step: Step) -> Draft:
    usual = Draft(step.label, step.center, round(step.setup * 60), round(step.unit * 60), skill=step.skill)
    at_bench = AT_BENCH if step.center in {"EBAV", "METRO", "MONT"} else (None, None, None)
    return replace(
        usual, factor_1=at_bench[0], factor_2=at_bench[1], factor_3=at_bench[2], difficulty=DIFFICULTY[step.skill],
        instruction=INSTRUCTIONS.get(step.center, ""), first_article=step.center in FIRST_ARTICLE,
        points=POINTS.get(step.center, ()),
    )  # fmt: skip


def _copy(db: Session, template: RoutingTemplate, part: Part) -> None:
    """What the files have no columns for: the copy that each job took, with check points where it is still to be made.

    Work that had begun goes on as it began: only what nobody has touched waits for its first piece.
    """
    jobs = select(Job.id).join(OrderLine, OrderLine.id == Job.line_id).where(OrderLine.label == _article(part))
    db.execute(
        update(Job).where(Job.id.in_(jobs)).values(template_id=template.id, template_revision=template.revision)
    )  # fmt: skip
    for draft in drafts_of_template(db, template.id):
        mine = (Operation.job_id.in_(jobs), Operation.seq == draft.seq)
        said = {"factor_1": draft.factor_1, "factor_2": draft.factor_2, "factor_3": draft.factor_3,
                "difficulty": draft.difficulty, "instruction": draft.instruction}  # fmt: skip
        db.execute(update(Operation).where(*mine).values(**said))
        untouched = (Operation.good == 0, Operation.booked_seconds == 0)
        db.execute(update(Operation).where(*mine, *untouched).values(first_article=draft.first_article))
        query = select(Operation.id).join(Job, Job.id == Operation.job_id)
        ids = db.execute(query.where(*mine, Job.state.not_in(JOB_OVER))).scalars().all()
        rows = [{"operation_id": id_} | point_values(point) for id_ in ids for point in draft.points or ()]
        if rows:
            db.execute(insert(CheckPoint), rows)


def hand_in_drawings(db: Session, folder: Path) -> None:
    """The client's drawing on every line under way, at the index of the catalogue."""
    known = {_article(part): part for part in parts()}
    query = select(OrderLine).join(CustomerOrder).where(CustomerOrder.state.in_(OPEN_STATES)).order_by(OrderLine.id)
    for line in db.execute(query).scalars().all():
        if part := known.get(line.label):
            _hand_in(db, folder, line, part, _index(part))


def bring_a_new_index(db: Session, folder: Path) -> None:
    """One line where nobody works just now has a new index that a master must confirm."""
    known = {_article(part): part for part in parts()}
    running = (
        select(Job.line_id)
        .join(Operation, Operation.job_id == Job.id)
        .join(Ticket, Ticket.operation_id == Operation.id)
        .where(Ticket.state == TicketState.RUNNING)
    )
    query = (
        select(OrderLine)
        .join(Job, Job.line_id == OrderLine.id)
        .join(Operation, Operation.job_id == Job.id)
        .join(Ticket, Ticket.operation_id == Operation.id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .where(
            Ticket.state.in_(LIVE_STATES - {TicketState.TO_RELEASE}), CustomerOrder.state.in_(OPEN_STATES),
            OrderLine.id.not_in(running), OrderLine.label.in_(known),
        )
        .group_by(OrderLine.id)
        .order_by(func.count(Ticket.id).desc(), OrderLine.id)
    )  # fmt: skip
    line = db.execute(query).scalars().first()
    if line is not None:
        _hand_in(db, folder, line, known[line.label], next_index(_index(known[line.label])))


def _hand_in(db: Session, folder: Path, line: OrderLine, part: Part, index: str) -> None:
    name = _number(part)
    picture = name.startswith("FL")
    data = as_png(index) if picture else as_pdf(part, name, index)
    kept = keep_file(folder, f"{name} {index}.{'png' if picture else 'pdf'}", data, kinds=DRAWINGS)
    add_drawing(db, line, name=name, index=index, file=kept, by=_office(db))
    db.flush()  # the drawing, before work is given with it


def _office(db: Session) -> Actor:
    return accounts.staff_actor(accounts.get_staff_by_code(db, OFFICE))
