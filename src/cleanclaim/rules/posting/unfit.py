"""Why a claim payment is not posted by itself: out of balance, no charges, or nobody can say what goes on which."""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting.fills import unclear_fill
from cleanclaim.rules.posting.match import match_lines, misnumbered
from cleanclaim.rules.posting.pieces import Piece, is_line_allowed
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.remittance import ClaimPayment


def doubtful(
    payment: ClaimPayment,
    pieces: Sequence[Piece],
    items: Sequence[OpenItem],
    policy: PostingPolicy,
) -> str:
    """Why these pieces cannot be meant, or are guessed; empty where they may be posted. A reversal mirrors its answer."""
    if payment.is_reversal:
        return ""
    if _guesses_a_denial(pieces, policy):
        return unfit(payment, items)
    return _numbered_wrong(payment, pieces, items) or _answers_more(payment, pieces, policy)


def _guesses_a_denial(pieces: Sequence[Piece], policy: PostingPolicy) -> bool:
    """Whether nobody could say which charge was denied: a denial of lines that fit none would be shared out."""
    return any(
        policy.treatment(one, is_line_allowed=is_line_allowed(piece.line), sent=sent).action
        is Action.DENY
        for piece in pieces
        if piece.is_guess
        for one, sent in piece.sent
    )


def unfit(payment: ClaimPayment, items: Sequence[OpenItem]) -> str:
    """Why it cannot be told what goes on which charge."""
    if payment.lines and all(match_lines(payment, items)):
        left = payment.charge - total(line.charge for line in payment.lines)
        return f"what the payment says of the claim as a whole answers a charge of {show(left)} that none of its lines has"
    if payment.lines:
        return "a line of the payment fits none of the claim's charges"
    charge = total(item.charge for item in items)
    return f"the payment has no lines and answers a charge of {show(payment.charge)}, the claim's is {show(charge)}"


def hold_reason(payment: ClaimPayment, items: Sequence[OpenItem]) -> str:
    """Why a person must look before anything is laid on a charge; empty = nobody must."""
    if payment.difference:
        return f"the payment is out of balance by {show(payment.difference)}"
    if not items:
        return "the claim has no open charges here"
    for place, line in enumerate(payment.lines, start=1):
        if line.difference:
            return f"line {place} of the payment is out of balance by {show(line.difference)}"
    return unclear_fill(payment, items)


def _answers_more(payment: ClaimPayment, pieces: Sequence[Piece], policy: PostingPolicy) -> str:
    """Where the payment answers a higher charge than ours, beyond a small difference; empty where nowhere.

    Posted, it would leave a credit that nobody has paid.
    """
    charges: dict[int, Decimal] = {}
    for piece in pieces:
        item = piece.item
        charges[item.item_id] = charges.get(item.item_id, ZERO) + piece.line.charge
    for piece in pieces:
        item, line = piece.item, piece.line
        more = charges[item.item_id] - item.charge
        if more > 0 and policy.difference_rule(-more) is None:
            place = next((k for k, one in enumerate(payment.lines, 1) if one is line), 0)
            return (
                f"line {place} of the payment answers a charge of {show(charges[item.item_id])}, line "
                f"{item.line_number} of the claim is {show(item.charge)}"
            )
    return ""


def _numbered_wrong(
    payment: ClaimPayment, pieces: Sequence[Piece], items: Sequence[OpenItem]
) -> str:
    """Why the control number of a line (REF*6R) cannot be meant: code and charge are another's. Empty where it can."""
    for piece in pieces:
        if piece.is_guess or not piece.line.line_control_number:
            continue
        other = misnumbered(piece.line, piece.item, items)
        if other is not None:
            place = next((k for k, line in enumerate(payment.lines, 1) if line is piece.line), 0)
            return (
                f"line {place} of the payment names line {piece.item.line_number} of the claim by its number (REF*6R) "
                f"and has code and charge of line {other.line_number}"
            )
    return ""
