"""The sides of a day by payer, by batch and by person."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from cleanclaim.apps.billing.deposits.daily.figures import Row, UserRow
from cleanclaim.apps.billing.deposits.models import Deposit
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation.day import LineDay, RemittanceDay

OTHERS = "Not a payer's"


def by_payer(rows: Sequence[RemittanceDay], lines: Sequence[LineDay]) -> tuple[Row, ...]:
    """One row a payer with its three sides, what is no payer's last."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for row in rows:
        sums[row.payer][0] += row.remitted
        sums[row.payer][1] += row.posted
    for line in lines:
        for payer, amount in line.remittances:
            sums[payer][2] += amount
        rest = line.amount - total(amount for _, amount in line.remittances)
        if rest:
            sums[OTHERS][2] += rest
    return tuple(
        Row(name, remitted, posted, bank)
        for name, (remitted, posted, bank) in sorted(
            sums.items(), key=lambda one: (one[0] == OTHERS, one[0])
        )
        if remitted or posted or bank
    )


def by_batch(rows: Sequence[RemittanceDay], lines: Sequence[LineDay]) -> tuple[Row, ...]:
    """One row a remittance with its three sides; then what else the bank has, a row a line."""
    found = [
        Row(
            f"trace {row.trace}", row.remitted, row.posted,
            row.paid if row.money == "today" else ZERO, row.subject, row.payer,
            row.beside,
        )
        for row in rows
        if row.remitted or row.posted or row.money in ("today", "card")
    ]  # fmt: skip
    for line in lines:
        rest = line.amount - total(amount for _, amount in line.remittances)
        if rest:
            found.append(Row(line.words, ZERO, ZERO, rest, ("line", line.key)))
    return tuple(found)


def by_user(day: date, sums: Sequence[tuple[int, int | None, Decimal]]) -> tuple[UserRow, ...]:
    """What each person posted, and placed at the bank."""
    posted: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for _, by, amount in sums:
        posted[by] += amount
    placed: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    found = Deposit.objects.filter(Q(undone_on=None) | Q(undone_on__gt=day), counts_on=day)
    for by, amount in found.values_list("by").annotate(sum=Sum("amount")):
        placed[by] += amount
    people = {*posted, *placed}
    names = names_of(people)
    return tuple(
        UserRow(one, names.get(one or 0, "the system"), posted[one], placed[one])
        for one in sorted(people, key=lambda one: (one is None, one or 0))
    )
