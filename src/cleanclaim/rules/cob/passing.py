"""Whether a claim goes on to the next payer after an answer, and if not, what it waits for."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.parameters import parameter

PASSES_ON = Path(__file__).parent / "parameters" / "passes_on.yaml"


def waits_for(
    denied_codes: Iterable[str],
    *,
    left_to_patient: Decimal,
    open_with_payer: Decimal,
    denied: Decimal,
    on: date,
) -> str:
    """What stands in the way of the next payer, in words; empty where nothing does.

    `open_with_payer` is what its bucket holds after the answer, `denied` what the answer denied of it.
    """
    reasons = set(parameter(PASSES_ON).value(on=on))
    kept = sorted(code for code in denied_codes if code.partition("-")[2] not in reasons)
    if kept:
        return f"the denial {', '.join(kept)} is to be worked with the payer that gave it"
    if open_with_payer != denied:
        return f"{show(open_with_payer - denied)} is neither paid nor denied"
    if left_to_patient + denied <= ZERO:
        return "nothing is left"
    return ""
