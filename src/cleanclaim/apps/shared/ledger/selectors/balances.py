"""Balances of items, claims, accounts and buckets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import ACCOUNTS, BY_CODE

# Legs are found by the claim of their item: an index by item would cost each leg as much again.
_OF_ITEMS = (
    "leg.claim_id = ANY(ARRAY(SELECT claim_id FROM ledger_item WHERE id = ANY(%s::bigint[]))) "
    "AND leg.item_id = ANY(%s::bigint[])"
)


def item_balances(
    item_ids: Sequence[int] = (),
    *,
    claim_ids: Sequence[int] = (),
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[tuple[int, str], Decimal]:
    """{(item id, account): balance} of the items given and of the items of the claims given.

    Debits are positive. Balances of zero are left out.
    """
    found = []
    for where, ids in ((_OF_ITEMS, item_ids), ("leg.claim_id = ANY(%s::bigint[])", claim_ids)):
        if ids:
            found += sum_legs(
                ("item_id", "account"),
                where=f"leg.item_id <> 0 AND leg.claim_id <> 0 AND {where}",
                parameters=[array_text(ids)] * where.count("%s"),
                effective_on=effective_on,
                recorded_by=recorded_by,
            )
    return {(item_id, account): amount for item_id, account, amount in found}


def balances_by_claim(claim_ids: Sequence[int]) -> list[tuple[int, int, str, Decimal]]:
    """(claim id, item id, account, balance now) of the claims' items, without the zeros; debits positive."""
    return sum_legs(
        ("claim_id", "item_id", "account"),
        where="leg.item_id <> 0 AND leg.claim_id <> 0 AND leg.claim_id = ANY(%s::bigint[])",
        parameters=[array_text(claim_ids)],
    )


def claim_balances(
    claim_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[tuple[int, str], Decimal]:
    """{(claim id, account): balance}; debits positive, zeros left out."""
    found = sum_legs(
        ("claim_id", "account"),
        where="leg.claim_id <> 0 AND leg.claim_id = ANY(%s::bigint[])",
        parameters=[array_text(claim_ids)],
        effective_on=effective_on,
        recorded_by=recorded_by,
    )
    return {(claim_id, account): amount for claim_id, account, amount in found}


_NOW = """
SELECT claim_id, account, sum(amount), bool_or(amount < 0 AND account LIKE 'receivable:%%')
  FROM (SELECT claim_id, item_id, account, sum(amount) AS amount FROM ledger_leg
         WHERE claim_id <> 0 AND claim_id = ANY(%s::bigint[]) GROUP BY claim_id, item_id, account) AS item
 GROUP BY claim_id, account
"""


def claim_balances_now(claim_ids: Sequence[int]) -> list[tuple[int, str, Decimal, bool]]:
    """(claim id, account, balance, whether an item of the claim stands below zero there), over all entries."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [array_text(claim_ids)])
        return cursor.fetchall()


def account_balances(
    *,
    accounting_on: date | None = None,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[str, Decimal]:
    """{account: balance}; `accounting_on` is the general ledger's day. Zeros are left out."""
    found = sum_legs(
        ("account",),
        where="true" if accounting_on is None else "leg.accounting_on <= %s",
        parameters=() if accounting_on is None else (accounting_on,),
        effective_on=effective_on,
        recorded_by=recorded_by,
    )
    return dict(found)


def bucket_balances(
    *,
    patient_id: int | None = None,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[str, Decimal]:
    """{bucket: what is owed there}, of all patients or of one. Zeros are left out."""
    where = "leg.account LIKE 'receivable:%%'"
    found = sum_legs(
        ("account",),
        where=where if patient_id is None else f"{where} AND leg.patient_id = %s",
        parameters=() if patient_id is None else (patient_id,),
        effective_on=effective_on,
        recorded_by=recorded_by,
    )
    return {BY_CODE[account].bucket: amount for account, amount in found}


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account of the trial balance: the balance on its side, the other side zero."""

    account: str
    name: str
    debit: Decimal
    credit: Decimal


def trial_balance(
    *, accounting_on: date | None = None, recorded_by: datetime | None = None
) -> list[TrialRow]:
    """Every account with a balance, in the order of the chart."""
    balances = account_balances(accounting_on=accounting_on, recorded_by=recorded_by)
    return [
        TrialRow(
            account.code,
            account.name,
            debit=max(balances[account.code], ZERO),
            credit=max(-balances[account.code], ZERO),
        )
        for account in ACCOUNTS
        if account.code in balances
    ]
