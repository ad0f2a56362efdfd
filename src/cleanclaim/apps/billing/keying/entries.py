"""What was keyed, checked: one entry of a batch as it came from the page, the API or a file. Pure.

Amounts are keyed as they are printed, without a sign; `is_reversal` turns the whole entry round (a takeback).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cleanclaim.apps.billing.keying.models import Kind
from cleanclaim.codes import adjustment_reasons
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.adjustment import Adjustment, Group

_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{1,5}", re.ASCII)
_FIELDS = frozenset(
    ("kind", "claim", "item", "reversal", "paid", "allowed", "code", "adjustments", "remarks", "reason",
     "reference", "amount")
)  # fmt: skip
MOST_ADJUSTMENTS = 30
WIDEST_REFERENCE = 50


@dataclass(frozen=True, slots=True)
class Keyed:
    """One entry. Those about a claim use the upper half, the others `reason`, `reference` and `amount`.

    Attributes:
        code: the payer's procedure where it changed ours.
        amount: of a provider adjustment (positive reduces the payment), of interest or of money without a claim.
    """

    kind: str
    claim_id: int | None = None
    item_id: int | None = None
    is_reversal: bool = False
    paid: Decimal = ZERO
    allowed: Decimal | None = None
    code: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    reason: str = ""
    reference: str = ""
    amount: Decimal = ZERO

    @property
    def sign(self) -> int:
        """-1 where the payer takes an earlier answer back."""
        return -1 if self.is_reversal else 1

    @property
    def tape(self) -> Decimal:
        """What it adds to the tape: the part of the check that it explains."""
        if self.kind in (Kind.INTEREST, Kind.UNAPPLIED):
            return self.amount
        if self.kind == Kind.PROVIDER:
            return -self.amount
        # A reduction at the level of the claim takes its amount off what the lines pay.
        return self.sign * (-self._explained if self.kind == Kind.CLAIM else self.paid)

    def left(self, charge: Decimal) -> Decimal:
        """What of a charge it does not explain yet."""
        if self.kind not in (Kind.LINE, Kind.WHOLE):
            return ZERO
        return charge - self.paid - self._explained

    @property
    def _explained(self) -> Decimal:
        return total(one.amount for one in self.adjustments)


def read_entry(raw: Mapping[str, Any]) -> Keyed:
    """The entry in an object as the page and the API send it.

    Raises:
        InputError: a field is missing, unknown or not what it should be; the message names it.
    """
    unknown = sorted(set(raw) - _FIELDS)
    if unknown:
        raise InputError(f"{str(unknown[0])[:20]}: not a field of an entry")
    kind = str(raw.get("kind", ""))
    if kind not in Kind.values:
        raise InputError(f"kind {kind[:20]!r}: expected one of {', '.join(Kind.values)}")
    keyed = Keyed(
        kind,
        claim_id=_id(raw, "claim"),
        item_id=_id(raw, "item"),
        is_reversal=raw.get("reversal", False) is True,
        paid=_amount(raw, "paid") or ZERO,
        allowed=_amount(raw, "allowed"),
        code=_procedure(raw.get("code", "")),
        adjustments=_adjustments(raw.get("adjustments", [])),
        remarks=tuple(_plain(one, "remarks", 6) for one in _list(raw, "remarks")),
        reason=_plain(raw.get("reason", ""), "reason", 5),
        reference=_plain(raw.get("reference", ""), "reference", WIDEST_REFERENCE),
        amount=_amount(raw, "amount") or ZERO,
    )
    _require(keyed)
    return keyed


def _require(keyed: Keyed) -> None:
    """What each kind cannot do without."""
    if keyed.kind in (Kind.LINE, Kind.CLAIM, Kind.WHOLE) and keyed.claim_id is None:
        raise InputError("claim: missing, expected the claim's id")
    if keyed.kind == Kind.LINE and keyed.item_id is None:
        raise InputError("item: missing, expected the charge line's id")
    if keyed.paid < 0:
        raise InputError(f"paid {keyed.paid}: expected zero or more; a takeback is a reversal")
    if keyed.kind == Kind.CLAIM and not keyed.adjustments:
        raise InputError("adjustments: missing, expected those of the claim as a whole")
    if keyed.kind == Kind.PROVIDER and not keyed.reason:
        raise InputError("reason: missing, expected the code of the provider adjustment")
    if keyed.kind in (Kind.PROVIDER, Kind.INTEREST, Kind.UNAPPLIED) and not keyed.amount:
        raise InputError("amount: missing or 0.00, expected dollars")


def _id(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    if value is None or (
        isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
    ):
        return value
    raise InputError(f"{name} {str(value)[:20]!r}: expected a whole number")


def amount_of(text: object, name: str) -> Decimal:
    """Dollars as keyed: `80`, `80.5`, `80.50`, with a minus in front where the paper has one.

    Raises:
        InputError: it is not an amount.
    """
    if isinstance(text, str) and _AMOUNT.fullmatch(text):
        return Decimal(text).quantize(Decimal("0.01"))
    raise InputError(f"{name} {str(text)[:20]!r}: expected dollars such as 80 or 80.25")


def _amount(raw: Mapping[str, Any], name: str) -> Decimal | None:
    value = raw.get(name)
    return None if value is None else amount_of(value, name)


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name, [])
    if not isinstance(value, list) or len(value) > MOST_ADJUSTMENTS:
        raise InputError(f"{name}: expected a list of at most {MOST_ADJUSTMENTS}")
    return value


def _adjustments(value: object) -> tuple[Adjustment, ...]:
    parts = _list({"adjustments": value}, "adjustments")
    return tuple(_adjustment(part, place) for place, part in enumerate(parts, 1))


def _adjustment(part: object, place: int) -> Adjustment:
    where = f"adjustment {place}"
    if not (isinstance(part, list) and len(part) == 3):
        raise InputError(f"{where}: expected group, reason and amount")
    return adjustment_of(str(part[0]), str(part[1]), part[2], where=where)


def adjustment_of(group: str, reason: str, amount: object, *, where: str) -> Adjustment:
    """One adjustment as keyed.

    Raises:
        InputError: the group or the reason is unknown, or the amount is none.
    """
    if group not in set(Group):
        raise InputError(f"{where}: group {group[:10]!r}: expected one of {', '.join(Group)}")
    if not adjustment_reasons.row(reason.upper()):
        raise InputError(f"{where}: reason {reason[:10]!r}: not an adjustment reason code (CARC)")
    dollars = amount_of(amount, where)
    if not dollars:
        raise InputError(f"{where}: 0.00, expected an amount")
    return Adjustment(Group(group), reason.upper(), dollars)


def _procedure(value: object) -> str:
    text = str(value).upper()
    if text and not _CODE.fullmatch(text):
        raise InputError(f"code {text[:20]!r}: expected the payer's procedure code")
    return text


def _plain(value: object, name: str, widest: int) -> str:
    text = str(value).strip()
    if len(text) > widest or not text.isprintable():
        raise InputError(f"{name} {text[:20]!r}: expected at most {widest} printable characters")
    return text
