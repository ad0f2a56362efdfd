"""Which open item a paid line answers. Exact keys only; nothing is guessed.

First the line's own control number (REF*6R), then procedure, modifiers, charge and day, then procedure, charge
and day. Items that agree in all of these are alike, so the first free one is right.
"""

from collections.abc import Callable, Sequence

from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.remittance import ClaimPayment, LinePayment

Same = Callable[[LinePayment, OpenItem], bool]


def match_lines(payment: ClaimPayment, items: Sequence[OpenItem]) -> list[OpenItem | None]:
    """One item, or None, per line of the payment; no item twice."""
    free = list(items)
    found: list[OpenItem | None] = [None] * len(payment.lines)
    for same in (_same_number, _same_service, _same_code):
        for place, line in enumerate(payment.lines):
            if found[place] is None:
                found[place] = _take(line, free, same)
    return found


def _take(line: LinePayment, free: list[OpenItem], same: Same) -> OpenItem | None:
    for place, item in enumerate(free):
        if same(line, item):
            return free.pop(place)
    return None


def _same_number(line: LinePayment, item: OpenItem) -> bool:
    return bool(line.line_control_number) and line.line_control_number == item.control_number


def _same_service(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return sorted(billed.modifiers) == sorted(item.modifiers) and _same_code(line, item)


def _same_code(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return (
        billed.code == item.procedure
        and abs(line.charge) == item.charge
        and (
            line.service_from is None
            or item.service_from is None
            or line.service_from == item.service_from
        )
    )
