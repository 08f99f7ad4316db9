"""The demonstration has material on its racks."""

from sqlalchemy import select

from app.workshop import queries
from app.workshop.models import MaterialLot, MaterialMove
from app.workshop.rules import MoveKind, Proof


def test_a_dozen_lots_with_certificates_one_missing_and_off_cuts(demo):
    lots = demo.scalars(select(MaterialLot)).all()
    assert len(lots) >= 12
    assert {Proof.MISSING, Proof.NO_FILE, Proof.NOT_ASKED} <= {queries.lot_proof(lot) for lot in lots}
    assert any(lot.parent_id for lot in lots)


def test_open_jobs_have_material_reserved_and_consumed(demo):
    kinds = set(demo.scalars(select(MaterialMove.kind)))
    assert {MoveKind.RESERVE, MoveKind.CONSUME, MoveKind.OFFCUT, MoveKind.RETURN} <= kinds
    held = [queries.holding_of(demo, lot) for lot in demo.scalars(select(MaterialLot.id))]
    assert any(one.all_reserved for one in held)
    assert all(one.free >= 0 for one in held)


def test_one_client_s_blanks_are_partly_given_back(demo):
    (lot,) = demo.scalars(select(MaterialLot).where(MaterialLot.company_id.is_not(None)))
    held = queries.holding_of(demo, lot.id)
    assert (held.moved[MoveKind.RETURN], held.free) == (8, 4)
