"""The price of a line: specific code, then range or family, then the contract's default; lesser of charge."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from cleanclaim.kernel.money import show
from cleanclaim.rules.pricing.fee_schedule import rule as fee_schedule
from cleanclaim.rules.pricing.percent_of_charge import rule as percent_of_charge
from cleanclaim.rules.pricing.values import Contract, FeeLookup, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep

Method = Callable[[ServiceLine, Term, FeeLookup], Price | None]

METHODS: dict[str, Method] = {
    "fee_schedule": fee_schedule.price,
    "percent_of_charge": percent_of_charge.price,
}


def price_line(line: ServiceLine, contract: Contract, fees: FeeLookup) -> Price | None:
    """The allowed amount under the contract, or None where no term prices the line (a person must)."""
    for term in _terms_for(line.procedure.code, contract):
        found = METHODS[term.method](line, term, fees)
        if found is not None:
            return _lesser_of(found, line.charge, contract)
    return None


def _terms_for(code: str, contract: Contract) -> Iterator[Term]:
    matching = [term for term in contract.terms if term.codes and code in term.codes]
    yield from (term for term in matching if code in term.codes.exact)
    yield from (term for term in matching if code not in term.codes.exact)
    yield from (term for term in contract.terms if not term.codes)


def _lesser_of(price: Price, charge: Decimal, contract: Contract) -> Price:
    edition = f"{contract.edition}, {price.edition}" if price.edition else contract.edition
    if not contract.pays_lesser_of_charge or price.allowed <= charge:
        return Price(price.allowed, price.method, edition, price.steps)
    step = TraceStep(
        rule="pricing.lesser_of_charge",
        edition=contract.edition,
        words=f"The charge of {show(charge)} is less than the contract's price, so the charge is allowed.",
        amount=charge - price.allowed,
        balance=charge,
    )
    return Price(charge, price.method, edition, (*price.steps, step))
