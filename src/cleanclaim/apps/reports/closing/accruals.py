"""Accruals of a month: posted on its last day, reversed on the first day of the next, in one act.

Apps that estimate (expected payment, GER and DIR true-ups) register a source, and one person posts what is due from it.
What somebody types goes by two persons (`typed_accruals`). Estimates never touch money, nor what is owed to or by anybody.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from cleanclaim.apps.billing.variances.selectors import expected_contractual
from cleanclaim.apps.billing.variances.true_ups import Period, unsettled
from cleanclaim.apps.reports.closing.months import last_of
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.services import post_entries, reverse_entry
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.dates import next_month
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, fits_ledger, is_whole_cents, total
from cleanclaim.values.accounts import (
    ACCOUNTS,
    ACCRUED_EXPENSES,
    ACCRUED_INCOME,
    ALLOWANCE_CONTRACTUAL,
    BY_CODE,
    CONTRACTUAL_ESTIMATE,
)
from cleanclaim.values.entry import Entry, Leg

KIND, REVERSAL = "accrual", "accrual-reversal"
AGAIN = ":again:"  # before the number of its turn in the key of an accrual that was taken back and posted again
_RESULT = ("allowance", "contra", "revenue", "income", "expense")
# Between these only: money, clearing, and what somebody is owed change by what happens, never by an estimate.
OF_ESTIMATES = tuple(
    one
    for one in ACCOUNTS
    if one.code.partition(":")[0] in _RESULT or one in (ACCRUED_INCOME, ACCRUED_EXPENSES)
)


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
    for one in unsettled(on=end):
        steps = "; ".join(f"{words} {figure}" for words, figure in one.found.steps)
        yield Accrual(
            _true_up_name(one),
            CONTRACTUAL_ESTIMATE.code,
            ALLOWANCE_CONTRACTUAL.code,
            -one.found.amount,
            f"{one.found.count} lines: {steps}",
        )


def _true_up_name(one: Period) -> str:
    return f"True-up {one.name}"


_sources: dict[str, Source] = {"contractual": _contractual, "true-ups": _true_ups}


def register(name: str, source: Source) -> None:
    """Have the close ask this source for what is to be accrued; once per process, from an app's `ready()`."""
    _sources[name] = source


def due_accruals(month: date) -> list[Accrual]:
    """What the sources estimate for the month and is not posted."""
    found = [one for source in _sources.values() for one in source(last_of(month)) if one.amount]
    posted = {key for key, (standing, _) in _posted(month).items() if standing}
    return [one for one in found if _key(month, one.name) not in posted]


def _posted(month: date, name: str = "") -> dict[str, tuple[int, int]]:
    """{key: (the entry of it that stands or 0, how often it was posted)} of the month's accruals, or of one."""
    found: dict[str, tuple[int, int]] = {}
    rows = EntryRow.objects.filter(under(_key(month, name)), kind=KIND)
    for pk, key, reversal in rows.order_by("id").values_list("id", "idempotency_key", "reversals"):
        own = key.partition(AGAIN)[0]
        found[own] = (0 if reversal else pk, found.get(own, (0, 0))[1] + 1)
    return found


@transaction.atomic
def post_accrual(month: date, accrual: Accrual, *, by: int | None) -> tuple[int, int]:
    """Post it on the month's last day and take it back on the first of the next; the same again is nothing.

    Returns:
        The ids of both entries.

    Raises:
        InputError: a name, account or amount is wrong, or an account is none of estimates.
        StateError: one of the two months is closed, or another amount stands under the name.
    """
    check(accrual)
    words = f"{accrual.name}: {accrual.words}".strip(": ")[:200]
    legs = (
        Leg(accrual.debit, accrual.amount, reason="accrual"),
        Leg(accrual.credit, -accrual.amount, reason="accrual"),
    )
    end, start = last_of(month), next_month(month)
    own = _key(month, accrual.name)
    lock_names([own])
    standing, times = _posted(month, accrual.name).get(own, (0, 0))
    turn = times if standing else times + 1
    key = own if turn == 1 else f"{own}{AGAIN}{turn}"
    back = tuple(replace(leg, amount=-leg.amount) for leg in legs)
    first, second = post_entries(
        [
            Entry(KIND, key, end, end, legs, words),
            Entry(REVERSAL, f"{key}:back", start, start, back, words),
        ],
        by=by,
    )
    return first, second


@transaction.atomic
def take_accrual_back(month: date, name: str, *, words: str, by: int | None) -> bool:
    """Reverse an accrual and its own reversal, each on its day, where it stands; whether it did. It can be posted again.

    Raises:
        StateError: one of the two months is closed.
    """
    own = _key(month, name)
    lock_names([own])
    standing, times = _posted(month, name).get(own, (0, 0))
    if not standing:
        return False
    key = own if times == 1 else f"{own}{AGAIN}{times}"
    back = EntryRow.objects.get(idempotency_key=f"{key}:back")
    for entry_id, day in ((standing, last_of(month)), (back.pk, next_month(month))):
        reverse_entry(
            entry_id,
            key=f"{key}:undone:{entry_id}",
            effective_on=day,
            accounting_on=day,
            memo=words[:200],
            by=by,
        )
    return True


def forget_true_up(one: Period, by: int) -> None:
    """A period was settled: its estimate of that month's end and of later ones is taken back, for the amount itself counts there."""
    month = one.on.replace(day=1)
    latest = EntryRow.objects.filter(
        under("accrual:"), kind=KIND, accounting_on__gte=month
    ).aggregate(day=Max("accounting_on"))["day"]
    while latest is not None and month <= latest:
        take_accrual_back(month, _true_up_name(one), words=f"settled on {one.on}", by=by)
        month = next_month(month)


def check(accrual: Accrual) -> None:
    """Say no to what cannot be an estimate.

    Raises:
        InputError: a name, account or amount is wrong, or an account is none of estimates.
    """
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
        if account not in OF_ESTIMATES:
            raise InputError(
                f"accrual {accrual.name}: {code} is no account of estimates",
                hint="Choose allowances, accruals, income and cost; money moves by what happens only.",
            )
    if accrual.debit == accrual.credit:
        raise InputError(f"accrual {accrual.name}: {accrual.debit} to itself")
    if not accrual.amount or not is_whole_cents(accrual.amount):
        raise InputError(f"accrual {accrual.name}: {accrual.amount}, expected whole cents")
    if not fits_ledger(accrual.amount):
        raise InputError(
            f"accrual {accrual.name}: {accrual.amount}, expected below a trillion dollars"
        )


def _key(month: date, name: str) -> str:
    return f"accrual:{month:%Y-%m}:{name.strip()[:80]}"
