"""Ledger entries: signed legs that sum to zero, with the three dates that the ledger keeps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import CENT, is_whole_cents, show, total
from cleanclaim.kernel.quick import quick
from cleanclaim.values.accounts import BY_CODE

_RECEIVABLES = frozenset(code for code, account in BY_CODE.items() if account.is_receivable)


@quick
@dataclass(frozen=True, slots=True)
class Leg:
    """One signed amount on one account: debit positive, credit negative; never zero.

    Dimensions are ids of rows in the same tenant, 0 or empty where they do not apply:
    `item_id` the open item (required on receivables), `claim_id`, `line_number`, `patient_id`,
    `payer_id` (a partner's row), `reason` (`CO-45`, `PR-1`), `trace` (payer trace id + trace number), `entity`.
    """

    account: str
    amount: Decimal
    item_id: int = 0
    claim_id: int = 0
    line_number: int = 0
    patient_id: int = 0
    payer_id: int = 0
    reason: str = ""
    trace: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of money.

    Attributes:
        kind: charge, payment, adjustment, transfer, reversal, refund, decision, disbursement ...
        idempotency_key: unique per tenant; the same key twice is the same entry.
        effective_on: when it counts in the claim's story; may lie in a closed period.
        accounting_on: the general ledger's date; must lie in an open period.
        reverses: id of the entry that this one takes back, or 0.

    Raises:
        InvariantError: legs do not sum to zero (in all and per entity), an amount is zero or not whole cents,
            an account is unknown, or a receivable leg names no item.
    """

    kind: str
    idempotency_key: str
    effective_on: date
    accounting_on: date
    legs: tuple[Leg, ...]
    memo: str = ""
    reverses: int = 0

    def __post_init__(self) -> None:
        if len(self.legs) < 2:
            raise InvariantError(
                f"entry {self.idempotency_key}: {len(self.legs)} legs, expected 2 or more"
            )
        for leg in self.legs:  # a large payment comes here a million times
            account, amount = leg.account, leg.amount
            if (
                account not in BY_CODE
                or not amount
                or not (amount.same_quantum(CENT) or is_whole_cents(amount))
                or (not leg.item_id and account in _RECEIVABLES)
            ):
                _refuse_leg(leg, self.idempotency_key)
        for entity in dict.fromkeys([leg.entity for leg in self.legs]):
            amount = total([leg.amount for leg in self.legs if leg.entity == entity])
            if amount:
                where = f" entity {entity}" if entity else ""
                raise InvariantError(
                    f"entry {self.idempotency_key}{where}: legs sum to {show(amount)}, expected 0.00"
                )

    @property
    def debit_total(self) -> Decimal:
        """The sum of the debits."""
        return total(leg.amount for leg in self.legs if leg.amount > 0)


def _refuse_leg(leg: Leg, key: str) -> NoReturn:
    if leg.account not in BY_CODE:
        raise InvariantError(f"entry {key}: unknown account {leg.account!r}")
    if not leg.amount or not is_whole_cents(leg.amount):
        raise InvariantError(
            f"entry {key}: leg of {leg.amount} on {leg.account}, expected whole cents, not zero"
        )
    raise InvariantError(f"entry {key}: leg on {leg.account} names no open item")
