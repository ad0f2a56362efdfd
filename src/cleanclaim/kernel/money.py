"""Dollars as `Decimal`, whole cents where they are stored, rounded half-up at named steps."""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
_DOLLAR = Decimal(1)
_DIME = Decimal("0.1")
LIMIT = Decimal(10**12)  # of NUMERIC(14,2)
CHARGE_LIMIT = Decimal(10**8)  # claims carry at most ten digits; leaves room for the sums of many


def cents(amount: Decimal) -> Decimal:
    """`amount` rounded half-up to whole cents (payers' published rounding; 0.005 becomes 0.01)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with two decimals also when there is nothing to add."""
    return sum(amounts, ZERO)


def is_whole_cents(amount: Decimal) -> bool:
    """Whether `amount` is finite and has no part below a cent."""
    if amount.same_quantum(CENT) or amount.same_quantum(_DOLLAR) or amount.same_quantum(_DIME):
        return True  # as nearly all are: 80.00, 80, 80.5
    if not amount.is_finite():
        return False
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2


def fits_ledger(amount: Decimal) -> bool:
    """Whether a money column takes the amount: whole cents, below a trillion dollars."""
    return is_whole_cents(amount) and abs(amount) < LIMIT


def percent(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of `amount`, half-up to cents: percent(82.00, 20) is 16.40."""
    return cents(amount * rate / 100)


def allocate(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """Split `amount` across `weights` so that the shares add up to `amount` again.

    Args:
        amount: dollars, whole cents, zero or more.
        weights: zero or more each, at least one above zero. Usually line charges in cents.

    Returns:
        One share per weight, in order, whole cents. Leftover cents go to the
        earliest lines with a weight above zero.

    Raises:
        ValueError: no weight is above zero, one is below zero, or `amount` is negative or not whole cents.
    """
    if amount < 0 or not is_whole_cents(amount):
        raise ValueError(f"amount {amount}: expected whole cents, zero or more")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights: expected zero or more each and at least one above zero")
    pot = int(amount * 100)
    weight_sum = sum(weights)
    shares = [pot * weight // weight_sum for weight in weights]
    left = pot - sum(shares)
    for place, weight in enumerate(weights):
        if left == 0:
            break
        if weight > 0:
            shares[place] += 1
            left -= 1
    return [Decimal(share) / 100 for share in shares]


def allocate_signed(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """`allocate`, also of an amount below zero."""
    if amount < 0:
        return [-share for share in allocate(-amount, weights)]
    return allocate(amount, weights)


def allocate_together(
    amounts: Sequence[Decimal], weights: Sequence[int], wanted: Sequence[Decimal] | None = None
) -> list[list[Decimal]]:
    """Shares of each amount that add up, at every weight, to what is `wanted` there: the weight's share of their sum.

    Each amount by itself leaves cents over, and not at the same weights: what explains a charge together would be a cent
    short on one line and a cent too much on another. Such a cent moves, in the largest amount that has it.

    Args:
        amounts, weights: as `allocate` and `allocate_signed` take them.
        wanted: adds up to the same as `amounts`.
    """
    shares = [allocate_signed(amount, weights) for amount in amounts]
    if wanted is None:
        wanted = allocate_signed(total(amounts), weights)
    over = [total(own[place] for own in shares) - want for place, want in enumerate(wanted)]
    largest = sorted(range(len(amounts)), key=lambda one: -abs(amounts[one]))
    while any(over):
        high = next(place for place, each in enumerate(over) if each > 0)
        low = next(place for place, each in enumerate(over) if each < 0)
        giving = next(
            (one for one in largest if shares[one][high] > 0 or shares[one][low] < 0), largest[0]
        )
        shares[giving][high] -= CENT
        shares[giving][low] += CENT
        over[high] -= CENT
        over[low] += CENT
    return shares


_WRITTEN = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d{1,15})?(\.\d{0,6})?", re.ASCII)


def written_money(text: str) -> Decimal | None:
    """The dollars that somebody wrote, such as `1,234.50`, `$80` or `(12.00)` for below zero; None where it is none.

    A comma stands between thousands only: `12,50` is none, because it would be read as 1,250.00.
    """
    plain = text.strip().replace("$", "", 1).strip()
    is_below = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if is_below else plain
    if not _WRITTEN.fullmatch(plain) or not any(one.isdigit() for one in plain):
        return None
    amount = Decimal(plain.replace(",", ""))
    return -amount if is_below else amount


def show(amount: Decimal) -> str:
    """`amount` for people: 1234.5 is `1,234.50`."""
    return f"{cents(amount):,.2f}"
