"""Which open item a paid line answers. Exact keys only; nothing is guessed.

First the line's own control number (REF*6R), for a drug its prescription, fill, NDC and day (`fills`), then procedure,
modifiers, charge and day, then procedure, charge and day. Items that agree in all of these are alike, so the first
free one is right. What is left goes by charge and day, or by code, modifiers and charge, where there is one way to pair
all of it. A drug's line never goes on another prescription or fill than it names; where it may be one of several fills,
`unclear_fill` says so and nothing is posted. Where lines under one control number add up to no more than its item's
charge, all are its answer: the payer split the line.
"""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from cleanclaim.kernel.money import total
from cleanclaim.rules.posting.fills import NDC, ToldFill, fill_of_item, ndc_digits, told_fill
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.remittance import ClaimPayment, LinePayment

Same = Callable[[LinePayment, OpenItem], bool]


def match_lines(payment: ClaimPayment, items: Sequence[OpenItem]) -> list[OpenItem | None]:
    """One item, or None, per line of the payment; no item twice but for a line that was split."""
    free = list(items)
    found: list[OpenItem | None] = [None] * len(payment.lines)
    keys = _RULES
    if ours := {item.prescription_number for item in items} - {""}:
        keys = _drug_keys(payment, ours)
    for same in keys:
        for place, line in enumerate(payment.lines):
            if found[place] is None:
                found[place] = _take(line, free, same)
        if all(found):
            return found
    _take_split(payment, items, found)
    _take_remainders(payment, items, found)
    _take_parts(payment, items, found)
    _take_charges(payment, items, found)
    _take_other_days(payment, items, found)
    _take_more(payment, items, found)
    return found


def _take_parts(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Give lines of one code that no item was found for the only free item of it, where together they are its charge."""
    taken = {item.item_id for item in found if item}
    for item in items:
        places = [
            place
            for place, line in enumerate(payment.lines)
            if found[place] is None and _is_part(line, item)
        ]
        alike = [
            one for one in items if one.item_id not in taken and one.procedure == item.procedure
        ]
        charges = abs(total(payment.lines[place].charge for place in places))
        if alike == [item] and places and charges == item.charge:
            for place in places:
                found[place] = item


def _take_remainders(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Give lines of one code that no item was found for the only item of it, where they are what its lines leave of its charge."""
    for item in items:
        mine = [line for line, one in zip(payment.lines, found, strict=True) if one is item]
        places = [
            place
            for place, line in enumerate(payment.lines)
            if found[place] is None and _is_part(line, item)
        ]
        alike = [one for one in items if one.procedure == item.procedure]
        charges = total(line.charge for line in mine) + total(
            payment.lines[place].charge for place in places
        )
        if mine and places and alike == [item] and abs(charges) == item.charge:
            for place in places:
                found[place] = item


def _take_more(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Give lines of a higher charge the free item of their control number, unless what is left is the same in all.

    Then one line stands for several items; else the payer has another charge than we, and posting says by how much.
    """
    taken = {item.item_id for item in found if item}
    free = {item.control_number: item for item in items if item.item_id not in taken}
    left = [place for place, item in enumerate(found) if item is None]
    answered = abs(total(payment.lines[place].charge for place in left))
    if answered == total(item.charge for item in free.values()):
        return
    for place in left:
        if number := payment.lines[place].line_control_number:
            found[place] = free.pop(number, None)


def _is_part(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return billed.code == item.procedure and _same_day(line, item) and bool(line.charge)


def _take_charges(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Where the payer changed codes and does not say what was billed: pair all that is left by charge and day.

    Only where each charge occurs once and nothing remains on either side, so that there is one way to do it.
    """
    taken = {item.item_id for item in found if item}
    free = {item.charge: item for item in items if item.item_id not in taken}
    left = {
        abs(line.charge): place
        for place, line in enumerate(payment.lines)
        if found[place] is None and line.charge
    }
    counts = (sum(1 for item in items if item.item_id not in taken), _open_lines(payment, found))
    if free.keys() != left.keys() or counts != (len(free), len(left)):
        return
    pairs = [(payment.lines[place], place, free[charge]) for charge, place in left.items()]
    if all(line.submitted is None and _same_day(line, item) for line, _, item in pairs):
        for _, place, item in pairs:
            found[place] = item


def _take_other_days(
    payment: ClaimPayment, items: Sequence[OpenItem], found: list[OpenItem | None]
) -> None:
    """Where the payer tells another day than was billed: pair all that is left by code, modifiers and charge.

    Only where each of these occurs once and nothing remains on either side, so that there is one way to do it.
    """
    taken = {item.item_id for item in found if item}
    rest = [item for item in items if item.item_id not in taken]
    if any(item.prescription_number for item in rest):
        return  # a fill has its day
    free = {(item.procedure, tuple(sorted(item.modifiers)), item.charge): item for item in rest}
    places = [place for place, item in enumerate(found) if item is None]
    left = {_service(payment.lines[place]): place for place in places}
    if free.keys() == left.keys() and len(free) == len(rest) and len(left) == len(places):
        for service, place in left.items():
            found[place] = free[service]


def _service(line: LinePayment) -> tuple[str, tuple[str, ...], Decimal]:
    billed = line.submitted or line.procedure
    return billed.code, tuple(sorted(billed.modifiers)), abs(line.charge)


def _open_lines(payment: ClaimPayment, found: Sequence[OpenItem | None]) -> int:
    pairs = zip(found, payment.lines, strict=True)
    return sum(1 for item, line in pairs if item is None and line.charge)


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
    """Not where the line answers more than was charged: it stands for several, or its number is wrong."""
    return (
        bool(line.line_control_number)
        and line.line_control_number == item.control_number
        and abs(line.charge) <= item.charge
    )


def misnumbered(line: LinePayment, item: OpenItem, items: Sequence[OpenItem]) -> OpenItem | None:
    """The item whose code, charge and day a line has while its control number is `item`'s, which has neither."""
    billed = line.submitted or line.procedure
    if (
        billed.code == item.procedure
        or abs(line.charge) == item.charge
        or line.line_control_number != item.control_number
    ):
        return None
    return next((one for one in items if one is not item and _same_code(line, one)), None)


def _same_service(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    return sorted(billed.modifiers) == sorted(item.modifiers) and _same_code(line, item)


def _same_code(line: LinePayment, item: OpenItem) -> bool:
    billed = line.submitted or line.procedure
    is_same = billed.code == item.procedure
    if not is_same and billed.qualifier in NDC:
        is_same = ndc_digits(billed.code) == (item.ndc or ndc_digits(item.procedure))
    return is_same and abs(line.charge) == item.charge and _same_day(line, item)


def _same_day(line: LinePayment, item: OpenItem) -> bool:
    return (
        line.service_from is None
        or item.service_from is None
        or line.service_from == item.service_from
    )


_RULES: tuple[Same, ...] = (_same_number, _same_service, _same_code)


def _drug_keys(payment: ClaimPayment, ours: Collection[str]) -> tuple[Same, ...]:
    """The keys of a claim with drugs: those of others only where the line names no other prescription or fill."""
    told = {id(line): told_fill(line, payment, ours) for line in payment.lines}

    def fits(line: LinePayment, item: OpenItem) -> bool:
        one = told[id(line)]
        return one is not None and bool(one.numbers) and one.fits(fill_of_item(item))

    def stated(line: LinePayment, item: OpenItem) -> bool:
        one = told[id(line)]
        return one is not None and one.says_fill and fits(line, item)

    def fits_with_charge(line: LinePayment, item: OpenItem) -> bool:
        return abs(line.charge) == item.charge and fits(line, item)

    def guarded(same: Same) -> Same:
        def key(line: LinePayment, item: OpenItem) -> bool:
            return not _is_another(told[id(line)], item) and same(line, item)

        return key

    drugs = (stated, fits_with_charge, fits)
    return (guarded(_same_number), *drugs, guarded(_same_service), guarded(_same_code))


def _is_another(told: ToldFill | None, item: OpenItem) -> bool:
    """Whether the line names one of our prescriptions, or a fill, that is not the item's."""
    if told is None or not item.prescription_number or not told.says_fill:
        return False
    fill = fill_of_item(item)
    own = [number for one, number in told.numbers if one == fill.prescription]
    return bool(own) and not told.names(fill)
