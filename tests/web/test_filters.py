"""French formats: one place, the right spaces, the right words."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from app.web import filters

D, N, NN = Decimal, "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (filters.euro(D("1234.5")), f"1{NN}234,50{NN}€"),
        (filters.euro(D("-333.50")), f"−333,50{NN}€"),
        (filters.euro(D("0.005")), f"0,01{NN}€"),
        (filters.euro(None), "–"),
        (filters.price(D("0.335000")), f"0,335{NN}€"),
        (filters.price(D("12.5")), f"12,50{NN}€"),
        (filters.number(1234567), f"1{NN}234{NN}567"),
        (filters.number(D("10.0000")), "10"),
        (filters.percent(D("0.6810")), f"68,1{N}%"),
        (filters.percent(None), "–"),
        (filters.date_fr(date(2026, 11, 6)), "06/11/2026"),
        (filters.day_fr(date(2026, 12, 1)), "mardi 1er décembre"),
        (filters.day_fr(date(2026, 11, 26), year=True), "jeudi 26 novembre 2026"),
        (filters.day_short(date(2026, 8, 3)), "lun. 3 août"),
        (filters.moment_fr(datetime(2026, 11, 26, 13, 5, tzinfo=UTC)), "jeu. 26 nov. à 14:05"),
        (filters.clock(497), "08:17"),
        (filters.clock(time(8, 5)), "08:05"),
        (filters.clock(None), "–"),
        (filters.hour(480), f"8{N}h"),
        (filters.hour(510), f"8{N}h{N}30"),
        (filters.duration(90), f"1{N}h{N}30"),
        (filters.duration(48), f"0{N}h{N}48"),
        (filters.duration(89.5), f"1{N}h{N}30"),
        (filters.spare(1), f"1{N}min libre"),
        (filters.spare(45), f"45{N}min libres"),
        (filters.spare(60), f"1{N}h libre"),
        (filters.spare(150), f"2{N}h{N}30 libres"),
        (filters.plural(1, "élève"), f"1{N}élève"),
        (filters.plural(0, "élève"), f"0{N}élève"),
        (filters.plural(3, "pièce bonne"), f"3{N}pièces bonnes"),
        (filters.plural(2, "bon de travail", "bons de travail"), f"2{N}bons de travail"),
        (filters.week(date(2026, 11, 26)), "S48"),
        (filters.siren("999800014"), f"999{NN}800{NN}014"),
        (filters.siren("99980001400012"), f"999{NN}800{NN}014{NN}00012"),
        (filters.phone("0325000000"), NN.join(["03", "25", "00", "00", "00"])),
        (filters.phone("+33 3 25"), "+33 3 25"),
    ],
)
def test_numbers_dates_and_words_as_a_french_reader_expects_them(shown, expected):
    assert shown == expected
