"""Several remittances that one deposit may pay together: a bounded search for those that add up to it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Protocol, TypeVar

from cleanclaim.kernel.money import total

MOST_TOGETHER = 5  # remittances in one deposit that is found by its sum
MOST_SEARCHED = 14  # of one payer; at most 3,458 sums each
MOST_FOUND = 3


class Awaited(Protocol):
    """What the search needs to know of a remittance."""

    @property
    def paid(self) -> Decimal: ...
    @property
    def payer_trace_id(self) -> str: ...


Row = TypeVar("Row", bound=Awaited)


def together(amount: Decimal, awaited: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Sets of two or more remittances of one payer that add up to the amount, smallest sets first.

    The search is bounded: of each payer the first 14, five at most at once; or all that a payer has. Put the likeliest
    first. At most three sets are found: more would say nothing.
    """
    by_payer: dict[str, list[Row]] = defaultdict(list)
    for one in awaited:
        by_payer[one.payer_trace_id].append(one)
    found: list[tuple[Row, ...]] = []
    for rows in by_payer.values():
        for chosen in _sets(amount, rows):
            found.append(chosen)
            if len(found) == MOST_FOUND:
                return found
    return found


def _sets(amount: Decimal, rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    few = [row for row in rows if row.paid < amount][:MOST_SEARCHED]
    wanted = int(amount * 100)
    cents = [int(row.paid * 100) for row in few]  # whole numbers: a tenth of the time
    for size in range(2, min(MOST_TOGETHER, len(few)) + 1):
        for places in combinations(range(len(few)), size):
            if sum(cents[place] for place in places) == wanted:
                yield tuple(few[place] for place in places)
    if len(rows) > MOST_TOGETHER and total(one.paid for one in rows) == amount:
        yield tuple(rows)
