"""Material by the rules alone: what a lot holds, which move may come, and that no sequence makes a stock negative."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshop import rules
from app.workshop.rules import Entry, Holding, JobTerms, LotTerms, MoveKind, Proof

K = MoveKind
METRES, PIECES = LotTerms("m"), LotTerms("pièce")
LINEN = LotTerms("m", company_id=7, owner="Lin d’Aube")
JOB, OTHER = JobTerms(1, "OF2026-0001", 7), JobTerms(2, "OF2026-0002", 8)


def held(*moves):
    """What a lot holds after (kind, quantity, job) moves."""
    return rules.holding([Entry(kind, Decimal(str(quantity)), *job) for kind, quantity, *job in moves])


STARTED = held((K.RECEIVE, 10), (K.RESERVE, 4, 1), (K.CONSUME, 1, 1), (K.RESERVE, 2, 2))


def why(kind, quantity, holding: Holding = STARTED, lot=METRES, job=JOB):
    """The refusal of a move, as (field, sentence)."""
    return rules.why_not_move(kind, Decimal(str(quantity)), lot, holding, job)


class TestHolding:
    def test_stock_reserved_and_free_are_sums_of_moves(self):
        assert (STARTED.stock, STARTED.all_reserved, STARTED.free) == (9, 5, 4)
        assert (STARTED.reserved_for(1), STARTED.reserved_for(2), STARTED.reserved_for(None)) == (3, 2, 0)

    def test_freed_returned_and_lost_material(self):
        found = held((K.RECEIVE, 10), (K.RESERVE, 4, 1), (K.FREE, 4, 1), (K.RETURN, 3), (K.LOSS, 2))
        assert (found.stock, found.free, found.moved[K.RETURN], found.moved[K.LOSS]) == (5, 5, 3, 2)

    def test_an_offcut_is_stock_of_its_own_lot_and_off_the_job_of_the_other(self):
        bar = rules.holding(
            [
                Entry(K.RECEIVE, Decimal(10)),
                Entry(K.RESERVE, Decimal(6), 1),
                Entry(K.CONSUME, Decimal(6), 1),
                Entry(K.OFFCUT, Decimal(2), 1, child=True),
            ]
        )
        assert (bar.stock, bar.cut[1], bar.uncut(1)) == (4, 2, 4)
        assert rules.holding([Entry(K.OFFCUT, Decimal(2), 1)]).stock == 2

    def test_a_reversing_row_takes_one_back(self):
        assert held((K.RECEIVE, 10), (K.RESERVE, 4, 1), (K.RESERVE, -4, 1)).free == 10


class TestMoves:
    def test_never_more_reserved_than_free(self):
        assert why(K.RESERVE, 4) is None
        assert why(K.RESERVE, "4.1") == ("quantity", "Il en reste 4\u00a0m de libre.")

    def test_a_job_consumes_what_is_reserved_for_it_and_what_is_free_and_nothing_of_another_job(self):
        assert why(K.CONSUME, 7) is None
        assert why(K.CONSUME, 8) == ("quantity", "Réservé pour cet OF ou libre : 7\u00a0m.")

    def test_more_than_was_set_aside_is_reserved_first(self):
        assert rules.move_steps(K.CONSUME, Decimal(7), STARTED, 1) == [(K.RESERVE, 4), (K.CONSUME, 7)]
        assert rules.move_steps(K.CONSUME, Decimal(3), STARTED, 1) == [(K.CONSUME, 3)]

    def test_no_more_is_freed_than_is_reserved(self):
        assert why(K.FREE, 3) is None
        assert why(K.FREE, 4)[1] == "Réservé pour cet OF : 3\u00a0m."

    def test_an_offcut_is_no_larger_than_what_was_consumed(self):
        assert why(K.OFFCUT, 1) is None
        assert "Une chute ne peut pas être plus grande" in why(K.OFFCUT, 2)[1]

    def test_only_a_client_s_material_is_returned(self):
        assert why(K.RETURN, 4, lot=LINEN, job=None) is None
        assert why(K.RETURN, 5, lot=LINEN, job=None)[0] == "quantity"
        assert why(K.RETURN, 1, job=None) == ("kind", "Cette matière est à l’école : rien à rendre.")

    def test_a_client_s_material_is_for_that_client_alone(self):
        assert why(K.RESERVE, 1, lot=LINEN) is None
        sentence = why(K.RESERVE, 1, lot=LINEN, job=OTHER)
        assert sentence == ("job", "Cette matière est à Lin d’Aube. L’OF2026-0002 est pour un autre client.")

    @pytest.mark.parametrize("kind", [K.RESERVE, K.FREE, K.CONSUME, K.OFFCUT])
    def test_what_is_done_for_a_job_names_it(self, kind):
        assert why(kind, 1, job=None) == ("job", "Indiquez l’OF.")

    @pytest.mark.parametrize("kind", [K.RECEIVE, K.LOSS, K.RETURN])
    def test_what_is_not_done_for_a_job_names_none(self, kind):
        assert why(kind, 1, lot=LINEN)[0] == "job"

    def test_a_job_that_is_over_reserves_no_more_and_may_still_note_what_it_consumed(self):
        done, cancelled = JobTerms(1, "OF1", 7, done=True), JobTerms(1, "OF1", 7, cancelled=True)
        assert "est terminé" in why(K.RESERVE, 1, job=done)[1]
        assert why(K.CONSUME, 7, job=done) is None
        assert why(K.CONSUME, 3, job=cancelled) is None
        assert "est annulé" in why(K.CONSUME, 4, job=cancelled)[1]
        assert "est annulé" in why(K.RESERVE, 1, job=cancelled)[1]
        assert why(K.FREE, 3, job=cancelled) is None

    def test_quantities_of_a_unit(self):
        assert why(K.LOSS, 0, job=None) == ("quantity", "Indiquez une quantité.")
        assert why(K.LOSS, "1.5", lot=PIECES, job=None) == ("quantity", "Comptez en pièces entières.")
        assert why(K.LOSS, "1.5", job=None) is None
        assert rules.why_not_amount(Decimal(1), "lieue") == "Choisissez une unité dans la liste."


class TestCorrections:
    def test_what_was_used_since_cannot_be_taken_back(self):
        bar = held((K.RECEIVE, 10), (K.RESERVE, 4, 1), (K.CONSUME, 4, 1))
        assert "Il manquerait 4\u00a0m" in rules.why_not_move_back(Entry(K.RECEIVE, Decimal(10)), METRES, bar)
        assert "a déjà servi" in rules.why_not_move_back(Entry(K.RESERVE, Decimal(4), 1), METRES, bar)
        assert rules.why_not_move_back(Entry(K.CONSUME, Decimal(4), 1), METRES, bar) is None

    def test_material_whose_offcut_is_in_stock_stays_consumed(self):
        bar = rules.holding(
            [
                Entry(K.RECEIVE, Decimal(4)),
                Entry(K.RESERVE, Decimal(4), 1),
                Entry(K.CONSUME, Decimal(4), 1),
                Entry(K.OFFCUT, Decimal(1), 1, child=True),
            ]
        )
        assert "Une chute" in rules.why_not_move_back(Entry(K.CONSUME, Decimal(4), 1), METRES, bar)

    def test_freed_material_that_went_elsewhere_is_not_reserved_again(self):
        bar = held((K.RECEIVE, 4), (K.RESERVE, 4, 1), (K.FREE, 4, 1), (K.RESERVE, 4, 2))
        assert "Il manquerait" in rules.why_not_move_back(Entry(K.FREE, Decimal(4), 1), METRES, bar)


class TestWords:
    def test_amounts(self):
        assert rules.amount(Decimal("3.50"), "m") == "3,5\u00a0m"
        assert rules.amount(Decimal(12), "pièce") == "12\u00a0pièces"
        assert rules.amount(Decimal(1), "pièce") == "1\u00a0pièce"

    def test_numbers(self):
        assert rules.lot_number(2026, 12) == "LOT2026-0012"
        assert rules.offcut_code("LOT2026-0012", 2) == "LOT2026-0012-C2"

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (("", None, False), Proof.NOT_ASKED),
            (("3.1", None, True), Proof.MISSING),
            (("3.1", "88123", False), Proof.NO_FILE),
            (("2.2", "88123", True), Proof.COMPLETE),
        ],
    )
    def test_what_is_there_of_a_certificate(self, asked, expected):
        assert rules.proof(asked[0], asked[1], filed=asked[2]) == expected
        assert expected.label


KINDS = st.sampled_from(list(MoveKind))
TRIED = st.lists(st.tuples(KINDS, st.integers(1, 80), st.integers(1, 2), st.booleans()), max_size=60)


class Ledger:
    """A lot of a client with two jobs of that client, and its off-cuts; only moves that the rules allow are kept."""

    def __init__(self):
        self.kept: list[Entry] = []
        self.jobs = {1: JobTerms(1, "OF1", 7), 2: JobTerms(2, "OF2", 7)}

    def held(self):
        return rules.holding(self.kept)

    def move(self, kind, quantity, job_id):
        job = self.jobs[job_id] if kind in rules.OF_A_JOB else None
        held = self.held()
        if rules.why_not_move(kind, quantity, LINEN, held, job):
            return
        for step, part in rules.move_steps(kind, quantity, held, job_id if job else None):
            self.kept.append(Entry(step, part, job_id if job else None, child=step == K.OFFCUT))

    def back(self, place):
        """Take a move back if the rules let it; an off-cut is taken back on its own lot, which nobody has used."""
        if not self.kept:
            return
        entry = self.kept[place % len(self.kept)]
        if entry.quantity < 0:
            return
        if entry.child or rules.why_not_move_back(entry, LINEN, self.held()) is None:
            before = self.held()
            back = Entry(entry.kind, -entry.quantity, entry.job_id, entry.child)
            self.kept.remove(entry)
            without = self.held()
            self.kept += [entry, back]
            assert same(self.held(), without)
            assert entry.kind == K.OFFCUT or before != self.held()


def same(one, other):
    """Alike, whichever jobs are listed with nothing."""

    def shape(held):
        return held.stock, *({k: v for k, v in m.items() if v} for m in (held.reserved, held.consumed, held.cut))

    return shape(one) == shape(other)


@given(TRIED)
def test_no_sequence_of_moves_makes_a_negative_stock_and_a_correction_restores(tried):
    ledger = Ledger()
    for kind, tenths, job_id, correct in tried:
        if correct:
            ledger.back(tenths)
        else:
            ledger.move(kind, Decimal(tenths) / 10, job_id)
        held = ledger.held()
        assert held.stock >= 0
        assert held.free >= 0
        assert all(quantity >= 0 for quantity in held.reserved.values())
        assert all(held.uncut(job) >= 0 for job in ledger.jobs)
        assert held.moved[K.RECEIVE] == held.stock + sum(held.moved[kind] for kind in (K.CONSUME, K.RETURN, K.LOSS))
