"""How likely a difference comes in when it is asked for, and when silence counts as missing: dated data."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.rules.parameters import parameter

_FOLDER = Path(__file__).parent / "parameters"


def recoverability(kind: str, *, payer: str, age_days: int, on: date) -> Decimal:
    """The chance, 0 to 1. A row of `kind payer` (the payer's id) goes before the kind's own."""
    rows = parameter(_FOLDER / "recoverability.yaml").value(on=on)
    for limit, chance in rows.get(f"{kind} {payer}") or rows[kind]:
        if limit is None or age_days <= limit:
            return Decimal(chance)
    return Decimal(0)


def missing_after_days(*, is_promise: bool, on: date) -> int:
    """Days after the service on which a line without an answer counts as missing."""
    rows = parameter(_FOLDER / "missing_after_days.yaml").value(on=on)
    return int(rows["promise" if is_promise else "contract"])
