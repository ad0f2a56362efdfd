"""What to do next: rank = amount x chance x urgency / minutes, with the arithmetic kept as words.

The figures are dated parameters beside this module. Pure: no database, no clock.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.errors import ReferenceDataError
from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.parameters import parameter

_FOLDER = Path(__file__).parent / "parameters"


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank, the chance that was used, and the steps: (words, figure as text), result last."""

    value: Decimal
    chance: Decimal
    steps: tuple[tuple[str, str], ...]


def rank(
    kind: str,
    *,
    amount: Decimal,
    due_on: date | None,
    on: date,
    chance: Decimal | None = None,
    chance_words: str = "chance, as this item's history has it",
) -> Rank:
    """The rank of one item on the day.

    `chance` (0 to 1) overrides the kind's own, for callers who know better and say why. Where no amount is at stake
    yet, the kind's stand-in is used; a negative amount counts by its size.

    Raises:
        ReferenceDataError: the kind of work is unknown.
    """
    minutes = Decimal(_by_kind("minutes", kind, on=on))
    likely = Decimal(_by_kind("chance", kind, on=on)) if chance is None else chance
    stake, stake_words = _stake(kind, amount, on=on)
    factor, factor_words = _urgency(due_on, on=on)
    value = cents(stake * likely * factor / minutes)
    steps = (
        (stake_words, show(stake)),
        (
            "chance that it ends well" if chance is None else chance_words,
            f"{likely:.2f}",
        ),
        (factor_words, f"{factor:.1f}"),
        ("minutes that it takes", f"{minutes.normalize():f}"),
        (f"{show(stake)} × {likely:.2f} × {factor:.1f} ÷ {minutes.normalize():f}", show(value)),
    )
    return Rank(value, likely, steps)


def kinds(*, on: date) -> tuple[str, ...]:
    """The kinds of work that have figures on the day."""
    return tuple(parameter(_FOLDER / "minutes.yaml").value(on=on))


def _stake(kind: str, amount: Decimal, *, on: date) -> tuple[Decimal, str]:
    if amount:
        return abs(amount), "amount at stake"
    stand_in = parameter(_FOLDER / "stake.yaml").value(on=on).get(kind, "0")
    return Decimal(stand_in), "no amount known, counted as"


def _urgency(due_on: date | None, *, on: date) -> tuple[Decimal, str]:
    left = None if due_on is None else (due_on - on).days
    for limit, factor in parameter(_FOLDER / "urgency.yaml").value(on=on):
        if limit is None or (left is not None and left <= limit):
            return Decimal(factor), f"urgency ({_left(left)})"
    raise ReferenceDataError(
        f"urgency: no factor for {left} days left on {on}", hint="Add a last row without a limit."
    )


def _left(days: int | None) -> str:
    if days is None:
        return "no due date"
    if days < 0:
        return f"{-days} days overdue" if days < -1 else "1 day overdue"
    return {0: "due today", 1: "1 day left"}.get(days, f"{days} days left")


def _by_kind(name: str, kind: str, *, on: date) -> str:
    values: dict[str, str] = parameter(_FOLDER / f"{name}.yaml").value(on=on)
    if kind not in values:
        raise ReferenceDataError(
            f"work {name}: no value for the kind {kind!r} on {on}",
            hint=f"Add it to {name}.yaml with its source.",
        )
    return values[kind]
