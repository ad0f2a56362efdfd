"""How likely a difference comes in when it is asked for, and when silence counts as missing: dated data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.rules.parameters import parameter

_FOLDER = Path(__file__).parent / "parameters"


@dataclass(frozen=True, slots=True)
class Said:
    """A chance that a person set from a day on, for differences of a kind up to an age.

    Attributes:
        payer_id: 0 = of every payer.
        limit_days: None = of any age.
        share: 0 to 1; None takes an earlier one back.
    """

    payer_id: int
    kind: str
    limit_days: int | None
    share: Decimal | None
    starts_on: date


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a difference comes in when it is asked for, and who says so."""

    share: Decimal
    words: str


def chance_of(
    kind: str, *, payer_id: int, payer: str, age_days: int, on: date, said: Iterable[Said] = ()
) -> Chance:
    """What people set for the payer, else for all payers, else what comes with the program.

    Args:
        payer: the payer's own id, as the program's rows name it.
        said: in the order in which it was set; of two that hold for the same, the one that starts later counts.
    """
    in_force: dict[tuple[int, int | None], Said] = {}
    for one in sorted(said, key=lambda row: row.starts_on):
        if one.kind == kind and one.payer_id in (payer_id, 0) and one.starts_on <= on:
            in_force[one.payer_id, one.limit_days] = one
    for whose in (payer_id, 0) if payer_id else (0,):
        fitting = [
            one
            for one in in_force.values()
            if one.payer_id == whose
            and one.share is not None
            and (one.limit_days is None or age_days <= one.limit_days)
        ]
        if fitting:
            one = min(fitting, key=lambda row: (row.limit_days is None, row.limit_days or 0))
            return Chance(one.share or Decimal(0), _set_words(one))
    share = recoverability(kind, payer=payer, age_days=age_days, on=on)
    return Chance(share, f"chance, the program's own for {kind}, {_days(age_days)} old")


def _set_words(one: Said) -> str:
    whose = "this payer" if one.payer_id else "every payer"
    age = "any age" if one.limit_days is None else f"up to {_days(one.limit_days)}"
    return f"chance, set for {whose}, {one.kind}, {age}, from {one.starts_on} on"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def recoverability(kind: str, *, payer: str, age_days: int, on: date) -> Decimal:
    """The program's own chance, 0 to 1. A row of `kind payer` (the payer's id) goes before the kind's own."""
    rows = parameter(_FOLDER / "recoverability.yaml").value(on=on)
    for limit, chance in rows.get(f"{kind} {payer}") or rows[kind]:
        if limit is None or age_days <= limit:
            return Decimal(chance)
    return Decimal(0)


def given_chances(*, on: date) -> list[tuple[str, int | None, str]]:
    """The program's own: (kind, days at most or None, chance) each."""
    rows = parameter(_FOLDER / "recoverability.yaml").value(on=on)
    return [(kind, limit, chance) for kind, steps in rows.items() for limit, chance in steps]


def missing_after_days(*, is_promise: bool, on: date) -> int:
    """Days after the service on which a line without an answer counts as missing."""
    rows = parameter(_FOLDER / "missing_after_days.yaml").value(on=on)
    return int(rows["promise" if is_promise else "contract"])
