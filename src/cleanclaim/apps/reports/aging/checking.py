"""Compare the blocks with the legs they were made from, for `cleanclaim proof`.

Both sides are summed block by block: how many legs, how many cents, and their sizes weighted by the remainder of item,
claim, day and moment, so that an amount at another item or on another day shows as well.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from cleanclaim.apps.reports.aging.blocks import BUCKETS, Block
from cleanclaim.apps.reports.aging.marks import current_mark
from cleanclaim.apps.reports.aging.models import AgingBlock
from cleanclaim.apps.reports.aging.packed import read_blocks
from cleanclaim.apps.shared.ledger.provers import Difference

CHECK = "aging block is what the legs say"
_REST = 9973  # a prime above every count of days in use, and small enough for sums in 64 bits
_COLUMNS = ("start", "item", "claim", "bucket", "effective", "recorded", "cents", "moves")
_LEGS = f"""
    SELECT width_bucket(leg.item_id, %(firsts)s::bigint[]), count(*), sum(cents),
           sum(abs(cents) * (leg.item_id %% {_REST})), sum(abs(cents) * (leg.claim_id %% {_REST})),
           sum(abs(cents) * array_position(%(buckets)s::text[], substr(leg.account, 12))),
           sum(abs(cents) * ((effective_on - '2000-01-01'::date) %% {_REST})),
           sum(abs(cents) * ((extract(epoch FROM recorded_at - '2000-01-01 00:00Z'::timestamptz) * 1000000)::bigint %% {_REST}))
      FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
      CROSS JOIN LATERAL (SELECT (leg.amount * 100)::bigint) AS amount (cents)
     WHERE leg.account LIKE 'receivable:%%' AND entry.transaction_number < %(before)s
     GROUP BY 1"""
_MOVES = f"""
    SELECT width_bucket(move.item_id, %(firsts)s::bigint[]),
           sum((move.since - '2000-01-01'::date)::bigint * (move.item_id %% {_REST})
               + (move.effective_on - '2000-01-01'::date)
               + (extract(epoch FROM move.recorded_at - '2000-01-01 00:00Z'::timestamptz) * 1000000)::bigint %% {_REST})
      FROM ledger_itembucket AS move JOIN ledger_entry AS entry ON entry.id = move.entry_id
     WHERE entry.transaction_number < %(before)s
     GROUP BY 1"""


def prove_blocks() -> Iterator[Difference]:
    """Every block that is not what the legs say; nothing where there are no blocks."""
    mark = current_mark()
    if mark is None:
        return
    firsts = list(AgingBlock.objects.order_by("first_item").values_list("first_item", flat=True))
    values = {"firsts": firsts, "before": mark.transaction_number, "buckets": list(BUCKETS)}
    legs = {row[0]: tuple(map(int, row[1:])) for row in _rows(_LEGS, values)}
    moves = {row[0]: int(row[1]) for row in _rows(_MOVES, values)}
    for place, block in enumerate(read_blocks(_COLUMNS), start=1):
        found = (*_sums(block), _moved(block))
        expected = (*legs.pop(place, (0,) * (len(found) - 1)), moves.pop(place, 0))
        if found != expected:
            subject = f"aging block from item {firsts[place - 1]}"
            yield Difference(CHECK, subject, _dollars(expected[1]), _dollars(found[1]))
    for place, sums in legs.items():
        yield Difference(
            CHECK, f"items before aging block {place + 1}", _dollars(sums[1]), _dollars(0)
        )


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _sums(block: Block) -> tuple[int, ...]:
    """As `_LEGS` has them."""
    cents = block["cents"]
    sizes = np.diff(np.append(block["start"], len(cents)))
    weights = (
        np.repeat(block["item"] % _REST, sizes),
        np.repeat(block["claim"] % _REST, sizes),
        np.repeat(block["bucket"].astype(np.int64) + 1, sizes),
        np.fmod(block["effective"].astype(np.int64), _REST),
        np.fmod(block["recorded"], _REST),
    )
    return (len(cents), int(cents.sum()), *(int((abs(cents) * weight).sum()) for weight in weights))


def _moved(block: Block) -> int:
    """As `_MOVES` has it."""
    moves = block["moves"]
    since = moves["since"].astype(np.int64) * (moves["item"] % _REST)
    return int((since + moves["effective"] + np.fmod(moves["recorded"], _REST)).sum())


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
