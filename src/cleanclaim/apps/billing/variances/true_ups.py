"""True-ups of contracts by period: what the answered lines bring under a guarantee or a fee, as of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef

from cleanclaim.apps.billing.charges.models import Charge
from cleanclaim.apps.billing.claims.convert import current_values
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.contracts.models import Contract
from cleanclaim.apps.billing.contracts.selectors import lines_under
from cleanclaim.apps.billing.variances.answers import posted_sums
from cleanclaim.apps.billing.variances.models import TrueUpAgreement, TrueUpSettlement
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.rules.variance import Kind, answer_of, is_answered, judge
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
class _Expected:
    item_id: int
    claim_id: int
    line_number: int
    service_from: date
    allowed: Decimal | None
    promised: Decimal | None


@dataclass(frozen=True)
class Period:
    """A period of an agreement as of a day, with every settlement of it that was not withdrawn, oldest first."""

    agreement: TrueUpAgreement
    first: date
    last: date
    on: date
    settlements: tuple[TrueUpSettlement, ...] = ()

    @property
    def name(self) -> str:
        """`GER SUM-2026 7, 2026-10-01 to 2026-12-31`."""
        one = self.agreement
        return f"{one.kind.upper()} {one.contract.code} {one.pk}, {self.first} to {self.last}"

    @property
    def until(self) -> date:
        """The last day of it that the agreement looks at."""
        return _until(self.agreement, self.last)

    @property
    def settlement(self) -> TrueUpSettlement | None:
        """The one that waits or is posted, whatever the day."""
        return next((one for one in self.settlements if one.is_live), None)

    @property
    def settled(self) -> Decimal | None:
        """What it had come to in fact by the day; None where no posted amount counted then."""
        return next((one.amount for one in self.settlements if one.counts_on(self.on)), None)

    @property
    def is_settled(self) -> bool:
        """Whether its actual amount counts on the day."""
        return self.settled is not None


@dataclass(frozen=True, kw_only=True)
class PeriodTrueUp(Period):
    """What one agreement brings for one period up to a day."""

    found: TrueUp


def term_of(row: TrueUpAgreement) -> TrueUpTerm:
    """The row as the rules read it."""
    return TrueUpTerm(TrueUpKind(row.kind), row.percent, row.fee)


def periods(
    *, on: date, agreement_id: int | None = None, since: date | None = None
) -> list[Period]:
    """Every agreement's periods that began by a day and last to `since` or longer, by agreement, oldest first."""
    rows = TrueUpAgreement.objects.select_related("contract").order_by("id")
    if agreement_id is not None:
        rows = rows.filter(pk=agreement_id)
    settled: dict[tuple[int, date], list[TrueUpSettlement]] = {}
    for one in TrueUpSettlement.objects.exclude(state="withdrawn").order_by("id"):
        settled.setdefault((one.agreement_id, one.period_from), []).append(one)
    return [
        Period(row, first, last, on, tuple(settled.get((row.pk, first), ())))
        for row in rows
        for first, last in known_periods(row, on=on)
        if since is None or last >= since
    ]


def known_periods(row: TrueUpAgreement, *, on: date) -> list[tuple[date, date]]:
    """First and last day of each of its periods that began by a day."""
    found = periods_of(row.period, since=row.valid_from, until=_until(row, on))
    return found[-MOST_PERIODS:]


def work_out(found: Iterable[Period]) -> list[PeriodTrueUp]:
    """What these periods bring, in their order (by agreement, oldest first): only their lines are read."""
    made: list[PeriodTrueUp] = []
    for _, group in groupby(found, key=lambda one: one.agreement.pk):
        wanted = list(group)
        lines = lines_of(
            wanted[0].agreement, since=wanted[0].first, until=wanted[-1].last, on=wanted[0].on
        )
        made += [
            brings(one, [line for line in lines if one.first <= line.service_from <= one.last])
            for one in wanted
        ]
    return made


def brings(one: Period, lines: Iterable[ClaimLine]) -> PeriodTrueUp:
    """The period with what its lines bring."""
    figure = true_up(term_of(one.agreement), [line.value for line in lines])
    return PeriodTrueUp(one.agreement, one.first, one.last, one.on, one.settlements, found=figure)


def true_ups(
    *, on: date, agreement_id: int | None = None, since: date | None = None
) -> list[PeriodTrueUp]:
    """`periods` with what each brings: what was booked by the day counts."""
    return work_out(periods(on=on, agreement_id=agreement_id, since=since))


def shown_since(on: date) -> date:
    """The first day of the month three months ago: periods that ended before are worked out where somebody asks for them."""
    months = on.year * 12 + on.month - 4
    return date(months // 12, months % 12 + 1, 1)


def unsettled(*, on: date) -> list[PeriodTrueUp]:
    """Those that a month's close accrues: something is owed, and no actual amount counts by the day."""
    found = work_out(one for one in periods(on=on) if not one.is_settled)
    return [one for one in found if one.found.amount != ZERO]


def _until(row: TrueUpAgreement, on: date) -> date:
    return on if row.valid_to is None else min(on, row.valid_to - timedelta(days=1))


def lines_of(row: TrueUpAgreement, *, since: date, until: date, on: date) -> list[ClaimLine]:
    """The lines under the contract of these days of service that count for the agreement, by day and claim.

    Their answers are those that were booked by `on`: one that came or was taken back later changes nothing of then.
    """
    live = Charge.objects.filter(
        claim_id=OuterRef("claim_id"), item_id=OuterRef("item_id"), last_version=None
    )
    priced = lines_under(
        row.contract_id, since=max(since, row.valid_from), until=_until(row, min(until, on))
    ).filter(Exists(live))
    under = [
        _Expected(*one) for one in priced.values_list(*(field.name for field in fields(_Expected)))
    ]
    claim_ids = sorted({one.claim_id for one in under})
    if not claim_ids:
        return []
    sums = posted_sums(claim_ids, booked_by=on)
    term = term_of(row)
    answered = []
    for one in under:
        parts = sums.get(one.item_id)
        if not parts or not is_answered(parts):
            continue
        answer = answer_of(parts)
        found = judge(
            allowed=one.allowed,
            promised=one.promised,
            answer=answer,
            tolerance=row.contract.tolerance,
        )
        if found.kind in _ANSWERED:
            answered.append((one, answer))
    ids = sorted({one.claim_id for one, _ in answered})
    drugs = _drugs(ids) if term.kind is TrueUpKind.GER else {}
    claims = {
        pk: (patient_id, number)
        for pk, patient_id, number in Claim.objects.filter(is_one_of("id", ids)).values_list(
            "id", "patient_id", "control_number"
        )
    }
    lines = []
    for one, answer in answered:
        kind, awp = drugs.get((one.claim_id, one.line_number), ("", None))
        value = TrueUpLine(answer.paid, answer.paid + answer.patient, kind, awp)
        if counts(term, value):
            patient_id, number = claims[one.claim_id]
            lines.append(
                ClaimLine(
                    one.claim_id, patient_id, number, one.line_number, one.service_from, value
                )
            )
    return sorted(
        lines, key=lambda line: (line.service_from, line.control_number, line.line_number)
    )


def _drugs(claim_ids: Sequence[int]) -> dict[tuple[int, int], tuple[str, Decimal | None]]:
    """{(claim, line number): brand or generic, and its AWP}."""
    return {
        (claim_id, line.number): (line.drug.kind, line.drug.awp)
        for claim_id, value in current_values(claim_ids).items()
        for line in value.lines
        if line.drug
    }


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
        raise StateError(
            f"agreement {agreement_id} of {row.valid_from}: it ended on {row.valid_to} already",
            hint="Nothing was changed. Make a new agreement for later services.",
        )
    if checked_day(on, "ends on") < row.valid_from:
        raise InputError(
            f"agreement {agreement_id} ends on {on}: it began on {row.valid_from}, expected that day or later",
            hint="Give the first day of service that it no longer looks at.",
        )
    TrueUpAgreement.objects.filter(pk=row.pk).update(valid_to=on, ended_by=by)
