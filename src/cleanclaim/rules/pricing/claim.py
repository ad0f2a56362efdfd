"""The prices of all lines of a claim: terms first, then the clauses that look at modifiers, other lines and the whole.

The order, which changes money:
1. Carved-out codes, by their own term, apart from 2 and 6.
2. A case rate; without one, day rates. They pay for the whole claim, or for the lines with their codes.
3. Every other line by its term: specific code, range or family, default.
4. Modifiers, then the ranks of several procedures of a day (3 and 1 only).
5. The lesser of price and charge, where the contract pays it: by line; of a shared amount against the charges of its lines.
6. Stop loss by the claim's charges; then, where the contract pays the lesser, never more than these charges in all.

Each step rounds half-up to cents. A line is priced by the edition of its day; 2 and 6 are of the edition of the claim's first
day, which holds for the whole claim where its case or day rates do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanclaim.kernel.money import show, total
from cleanclaim.rules.pricing.case_rate import rule as case_rate
from cleanclaim.rules.pricing.modifiers import rule as modifiers
from cleanclaim.rules.pricing.multiple_procedures import rule as multiple_procedures
from cleanclaim.rules.pricing.per_diem import rule as per_diem
from cleanclaim.rules.pricing.price import cap, price_by_terms, terms_for
from cleanclaim.rules.pricing.shares import share_out
from cleanclaim.rules.pricing.stop_loss import rule as stop_loss
from cleanclaim.rules.pricing.values import Contract, Covers, FeeLookup, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines, by place from 0, that share what some terms pay."""

    terms: tuple[Term, ...]
    amount: Decimal
    steps: tuple[TraceStep, ...]
    places: tuple[int, ...]


def price_claim(
    lines: Sequence[ServiceLine],
    contracts: Sequence[Contract | None],
    whole: Contract | None,
    fees: FeeLookup,
) -> list[tuple[Contract, Price] | None]:
    """The allowed amount of each line with the contract that gave it; None where no term prices it (a person must).

    Args:
        contracts: in force on each line's day; None where there is none.
        whole: in force on the claim's first day.
    """
    own = list(contracts)
    prices: list[Price | None] = [None] * len(lines)
    if whole is not None:
        for number, group in enumerate(_groups(lines, whole), 1):
            shares = _shares(group, lines, whole, number)
            for place, share in zip(group.places, shares, strict=True):
                prices[place], own[place] = share, whole
    alone = [place for place in range(len(lines)) if prices[place] is None]
    found = _alone([lines[p] for p in alone], [own[p] for p in alone], fees)
    for place, price in zip(alone, found, strict=True):
        prices[place] = price
    if whole is not None:
        prices = _stopped(lines, prices, own, whole)
    return [
        (contract, price) if price is not None and contract is not None else None
        for price, contract in zip(prices, own, strict=True)
    ]


def _alone(
    lines: Sequence[ServiceLine], contracts: Sequence[Contract | None], fees: FeeLookup
) -> list[Price | None]:
    """The prices of lines that share nothing: by term, modifier and rank, compared with the charge."""
    prices: list[Price | None] = []
    for line, contract in zip(lines, contracts, strict=True):
        price = price_by_terms(line, contract, fees) if contract else None
        prices.append(modifiers.apply(line, price, contract) if price and contract else None)
    prices = multiple_procedures.apply(lines, prices, contracts)
    return [
        cap(price, line.charge, contract) if price and contract else None
        for line, price, contract in zip(lines, prices, contracts, strict=True)
    ]


def is_carved_out(line: ServiceLine, contract: Contract) -> bool:
    """Whether a term of the contract pays the line apart."""
    return any(term.carve_out for term in terms_for(line.billed_code, contract))


def _groups(lines: Sequence[ServiceLine], contract: Contract) -> list[_Group]:
    """What case and day rates pay, the whole claim's alone or those of their own lines."""
    free = [p for p, line in enumerate(lines) if not is_carved_out(line, contract)]
    groups: list[_Group] = []
    for term in _in_order([t for t in contract.terms if t.method == "case_rate"], lines, free):
        places = free if term.covers is Covers.CLAIM else _with_codes(term, lines, free)
        if places and _with_codes(term, lines, free):
            amount, step = case_rate.amount(term)
            groups.append(_Group((term,), amount, (step,), tuple(places)))
            free = [p for p in free if p not in places]
    whole: list[tuple[Term, Decimal, TraceStep]] = []
    rooms = free
    for term in _in_order([t for t in contract.terms if t.method == "per_diem"], lines, free):
        places = _with_codes(term, lines, rooms)
        days = sum((lines[p].quantity for p in places), Decimal(0))
        if days > 0:
            amount, step = per_diem.amount(term, days)
            rooms = [p for p in rooms if p not in places]
            if term.covers is Covers.CLAIM:
                whole.append((term, amount, step))
            else:
                groups.append(_Group((term,), amount, (step,), tuple(places)))
                free = [p for p in free if p not in places]
    if whole:
        terms, amounts, steps = zip(*whole, strict=True)
        groups.append(_Group(terms, total(amounts), steps, tuple(free)))
    return groups


def _in_order(
    terms: Sequence[Term], lines: Sequence[ServiceLine], free: Sequence[int]
) -> list[Term]:
    """Terms that name a line's code first, then those that hold for its range or family, then those for all."""
    codes = {lines[place].billed_code for place in free}

    def rank(term: Term) -> int:
        return 2 if not term.codes else 0 if codes & term.codes.exact else 1

    return sorted(terms, key=rank)


def _with_codes(term: Term, lines: Sequence[ServiceLine], places: Sequence[int]) -> list[int]:
    return [p for p in places if not term.codes or lines[p].billed_code in term.codes]


def _shares(
    group: _Group, lines: Sequence[ServiceLine], contract: Contract, number: int
) -> list[Price]:
    charges = [lines[place].charge for place in group.places]
    amount, steps = group.amount, group.steps
    if contract.pays_lesser_of_charge and amount > total(charges):
        amount = total(charges)
        words = f"The charges of {show(amount)} are less than that, so the charges are allowed."
        steps += (TraceStep("pricing.lesser_of_charge", "", words, balance=amount),)
    found = []
    for share in share_out(amount, charges):
        words = f"{show(amount)} is shared by charge over {len(charges)} lines: {show(share)} is this line's."
        last = () if len(charges) == 1 else (TraceStep("pricing.share", "", words, balance=share),)
        found.append(
            Price(
                share,
                group.terms[0].method,
                contract.edition,
                tuple(replace(s, edition=contract.edition) for s in (*steps, *last)),
                term=group.terms[0],
                share_group=number,
                more_terms=group.terms[1:],
            )
        )
    return found


def _stopped(
    lines: Sequence[ServiceLine],
    prices: Sequence[Price | None],
    own: list[Contract | None],
    whole: Contract,
) -> list[Price | None]:
    """The prices with the stop loss of the whole claim, which makes its contract the one that gave them."""
    found = list(prices)
    places = [p for p, line in enumerate(lines) if not is_carved_out(line, whole)]
    counted = [lines[p] for p in places]
    stop = stop_loss.applies(counted, whole)
    if stop is None:
        return found
    after = stop_loss.apply(stop, counted, [prices[p] for p in places], whole, group=1)
    if whole.pays_lesser_of_charge:
        after = _within_charges(counted, after, whole)
    for place, price in zip(places, after, strict=True):
        if price is not None:
            found[place], own[place] = price, whole
    return found


def _within_charges(
    lines: Sequence[ServiceLine], prices: Sequence[Price | None], contract: Contract
) -> list[Price | None]:
    """The prices, or the charges where the prices together are more."""
    charged = total(line.charge for line, price in zip(lines, prices, strict=True) if price)
    if total(price.allowed for price in prices if price) <= charged:
        return list(prices)
    step = TraceStep(
        "pricing.lesser_of_charge",
        contract.edition,
        f"Together that is more than the charges of {show(charged)}, so the charges are allowed.",
    )
    return [
        price
        and replace(
            price,
            allowed=line.charge,
            steps=(*price.steps, replace(step, balance=line.charge)),
        )
        for line, price in zip(lines, prices, strict=True)
    ]
