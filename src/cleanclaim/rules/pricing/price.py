"""The price of a line: specific code, then range or family, then the contract's default; lesser of charge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanclaim.kernel.money import show
from cleanclaim.rules.pricing.awp_discount import rule as awp_discount
from cleanclaim.rules.pricing.case_rate import rule as case_rate
from cleanclaim.rules.pricing.fee_schedule import rule as fee_schedule
from cleanclaim.rules.pricing.flat import rule as flat
from cleanclaim.rules.pricing.lesser_of import rule as lesser_of
from cleanclaim.rules.pricing.per_diem import rule as per_diem
from cleanclaim.rules.pricing.per_unit import rule as per_unit
from cleanclaim.rules.pricing.percent_of_charge import rule as percent_of_charge
from cleanclaim.rules.pricing.percent_of_medicare import rule as percent_of_medicare
from cleanclaim.rules.pricing.values import Contract, FeeLookup, Option, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Method:
    """How one kind of term works.

    Attributes:
        price: the price of a line, or None where the term has none for it.
        words: what the term pays, as people say it: `AWP-18 %`.
        implied: the same words for the term that would have given this allowed amount; empty if there is none.
        schedules: the names of the fee schedules that it looks into.
    """

    price: Callable[[ServiceLine, Option, FeeLookup], Price | None]
    words: Callable[[Option], str]
    implied: Callable[[ServiceLine, Option, FeeLookup, Decimal], str]
    schedules: Callable[[Option], tuple[str, ...]] = lambda _: ()


def _lowest(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    return (
        lesser_of.price(line, term, fees, price_term=price_term) if isinstance(term, Term) else None
    )


def _options(term: Option) -> str:
    return lesser_of.words(term, term_words=term_words) if isinstance(term, Term) else ""


def _implied_option(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    won = _lowest(line, term, fees)
    return implied_words(line, won.term, fees, allowed) if won and won.term else ""


def _of_the_claim(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """No line has such a price alone: `claim.price_claim`."""
    return None


def _day_rates(term: Option) -> str:
    return per_diem.words(term) if isinstance(term, Term) else ""


METHODS: dict[str, Method] = {
    "fee_schedule": Method(
        fee_schedule.price, fee_schedule.words, fee_schedule.implied, fee_schedule.schedules
    ),
    "percent_of_medicare": Method(
        percent_of_medicare.price,
        percent_of_medicare.words,
        percent_of_medicare.implied,
        percent_of_medicare.schedules,
    ),
    "percent_of_charge": Method(
        percent_of_charge.price, percent_of_charge.words, percent_of_charge.implied
    ),
    "awp_discount": Method(
        awp_discount.price, awp_discount.words, awp_discount.implied, awp_discount.schedules
    ),
    "per_unit": Method(per_unit.price, per_unit.words, per_unit.implied),
    "flat": Method(flat.price, flat.words, flat.implied),
    "case_rate": Method(_of_the_claim, case_rate.words, case_rate.implied),
    "per_diem": Method(_of_the_claim, _day_rates, per_diem.implied),
    "lesser_of": Method(_lowest, _options, _implied_option),
}


def price_term(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The line's price under one term, which it names."""
    found = METHODS[term.method].price(line, term, fees)
    if found is None or found.term is not None:
        return found
    return replace(found, term=term)


def term_words(term: Option) -> str:
    """What a term pays, as people say it."""
    return METHODS[term.method].words(term)


def implied_words(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The term that would have given this allowed amount, in the words of `term_words`; empty if none would."""
    return METHODS[term.method].implied(line, term, fees, allowed)


def schedules_of(contract: Contract) -> set[str]:
    """The names of the fee schedules that its terms may look into."""
    options = [one for term in contract.terms for one in (term, *term.options)]
    return {name for one in options for name in METHODS[one.method].schedules(one)}


def price_line(line: ServiceLine, contract: Contract, fees: FeeLookup) -> Price | None:
    """The allowed amount under the contract, or None where no term prices the line (a person must)."""
    found = price_by_terms(line, contract, fees)
    return None if found is None else cap(found, line.charge, contract)


def price_by_terms(line: ServiceLine, contract: Contract, fees: FeeLookup) -> Price | None:
    """The price by the first term that has one for the line alone, before any other clause."""
    for term in terms_for(line.billed_code, contract):
        found = price_term(line, term, fees)
        if found is not None:
            edition = f"{contract.edition}, {found.edition}" if found.edition else contract.edition
            return replace(found, edition=edition)
    return None


def terms_for(code: str, contract: Contract) -> Iterator[Term]:
    """The terms for a code in the order in which they are tried: carved out, specific code, range or family, default."""
    matching = [term for term in contract.terms if term.codes and code in term.codes]
    matching.sort(key=lambda term: (not term.carve_out, code not in term.codes.exact))
    yield from matching
    yield from (term for term in contract.terms if not term.codes)


def cap(price: Price, charge: Decimal, contract: Contract) -> Price:
    """The price, or the charge where that is less and the contract pays the lesser."""
    if not contract.pays_lesser_of_charge or price.allowed <= charge:
        return price
    step = TraceStep(
        rule="pricing.lesser_of_charge",
        edition=contract.edition,
        words=f"The charge of {show(charge)} is less than the contract's price, so the charge is allowed.",
        amount=charge - price.allowed,
        balance=charge,
    )
    return replace(price, allowed=charge, steps=(*price.steps, step))
