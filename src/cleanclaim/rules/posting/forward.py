"""The balance that a payer carries forward against a payee (PLB FB), after each remittance.

A negative FB is carried: the payer could not take it back that day. A positive one gives it back and takes it off the
payment. A payer may also recover it by an overpayment recovery (WO) that names the reference of what was carried; a WO
under another reference is another debt. Source: 835 guide 005010X221A1, PLB03 and its balance forward processing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.money import ZERO

CARRIED_FORWARD = "FB"  # one rolling balance per payee
RECOVERED = "WO"


@dataclass(frozen=True, slots=True)
class Movement:
    """One PLB of a payer to a payee, as it came; positive reduced the payment. `key` is the caller's own."""

    key: int
    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands after a movement, in dollars that the payee owes; below zero the payer took back too much."""

    movement: Movement
    balance: Decimal


def rolling(movements: Iterable[Movement]) -> list[Standing]:
    """Each movement of the balance, in order, with what stands after it; those of other debts are left out."""
    balance, carried = ZERO, set()
    found = []
    for one in movements:
        if one.reason == CARRIED_FORWARD and one.amount < 0:
            carried.add(one.reference)
        elif one.reason != CARRIED_FORWARD and not is_recovery(one, carried):
            continue
        balance -= one.amount
        found.append(Standing(one, balance))
    return found


def is_recovery(movement: Movement, carried: Iterable[str]) -> bool:
    """Whether a WO takes back what was carried forward under its reference."""
    named = bool(movement.reference) and movement.reference in set(carried)
    return movement.reason == RECOVERED and movement.amount > 0 and named
