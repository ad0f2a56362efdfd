"""What a period's true-up came to in fact: one person enters it, a second one posts it; undone by two persons, too."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances.guards import require_reversible
from cleanclaim.apps.billing.variances.models import Settling, TrueUpAgreement, TrueUpSettlement
from cleanclaim.apps.billing.variances.settlement_money import check_place, lock_money, take
from cleanclaim.apps.billing.variances.true_ups import Period, known_periods
from cleanclaim.apps.shared.ledger.services import post_entries, reverse_entry
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import fits_ledger
from cleanclaim.values.accounts import CONTRACTUAL
from cleanclaim.values.entry import Entry, Leg

Settled = Callable[[Period, int], None]
_followers: list[Settled] = []


def follow(follower: Settled) -> None:
    """Have this called with a period as of the day on which it is settled, and by whom, in the posting's transaction.

    An app above that has booked an estimate of it takes that back there.
    """
    if follower not in _followers:
        _followers.append(follower)


@transaction.atomic
def prepare_settlement(
    agreement_id: int,
    *,
    period_from: date,
    amount: Decimal,
    account: str,
    trace: str = "",
    settled_on: date,
    words: str,
    on: date,
    by: int,
) -> int:
    """Enter what a period came to in fact; a second person posts it. Returns the settlement's id.

    Args:
        amount: above zero the payer paid us.
        account: where its money stands (`settlement_money.MONEY_ACCOUNTS`), with the cash's `trace`.
        on: today.

    Raises:
        InputError: no such period, it runs still, a day, an amount or an account that cannot be, or no words.
        StateError: the period is settled, or waits for that, or its money does not stand there.
    """
    row = (
        TrueUpAgreement.objects.select_related("contract")
        .select_for_update(of=("self",))
        .get(pk=agreement_id)
    )
    _check_days(row, period_from, checked_day(settled_on, "settled on"), on)
    if not amount or not fits_ledger(amount):
        raise InputError(f"amount {amount}: expected dollars in whole cents, not 0.00")
    check_place(account, trace.strip(), amount)
    if not words.strip():
        raise InputError("the words are empty", hint="Name the payer's letter or the payment.")
    others = row.settlements.filter(
        period_from=period_from, state__in=[Settling.PREPARED, Settling.POSTED]
    )
    if others.exists():
        raise StateError(f"the period from {period_from} has a settlement already")
    take(account, trace.strip(), amount, payer_id=row.contract.payer_id, on=settled_on)
    made = TrueUpSettlement.objects.create(
        agreement=row,
        period_from=period_from,
        amount=amount,
        account=account,
        trace=trace.strip()[:80],
        settled_on=settled_on,
        words=words.strip()[:200],
        prepared_by=by,
    )
    return int(made.pk)


def _check_days(row: TrueUpAgreement, period_from: date, settled_on: date, on: date) -> None:
    found = {one.first: one for one in _periods(row, on)}.get(period_from)
    if found is None:
        raise InputError(f"period from {period_from}: the agreement has none that begins so")
    if not found.until < settled_on <= on:
        raise InputError(
            f"settled on {settled_on}: expected a day after {found.until}, when it is over, to {on}"
        )


def _periods(row: TrueUpAgreement, on: date) -> list[Period]:
    return [Period(row, first, last, on) for first, last in known_periods(row, on=on)]


@transaction.atomic
def post_settlement(settlement_id: int, *, by: int) -> int:
    """Move what it came to from where its money stands to contractual adjustments, as the second person; the entry's id.

    Raises:
        StateError: it is not waiting, whoever entered it posts it, its money is not there any more, or the month is closed.
    """
    row = _locked(settlement_id, Settling.PREPARED)
    if by == row.prepared_by:
        raise StateError(
            f"settlement {settlement_id} was entered by you", hint="A second person must post it."
        )
    check_place(row.account, row.trace, row.amount)
    payer_id = row.agreement.contract.payer_id
    money = take(row.account, row.trace, row.amount, payer_id=payer_id, on=row.settled_on)
    own = f"true-up:{row.pk}"  # what we owe is found under it until the payer takes it
    legs = (
        Leg(row.account, row.amount, payer_id=money.payer_id, reason="true-up", trace=row.trace or own, entity=money.entity),
        Leg(CONTRACTUAL.code, -row.amount, payer_id=payer_id, reason="true-up", trace=own, entity=money.entity),
    )  # fmt: skip
    words = f"{row.agreement.kind.upper()} {row.agreement.contract.code}, from {row.period_from}: {row.words}"
    [entry_id] = post_entries(
        [Entry("true-up", own, row.settled_on, row.settled_on, legs, words[:200])], by=by
    )
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        state=Settling.POSTED, decided_by=by, decided_at=Now(), entry_id=entry_id
    )
    for one in _periods(row.agreement, row.settled_on):
        if one.first == row.period_from:
            for follower in _followers:
                follower(one, by)
    return entry_id


@transaction.atomic
def refuse_settlement(settlement_id: int, *, by: int) -> None:
    """Give up a settlement that is not posted, as whoever may post it.

    Raises:
        StateError: it is not waiting.
    """
    row = _locked(settlement_id, Settling.PREPARED)
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        state=Settling.WITHDRAWN, decided_by=by, decided_at=Now()
    )


@transaction.atomic
def withdraw_settlement(settlement_id: int, *, by: int) -> None:
    """Give up one's own settlement that is not posted.

    Raises:
        StateError: it is not waiting, or somebody else entered it.
    """
    row = _locked(settlement_id, Settling.PREPARED)
    if row.prepared_by != by:
        raise StateError(
            f"settlement {settlement_id} was entered by somebody else",
            hint="Whoever may post it can refuse it.",
        )
    refuse_settlement(settlement_id, by=by)


@transaction.atomic
def ask_undo(settlement_id: int, *, reason: str, by: int) -> None:
    """Ask a second person to take a posted settlement back.

    Raises:
        InputError: no reason.
        StateError: it is not posted, or somebody asked already.
    """
    row = _locked(settlement_id, Settling.POSTED)
    if row.undo_asked_by is not None:
        raise StateError(f"settlement {settlement_id}: somebody asked to take it back already")
    if not reason.strip():
        raise InputError("reason: empty, expected why it is taken back")
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        undo_asked_by=by, undo_reason=reason.strip()[:200]
    )


@transaction.atomic
def undo_settlement(settlement_id: int, *, on: date, by: int) -> int:
    """Take a posted settlement back as the second person: its money stands again where it stood. The reversal's id.

    The period is accrued again from `on`, until it is settled anew.

    Raises:
        StateError: nobody or the same person asked, another desk has built on it, or the month is closed.
        InputError: `on` is before it was settled.
    """
    row = _asked(settlement_id)
    if by == row.undo_asked_by:
        raise StateError(
            f"taking settlement {settlement_id} back was asked by you",
            hint="A second person must do it.",
        )
    lock_money(row.account, row.trace, payer_id=row.agreement.contract.payer_id)
    require_reversible([row.entry_id])
    reversal_id = reverse_entry(
        row.entry_id,
        key=f"true-up:{row.pk}:undone",
        effective_on=on,
        accounting_on=on,
        memo=row.undo_reason,
        by=by,
    )
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        state=Settling.UNDONE, undone_by=by, undone_on=on, reversal_id=reversal_id
    )
    return reversal_id


@transaction.atomic
def keep_settlement(settlement_id: int) -> None:
    """It stays posted: the wish to take it back is refused, by whoever may do it.

    Raises:
        StateError: nobody asked to take it back.
    """
    row = _asked(settlement_id)
    TrueUpSettlement.objects.filter(pk=row.pk).update(undo_asked_by=None, undo_reason="")


@transaction.atomic
def withdraw_undo(settlement_id: int, *, by: int) -> None:
    """Give up one's own wish to take a settlement back.

    Raises:
        StateError: somebody else asked, or nobody.
    """
    if _asked(settlement_id).undo_asked_by != by:
        raise StateError(
            f"taking settlement {settlement_id} back was asked by somebody else",
            hint="Whoever may take it back can refuse it.",
        )
    keep_settlement(settlement_id)


def _asked(settlement_id: int) -> TrueUpSettlement:
    row = _locked(settlement_id, Settling.POSTED)
    if row.undo_asked_by is None:
        raise StateError(
            f"settlement {settlement_id}: nobody asked to take it back", hint="Ask first, and why."
        )
    return row


def _locked(settlement_id: int, state: Settling) -> TrueUpSettlement:
    row = (
        TrueUpSettlement.objects.select_related("agreement__contract")
        .select_for_update(of=("self",))
        .get(pk=settlement_id)
    )
    if row.state != state:
        raise StateError(f"settlement {settlement_id} is {Settling(row.state).label.lower()}")
    return row
