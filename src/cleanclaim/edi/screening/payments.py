"""The balances of remittances, for a whole part at once."""

import numpy as np

from cleanclaim.edi.checks import Checker
from cleanclaim.edi.checks.payment_balance import PaymentTotal
from cleanclaim.edi.fields import dollars
from cleanclaim.edi.screening.columns import NOT_CENTS, Columns, cents, spans, sums
from cleanclaim.wire.x12.keys import Numbers

_CLAIM, _LINE = ("2100",), ("2110",)


class PaymentSums:
    """Screens the loop checks of the 835."""

    CHECKS = frozenset({"payment-line", "payment-claim", "payment-claim-charge", "payment-total"})

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def suspicious(self, columns: Columns) -> set[int]:
        """First rows of claims that are not proven to balance."""
        if not self._names & self.CHECKS:
            return set()
        count = len(columns.part.segments)
        (claims, charge), (_, paid) = (
            columns.cents("CLP", _CLAIM, 3),
            columns.cents("CLP", _CLAIM, 4),
        )
        lines, line_charge = columns.cents("SVC", _LINE, 2)
        _, line_paid = columns.cents("SVC", _LINE, 3)
        claim_ends, line_ends = spans(claims, count), spans(lines, count)
        adjustments, adjusted = _adjustments(columns)
        odd = [*claims[(charge == NOT_CENTS) | (paid == NOT_CENTS)].tolist()]
        odd += lines[(line_charge == NOT_CENTS) | (line_paid == NOT_CENTS)].tolist()
        odd += adjustments[adjusted == NOT_CENTS].tolist()
        # A line ends with its claim: what comes behind is the next claim's own.
        following = np.searchsorted(claims, lines, side="right")
        bounds = np.append(claims, count)[following]
        line_ends = np.minimum(line_ends, bounds)
        of_line = sums(adjusted, adjustments, lines, line_ends)
        of_claim = sums(adjusted, adjustments, claims, claim_ends)
        charged = sums(line_charge, lines, claims, claim_ends)
        has_lines = np.searchsorted(lines, claim_ends) > np.searchsorted(lines, claims)
        wrong_lines = lines[line_charge - line_paid != of_line]
        wrong_claims = claims[(charge - paid != of_claim) | (has_lines & (charged != charge))]
        return {*odd, *wrong_lines.tolist(), *wrong_claims.tolist()}

    def add_clean(self, checker: Checker, first: list[str]) -> None:
        """Add the claim's payment to the total of the message."""
        total = checker.tallies.get("payment-total")
        if isinstance(total, PaymentTotal):
            total.add(dollars(first[4]) if len(first) > 4 else dollars(""))


def _adjustments(columns: Columns) -> tuple[Numbers, Numbers]:
    """The rows of the CAS of claims and lines, and the sum of each."""
    kinds = columns.kinds("CAS", _CLAIM + _LINE)
    found: list[int] = []
    for kind, _, _ in kinds:
        for elements in columns.split(kind):
            if len(elements) == 4:
                found.append(cents(elements[3]))
                continue
            amounts = list(map(cents, elements[3::3]))
            found.append(NOT_CENTS if NOT_CENTS in amounts else sum(amounts))
    if not kinds:
        return columns.array(()), columns.array(())
    rows = np.concatenate([rows for _, _, rows in kinds])
    order = np.argsort(rows, kind="stable")
    return rows[order], columns.array(found)[order]
