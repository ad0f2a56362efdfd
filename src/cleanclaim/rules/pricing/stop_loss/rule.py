"""A claim whose charges exceed a threshold is paid a percent of them, rounded half-up to cents. Source: the provider contract.

From the second dollar: the percent of the charges above the threshold, on top of what the terms pay. From the first dollar: the
percent of all charges, in place of what the terms pay, whether that is more or less. Charges are those of the claim's lines without
what is not covered; a line that is carved out is no part of it, one that no term prices is (decision 19). Lines share by these charges.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from cleanclaim.kernel.money import percent, show, total
from cleanclaim.rules.pricing.shares import share_out
from cleanclaim.rules.pricing.values import Contract, Price, StopLoss, StopLossPays
from cleanclaim.rules.pricing.words import amount_words, percent_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def applies(lines: Sequence[ServiceLine], contract: Contract) -> StopLoss | None:
    """The first stop loss whose codes and threshold the claim meets."""
    charges = total(covered(line) for line in lines)
    for one in contract.stop_loss:
        if charges > one.threshold and (
            not one.codes or any(line.billed_code in one.codes for line in lines)
        ):
            return one
    return None


def apply(
    stop: StopLoss,
    lines: Sequence[ServiceLine],
    prices: Sequence[Price | None],
    contract: Contract,
    *,
    group: int,
) -> list[Price | None]:
    """The prices of these lines with the stop loss; lines that have no price get none from the second dollar."""
    charges = total(covered(line) for line in lines)
    if stop.pays is StopLossPays.ALL:
        amount = percent(charges, stop.percent)
        shares = share_out(amount, [covered(line) for line in lines])
        head = (
            f"The charges of {show(charges)} exceed {amount_words(stop.threshold)}: the contract "
            f"pays {percent_words(stop.percent)} of all of them, {show(amount)}, in place of its terms"
        )
        return [
            Price(
                share,
                "stop_loss",
                contract.edition,
                (*_without_balance(price), _step(head, share, share, stop, contract)),
                term=price.term if price else None,
                stop_loss=stop,
                share_group=group,
            )
            for price, share in zip(prices, shares, strict=True)
        ]
    priced = [place for place, price in enumerate(prices) if price is not None]
    if not priced:
        return list(prices)
    amount = percent(charges - stop.threshold, stop.percent)
    shares = share_out(amount, [covered(lines[place]) for place in priced])
    head = (
        f"The charges of {show(charges)} exceed {amount_words(stop.threshold)} by "
        f"{show(charges - stop.threshold)}: the contract adds {percent_words(stop.percent)} of that, {show(amount)}"
    )
    found = list(prices)
    for place, share in zip(priced, shares, strict=True):
        if price := prices[place]:
            allowed = price.allowed + share
            step = _step(head, share, allowed, stop, contract)
            found[place] = replace(
                price,
                allowed=allowed,
                steps=(*price.steps, step),
                stop_loss=stop,
                share_group=group,
            )
    return found


def covered(line: ServiceLine) -> Decimal:
    """The charge without what the line says is not covered."""
    return max(Decimal(0), line.charge - (line.non_covered or Decimal(0)))


def words(stop: StopLoss) -> str:
    """Such as `60 % of the charges above 100,000.00`."""
    what = "of the charges" if stop.pays is StopLossPays.EXCESS else "of all charges where they are"
    return f"{percent_words(stop.percent)} {what} above {amount_words(stop.threshold)}"


def _without_balance(price: Price | None) -> tuple[TraceStep, ...]:
    """What the terms would have paid, told but not counted."""
    return tuple(replace(step, balance=None) for step in price.steps) if price else ()


def _step(
    head: str, share: Decimal, balance: Decimal, stop: StopLoss, contract: Contract
) -> TraceStep:
    return TraceStep(
        "pricing.stop_loss",
        contract.edition,
        f"{head}. This line's share, by charge, is {show(share)}.",
        amount=share,
        balance=balance,
        inputs=(("threshold", str(stop.threshold)), ("percent", str(stop.percent))),
        source=stop.clause,
    )
