"""How much of a check run one person may both prepare and release."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.rules.parameters import parameter

OWN_TOUCH = Path(__file__).parent / "parameters" / "own_touch.yaml"


def own_touch_limit(money_limit: Decimal, *, on: date) -> Decimal:
    """The person's own limit, or the one for work of one's own, whichever is less."""
    return min(money_limit, Decimal(parameter(OWN_TOUCH).value(on=on)))
