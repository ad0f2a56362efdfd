"""Prices by table: one line's, or those of a claim's lines together."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cleanclaim.kernel.money import cents
from cleanclaim.rules.pricing import price_claim, price_line
from tests.rules import make


def check(folder: str, case: Mapping[str, Any]) -> None:
    context = make.context({"contract": case.get("contract", {})})
    assert context.contract is not None
    fees = make.fee_table(case["fees"]) if "fees" in case else context.fees
    if "lines" in case:
        check_claim_prices(case, context.contract, fees)
        return

    price = price_line(make.line(1, case["line"]), context.contract, fees)

    if case["then"] is None:
        assert price is None
        return
    assert price is not None
    assert (price.allowed, price.method) == (
        cents(Decimal(case["then"]["allowed"])),
        case["then"]["method"],
    )
    assert price.steps[-1].balance == price.allowed


def check_claim_prices(case: Mapping[str, Any], contract: Any, fees: Any) -> None:
    """Each line's price in a claim, [allowed, clause] each; null where a person must price it."""
    lines = [make.line(number, raw) for number, raw in enumerate(case["lines"], 1)]

    found = price_claim(lines, [contract] * len(lines), contract, fees)

    prices = [one[1] if one else None for one in found]
    assert [one and [str(one.allowed), one.clause] for one in prices] == case["then"]["lines"]
    assert all(one is None or one.steps[-1].balance == one.allowed for one in prices)
    allowed = [one.allowed for one in prices if one]
    assert sum(allowed) == cents(Decimal(case["then"]["allowed"]))
