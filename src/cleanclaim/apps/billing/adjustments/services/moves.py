"""The moves of a request: checked under a lock, posted as one entry per claim, taken back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, Kind
from cleanclaim.apps.billing.charges.selectors import charges_of
from cleanclaim.apps.billing.claims import amounts, rows
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.selectors import item_balances, responsible_buckets
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import BAD_DEBT, BY_CODE
from cleanclaim.values.entry import Entry, Leg

PAYERS = "payer:"  # how the buckets of payers begin, in their order
ENTRY_KINDS = {
    Kind.TRANSFER: "transfer",
    Kind.WRITE_OFF: "write-off",
    Kind.CORRECTION: "correction",
    Kind.REAPPLY: "reapply",
    Kind.RECOVERY: "recovery",
    Kind.RECLASS: "reclass",
}
Balances = Mapping[tuple[int, str], Decimal]


def lock_of(lines: Iterable[AdjustmentLine]) -> list[Claim]:
    """Keep everybody else off these lines' claims until the database transaction ends."""
    claim_ids = sorted({line.claim_id for line in lines})
    claims = list(Claim.objects.select_for_update().filter(pk__in=claim_ids).order_by("id"))
    ledger.lock_claims(claim_ids)
    return claims


def check_lines(kind: str, lines: Sequence[AdjustmentLine]) -> Balances:
    """The items' balances, where the lines fit them; call it under `lock_of`.

    Raises:
        StateError: an item would be taken below zero, or more taken back than was reduced.
    """
    found = item_balances(claim_ids=sorted({line.claim_id for line in lines}))
    effect: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        effect[line.item_id, line.account] += line.amount
        effect[line.item_id, line.counter] -= line.amount
    for (item_id, account), amount in sorted(effect.items()):
        held = found.get((item_id, account), ZERO)
        if BY_CODE[account].is_receivable and amount < 0 and held + amount < 0:
            raise StateError(
                f"{_words_of(lines, item_id)}: {show(-amount)} to take off, {show(held)} open ({place_words(account)})",
                hint="Take off no more than is open; what was paid or moved meanwhile is not open any more.",
            )
        if kind == Kind.CORRECTION and amount < 0 and held + amount < 0:
            raise StateError(
                f"item {item_id}: {show(-amount)} to put on, only {show(held)} was reduced on {account}",
                hint="Correct no more than was reduced, and on the account that took it.",
            )
        if kind == Kind.RECLASS and amount < 0 and held + amount < 0:
            raise StateError(
                f"{_words_of(lines, item_id)}: {show(-amount)} to re-classify, {show(held)} is there ({place_words(account)})",
                hint="Move no more than stands on the account that it was placed on.",
            )
        if kind == Kind.RECOVERY and account == lines[0].account:
            _check_recovery(item_id, -amount, found)
    return found


def _words_of(lines: Sequence[AdjustmentLine], item_id: int) -> str:
    return line_words(next(one for one in lines if one.item_id == item_id))


def line_words(line: AdjustmentLine) -> str:
    """What people call the item of a line."""
    number = Claim.objects.filter(pk=line.claim_id).values_list("control_number", flat=True).first()
    return f"line {line.line_number} of claim {number}" if number else f"item {line.item_id}"


def place_words(account: str) -> str:
    """Of whom it is asked."""
    return str(BY_CODE[account].name).lower()


def recoverable(item_id: int, balances: Balances, *, income: str) -> Decimal:
    """What was written off as bad debt on the item and has not come in since."""
    return balances.get((item_id, BAD_DEBT.code), ZERO) + balances.get((item_id, income), ZERO)


def _check_recovery(item_id: int, amount: Decimal, balances: Balances) -> None:
    income = "income:bad-debt-recovery"
    left = recoverable(item_id, balances, income=income)
    if amount > left:
        raise StateError(
            f"item {item_id}: {show(amount)} recovered, {show(left)} was written off and not recovered since",
            hint="Book the rest as a payment or prepayment of the patient.",
        )


def post_lines(
    request: Adjustment, lines: Sequence[AdjustmentLine], *, words: str, on: date, by: int
) -> None:
    """Post what `check_lines` let through: one entry per claim, buckets, claims' amounts, timelines, audit."""
    before = check_lines(request.kind, lines)
    by_claim: dict[int, list[AdjustmentLine]] = defaultdict(list)
    for line in lines:
        by_claim[line.claim_id].append(line)
    entries = [_entry(request, claim_id, by_claim[claim_id], words, on) for claim_id in by_claim]
    ids = dict(zip(by_claim, ledger.post_entries(entries, by=by), strict=True))
    for line in lines:
        line.entry_id = ids[line.claim_id]
        line.balance_before = before.get((line.item_id, line.account), ZERO)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE adjustments_adjustmentline AS line SET entry_id = posted.entry_id, balance_before = posted.before "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS posted (id, entry_id, before) "
            "WHERE line.id = posted.id",
            [
                [line.pk for line in lines],
                [line.entry_id for line in lines],
                [line.balance_before for line in lines],
            ],
        )
    _move_buckets(lines, ids, on=on)
    _settle(request, lines, ids, words=words, on=on, by=by)


def take_back(
    request: Adjustment, lines: Sequence[AdjustmentLine], *, words: str, on: date, by: int
) -> None:
    """Reverse every entry of a posted request; its lines name the reversals.

    Raises:
        StateError: money has moved since, so that an item would end below zero.
    """
    found = item_balances(claim_ids=sorted({line.claim_id for line in lines}))
    effect: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        effect[line.item_id, line.account] -= line.amount
        effect[line.item_id, line.counter] += line.amount
    for (item_id, account), amount in sorted(effect.items()):
        held = found.get((item_id, account), ZERO)
        is_guarded = BY_CODE[account].is_receivable or request.kind == Kind.RECLASS
        if is_guarded and amount < 0 and held + amount < 0:
            raise StateError(
                f"item {item_id}: {show(-amount)} would come off {account}, where {show(held)} is left",
                hint="It was paid or moved since. Take that back first, or request a correction.",
            )
    _require_still_there(lines)
    entry_ids = sorted({line.entry_id for line in lines}, reverse=True)
    reversals = ledger.reverse_entries(
        {entry_id: f"undo:{entry_id}" for entry_id in entry_ids},
        effective_on=on, accounting_on=on, memo=f"adjustment {request.pk} undone", by=by,
    )  # fmt: skip
    undone = dict(zip(entry_ids, reversals, strict=True))
    for line in lines:
        line.undo_entry_id = undone[line.entry_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE adjustments_adjustmentline AS line SET undo_entry_id = undone.entry_id "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS undone (id, entry_id) WHERE line.id = undone.id",
            [[line.pk for line in lines], [line.undo_entry_id for line in lines]],
        )
    ids = {line.claim_id: line.undo_entry_id for line in lines}
    _settle(request, lines, ids, words=words, on=on, by=by)


def _require_still_there(lines: Sequence[AdjustmentLine]) -> None:
    """Stop where an undo would put an amount back on a payer from whom the claim was taken back since.

    Raises:
        StateError: it would; the message names the payer's place.
    """
    charges = charges_of(sorted({line.claim_id for line in lines}))
    current = {
        one.item_id: one.bucket
        for own in charges.values()
        for one in own
        if one.last_version is None
    }
    for line in lines:
        place = BY_CODE[line.account].bucket
        now = current.get(line.item_id, place)
        if line.amount < 0 and place.startswith(PAYERS) and now.startswith(PAYERS) and place > now:
            raise StateError(
                f"{line_words(line)}: {show(-line.amount)} would be asked of the {place_words(line.account)} again, "
                "from whom the claim was taken back since",
                hint="Request a correction that puts it on who owes it now.",
            )


def _entry(
    request: Adjustment, claim_id: int, lines: Sequence[AdjustmentLine], words: str, on: date
) -> Entry:
    legs = []
    for line in lines:
        for account, amount in ((line.account, line.amount), (line.counter, -line.amount)):
            # What one request takes off and puts on is one piece of cash, whoever's claims it passes.
            passes = request.kind == Kind.REAPPLY and not BY_CODE[account].is_receivable
            legs.append(
                Leg(
                    account, amount, line.item_id, line.claim_id, line.line_number,
                    line.patient_id, reason=request.reason[:20],
                    trace=f"reapply:{request.pk}" if passes else "",
                )
            )  # fmt: skip
    return Entry(
        kind=ENTRY_KINDS[Kind(request.kind)],
        idempotency_key=f"adjustment:{request.pk}:{claim_id}",
        effective_on=on,
        accounting_on=on,
        legs=tuple(legs),
        memo=f"adjustment {request.pk}: {words}"[:200],
    )


def _move_buckets(
    lines: Sequence[AdjustmentLine], entry_ids: Mapping[int, int], *, on: date
) -> None:
    """An item is now whose balance says: payers before agency and patient; a transfer starts its age anew."""
    claim_of = {line.item_id: line.claim_id for line in lines}
    found = item_balances(list(claim_of))
    responsible = responsible_buckets(list(claim_of))
    owing_of: dict[int, list[str]] = defaultdict(list)
    for (item_id, account), amount in found.items():
        if BY_CODE[account].is_receivable and amount > 0:
            owing_of[item_id].append(BY_CODE[account].bucket)
    moves = []
    for item_id, claim_id in claim_of.items():
        owing = sorted(owing_of[item_id])
        owner = next((one for one in owing if one.startswith("payer")), next(iter(owing), ""))
        if owner and owner != responsible[item_id].bucket:
            moves.append(ledger.BucketMove(item_id, owner, on, on, entry_ids[claim_id]))
    ledger.move_items(moves)


def _settle(
    request: Adjustment,
    lines: Sequence[AdjustmentLine],
    entry_ids: Mapping[int, int],
    *,
    words: str,
    on: date,
    by: int,
) -> None:
    amounts.refresh(entry_ids)
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[line.claim_id] += abs(line.amount)
    rows.add_events(
        [(claim_id, "adjusted", f"{words}: {show(amount)}.") for claim_id, amount in sums.items()],
        on=on,
        by=by,
        entry_ids=dict(entry_ids),
    )
    record_audit(
        "change",
        patient_ids={line.patient_id for line in lines},
        by=by,
        what="adjustment",
        detail=f"adjustment {request.pk}",
    )
