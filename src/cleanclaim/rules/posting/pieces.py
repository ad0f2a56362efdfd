"""What of a payment goes on which charge: line by line, split and bundled lines told, the rest shared out by charge.

Split: one billed line answered by several payment lines, under its control number or adding up to its charge. Bundled:
several billed lines answered by one, or each naming the same paid procedure (SVC01) beside its own (SVC06); what a
bundled line says with reason 97, and the paying one with 94, is part of that payment and no denial. The paying line names
no other procedure where its own is the one that stands for all (no SVC06); and where no line names another, 94 and 97 that
make nothing together to the cent move a charge between the payment's lines as well.

What stands at the claim beside the lines answers the charges that no line does, where they are what the lines leave of
the claim's charge; else it is taken off what the lines pay, by what each pays. Where it is neither, it cannot be told.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanclaim.kernel.money import allocate_together, total
from cleanclaim.kernel.quick import quick
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.rules.posting.sharing import later_shares
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.remittance import ClaimPayment, LinePayment

COST_SHARE = frozenset(("1", "2", "3"))  # deductible, coinsurance, copay: the line was allowed
_INCLUDED = frozenset(("94", "97"))  # in the payment of the bundle: too much there, nothing here


@quick
@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the payment on one item.

    Attributes:
        bundle: the procedure that was paid for several lines together.
        wholes: of each adjustment the amount as the payer sent it, where the line has a share of it; else empty.
        is_guess: shared out although the payment has lines, because they fit no charge.
    """

    item: OpenItem
    line: LinePayment
    bundle: str = ""
    note: str = ""
    wholes: tuple[Decimal, ...] = ()
    is_guess: bool = False

    @property
    def sent(self) -> Iterator[tuple[Adjustment, Decimal]]:
        """Each adjustment with its amount as the payer sent it."""
        own = self.line.adjustments
        return zip(own, self.wholes or (one.amount for one in own), strict=True)

    def is_included(self, adjustment: Adjustment) -> bool:
        """Whether the amount is only moved between the lines of a bundle."""
        return bool(self.bundle) and is_moved(adjustment)


def pieces_of(
    payment: ClaimPayment, items: Sequence[OpenItem], *, spreads: bool
) -> list[Piece] | None:
    """What to post on which item; None = it cannot be told. `spreads`: share lines that fit no charge out as well."""
    found = match_lines(payment, items)
    if payment.lines and all(found):
        bundles = bundles_of(payment)
        pieces = [
            _piece(item, line, bundle)
            for item, line, bundle in zip(found, payment.lines, bundles, strict=True)
            if item
        ]
        pieces = _told_splits(pieces)
    elif payment.lines:
        rest = _rest(payment, items, found)
        if rest is None:
            return _whole(payment, items) if spreads else None
        pieces = rest
    else:
        return _whole(payment, items)
    at_claim = _at_claim(items, pieces, payment)
    return None if at_claim is None else pieces + at_claim


def _told_splits(pieces: list[Piece]) -> list[Piece]:
    ids = [piece.item.item_id for piece in pieces]
    if len(set(ids)) == len(ids):
        return pieces
    counts = Counter(ids)
    return [
        replace(piece, note=f"answered in {counts[piece.item.item_id]} lines")
        if counts[piece.item.item_id] > 1 and not piece.note
        else piece
        for piece in pieces
    ]


def _at_claim(
    items: Sequence[OpenItem], pieces: Sequence[Piece], payment: ClaimPayment
) -> list[Piece] | None:
    """What the payment has at the claim beside its lines, on the charges that it answers; None = it fits none."""
    left = payment.paid - total(line.paid for line in payment.lines)
    if not payment.adjustments and not left:
        return []
    answered = {piece.item.item_id for piece in pieces}
    unanswered = payment.charge - total(line.charge for line in payment.lines)
    if not unanswered:
        on_lines = [item for item in items if item.item_id in answered]
        weights = _paid_weights(on_lines, pieces)
        return _shared(on_lines, payment.adjustments, left, payment, weights=weights)
    rest = [item for item in items if item.item_id not in answered]
    if abs(unanswered) != total(item.charge for item in rest):
        return None
    return _shared(rest, payment.adjustments, left, payment)


def _paid_weights(items: Sequence[OpenItem], pieces: Sequence[Piece]) -> list[int]:
    """What the lines pay on each item, in cents; nothing where some pay and others take back."""
    paid = {item.item_id: 0 for item in items}
    for piece in pieces:
        paid[piece.item.item_id] += int(piece.line.paid * 100)
    weights = list(paid.values())
    if any(one < 0 for one in weights):
        weights = [-one for one in weights]
    return weights if all(one >= 0 for one in weights) else []


def is_line_allowed(line: LinePayment) -> bool:
    """Whether the payer processed the line: paid, allowed, or left to the patient as cost share."""
    return bool(
        line.paid
        or line.allowed
        or any(a.group is Group.PATIENT and a.reason in COST_SHARE for a in line.adjustments)
    )


def _piece(item: OpenItem, line: LinePayment, bundle: str) -> Piece:
    billed = line.submitted
    if billed is None or billed.code == line.procedure.code:
        is_part = bool(bundle) and not line.paid
        note = f"paid as part of {bundle}" if is_part else "" if billed else _changed(line, item)
        return Piece(item, line, bundle, note or _other_day(line, item))
    if bundle:
        return Piece(item, line, bundle, f"paid as part of {bundle}")
    return Piece(item, line, note=f"billed {billed.code}, answered as {line.procedure.code}")


def _other_day(line: LinePayment, item: OpenItem) -> str:
    """That the payer answered another day than was billed."""
    told, ours = line.service_from, item.service_from
    return f"answered for {told}, billed for {ours}" if told and ours and told != ours else ""


def _changed(line: LinePayment, item: OpenItem) -> str:
    """That the payer answered another procedure than was billed and does not say so (SVC06)."""
    code, ours = line.procedure.code, item.procedure
    is_procedure = line.procedure.qualifier in ("HC", "AD")
    if not is_procedure or not ours or code == ours:
        return ""
    return f"billed {ours}, answered as {code}"


def bundles_of(payment: ClaimPayment) -> list[str]:
    """For each line the procedure that it was paid with, or that was paid for it and others; empty for most."""
    if named := _named_bundles(payment):
        codes = (line.procedure.code for line in payment.lines)
        return [code if code in named else "" for code in codes]
    if not any(one.reason in _INCLUDED for line in payment.lines for one in line.adjustments):
        return [""] * len(payment.lines)
    moved = [total(moved_amounts(line)) for line in payment.lines]
    if not any(moved) or total(moved):
        return [""] * len(moved)
    paying = max(payment.lines, key=lambda line: abs(line.paid)).procedure.code
    return [paying if amount else "" for amount in moved]


def moved_amounts(line: LinePayment) -> list[Decimal]:
    """What a line of a bundle says only to move its charge to or from the others."""
    return [one.amount for one in line.adjustments if is_moved(one)]


def is_moved(adjustment: Adjustment) -> bool:
    """Whether an amount of a bundle's line is only moved between its lines."""
    return adjustment.group is not Group.PATIENT and adjustment.reason in _INCLUDED


def _named_bundles(payment: ClaimPayment) -> frozenset[str]:
    """Procedures that stand for several billed ones and are paid at one of them."""
    if not any(line.submitted for line in payment.lines):
        return frozenset()
    changed = {
        line.procedure.code
        for line in payment.lines
        if line.submitted and line.submitted.code != line.procedure.code
    }
    return frozenset(
        code
        for code in changed
        if len(same := [line for line in payment.lines if line.procedure.code == code]) > 1
        and any(line.paid or is_line_allowed(line) for line in same)
    )


def _rest(
    payment: ClaimPayment, items: Sequence[OpenItem], found: Sequence[OpenItem | None]
) -> list[Piece] | None:
    """The pieces where some lines fit no free item: split and bundled ones, and added ones without a charge."""
    bundles = bundles_of(payment)
    pieces = [
        _piece(item, line, bundle)
        for item, line, bundle in zip(found, payment.lines, bundles, strict=True)
        if item
    ]
    taken = {item.item_id for item in found if item}
    free = [item for item in items if item.item_id not in taken]
    lines = [line for item, line in zip(found, payment.lines, strict=True) if item is None]
    added = [line for line in lines if not line.charge]
    lines = [line for line in lines if line.charge]
    for line in added:
        amounts = _shared(items, line.adjustments, line.paid, payment)
        note = f"{line.procedure.code} was added by the payer"
        pieces += [replace(one, note=note) for one in amounts]
    if not lines:
        return pieces
    if abs(total(line.charge for line in lines)) != total(item.charge for item in free):
        return None
    if len(free) == 1:
        note = f"answered in {len(lines)} lines" if len(lines) > 1 else _changed(lines[0], free[0])
        return pieces + [Piece(free[0], line, note=note) for line in lines]
    if len(lines) == 1:
        [line] = lines
        note = f"paid as part of {line.procedure.code}"
        shares = _shared(free, line.adjustments, line.paid, payment, allowed=line.allowed)
        return pieces + [replace(one, bundle=line.procedure.code, note=note) for one in shares]
    return None


def _whole(payment: ClaimPayment, items: Sequence[OpenItem]) -> list[Piece] | None:
    """All of it shared out by charge, a later payer's by what is open with it; where payment and items add up to the same charge."""
    if total(item.charge for item in items) != abs(payment.charge):
        return None
    note = "the payment's lines fit no charge: shared out by charge" if payment.lines else ""
    adjustments = payment.all_adjustments
    shares = later_shares(items, payment.paid, adjustments)
    pieces = _shared(items, adjustments, payment.paid, payment, shares=shares, note=note)
    return [replace(one, is_guess=True) for one in pieces] if payment.lines else pieces


def _shared(
    items: Sequence[OpenItem],
    adjustments: Sequence[Adjustment],
    paid: Decimal,
    payment: ClaimPayment,
    *,
    allowed: Decimal | None = None,
    weights: Sequence[int] = (),
    shares: list[list[Decimal]] | None = None,
    note: str = "",
) -> list[Piece]:
    """Amounts without a line, shared out over the items, by charge where no weights or shares say otherwise, exact to the cent."""
    if not adjustments and not paid:
        return []
    if not any(weights):
        weights = [max(0, int(item.charge * 100)) for item in items]
    if not any(weights):
        weights = [1] * len(items)
    paid_shares, *others = shares or allocate_together(
        [paid, *(a.amount for a in adjustments)], weights
    )
    of_adjustments = list(zip(adjustments, others, strict=True))
    allowed = payment.allowed if allowed is None else allowed
    pieces = []
    for place, item in enumerate(items):
        own = [(a, amounts[place]) for a, amounts in of_adjustments if amounts[place]]
        parts = tuple(Adjustment(a.group, a.reason, amount) for a, amount in own)
        if parts or paid_shares[place]:
            line = LinePayment(
                Procedure(item.procedure, item.modifiers),
                paid_shares[place] + total(a.amount for a in parts),
                paid_shares[place],
                adjustments=parts,
                allowed=allowed,
                remark_codes=payment.remark_codes,
            )
            pieces.append(Piece(item, line, note=note, wholes=tuple(a.amount for a, _ in own)))
    return pieces
