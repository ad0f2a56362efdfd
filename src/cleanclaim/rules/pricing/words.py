"""Figures as contracts say them."""

from decimal import Decimal


def percent_words(rate: Decimal) -> str:
    """A percentage without idle zeros, two decimals at most: `18 %`, `104.25 %`."""
    return f"{rate.quantize(Decimal('0.01')).normalize():f} %"


def amount_words(amount: Decimal) -> str:
    """Dollars with cents, or with the finer digits that a unit price has."""
    cents = amount.quantize(Decimal("0.01"))
    return f"{cents:,f}" if cents == amount else f"{amount.normalize():,f}"
