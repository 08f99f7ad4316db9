"""Money: decimals only, half up, VAT once per rate (EN 16931). `rounding_vectors.csv` holds the worked examples."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Totals:
    """Euros: net (HT), VAT, gross (TTC), and the VAT of each rate."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    by_rate: tuple[tuple[Decimal, Decimal, Decimal], ...]  # rate, base, vat


def round_cents(amount: Decimal) -> Decimal:
    """Euros rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """Net of one line: quantity × unit price × (1 − discount %), rounded once."""
    return round_cents(quantity * unit_price * (1 - discount / HUNDRED))


def totals(lines: Iterable[tuple[Decimal, Decimal]]) -> Totals:
    """Totals of (line net, VAT rate in percent) pairs; VAT is rounded once per rate on the sum of that rate."""
    bases: dict[Decimal, Decimal] = {}
    for net, rate in lines:
        bases[rate] = bases.get(rate, Decimal(0)) + net
    by_rate = tuple((rate, base, round_cents(base * rate / HUNDRED)) for rate, base in sorted(bases.items()))
    net = sum((base for _, base, _ in by_rate), Decimal("0.00"))
    vat = sum((tax for _, _, tax in by_rate), Decimal("0.00"))
    return Totals(net, vat, net + vat, by_rate)


def ratio(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """part ÷ whole rounded half up to 4 decimals; None when there is nothing to divide by."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
