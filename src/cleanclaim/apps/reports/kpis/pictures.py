"""A KPI's year as a line. The table beside it says the same in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.reports.kpis.questions import Found
from cleanclaim.apps.reports.kpis.tables import target_words, value_words

STEP = 76
LEFT = 40
TOP = 28
HEIGHT = 140
FOOT = 28


@dataclass(frozen=True, slots=True)
class Point:
    """One month. Units are those of the picture."""

    x: int
    y: int
    value: str
    is_missed: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A line, broken where a month has no value; the target of the last day as a line across."""

    width: int
    height: int
    base: int
    lines: tuple[str, ...]
    points: tuple[Point, ...]
    months: tuple[tuple[int, str], ...]
    target: int | None
    target_words: str
    words: str


def trend_picture(found: Sequence[Found]) -> Picture | None:
    """The year of a KPI; None where no month has a value."""
    values = [one.value for one in found if one.value is not None]
    if not values:
        return None
    last = found[-1]
    ends = [*values, Decimal(0), *([last.target] if last.target is not None else [])]
    low, high = min(ends), max(ends)
    span = high - low or Decimal(1)

    def place(value: Decimal) -> int:
        return TOP + int(HEIGHT * (high - value) / span)

    points, lines, line = [], [], []
    for number, one in enumerate(found):
        if one.value is None:
            lines.append(line)
            line = []
            continue
        points.append(Point(LEFT + number * STEP, place(one.value), str(one.value), one.is_missed))
        line.append(f"{points[-1].x},{points[-1].y}")
    lines.append(line)
    return Picture(
        width=LEFT * 2 + (len(found) - 1) * STEP,
        height=TOP + HEIGHT + FOOT,
        base=place(Decimal(0)),
        lines=tuple(" ".join(one) for one in lines if len(one) > 1),
        points=tuple(points),
        months=tuple((LEFT + n * STEP, f"{one.asked.on:%b %y}") for n, one in enumerate(found)),
        target=None if last.target is None else place(last.target),
        target_words=target_words(last),
        words=f"{last.kpi.words} over {len(found)} months, from {value_words(found[0])} to {value_words(last)}",
    )
