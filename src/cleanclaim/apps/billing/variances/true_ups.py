"""True-ups of contracts by period: what the answered lines bring under a guarantee or a fee, and how it was settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.billing.claims.convert import current_values
from cleanclaim.apps.billing.contracts.models import Contract
from cleanclaim.apps.billing.variances.answers import posted_sums
from cleanclaim.apps.billing.variances.models import (
    Settling,
    TrueUpAgreement,
    TrueUpSettlement,
    Variance,
)
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.rules.variance import Kind, answer_of
from cleanclaim.rules.variance.true_up import (
    MONTHS,
    TrueUp,
    TrueUpKind,
    TrueUpLine,
    TrueUpTerm,
    counts,
    periods_of,
    true_up,
)
from cleanclaim.values.accounts import CONTRACTUAL, PAYER_FEES, TAKEBACK_PAYABLE, UNAPPLIED_CASH
from cleanclaim.values.entry import Entry, Leg

# Where a true-up's money stands when it has come, or was kept back.
MONEY_ACCOUNTS = (UNAPPLIED_CASH, PAYER_FEES, TAKEBACK_PAYABLE)
MOST_PERIODS = 120
_ANSWERED = (Kind.EXACT, Kind.SHORT, Kind.OVER, Kind.REDUCED)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """An answered line that an agreement looks at."""

    claim_id: int
    patient_id: int
    control_number: str
    line_number: int
    service_from: date
    value: TrueUpLine


@dataclass(frozen=True, slots=True)
class PeriodTrueUp:
    """What one agreement brings for one period up to a day."""

    agreement: TrueUpAgreement
    first: date
    last: date
    found: TrueUp
    settlement: TrueUpSettlement | None

    @property
    def name(self) -> str:
        """`GER SUM-2026, 2026-10-01 to 2026-12-31`."""
        one = self.agreement
        return f"{one.kind.upper()} {one.contract.code} {one.pk}, {self.first} to {self.last}"

    @property
    def is_settled(self) -> bool:
        """Whether its actual amount is posted."""
        return self.settlement is not None and self.settlement.state == Settling.POSTED


def term_of(row: TrueUpAgreement) -> TrueUpTerm:
    """The row as the rules read it."""
    return TrueUpTerm(TrueUpKind(row.kind), row.percent, row.fee)


def true_ups(*, on: date, agreement_id: int | None = None) -> list[PeriodTrueUp]:
    """Every agreement's periods up to a day with what they bring, oldest first; each is worked out of its lines."""
    rows = TrueUpAgreement.objects.select_related("contract").order_by("id")
    if agreement_id is not None:
        rows = rows.filter(pk=agreement_id)
    settled = {
        (one.agreement_id, one.period_from): one
        for one in TrueUpSettlement.objects.exclude(state=Settling.WITHDRAWN)
    }
    found = []
    for row in rows:
        until = _until(row, on)
        lines = lines_of(row, since=row.valid_from, until=until)
        for first, last in periods_of(row.period, since=row.valid_from, until=until)[
            -MOST_PERIODS:
        ]:
            own = [line.value for line in lines if first <= line.service_from <= last]
            found.append(
                PeriodTrueUp(
                    row, first, last, true_up(term_of(row), own), settled.get((row.pk, first))
                )
            )
    return found


def _until(row: TrueUpAgreement, on: date) -> date:
    return on if row.valid_to is None else min(on, row.valid_to - timedelta(days=1))


def lines_of(row: TrueUpAgreement, *, since: date, until: date) -> list[ClaimLine]:
    """The answered lines of the contract in these days that count for the agreement, in order of day and claim."""
    compared = list(
        Variance.objects.filter(
            payer_id=row.contract.payer_id,
            kind__in=[kind.value for kind in _ANSWERED],
            contract__startswith=f"{row.contract.code} ",
            service_from__gte=max(since, row.valid_from),
            service_from__lte=_until(row, until),
            claim_id__isnull=False,
        ).order_by("service_from", "control_number", "line_number", "id")
    )
    claim_ids = sorted({one.claim_id for one in compared if one.claim_id})
    if not claim_ids:
        return []
    drugs = {
        (claim_id, line.number): line.drug
        for claim_id, value in current_values(claim_ids).items()
        for line in value.lines
    }
    sums = posted_sums(claim_ids)
    term = term_of(row)
    found = []
    for one in compared:
        answer = answer_of(sums.get(one.item_id, {}))
        drug = drugs.get((one.claim_id or 0, one.line_number))
        value = TrueUpLine(
            answer.paid,
            answer.paid + answer.patient,
            drug.kind if drug else "",
            drug.awp if drug else None,
        )
        if counts(term, value) and one.service_from is not None:
            found.append(
                ClaimLine(
                    one.claim_id or 0, one.patient_id or 0, one.control_number, one.line_number, one.service_from, value,
                )
            )  # fmt: skip
    return found


@transaction.atomic
def agree(
    contract_id: int,
    kind: str,
    *,
    percent: Decimal,
    fee: Decimal,
    period: str,
    clause: str,
    valid_from: date,
    by: int,
) -> TrueUpAgreement:
    """Keep a guarantee or a fee of a contract from a day on.

    Raises:
        InputError: no such contract, kind or period, or a figure or day that none can be.
        StateError: one of the kind is in force on that day or later.
    """
    contract = Contract.objects.select_for_update().filter(pk=contract_id).first()
    if contract is None:
        raise InputError(f"contract {contract_id}: there is none with this number")
    if kind not in list(TrueUpKind):
        raise InputError(f"kind {kind[:10]!r}: expected one of {', '.join(TrueUpKind)}")
    if period not in MONTHS:
        raise InputError(f"period {period[:10]!r}: expected one of {', '.join(MONTHS)}")
    if not (0 <= percent <= 100 and percent == round(percent, 3)):
        raise InputError(f"percent {percent}: expected 0 to 100, three decimals at most")
    if fee < 0 or not fits_ledger(fee):
        raise InputError(f"fee {fee}: expected dollars a line, whole cents, zero or more")
    checked_day(valid_from, "from")
    others = TrueUpAgreement.objects.filter(contract=contract, kind=kind)
    if others.filter(valid_to=None).exists() or others.filter(valid_to__gt=valid_from).exists():
        raise StateError(
            f"a {kind.upper()} of {contract.code} is in force then", hint="End it first."
        )
    return TrueUpAgreement.objects.create(
        contract=contract,
        kind=kind,
        percent=percent,
        fee=fee,
        period=period,
        clause=clause.strip()[:120],
        valid_from=valid_from,
        made_by=by,
    )


@transaction.atomic
def end_agreement(agreement_id: int, *, on: date, by: int) -> None:
    """It looks at no service of this day or later.

    Raises:
        StateError: it ended already.
        InputError: the day is before its first one.
    """
    row = TrueUpAgreement.objects.select_for_update().get(pk=agreement_id)
    if row.valid_to is not None:
        raise StateError(f"it ended on {row.valid_to} already")
    if checked_day(on, "ends on") < row.valid_from:
        raise InputError(f"ends on {on}: it began on {row.valid_from}")
    TrueUpAgreement.objects.filter(pk=row.pk).update(valid_to=on, ended_by=by)


@transaction.atomic
def prepare_settlement(
    agreement_id: int,
    *,
    period_from: date,
    amount: Decimal,
    account: str,
    settled_on: date,
    words: str,
    by: int,
) -> int:
    """Enter what a period came to in fact; a second person posts it. Returns the settlement's id.

    Raises:
        InputError: no such period, an amount or account that cannot be, or no words.
        StateError: the period is settled, or waits for that.
    """
    row = TrueUpAgreement.objects.select_for_update().get(pk=agreement_id)
    known = {
        first
        for first, _ in periods_of(row.period, since=row.valid_from, until=_until(row, settled_on))
    }
    if period_from not in known:
        raise InputError(f"period from {period_from}: the agreement has none that begins so")
    if account not in {one.code for one in MONEY_ACCOUNTS}:
        raise InputError(f"account {account[:60]!r}: expected where the money of it stands")
    if not amount or not fits_ledger(amount):
        raise InputError(f"amount {amount}: expected dollars in whole cents, not 0.00")
    if not words.strip():
        raise InputError("the words are empty", hint="Name the payer's letter or the payment.")
    others = row.settlements.filter(period_from=period_from).exclude(state=Settling.WITHDRAWN)
    if others.exists():
        raise StateError(f"the period from {period_from} has a settlement already")
    made = TrueUpSettlement.objects.create(
        agreement=row,
        period_from=period_from,
        amount=amount,
        account=account,
        settled_on=checked_day(settled_on, "settled on"),
        words=words.strip()[:200],
        prepared_by=by,
    )
    return int(made.pk)


@transaction.atomic
def post_settlement(settlement_id: int, *, by: int) -> int:
    """Move what it came to from where its money stands to contractual adjustments, as the second person; the entry's id.

    Raises:
        StateError: it is posted or withdrawn, whoever entered it posts it, or the month is closed.
    """
    row = _prepared(settlement_id)
    if by == row.prepared_by:
        raise StateError(
            f"settlement {settlement_id} was entered by you", hint="A second person must post it."
        )
    payer_id = row.agreement.contract.payer_id
    words = f"{row.agreement.kind.upper()} {row.agreement.contract.code}, from {row.period_from}: {row.words}"
    legs = (
        Leg(row.account, row.amount, payer_id=payer_id, reason="true-up"),
        Leg(CONTRACTUAL.code, -row.amount, payer_id=payer_id, reason="true-up"),
    )
    key = f"true-up:{row.pk}"
    [entry_id] = post_entries(
        [Entry("true-up", key, row.settled_on, row.settled_on, legs, words[:200])], by=by
    )
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        state=Settling.POSTED, decided_by=by, decided_at=Now(), entry_id=entry_id
    )
    return entry_id


@transaction.atomic
def withdraw_settlement(settlement_id: int, *, by: int) -> None:
    """Give up a settlement that is not posted.

    Raises:
        StateError: it is posted or withdrawn.
    """
    row = _prepared(settlement_id)
    TrueUpSettlement.objects.filter(pk=row.pk).update(
        state=Settling.WITHDRAWN, decided_by=by, decided_at=Now()
    )


def _prepared(settlement_id: int) -> TrueUpSettlement:
    row = (
        TrueUpSettlement.objects.select_related("agreement__contract")
        .select_for_update(of=("self",))
        .get(pk=settlement_id)
    )
    if row.state != Settling.PREPARED:
        raise StateError(f"settlement {settlement_id} is {Settling(row.state).label.lower()}")
    return row


def unsettled(found: Sequence[PeriodTrueUp]) -> list[PeriodTrueUp]:
    """Those that a month's close accrues: something is owed, and nothing actual was posted."""
    return [one for one in found if one.found.amount != ZERO and not one.is_settled]
