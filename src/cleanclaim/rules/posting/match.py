"""Which open item a paid line answers. Exact keys only; nothing is guessed.

First the line's own control number (REF*6R), for a drug its prescription (REF*XZ) with the NDC, then procedure,
modifiers, charge and day, then procedure, charge and day. Items that agree in all of these are alike, so the first
free one is right. Where lines under one control number add up to no more than its item's charge, all are its
answer: the payer split the line.
"""

from collections.abc import Callable, Sequence

from cleanclaim.kernel.money import total
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.remittance import ClaimPayment, LinePayment

NDC = ("N4", "ND")  # SVC01 of a drug
Same = Callable[[LinePayment, OpenItem], bool]


def match_lines(payment: ClaimPayment, items: Sequence[OpenItem]) -> list[OpenItem | None]:
    """One item, or None, per line of the payment; no item twice but for a line that was split."""
    free = list(items)
    found: list[OpenItem | None] = [None] * len(payment.lines)
    for same in (_same_number, _same_prescription, _same_service, _same_code):
        for place, line in enumerate(payment.lines):
            if found[place] is None:
                found[place] = _take(line, free, same)
        if all(found):
            return found
    _take_split(payment, items, found)
    return found


def _take_split(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Give lines left over the item of their control number, where its lines together do not exceed it."""
    by_number = {item.control_number: item for item in items if item.control_number}
    for place, line in enumerate(payment.lines):
        item = by_number.get(line.line_control_number)
        if found[place] is None and item is not None:
            same = [one for one in payment.lines if one.line_control_number == item.control_number]
            if abs(total(one.charge for one in same)) <= item.charge:
                found[place] = item


def _take(line: LinePayment, free: list[OpenItem], same: Same) -> OpenItem | None:
    for place, item in enumerate(free):
        if same(line, item):
            return free.pop(place)
    return None


def _same_number(line: LinePayment, item: OpenItem) -> bool:
    return bool(line.line_control_number) and line.line_control_number == item.control_number


def _same_prescription(line: LinePayment, item: OpenItem) -> bool:
    """The prescription's number, alone or with the fill behind a dash, the NDC and the day."""
    if line.procedure.qualifier not in NDC:
        return False
    numbers = [one.value for one in line.references if one.qualifier == "XZ"]
    own, _, fill = item.control_number.partition("-")
    return (
        bool(own)
        and any(number in (own, f"{own}-{fill}") for number in numbers)
        and _digits(line.procedure.code) == _digits(item.procedure)
        and _same_day(line, item)
    )


def _digits(code: str) -> str:
    return code.replace("-", "")


def _same_service(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return sorted(billed.modifiers) == sorted(item.modifiers) and _same_code(line, item)


def _same_code(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return (
        billed.code == item.procedure and abs(line.charge) == item.charge and _same_day(line, item)
    )


def _same_day(line: LinePayment, item: OpenItem) -> bool:
    return (
        line.service_from is None
        or item.service_from is None
        or line.service_from == item.service_from
    )
