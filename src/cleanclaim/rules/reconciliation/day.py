"""A day's proof: what was remitted, what was posted, what the bank has, and why the three differ.

Every figure is as of the end of the day, so that what happens later changes no proof of a day that was signed. Each side
comes from a place of its own: the messages, the ledger's legs, the bank's lines; the differences are named item by item, and
what no item explains is left over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, total


@dataclass(frozen=True, slots=True)
class RemittanceDay:
    """A remittance that something happened to on the day.

    Attributes:
        remitted: what it pays, if it came on the day; the same off where the one that it was keyed anew in came on it.
        posted: what its entries of the day moved clearing by.
        posted_by_then: the same of all days up to this one.
        adjustments: (reason, amount) of its provider adjustments; positive reduces the payment.
        money: where its money is: "" not at the bank, "today" on a line of the day, "earlier" on an earlier line;
            "card" where the payer's card was charged on the day; "offset" inside a later payment of the payer (PLB 72).
        beside: what is shown behind the trace and is no part of what is signed.
        refused: why nothing of it was kept; `key` is then its file's.
    """

    key: int
    trace: str
    payer: str
    paid: Decimal
    remitted: Decimal
    posted: Decimal
    posted_by_then: Decimal
    claims_paid: Decimal
    adjustments: tuple[tuple[str, Decimal], ...] = ()
    money: str = ""
    refused: str = ""
    beside: str = ""

    @property
    def subject(self) -> tuple[str, int]:
        """What a page of it is of."""
        return ("file" if self.refused else "remittance", self.key)


@dataclass(frozen=True, slots=True)
class LineDay:
    """A bank line of the day as it was placed by its end.

    Attributes:
        kind: `in`, or what money out was for.
        remittances: (payer, amount) of the remittances that it pays; `batches`: (name, amount); `entities` and `transfers`
            (from another own account) alike.
        short: what the bank kept back of them.
        is_explained: of money out: entries of a desk explain it by the end of the day.
    """

    key: int
    amount: Decimal
    kind: str
    words: str
    remittances: tuple[tuple[str, Decimal], ...] = ()
    batches: tuple[tuple[str, Decimal], ...] = ()
    entities: tuple[tuple[str, Decimal], ...] = ()
    transfers: tuple[tuple[str, Decimal], ...] = ()
    short: Decimal = ZERO
    is_explained: bool = False

    @property
    def left(self) -> Decimal:
        """What of money in nobody has placed."""
        parts = (*self.remittances, *self.batches, *self.entities, *self.transfers)
        return self.amount - total(amount for _, amount in parts) + self.short


@dataclass(frozen=True, slots=True)
class CardDay:
    """A payer's virtual card that was charged on the day, or taken back on it: `key` is the remittance's."""

    key: int
    trace: str
    payer: str
    net: Decimal
    fee: Decimal
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class DayItem:
    """One reason why two sides differ; `subject` is what it speaks of: (kind, key). `beside` is shown and not signed."""

    kind: str
    amount: Decimal
    subject: tuple[str, int]
    words: str
    payer: str = ""
    beside: str = ""

    @property
    def shown(self) -> str:
        """Its words for a person's eyes."""
        return self.words + self.beside


def posted_less_remitted(rows: Sequence[RemittanceDay]) -> list[DayItem]:
    """Why what was posted on the day is not what was remitted on it."""
    return [item for row in rows for item in _posting(row)]


def _posting(row: RemittanceDay) -> Iterator[DayItem]:
    apart = row.posted - row.remitted
    if apart == ZERO:
        return
    subject, words = row.subject, f"trace {row.trace}"
    if row.refused:
        yield DayItem("refused", apart, subject, f"{words}: {row.refused}"[:200], row.payer)
    elif row.remitted == -row.paid and row.posted == row.posted_by_then == ZERO:
        yield DayItem("keyed anew", apart, subject, words, row.payer, row.beside)
    elif row.remitted and row.posted == ZERO and row.posted_by_then == ZERO:
        yield DayItem("not posted", apart, subject, words, row.payer, row.beside)
    elif not row.remitted and row.posted == row.paid == row.posted_by_then:
        yield DayItem("received on another day", apart, subject, words, row.payer, row.beside)
    elif not row.remitted and row.posted == -row.paid and row.posted_by_then == ZERO:
        yield DayItem("posting taken back", apart, subject, words, row.payer, row.beside)


def bank_less_posted(
    rows: Sequence[RemittanceDay], lines: Sequence[LineDay], cards: Sequence[CardDay] = ()
) -> list[DayItem]:
    """Why what the bank has of the day is not what was posted on it."""
    items = [item for row in rows for item in _money(row)]
    items += [item for card in cards for item in _card(card)]
    return items + [item for line in lines for item in _bank(line)]


def _card(card: CardDay) -> Iterator[DayItem]:
    """A card moves the payment on to its processor: the net is on its way, the fee is gone. Taken back, neither."""
    subject, words = ("remittance", card.key), f"trace {card.trace}"
    sign = 1 if card.is_taken_back else -1
    net = "card taken back" if card.is_taken_back else "on its way by card"
    fee = "card fee taken back" if card.is_taken_back else "card fee"
    yield DayItem(net, sign * card.net, subject, words, card.payer)
    if card.fee:
        yield DayItem(fee, sign * card.fee, subject, words, card.payer)
    if card.is_taken_back:
        yield DayItem("awaiting its money again", -card.net - card.fee, subject, words, card.payer)


def _money(row: RemittanceDay) -> Iterator[DayItem]:
    subject, words = ("remittance", row.key), f"trace {row.trace}"
    if row.posted == -row.paid and row.posted:
        yield DayItem("posting taken back", row.paid, subject, words, row.payer, row.beside)
    is_here_today = row.money in ("today", "card")
    if is_here_today and row.posted != row.paid:
        is_posted = row.posted_by_then == row.paid
        kind = "posted on another day" if is_posted else "money of a remittance not posted"
        yield DayItem(kind, row.paid, subject, words, row.payer, row.beside)
    if not is_here_today and row.posted == row.paid and row.paid:
        kinds = {"": "awaiting its money", "offset": "came in a later payment"}
        kind = kinds.get(row.money, "money came earlier")
        yield DayItem(kind, -row.paid, subject, words, row.payer, row.beside)


def _bank(line: LineDay) -> Iterator[DayItem]:
    subject = ("line", line.key)
    if line.kind != "in":
        out = "explained" if line.is_explained else "money out"
        kind = "bank fee" if line.kind == "fee" else f"{out}: {line.kind}"
        yield DayItem(kind, line.amount, subject, line.words)
        return
    for name, amount in line.batches:
        yield DayItem("batch of receipts", amount, subject, name)
    for name, amount in line.entities:
        yield DayItem("another entity's", amount, subject, name)
    for name, amount in line.transfers:
        yield DayItem("between own accounts", amount, subject, name)
    if line.short:
        yield DayItem("kept back by the bank", -line.short, subject, line.words)
    if line.left:
        yield DayItem("unidentified", line.left, subject, line.words)


def left_over(apart: Decimal, items: Sequence[DayItem]) -> Decimal:
    """What the items do not explain; 0.00 where the proof holds."""
    return apart - total(item.amount for item in items)
