"""A claim's amounts from the ledger's balances: how its cached columns come about (`proof` proves them)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from cleanclaim.apps.billing.claims import restating
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import DENIALS, State
from cleanclaim.apps.shared.ledger.selectors import claim_balances, claim_balances_now
from cleanclaim.apps.shared.tenancy.arrays import array_text, unnested
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import (
    ACCOUNTS,
    CONTRACTUAL,
    OPENING_BALANCE,
    OPENING_SETTLED,
    PRIOR_PAYER_CASH,
    RECEIVABLE_AGENCY,
    RECEIVABLE_PATIENT,
    REMIT_CLEARING,
    REVENUE,
    TAKEBACK_PAYABLE,
    UNAPPLIED_CASH,
)
from cleanclaim.values.entry import Leg

COLUMNS = (
    "charge",
    "paid",
    "prior_paid",
    "contractual",
    "other",
    "patient_owes",
    "patient_paid",
    "open_amount",
)


@dataclass(slots=True)
class Amounts:
    """charge = paid + prior_paid + contractual + other + patient_owes + patient_paid + open_amount."""

    charge: Decimal = ZERO
    paid: Decimal = ZERO
    prior_paid: Decimal = ZERO
    contractual: Decimal = ZERO
    other: Decimal = ZERO
    patient_owes: Decimal = ZERO
    patient_paid: Decimal = ZERO
    open_amount: Decimal = ZERO
    has_credit: bool = field(
        default=False, kw_only=True
    )  # an item stands below zero with somebody; known of now only

    @property
    def has_rest(self) -> bool:
        """Whether anything is left with anybody, a credit included."""
        return bool(self.open_amount or self.patient_owes or self.has_credit)

    def add(self, account: str, amount: Decimal) -> None:
        """Count a leg, or the sum of some, of this account."""
        column = COLUMN_OF[account]
        signed = -amount if column == "charge" else amount
        setattr(self, column, getattr(self, column) + signed)

    def as_row(self) -> tuple[Decimal, ...]:
        """In the order of `COLUMNS`."""
        return (
            self.charge,
            self.paid,
            self.prior_paid,
            self.contractual,
            self.other,
            self.patient_owes,
            self.patient_paid,
            self.open_amount,
        )


_NAMED = {
    REVENUE.code: "charge",
    OPENING_BALANCE.code: "charge",
    REMIT_CLEARING.code: "paid",
    TAKEBACK_PAYABLE.code: "paid",
    UNAPPLIED_CASH.code: "paid",
    PRIOR_PAYER_CASH.code: "prior_paid",
    OPENING_SETTLED.code: "prior_paid",
    CONTRACTUAL.code: "contractual",
    RECEIVABLE_PATIENT.code: "patient_owes",
    RECEIVABLE_AGENCY.code: "patient_owes",
}


def _column(account: str) -> str:
    """Where an account's balance counts; what is left is money of the patient's."""
    if account in _NAMED:
        return _NAMED[account]
    if account.startswith("receivable:"):
        return "open_amount"
    return "other" if account.startswith("contra:") else "patient_paid"


COLUMN_OF = {account.code: _column(account.code) for account in ACCOUNTS}
# As `Amounts.add` counts, for a million legs: the column's place, and whether a credit adds to it.
_PLACE_OF = {
    code: (COLUMNS.index(column), column == "charge") for code, column in COLUMN_OF.items()
}


def amounts_of(
    claim_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[int, Amounts]:
    """{claim id: its amounts now, or as of the two dates}; also of claims without any entry."""
    found = {claim_id: Amounts() for claim_id in claim_ids}
    if effective_on is None and recorded_by is None:
        for claim_id, account, balance, has_credit in claim_balances_now(claim_ids):
            found[claim_id].add(account, balance)
            found[claim_id].has_credit |= has_credit
        return found
    balances = claim_balances(claim_ids, effective_on=effective_on, recorded_by=recorded_by)
    for (claim_id, account), balance in balances.items():
        found[claim_id].add(account, balance)
    return found


def amounts_after(
    claims: Iterable[Claim], legs: Iterable[Leg], *, in_credit: Collection[int]
) -> dict[int, Amounts]:
    """What `amounts_of` will say once these legs are written, of claims whose rows are locked and as they were read.

    Args:
        legs: all that moves on these claims since; others are passed over.
        in_credit: ids of the claims of which an item will then stand below zero.
    """
    found = {claim.pk: list(_columns_of(claim)) for claim in claims}
    for leg in legs:
        if (own := found.get(leg.claim_id)) is not None:
            place, is_credit = _PLACE_OF[leg.account]
            own[place] += -leg.amount if is_credit else leg.amount
    return {
        claim_id: Amounts(*own, has_credit=claim_id in in_credit) for claim_id, own in found.items()
    }


_columns_of = attrgetter(*COLUMNS)


def store(
    amounts: Mapping[int, Amounts],
    *,
    states: Mapping[int, str],
    denied: Mapping[int, Decimal],
    payer_control_numbers: Mapping[int, str] | None = None,
) -> None:
    """Write the cached columns of these claims in one statement; see `storing`."""
    storing(
        amounts, states=states, denied=denied, payer_control_numbers=payer_control_numbers
    ).run()


def storing(
    amounts: Mapping[int, Amounts],
    *,
    states: Mapping[int, str],
    denied: Mapping[int, Decimal],
    payer_control_numbers: Mapping[int, str] | None = None,
) -> ReadyStatement:
    """The statement that writes the cached columns of these claims.

    `denied` is what payers have denied in all; it counts as far as the amount is still open. A payer's
    number is kept where none is given.
    """
    numbers = payer_control_numbers or {}
    rows = [
        (
            claim_id,
            *one.as_row(),
            max(ZERO, min(denied.get(claim_id, ZERO), one.open_amount)),
            State(states[claim_id]).value,
            numbers.get(claim_id, ""),
            one.has_credit,
        )
        for claim_id, one in amounts.items()
    ]
    if not rows:
        return ReadyStatement("", [])
    assignments = ", ".join(
        f"{name} = w.{name}" for name in (*COLUMNS, "denied", "state", "has_credit")
    )
    names = ", ".join(("id", *COLUMNS, "denied", "state", "number", "has_credit"))
    kinds = ("bigint", *["numeric"] * (len(COLUMNS) + 1), "text", "text", "boolean")
    return ReadyStatement(
        f"UPDATE claims_claim AS c SET {assignments}, payer_control_number = "
        "CASE w.number WHEN '' THEN c.payer_control_number ELSE w.number END "
        f"FROM (SELECT {', '.join(map(unnested, kinds))}) AS w({names}) WHERE c.id = w.id",
        [array_text(column) for column in zip(*rows, strict=True)],
    )


def refresh(claim_ids: Iterable[int]) -> None:
    """Work the amounts of these claims out again, after an entry that no payer's answer made (a patient's payment).

    The only states that it changes are those of denials: see `restating`.
    """
    ids = sorted(set(claim_ids))
    rows = Claim.objects.filter(pk__in=ids).values_list("id", "state", "denied")
    states = {claim_id: state for claim_id, state, _ in rows}
    store(amounts_of(ids), states=states, denied={claim_id: amount for claim_id, _, amount in rows})
    if denials := [pk for pk, state in states.items() if state in (*DENIALS, State.CLOSED)]:
        restating.restate(denials)
