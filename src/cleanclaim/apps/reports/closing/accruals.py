"""Accruals of a month: posted on its last day, reversed on the first day of the next, in one act.

Apps that estimate (expected payment, GER and DIR true-ups) register a source; a person may post one by hand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.variances.selectors import expected_contractual
from cleanclaim.apps.billing.variances.true_ups import true_ups, unsettled
from cleanclaim.apps.reports.closing.months import last_of, next_of
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, is_whole_cents, total
from cleanclaim.values.accounts import ALLOWANCE_CONTRACTUAL, BY_CODE, CONTRACTUAL_ESTIMATE
from cleanclaim.values.entry import Entry, Leg

KIND, REVERSAL = "accrual", "accrual-reversal"


@dataclass(frozen=True, slots=True)
class Accrual:
    """One estimate: dollars from an account to another; below zero the other way round."""

    name: str
    debit: str
    credit: str
    amount: Decimal
    words: str = ""


Source = Callable[[date], Iterable[Accrual]]  # the month's last day


def _contractual(end: date) -> Iterator[Accrual]:
    """What contracts let expect to be taken off charges that no payer has answered yet."""
    amount = total(one.contractual for one in expected_contractual(as_of=end))
    if amount > ZERO:
        yield Accrual(
            "Expected contractual adjustments",
            CONTRACTUAL_ESTIMATE.code,
            ALLOWANCE_CONTRACTUAL.code,
            amount,
            "charges without an answer, by contract",
        )


def _true_ups(end: date) -> Iterator[Accrual]:
    """What contracts' guarantees (GER) and fees (DIR) bring for periods whose actual amount is not posted."""
    for one in unsettled(true_ups(on=end)):
        steps = "; ".join(f"{words} {figure}" for words, figure in one.found.steps)
        yield Accrual(
            f"True-up {one.name}",
            CONTRACTUAL_ESTIMATE.code,
            ALLOWANCE_CONTRACTUAL.code,
            -one.found.amount,
            f"{one.found.count} lines: {steps}",
        )


_sources: dict[str, Source] = {"contractual": _contractual, "true-ups": _true_ups}


def register(name: str, source: Source) -> None:
    """Have the close ask this source for what is to be accrued; once per process, from an app's `ready()`."""
    _sources[name] = source


def due_accruals(month: date) -> list[Accrual]:
    """What the sources estimate for the month and is not posted."""
    found = [one for source in _sources.values() for one in source(last_of(month)) if one.amount]
    keys = {_key(month, one.name) for one in found}
    posted = set(
        EntryRow.objects.filter(idempotency_key__in=keys, reversals=None).values_list(
            "idempotency_key", flat=True
        )
    )
    return [one for one in found if _key(month, one.name) not in posted]


@transaction.atomic
def post_accrual(month: date, accrual: Accrual, *, by: int | None) -> tuple[int, int]:
    """Post it on the month's last day and take it back on the first of the next; the same again is nothing.

    Returns:
        The ids of both entries.

    Raises:
        InputError: a name, account or amount is wrong, or an account holds open items.
        StateError: one of the two months is closed, or another amount stands under the name.
    """
    _check(accrual)
    words = f"{accrual.name}: {accrual.words}".strip(": ")[:200]
    legs = (
        Leg(accrual.debit, accrual.amount, reason="accrual"),
        Leg(accrual.credit, -accrual.amount, reason="accrual"),
    )
    end, start = last_of(month), next_of(month)
    key = _key(month, accrual.name)
    back = tuple(replace(leg, amount=-leg.amount) for leg in legs)
    first, second = post_entries(
        [
            Entry(KIND, key, end, end, legs, words),
            Entry(REVERSAL, f"{key}:back", start, start, back, words),
        ],
        by=by,
    )
    return first, second


def _check(accrual: Accrual) -> None:
    if not accrual.name.strip():
        raise InputError("accrual: no name, expected what is estimated")
    for code in (accrual.debit, accrual.credit):
        account = BY_CODE.get(code)
        if account is None:
            raise InputError(f"accrual {accrual.name}: account {code[:40]!r} is not in the chart")
        if account.is_receivable:
            raise InputError(
                f"accrual {accrual.name}: {code} holds open items",
                hint="Estimates stand in allowance accounts, never on a claim.",
            )
    if not accrual.amount or not is_whole_cents(accrual.amount):
        raise InputError(f"accrual {accrual.name}: {accrual.amount}, expected whole cents")


def _key(month: date, name: str) -> str:
    return f"accrual:{month:%Y-%m}:{name.strip()[:80]}"
