"""The figures of a day's proof, as data, and the digest that a signature holds them to."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation.day import DayItem, left_over


@dataclass(frozen=True, slots=True)
class Row:
    """The three sides of one payer, or of one batch (a remittance, a bank line, a batch of receipts).

    `beside` is shown behind its name and is no part of what is signed.
    """

    name: str
    remitted: Decimal
    posted: Decimal
    bank: Decimal
    subject: tuple[str, int] = ("", 0)
    payer: str = ""
    beside: str = ""

    @property
    def shown(self) -> str:
        """Its name for a person's eyes."""
        return self.name + self.beside


@dataclass(frozen=True, slots=True)
class UserRow:
    """What a person, or the system (no id), posted and placed on the day; the name is the person's of now."""

    user_id: int | None
    name: str
    posted: Decimal
    placed: Decimal


@dataclass(frozen=True, slots=True)
class DayProof:
    """The proof of a day.

    Attributes:
        claims_paid, adjustments: of what was posted: the claims' payments, and provider adjustments by reason
            (as they change the cash).
        unapplied: of what was posted: parked, its claims not found.
        posted_items, bank_items: why posted - remitted, and bank - posted.
        books_items: what the ledger has on its bank account and the bank has not: (words, amount).
        unexplained: of each of the three comparisons and of the books' own, what no item explains.
        unidentified, unapplied_total: what stands on the two accounts at the end of the day.
        money_out_open: what left the bank up to the day and nobody has explained; told, and no part of what is signed.
    """

    day: date
    remitted: Decimal
    posted: Decimal
    bank: Decimal
    claims_paid: Decimal
    adjustments: tuple[tuple[str, Decimal], ...]
    unapplied: Decimal
    posted_items: tuple[DayItem, ...]
    bank_items: tuple[DayItem, ...]
    books_items: tuple[tuple[str, Decimal], ...]
    unexplained_claims: Decimal
    unexplained_books: Decimal
    payers: tuple[Row, ...]
    batches: tuple[Row, ...]
    users: tuple[UserRow, ...]
    unidentified: Decimal
    unapplied_total: Decimal
    money_out_open: Decimal = ZERO

    @property
    def totals(self) -> dict[str, Decimal]:
        """The differences added up, by comparison and in all: the last is bank less remitted."""
        posted = total(one.amount for one in self.posted_items)
        bank = total(one.amount for one in self.bank_items)
        return {
            "posted_less_remitted": posted,
            "bank_less_posted": bank,
            "bank_less_remitted": posted + bank,
        }

    @property
    def unexplained(self) -> dict[str, Decimal]:
        """By comparison: what no item explains."""
        return {
            "posted less remitted": left_over(self.posted - self.remitted, self.posted_items),
            "bank less posted": left_over(self.bank - self.posted, self.bank_items),
            "claims less adjustments": self.unexplained_claims,
            "ledger's bank account": self.unexplained_books,
        }

    @property
    def difference(self) -> Decimal:
        """The sum of everything unexplained, each by its size; 0.00 is the proof."""
        return total(abs(amount) for amount in self.unexplained.values())

    @property
    def is_proved(self) -> bool:
        """Whether every difference has its reason."""
        return self.difference == ZERO

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened on the day."""
        return not self.batches and not self.users

    def as_data(self) -> dict[str, Any]:
        """All figures, amounts as text."""
        return {
            "day": self.day.isoformat(),
            "remitted": _text(self.remitted),
            "posted": _text(self.posted),
            "bank": _text(self.bank),
            "claims_paid": _text(self.claims_paid),
            "provider_adjustments": [
                [reason, _text(amount)] for reason, amount in self.adjustments
            ],
            "unapplied": _text(self.unapplied),
            "posted_less_remitted": [_item(one) for one in self.posted_items],
            "bank_less_posted": [_item(one) for one in self.bank_items],
            "books_without_bank": [[words, _text(amount)] for words, amount in self.books_items],
            "unexplained": {name: _text(amount) for name, amount in self.unexplained.items()},
            "difference": _text(self.difference),
            "payers": [_row(one) for one in self.payers],
            "batches": [_row(one) for one in self.batches],
            "users": [
                {
                    "id": one.user_id,
                    "name": one.name,
                    "posted": _text(one.posted),
                    "placed": _text(one.placed),
                }
                for one in self.users
            ],
            "unidentified": _text(self.unidentified),
            "unapplied_total": _text(self.unapplied_total),
        }

    def as_answer(self) -> dict[str, Any]:
        """As `as_data`, with what can be worked out of it or is no part of what is signed, and the digest."""
        return {
            **self.as_data(),
            "totals": {name: _text(amount) for name, amount in self.totals.items()},
            "money_out_open": _text(self.money_out_open),
            "beside": {one.name: one.shown for one in self.batches if one.beside},
            "digest": self.digest,
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the figures: the same day with the same money has the same one, whatever people are called since."""
        return self._digest_without("name")

    @property
    def digests(self) -> tuple[str, str]:
        """Those under which a signature stands: the digest, and the one of signatures that held people by their names."""
        return self.digest, self._digest_without("id")

    def _digest_without(self, field: str) -> str:
        data = self.as_data()
        data["users"] = [
            {key: value for key, value in one.items() if key != field} for one in data["users"]
        ]
        said = json.dumps(data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _item(one: DayItem) -> dict[str, str]:
    kind, key = one.subject
    return {
        "kind": one.kind, "amount": _text(one.amount), "subject": f"{kind} {key}", "words": one.words,
    }  # fmt: skip


def _row(one: Row) -> dict[str, str]:
    return {
        "name": one.name,
        "payer": one.payer,
        "remitted": _text(one.remitted),
        "posted": _text(one.posted),
        "bank": _text(one.bank),
    }
