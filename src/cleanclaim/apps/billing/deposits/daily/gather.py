"""What happened on a day, from the messages, the ledger's legs and the bank's lines, each from its own rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from cleanclaim.apps.billing.deposits.cash import cash_total, waiting_cash
from cleanclaim.apps.billing.deposits.daily.figures import DayProof
from cleanclaim.apps.billing.deposits.daily.sides import by_batch, by_payer, by_user
from cleanclaim.apps.billing.deposits.models import (
    BankLine,
    Deposit,
    DepositBatch,
    DepositPart,
    Explanation,
    LineState,
)
from cleanclaim.apps.billing.deposits.selectors import (
    MONEY_IN,
    numbers_by_then,
    remittances_by_id,
)
from cleanclaim.apps.billing.keying.duplicates import keyed_anew_on
from cleanclaim.apps.billing.remittances.models import (
    RefusedPayment,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
)
from cleanclaim.apps.billing.remittances.plans import trace_of
from cleanclaim.apps.billing.remittances.words import provider_adjustment_words
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation.day import (
    CardDay,
    LineDay,
    RemittanceDay,
    bank_less_posted,
    posted_less_remitted,
)
from cleanclaim.values.accounts import UNAPPLIED_CASH, UNIDENTIFIED_CASH

FIRST_DAY = date(2000, 1, 1)

# Entries of remittances and what takes them back, on an account: by remittance, or by who posted them.
_OF_REMITTANCES = """
SELECT split_part(coalesce(origin.idempotency_key, entry.idempotency_key), ':', 2)::bigint,
       entry.posted_by, sum(leg.amount)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
  LEFT JOIN ledger_entry AS origin ON origin.id = entry.reverses_id
 WHERE leg.account = %s AND leg.accounting_on BETWEEN %s::date AND %s::date
   AND (%s::text[] IS NULL OR leg.trace = ANY(%s::text[]))
   AND coalesce(origin.idempotency_key, entry.idempotency_key) LIKE 'remittance:%%'
 GROUP BY 1, 2
"""
# The bank account's entries of a day: those of bank lines in one sum, others by kind; without those that explained a line
# of money out by then.
_ON_BANK = """
SELECT entry.idempotency_key LIKE 'bank-line:%%', entry.kind, sum(leg.amount)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.account = 'asset:bank' AND leg.accounting_on = %(day)s::date
   AND NOT EXISTS (
       SELECT FROM deposits_explanation AS said WHERE said.entry_id = entry.id AND said.counts_on <= %(day)s::date
          AND (said.undone_on IS NULL OR said.undone_on > %(day)s::date))
 GROUP BY 1, 2 ORDER BY 2
"""


def check_day(day: date, *, today: date) -> None:
    """Refuse a day that has no proof.

    Raises:
        InputError: it lies before 2000, or ahead.
    """
    if not FIRST_DAY <= day <= today:
        raise InputError(f"day {day}: expected one from {FIRST_DAY} up to {today}")


def prove_day(day: date) -> DayProof:
    """The proof of a day as of its end; reads, writes nothing."""
    sums = _sums("asset:remit-clearing", day, day)
    lines = list(BankLine.objects.filter(books_on=day).order_by("id"))
    placed = list(
        Deposit.objects.filter(Q(undone_on=None) | Q(undone_on__gt=day), counts_on__lte=day)
        .filter(Q(line__in=lines) | Q(counts_on=day))
        .select_related("line")
        .order_by("id")
    )
    parts = _parts(placed)
    rows = [*_remittances(day, sums, placed, parts), *_refused(day)]
    payers = {row.key: row.payer for row in rows}
    line_days = _lines(lines, placed, parts, payers, _explained(lines, day))
    posted = total(amount for _, _, amount in sums)
    is_posted = [row for row in rows if row.posted == row.paid and row.posted]
    is_taken_back = [row for row in rows if row.posted == -row.paid and row.posted]
    claims_paid = total(row.claims_paid for row in is_posted)
    claims_paid -= total(row.claims_paid for row in is_taken_back)
    adjustments = _adjustments(is_posted, is_taken_back)
    books_items, unexplained_books = _books(day, lines)
    cash = waiting_cash(on=day)
    return DayProof(
        day=day,
        remitted=total(row.remitted for row in rows),
        posted=posted,
        bank=total(line.amount for line in lines),
        claims_paid=claims_paid,
        adjustments=adjustments,
        unapplied=-total(amount for *_, amount in _sums(UNAPPLIED_CASH.code, day, day)),
        posted_items=tuple(posted_less_remitted(rows)),
        bank_items=tuple(bank_less_posted(rows, line_days, _cards(day))),
        books_items=books_items,
        unexplained_claims=posted - claims_paid - total(amount for _, amount in adjustments),
        unexplained_books=unexplained_books,
        payers=by_payer(rows, line_days),
        batches=by_batch(rows, line_days),
        users=by_user(day, sums),
        unidentified=cash_total(cash, UNIDENTIFIED_CASH.code),
        unapplied_total=cash_total(cash, UNAPPLIED_CASH.code),
        money_out_open=_open_out(day),
    )


def _sums(
    account: str, first: date, last: date, traces: Sequence[str] | None = None
) -> list[tuple[int, int | None, Decimal]]:
    """(remittance, who posted, sum) of the entries of remittances between two days."""
    wanted = None if traces is None else list(traces)
    with connection.cursor() as cursor:
        cursor.execute(_OF_REMITTANCES, [account, first, last, wanted, wanted])
        return cursor.fetchall()


def _parts(placed: Sequence[Deposit]) -> dict[int, list[DepositPart]]:
    """By deposit; also of those undone since, for the days on which they stood."""
    found: dict[int, list[DepositPart]] = defaultdict(list)
    for part in DepositPart.objects.filter(deposit__in=placed).order_by("id"):
        found[part.deposit_id].append(part)
    return found


def _remittances(
    day: date,
    sums: Sequence[tuple[int, int | None, Decimal]],
    placed: Sequence[Deposit],
    parts: dict[int, list[DepositPart]],
) -> list[RemittanceDay]:
    posted: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for key, _, amount in sums:
        posted[key] += amount
    money = {
        part.remittance_id: _when(deposit, day)
        for deposit in placed
        for part in parts[deposit.pk]
        if part.remittance_id
    }
    money = _money_of(posted, day) | money
    received = set(
        Remittance.objects.filter(received_on=day, paid__gt=0).values_list("pk", flat=True)
    )
    anew = keyed_anew_on(day)
    found = remittances_by_id([*received, *posted, *money, *anew])
    reissued = numbers_by_then(found, day)
    by_then = _by_then(day, found.values())
    claims = dict(
        RemittanceClaim.objects.filter(remittance__in=list(found))
        .values_list("remittance_id")
        .annotate(sum=Sum("paid"))
    )
    adjusted: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for one in RemittanceAdjustment.objects.filter(remittance__in=list(found)).order_by("id"):
        adjusted[one.remittance_id].append((one.reason, one.amount))
    return [
        RemittanceDay(
            key=row.pk,
            trace=row.trace_number,
            payer=row.payer_name,
            paid=row.paid,
            remitted=(row.paid if row.received_on == day else ZERO)
            - (row.paid if row.pk in anew else ZERO),
            posted=posted.get(row.pk, ZERO),
            posted_by_then=by_then.get(row.pk, ZERO),
            claims_paid=claims.get(row.pk, ZERO),
            adjustments=tuple(adjusted[row.pk]),
            money=money.get(row.pk, ""),
            beside=reissued.get(row.pk, ""),
        )
        for _, row in sorted(found.items())
    ]


def _refused(day: date) -> list[RemittanceDay]:
    """Payments that came on the day and could not be kept, where their amount could be read."""
    return [
        RemittanceDay(
            key=row.file_id,
            trace=row.trace_number,
            payer=row.payer_name,
            paid=row.paid or ZERO,
            remitted=row.paid or ZERO,
            posted=ZERO,
            posted_by_then=ZERO,
            claims_paid=ZERO,
            refused=row.words,
        )
        for row in RefusedPayment.objects.filter(refused_on=day, paid__gt=0).order_by("id")
    ]


def _money_of(posted: Iterable[int], day: date) -> dict[int, str]:
    """Where the money of what was posted on the day was by then, of whichever day its line is."""
    found = DepositPart.objects.filter(
        Q(deposit__undone_on=None) | Q(deposit__undone_on__gt=day),
        remittance_id__in=list(posted),
        deposit__counts_on__lte=day,
    ).select_related("deposit__line")
    return {part.remittance_id or 0: _when(part.deposit, day) for part in found}


def _when(deposit: Deposit, day: date) -> str:
    """As `RemittanceDay.money` says it."""
    if deposit.adjustment_id:
        return "offset"
    if deposit.line is None:
        return "card" if deposit.counts_on == day else "earlier"
    return "today" if deposit.line.books_on == day else "earlier"


def _cards(day: date) -> list[CardDay]:
    """Payers' cards charged on the day and standing at its end; then those of earlier days taken back on it."""
    cards = DepositPart.objects.filter(deposit__card_batch__isnull=False).select_related("deposit")
    charged = cards.filter(
        Q(deposit__undone_on=None) | Q(deposit__undone_on__gt=day), deposit__counts_on=day
    )
    back = cards.filter(deposit__undone_on=day, deposit__counts_on__lt=day)
    parts = [*charged.order_by("id"), *back.order_by("id")]
    rows = remittances_by_id([part.remittance_id or 0 for part in parts])
    return [
        CardDay(
            key=row.pk,
            trace=row.trace_number,
            payer=row.payer_name,
            net=part.deposit.amount,
            fee=part.deposit.short,
            is_taken_back=part.deposit.counts_on != day,
        )
        for part in parts
        for row in [rows[part.remittance_id or 0]]
    ]


def _by_then(day: date, rows: Iterable[Remittance]) -> dict[int, Decimal]:
    traces = [trace_of(row) for row in rows]
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    if traces:
        for key, _, amount in _sums("asset:remit-clearing", date.min, day, traces):
            found[key] += amount
    return found


def _lines(
    lines: Sequence[BankLine],
    placed: Sequence[Deposit],
    parts: dict[int, list[DepositPart]],
    payers: dict[int, str],
    explained: set[int],
) -> list[LineDay]:
    of_line: dict[int, list[Deposit]] = defaultdict(list)
    for deposit in placed:
        if deposit.line_id:
            of_line[deposit.line_id].append(deposit)
    batches = dict(
        DepositBatch.objects.filter(
            pk__in=[part.batch_id for some in parts.values() for part in some if part.batch_id]
        ).values_list("pk", "name")
    )
    found = []
    for row in lines:
        own = [part for deposit in of_line[row.pk] for part in parts[deposit.pk]]
        found.append(
            LineDay(
                key=row.pk,
                amount=row.amount,
                kind=row.kind,
                words=row.text[:80] or row.place,
                remittances=tuple(
                    (payers.get(part.remittance_id, ""), part.amount)
                    for part in own
                    if part.remittance_id
                ),
                batches=(
                    *((batches[part.batch_id], part.amount) for part in own if part.batch_id),
                    *((one.reasons, one.amount) for one in of_line[row.pk] if one.how == "account"),
                ),
                transfers=tuple(
                    (one.reasons, one.amount) for one in of_line[row.pk] if one.how == "transfer"
                ),
                entities=tuple((one.entity, one.amount) for one in of_line[row.pk] if one.entity),
                short=total(one.short for one in of_line[row.pk]),
                is_explained=row.pk in explained,
            )
        )
    return found


def _open_out(day: date) -> Decimal:
    """Money out of all days up to this one that nothing explained by its end."""
    explained = Explanation.objects.filter(
        Q(undone_on=None) | Q(undone_on__gt=day), line=OuterRef("pk"), counts_on__lte=day
    )
    rows = BankLine.objects.filter(~Exists(explained), books_on__lte=day, amount__lt=0)
    rows = rows.exclude(kind=MONEY_IN).exclude(state=LineState.FEE)
    return -(rows.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def _explained(lines: Sequence[BankLine], day: date) -> set[int]:
    """Lines of money out that entries explained by the end of the day."""
    found = Explanation.objects.filter(
        Q(undone_on=None) | Q(undone_on__gt=day),
        line__in=[row.pk for row in lines if row.kind != MONEY_IN],
        counts_on__lte=day,
    )
    return set(found.values_list("line_id", flat=True))


def _adjustments(
    posted: Sequence[RemittanceDay], taken_back: Sequence[RemittanceDay]
) -> tuple[tuple[str, Decimal], ...]:
    """By reason, as they change the cash."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for rows, sign in ((posted, -1), (taken_back, 1)):
        for row in rows:
            for reason, amount in row.adjustments:
                sums[reason] += sign * amount
    return tuple(
        (f"{reason} {provider_adjustment_words(reason)}", amount)
        for reason, amount in sorted(sums.items())
        if amount
    )


def _books(day: date, lines: Sequence[BankLine]) -> tuple[tuple[tuple[str, Decimal], ...], Decimal]:
    """What the ledger's bank account has besides bank lines; and where it differs from the lines that were booked."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_BANK, {"day": day})
        rows = cursor.fetchall()
    booked = total(amount for is_line, _, amount in rows if is_line)
    others = [(kind, amount) for is_line, kind, amount in rows if not is_line]
    expected = total(row.amount for row in lines if row.kind in (MONEY_IN, "fee"))
    return tuple(others), booked - expected
