"""What payers answered, as the next payer is told: which answer stands, and which line of the claim each part is for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob.prior import shared_out, shared_together
from cleanclaim.values.adjustment import Adjustment, Group, adjusted
from cleanclaim.values.claim import Claim, ServiceLine, Subscriber
from cleanclaim.values.party import Payer
from cleanclaim.values.remittance import ClaimPayment, LinePayment

DUPLICATE = "18"
LineAnswer = tuple[ServiceLine, Decimal, tuple[Adjustment, ...]]  # paid, adjustments


@dataclass(frozen=True, slots=True)
class PayerAnswer:
    """One payer that the claim went to, and everything that it answered, oldest first.

    `subscriber` is the coverage as the claim named it, its `relationship` the patient's to the holder.
    `is_not_billed`: it was not billed, because it covers nothing of the claim; it has no payments then.
    """

    payer: Payer
    subscriber: Subscriber
    payments: tuple[ClaimPayment, ...] = ()
    paid_on: date | None = None
    is_not_billed: bool = False


def told_answers(claim: Claim) -> tuple[PayerAnswer, ...]:
    """The answers of earlier payers that a claim itself tells (loops 2320 and 2430), as they must have given them."""
    found = []
    for other in claim.other_coverages:
        if other.paid is None:
            continue
        mine = [
            (line, one)
            for line in claim.lines
            for one in line.adjudications
            if one.payer_id == other.payer.payer_id
        ]
        lines = tuple(
            LinePayment(
                one.procedure,
                one.paid + adjusted(one.adjustments),
                one.paid,
                quantity=one.quantity,
                submitted=line.procedure,
                service_from=line.service_from,
                adjustments=one.adjustments,
                line_control_number=line.control_number,
            )
            for line, one in mine
        )
        payment = ClaimPayment(
            control_number=claim.control_number,
            status_code="1",
            charge=claim.charge,
            paid=other.paid,
            patient_responsibility=ZERO,
            filing_indicator=other.subscriber.filing_indicator,
            payer_control_number=other.claim_control_number,
            lines=lines,
            adjustments=other.adjustments,
            carried=tuple(one for one in other.carried if one.elements[0] in ("MIA", "MOA")),
        )
        days = [one.paid_on for _, one in mine if one.paid_on]
        paid_on = other.paid_on or (max(days) if days else None)
        found.append(PayerAnswer(other.payer, other.subscriber, (payment,), paid_on))
    return tuple(found)


def standing_answer(
    payments: Sequence[ClaimPayment], *, charge: Decimal | None = None
) -> ClaimPayment | None:
    """The answer that stands after reversals and corrections; None where all were taken back.

    A denial as a duplicate says nothing where another answer stands. Answers that make up the claim's `charge` only
    together, as where a payer splits a claim in two (MA15), are one answer, under the number of the last.
    """
    told = standing_answers(payments)
    if charge is not None and len(told) > 1 and total(one.charge for one in told) == charge:
        return _together(told)
    return told[-1] if told else None


def standing_answers(payments: Sequence[ClaimPayment]) -> list[ClaimPayment]:
    """The answers that were not taken back, oldest first, denials as duplicates left out where others stand."""
    standing: list[ClaimPayment] = []
    for payment in payments:
        if payment.is_reversal:
            _take_back(standing, payment)
        else:
            standing.append(payment)
    return [one for one in standing if not _is_duplicate(one)] or standing


def _together(parts: Sequence[ClaimPayment]) -> ClaimPayment:
    """The parts of one claim as one answer; amounts at a part's claim level are the whole's."""
    return replace(
        parts[-1],
        charge=total(one.charge for one in parts),
        paid=total(one.paid for one in parts),
        patient_responsibility=total(one.patient_responsibility for one in parts),
        lines=tuple(line for one in parts for line in one.lines),
        adjustments=tuple(a for one in parts for a in one.adjustments),
        remark_codes=tuple(dict.fromkeys(c for one in parts for c in one.remark_codes)),
        carried=tuple(c for one in parts for c in one.carried),
    )


def _take_back(standing: list[ClaimPayment], reversal: ClaimPayment) -> None:
    for place in reversed(range(len(standing))):
        one = standing[place]
        if (one.charge, one.paid) == (-reversal.charge, -reversal.paid):
            del standing[place]
            return
    if standing:  # some payers change an amount when they take back; the last answer is meant
        standing.pop()


def _is_duplicate(payment: ClaimPayment) -> bool:
    reasons = {a.reason for a in payment.all_adjustments}
    return not payment.paid and reasons == {DUPLICATE}


def parts_by_line(claim: Claim, payment: ClaimPayment) -> dict[int, list[LinePayment]] | None:
    """{place of the claim's line: what the payer answered for it}; None where a part or a line is left over.

    A payer may split a line into several (each names the procedure as billed). In order: the line's own number,
    then procedure, modifiers, day and charge, then the parts of one procedure that make its line's charge
    together, then procedure and day alone; and what is left as posting pairs it, by charge and day or with another day,
    where there is one way to pair all of it. The sums must be the lines' charges. A line that the payer added and that holds no amount
    is left out.
    """
    found: dict[int, list[LinePayment]] = defaultdict(list)
    left = _by_number(claim, payment.lines, found)
    left = _by_service(claim, left, found)
    left = _by_split(claim, left, found)
    left = _by_code(claim, left, found)
    for same in (_same_charge, _same_but_for_the_day):
        left = _one_way(claim, left, found, same)
    if any(_says_something(part) for part in left) or len(found) != len(claim.lines):
        return None
    fits = all(
        total(p.charge for p in found[n]) == line.charge for n, line in enumerate(claim.lines)
    )
    return dict(found) if fits and all(not p.difference for p in payment.lines) else None


def _says_something(part: LinePayment) -> bool:
    return bool(part.charge or part.paid or any(a.amount for a in part.adjustments))


Found = dict[int, list[LinePayment]]


def _by_number(claim: Claim, parts: Sequence[LinePayment], found: Found) -> list[LinePayment]:
    numbers: dict[str, int] = {}
    for place, line in enumerate(claim.lines):
        if line.control_number:
            numbers.setdefault(line.control_number, place)
    left: list[LinePayment] = []
    for part in parts:
        if part.line_control_number in numbers:
            found[numbers[part.line_control_number]].append(part)
        else:
            left.append(part)
    return left


def _by_service(claim: Claim, parts: Sequence[LinePayment], found: Found) -> list[LinePayment]:
    left: list[LinePayment] = []
    for part in parts:
        places = [
            place
            for place, line in enumerate(claim.lines)
            if place not in found and _same_code(line, part) and line.charge == part.charge
        ]
        exact = [place for place in places if _same_modifiers(claim.lines[place], part)]
        if places:
            found[(exact or places)[0]].append(part)
        else:
            left.append(part)
    return left


def _by_split(claim: Claim, parts: Sequence[LinePayment], found: Found) -> list[LinePayment]:
    left = list(parts)
    for place, line in enumerate(claim.lines):
        mine = [part for part in left if _same_code(line, part)]
        if place not in found and mine and total(part.charge for part in mine) == line.charge:
            found[place] = mine
            left = [part for part in left if all(part is not one for one in mine)]
    return left


def _by_code(claim: Claim, parts: Sequence[LinePayment], found: Found) -> list[LinePayment]:
    left: list[LinePayment] = []
    for part in parts:
        places = [
            n for n, line in enumerate(claim.lines) if n not in found and _same_code(line, part)
        ]
        if len(places) == 1:
            found[places[0]].append(part)
        else:
            left.append(part)
    return left


def _one_way(
    claim: Claim,
    parts: Sequence[LinePayment],
    found: Found,
    same: Callable[[ServiceLine, LinePayment], bool],
) -> list[LinePayment]:
    """Pair all that is left, or nothing: each part is the same as one free line, and no line remains."""
    rest = [place for place in range(len(claim.lines)) if place not in found]
    told = [part for part in parts if _says_something(part)]
    ways = [[place for place in rest if same(claim.lines[place], part)] for part in told]
    if any(len(places) != 1 for places in ways) or sorted(n for (n,) in ways) != rest:
        return list(parts)
    for (place,), part in zip(ways, told, strict=True):
        found[place].append(part)
    return [part for part in parts if not _says_something(part)]


def _same_charge(line: ServiceLine, part: LinePayment) -> bool:
    """Of a payer that changed codes and does not say what was billed."""
    return part.submitted is None and part.charge == line.charge and _same_day(line, part)


def _same_but_for_the_day(line: ServiceLine, part: LinePayment) -> bool:
    is_same = _is_code(line, part) and _same_modifiers(line, part)
    return is_same and part.charge == line.charge


def _same_code(line: ServiceLine, part: LinePayment) -> bool:
    return _is_code(line, part) and _same_day(line, part)


def _is_code(line: ServiceLine, part: LinePayment) -> bool:
    billed = part.submitted or part.procedure
    code = line.revenue_code if billed.qualifier == "NU" else line.procedure.code
    return billed.code == code


def _same_day(line: ServiceLine, part: LinePayment) -> bool:
    days = {part.service_from, line.service_from}
    return None in days or len(days) == 1


def _same_modifiers(line: ServiceLine, part: LinePayment) -> bool:
    billed = part.submitted or part.procedure
    return sorted(billed.modifiers) == sorted(line.procedure.modifiers)


def merged(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """The same sums with each group together and each reason once in it, as CAS segments want them."""
    groups = list(dict.fromkeys(a.group for a in adjustments))
    kept: dict[tuple[str, str], Adjustment] = {}
    for one in sorted(adjustments, key=lambda a: groups.index(a.group)):
        key = (one.group.value, one.reason)
        if key in kept:
            before = kept[key]
            counts = [q for q in (before.quantity, one.quantity) if q is not None]
            one = replace(
                before,
                amount=before.amount + one.amount,
                quantity=sum(counts, Decimal(0)) if counts else None,
            )
        kept[key] = one
    return tuple(one for one in kept.values() if one.amount != ZERO)


def line_answers(
    claim: Claim,
    payment: ClaimPayment,
    *,
    left: Sequence[Decimal] = (),
    denies: Collection[str] = (),
) -> list[LineAnswer]:
    """(line, paid, adjustments) of one answer, to the cent.

    What it has at the claim is taken off what its lines pay, or shared out by charge where they pay nothing. An answer that
    has no lines, or none that fit, is shared out by what the payers before it `left` of each line; what it pays, leaves
    to the patient and denies (by codes in `denies`) together, so that no line gets a cent more of it than was left.
    """
    parts = parts_by_line(claim, payment) if payment.lines else None
    if parts is None:
        return _whole(claim, payment, left or [line.charge for line in claim.lines], denies)
    paying = [int(total(one.paid for one in parts[n]) * 100) for n in range(len(claim.lines))]
    weights = paying if min(paying) >= 0 and any(paying) else _weights(claim)
    paid_loose = payment.paid - total(part.paid for part in payment.lines)
    paid_shares = shared_out(paid_loose, weights)
    shares = [(a, shared_out(a.amount, weights)) for a in payment.adjustments]
    found = []
    for place, line in enumerate(claim.lines):
        own = tuple(a for part in parts[place] for a in part.adjustments)
        extra = tuple(replace(a, amount=share[place]) for a, share in shares if share[place])
        paid = total(part.paid for part in parts[place]) + paid_shares[place]
        found.append((line, paid, own + extra))
    return found


def _whole(
    claim: Claim, payment: ClaimPayment, left: Sequence[Decimal], denies: Collection[str]
) -> list[LineAnswer]:
    weights = [max(0, int(amount * 100)) for amount in left]
    if not any(weights):
        weights = _weights(claim)
    asked: list[Adjustment] = []
    told: list[Adjustment] = []
    for one in payment.all_adjustments:
        is_patients = one.group is Group.PATIENT and not one.restates_earlier_payers
        (asked if is_patients or one.code in denies else told).append(one)
    paid, *shares = shared_together([payment.paid, *(a.amount for a in asked)], weights)
    shares += [shared_out(a.amount, weights) for a in told]
    rows = list(zip((*asked, *told), shares, strict=True))
    return [
        (
            line,
            paid[place],
            tuple(replace(a, amount=share[place]) for a, share in rows if share[place]),
        )
        for place, line in enumerate(claim.lines)
    ]


def _weights(claim: Claim) -> list[int]:
    weights = [max(0, int(line.charge * 100)) for line in claim.lines]
    return weights if any(weights) else [1] * len(weights)
