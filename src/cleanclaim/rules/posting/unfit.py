"""Why a claim payment is not posted by itself: out of balance, no charges, or nobody can say what goes on which."""

from collections.abc import Sequence

from cleanclaim.kernel.money import show, total
from cleanclaim.rules.posting.fills import unclear_fill
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.rules.posting.pieces import Piece, is_line_allowed
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.remittance import ClaimPayment


def guesses_a_denial(pieces: Sequence[Piece], policy: PostingPolicy) -> bool:
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
