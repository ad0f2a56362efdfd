"""Compare the blocks with the legs they were made from, for `cleanclaim proof`.

Both sides are summed block by block: how many legs, how many cents, and their sizes weighted by the remainder of item,
claim, day and moment, so that an amount at another item or on another day shows as well. The days from which an item ages
are compared item by item: its service day, and the first accounting day of its charge.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from cleanclaim.apps.reports.aging.blocks import BUCKETS, Array, Block, look_up
from cleanclaim.apps.reports.aging.marks import current_mark
from cleanclaim.apps.reports.aging.models import AgingBlock
from cleanclaim.apps.reports.aging.packed import read_blocks
from cleanclaim.apps.reports.aging.reading import read_rows
from cleanclaim.apps.shared.ledger.provers import Difference

CHECK = "aging block is what the legs say"
_REST = 9973  # a prime above every count of days in use, and small enough for sums in 64 bits
_COLUMNS = (
    "start", "item", "claim", "service", "posted", "bucket", "effective", "recorded", "cents", "moves",
)  # fmt: skip
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

# Entries from the mark on are few and found by their numbers: each charge need not be joined to its entry.
_CHARGED = """
    SELECT leg.item_id, min(leg.accounting_on) FROM ledger_leg AS leg
     WHERE leg.account LIKE 'revenue:%%' AND leg.item_id <> 0
           AND leg.entry_id NOT IN (SELECT id FROM ledger_entry WHERE transaction_number >= %(before)s)
     GROUP BY leg.item_id ORDER BY 1"""
_SERVED = "SELECT id, service_on FROM ledger_item ORDER BY 1"


def prove_blocks() -> Iterator[Difference]:
    """Every block that is not what the legs say; nothing where there are no blocks."""
    mark = current_mark()
    if mark is None:
        return
    firsts = list(AgingBlock.objects.order_by("first_item").values_list("first_item", flat=True))
    values = {"firsts": firsts, "before": mark.transaction_number, "buckets": list(BUCKETS)}
    legs = {row[0]: tuple(map(int, row[1:])) for row in _rows(_LEGS, values)}
    moves = {row[0]: int(row[1]) for row in _rows(_MOVES, values)}
    served = read_rows(_SERVED, {}, ("item", "i8"), ("day", "i4"))
    charged = read_rows(_CHARGED, values, ("item", "i8"), ("day", "i4"))
    for place, block in enumerate(read_blocks(_COLUMNS), start=1):
        found = (*_sums(block), _moved(block))
        expected = (*legs.pop(place, (0,) * (len(found) - 1)), moves.pop(place, 0))
        if found != expected or not _ages_rightly(block, served, charged):
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


def _ages_rightly(block: Block, served: Array, charged: Array) -> bool:
    """Whether each pocket has the service day of its item, and the first accounting day of its charge."""
    service, is_item = _day_of(block["item"], served)
    first_charge, is_charged = _day_of(block["item"], charged)
    posted = np.where(is_charged, first_charge, service)
    is_same = (block["service"] == service) & (block["posted"] == posted)
    return bool((is_item & is_same).all())


def _day_of(items: Array, days: Array) -> tuple[Array, Array]:
    """The day of each item, and whether it has one."""
    places, is_known = look_up(days["item"], items)
    return np.append(days["day"], 0)[places], is_known


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
