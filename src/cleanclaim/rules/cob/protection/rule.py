"""Patients who may not be billed: QMB, Medicaid (Medi-Cal) and workers' compensation; a share of cost excepted.

The programs, how each is known and its law are dated data: parameters/never_billed.yaml.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.parameters import parameter

NEVER_BILLED = Path(__file__).parent / "parameters" / "never_billed.yaml"


@dataclass(frozen=True, slots=True)
class Protection:
    """The law that protects the patient. `allows_share_of_cost`: their spend-down may be asked for.

    `filing` are the filing indicators (SBR09) of the program's own payers, `told_share` the reasons (PR) with which
    such a payer tells the share of cost.
    """

    program: str
    words: str
    source: str
    allows_share_of_cost: bool
    filing: frozenset[str] = frozenset()
    told_share: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Split:
    """What of the patient's part may be billed, and what may not."""

    billable: Decimal
    protected: Decimal


def indicators() -> frozenset[str]:
    """The filing indicators (SBR09) that tell of a program by themselves."""
    newest = parameter(NEVER_BILLED).values[-1][1]
    return frozenset(code for one in newest.values() for code in one["filing"])


def programs(*, on: date) -> tuple[str, ...]:
    """The programs of the day, by name."""
    return tuple(parameter(NEVER_BILLED).value(on=on))


def binds(program: str, filing_indicator: str, *, is_payer: bool, on: date) -> bool:
    """Whether what is known of a coverage counts for a claim: some programs protect only where they are its payer."""
    if is_payer:
        return True
    return not any(
        one["own_claims_only"] and (name == program or filing_indicator in one["filing"])
        for name, one in parameter(NEVER_BILLED).value(on=on).items()
    )


def protection(
    named: Iterable[str], filing_indicators: Iterable[str], *, on: date
) -> Protection | None:
    """The first program that protects the patient on the day of service; None where none does.

    `named` are programs that the patient's coverages are known for, `filing_indicators` the coverages' SBR09.
    """
    known, indicators = set(named), set(filing_indicators)
    for program, one in parameter(NEVER_BILLED).value(on=on).items():
        if program in known or indicators & set(one["filing"]):
            return Protection(
                program,
                one["words"],
                one["source"],
                one["share_of_cost"],
                frozenset(one["filing"]),
                frozenset(one["told_share"]),
            )
    return None


def split(amount: Decimal, law: Protection | None, *, share_of_cost: Decimal = ZERO) -> Split:
    """The patient's part under this law; `share_of_cost` is what is left of their spend-down."""
    if law is None or amount <= ZERO:
        return Split(amount, ZERO)
    allowed = min(amount, max(ZERO, share_of_cost)) if law.allows_share_of_cost else ZERO
    return Split(allowed, amount - allowed)
