"""Aging as a picture: one bar a group, its ages side by side. The table beside it says the same in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.reports.aging.questions import AgingRow, View
from cleanclaim.apps.reports.aging.tables import Names, band_names, group_words
from cleanclaim.kernel.money import show, total

GROUPS_DRAWN = 8
LABEL_WIDTH = 300
LABEL_LETTERS = 44
BAR_WIDTH = 560
ROW_HEIGHT = 24
AMOUNT_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle: an age of a group. Units are those of the picture."""

    x: int
    width: int
    age: int
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One group."""

    y: int
    words: str
    amount: str
    end: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars, the largest first, and what each age's colour means."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    ages: tuple[tuple[int, str], ...]
    words: str


def aging_picture(view: View, rows: Sequence[AgingRow], names: Names) -> Picture | None:
    """The groups that owe most; None where nobody owes anything."""
    shown = sorted((row for row in rows if row.open), key=lambda row: -row.open)[:GROUPS_DRAWN]
    if not shown:
        return None
    most = shown[0].open
    ages = band_names(view.limits_days)
    bars = tuple(_bar(view, row, n * ROW_HEIGHT, most, ages, names) for n, row in enumerate(shown))
    all_open = total(row.open for row in rows)
    return Picture(
        width=LABEL_WIDTH + BAR_WIDTH + AMOUNT_WIDTH,
        height=len(bars) * ROW_HEIGHT,
        bars=bars,
        ages=tuple(enumerate(ages)),
        words=f"{len(bars)} groups that owe most, of {show(all_open)} open in all, by age",
    )


def _bar(
    view: View, row: AgingRow, y: int, most: Decimal, ages: Sequence[str], names: Names
) -> Bar:
    parts, x = [], LABEL_WIDTH
    for age, amount in enumerate(row.bands):
        width = int(BAR_WIDTH * amount / most)
        if width:
            parts.append(Part(x, width, age, f"{ages[age]}: {show(amount)}"))
        x += width
    words = " · ".join(
        group_words(name, value, names) for name, value in zip(view.by, row.group, strict=True)
    )
    if len(words) > LABEL_LETTERS:
        words = f"{words[: LABEL_LETTERS - 1]}…"
    return Bar(y, words, show(row.open), x + 8, tuple(parts))
