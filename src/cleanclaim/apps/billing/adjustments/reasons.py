"""The reasons for moving an amount: where it goes, from which buckets, and how much one person may do alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET

REASONS = Path(__file__).parent / "parameters" / "reasons.yaml"


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of `parameters/reasons.yaml` as it is in force on a day."""

    code: str
    words: str
    kind: str
    account: str
    buckets: tuple[str, ...]
    alone: str
    needs_documents: bool
    edition: str

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that it may be taken from: receivables, of a re-classification those of reductions."""
        return frozenset(
            RECEIVABLE_BY_BUCKET[one].code if one in RECEIVABLE_BY_BUCKET else one
            for one in self.buckets
        )

    def alone_limit(self, money_limit: Decimal) -> Decimal:
        """How much a person with this limit may move for this reason without a second person."""
        if self.alone == "limit":
            return money_limit
        return Decimal("0.00") if self.alone == "never" else min(money_limit, Decimal(self.alone))


def reasons(*, on: date, kind: str = "") -> list[Reason]:
    """The reasons in force on the day, of one kind or of all, in their order."""
    found = parameter(REASONS)
    edition = found.edition(on=on)
    rows = [
        Reason(
            code, row["words"], row["kind"], row["account"], tuple(row["buckets"]),
            str(row["alone"]), bool(row.get("documents")), edition,
        )
        for code, row in found.value(on=on).items()
    ]  # fmt: skip
    return [row for row in rows if not kind or row.kind == kind]


def reason(code: str, *, on: date) -> Reason:
    """The reason of this code.

    Raises:
        InputError: none is in force on the day.
    """
    known = {row.code: row for row in reasons(on=on)}
    if code not in known:
        raise InputError(
            f"reason {code[:24]!r} on {on}: expected one of {', '.join(known)}",
            hint="Choose the reason for which the amount is moved.",
        )
    return known[code]
