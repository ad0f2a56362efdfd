"""Questions about money out: which entries explain a bank line, and which acts of which desk would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from cleanclaim.apps.billing.deposits.debit_sources import (
    DebitSource,
    Gone,
    Offer,
    Said,
    described,
    sources,
)
from cleanclaim.apps.billing.deposits.models import BankLine, Explanation, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN, to_value
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.reconciliation import (
    MOST_DAYS,
    Candidate,
    Debit,
    Match,
    MoneyOut,
    days_around,
    explain_debit,
)

MOST_OFFERED = 5
# Entries that took money off the bank's account, are neither taken back nor a taking back, are not a bank line's own, and
# explain no line.
_BOOKED = """
SELECT entry.id, -sum(leg.amount), entry.accounting_on, entry.kind, entry.memo
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.account = 'asset:bank' AND leg.entity = ''
   AND leg.accounting_on BETWEEN %s::date AND %s::date
   AND entry.reverses_id IS NULL AND NOT entry.idempotency_key LIKE 'bank-line:%%'
   AND NOT EXISTS (SELECT FROM ledger_entry AS back WHERE back.reverses_id = entry.id)
   AND NOT EXISTS (SELECT FROM deposits_explanation AS used WHERE used.entry_id = entry.id AND used.stands)
 GROUP BY entry.id HAVING sum(leg.amount) < 0 ORDER BY entry.id
"""


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry that took money off the bank's account and explains no line yet."""

    entry_id: int
    amount: Decimal  # above zero
    booked_on: date
    kind: str
    said: Said

    @property
    def as_rule(self) -> MoneyOut:
        """As the rules read it."""
        return MoneyOut(
            self.entry_id, self.amount, self.booked_on, self.said.numbers, self.said.name
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act of a desk that would explain the line: with which fee, how well it fits, and why."""

    source: DebitSource
    offer: Offer
    fee: Decimal
    score: int
    reasons: tuple[str, ...]
    is_told: bool  # the bank's words bear its number or name


@dataclass(frozen=True, slots=True)
class DebitView:
    """What may explain a line: entries that are booked (`match` by their numbers), and acts that nobody has done."""

    days: int
    booked: tuple[Booked, ...]
    match: Match
    acts: tuple[Proposal, ...] = ()

    def entries(self, one: Candidate) -> list[Booked]:
        """The entries of a candidate."""
        by_id = {row.entry_id: row for row in self.booked}
        return [by_id[key] for key in one.keys]

    @property
    def patient_ids(self) -> set[int]:
        """Whom it speaks of."""
        said = [row.said for row in self.booked] + [one.offer.said for one in self.acts]
        return {one.patient_id for one in said} - {0}


def booked_money_out(first: date, last: date) -> list[Booked]:
    """Every entry of these days that may explain a line, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [first, last])
        rows = cursor.fetchall()
    told = described([row[0] for row in rows])
    return [
        Booked(entry_id, amount, day, kind, told.get(entry_id) or Said(words=memo or kind))
        for entry_id, amount, day, kind, memo in rows
    ]


def view_of(row: BankLine, *, days: int | None = None) -> DebitView:
    """What may explain an open line of money out; `days` around it, the parameter's where none are asked for.

    Raises:
        InputError: days below zero or beyond a year.
    """
    days = asked_days(days, on=row.booked_on)
    around = timedelta(days=days)
    booked = tuple(booked_money_out(row.booked_on - around, row.booked_on + around))
    match = explain_debit(to_value(row), [one.as_rule for one in booked], days=days)
    return DebitView(days, booked, match, _acts(row, days))


def matches_of(rows: Sequence[BankLine]) -> list[tuple[BankLine, Match]]:
    """What explains each of these lines by the parameter's days; what the bank names for an earlier one is taken."""
    if not rows:
        return []
    days = {row.pk: days_around(on=row.booked_on) for row in rows}
    around = timedelta(days=max(days.values()))
    free = booked_money_out(
        min(row.booked_on for row in rows) - around, max(row.booked_on for row in rows) + around
    )
    found = []
    for row in rows:
        match = explain_debit(to_value(row), [one.as_rule for one in free], days=days[row.pk])
        free = [one for one in free if one.entry_id not in match.keys]
        found.append((row, match))
    return found


def asked_days(days: int | None, *, on: date) -> int:
    """How many days around a line are looked at.

    Raises:
        InputError: below zero or beyond a year.
    """
    if days is None:
        return days_around(on=on)
    if not 0 <= days <= MOST_DAYS:
        raise InputError(f"days {days}: expected 0 to {MOST_DAYS}")
    return days


def _acts(row: BankLine, days: int) -> tuple[Proposal, ...]:
    """Acts of the desks, best first: judged as entries are, as if booked on the line's day, its fee taken off."""
    found: list[Proposal] = []
    # Nothing that came after the bank's day was what the bank took.
    first = row.booked_on - timedelta(days=days)
    gone = Gone(-row.amount, first, row.booked_on, row.text, row.account)
    for source in sources():
        offers = source.offers(gone)
        judged = [_judged(row, source, one) for one in offers]
        # A sum that a fee alone makes agree says nothing: number or name must, too.
        found += [one for one in judged if not one.fee or one.is_told]
    # What the bank names is one receipt before it is a part of the batch that the receipt was settled in.
    rank = {name: place for place, name in enumerate(one.name for one in sources())}
    found.sort(key=lambda one: (-one.score, rank[one.source.name], -one.offer.subject_id))
    return tuple(found[:MOST_OFFERED])


def _judged(row: BankLine, source: DebitSource, one: Offer) -> Proposal:
    fee = -row.amount - one.paid
    line = replace(to_value(row), amount=-one.paid)
    as_booked = MoneyOut(one.subject_id, one.paid, row.booked_on, one.said.numbers, one.said.name)
    [found] = explain_debit(line, [as_booked], days=0).candidates
    reasons = [words for words in found.reasons if words != "on the same day"]
    is_told = len(reasons) > 1
    apart = (row.booked_on - one.booked_on).days
    reasons.append(f"{apart} days before" if apart > 1 else show_day(one.booked_on))
    if fee:
        reasons.insert(1, f"{show(fee)} more: its fee")
    score = found.score - min(20, max(0, apart) // 3) - (15 if fee else 0)
    return Proposal(source, one, fee, score, tuple(reasons), is_told)


def explanations_of(row: BankLine) -> list[Explanation]:
    """Everything that ever explained the line, oldest first."""
    return list(Explanation.objects.filter(line=row).order_by("id"))


def is_open_debit(row: BankLine) -> bool:
    """Whether it is money out that nobody has explained."""
    return row.kind != MONEY_IN and row.state == LineState.OPEN


def is_fee_by_rule(row: BankLine) -> bool:
    """Whether the line was booked as the bank's fee when it came."""
    return row.kind == Debit.FEE and row.state == LineState.FEE


def unexplained_until(day: date) -> QuerySet[BankLine]:
    """Money out of days up to this one that nothing explains now."""
    found = BankLine.objects.filter(state=LineState.OPEN, books_on__lte=day, amount__lt=ZERO)
    return found.order_by("booked_on", "id")


def likely_of(match: Match) -> Candidate | None:
    """What a person would take: what the bank names, or what is far ahead of the others."""
    if match.keys:
        return next(one for one in match.candidates if one.keys == match.keys)
    return match.likely
