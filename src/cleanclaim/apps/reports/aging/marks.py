"""Up to which database transaction the blocks go, and which items were posted to since."""

from dataclasses import dataclass

from django.db import connection

from cleanclaim.apps.reports.aging.models import AgingMark

# By their legs, and by their moves: an entry may move an item on which it has no leg.
_POSTED = """
    SELECT DISTINCT touched.item_id
      FROM ledger_entry AS entry CROSS JOIN LATERAL (
            SELECT leg.item_id FROM ledger_leg AS leg WHERE leg.entry_id = entry.id AND leg.item_id <> 0
             UNION ALL
            SELECT move.item_id FROM ledger_itembucket AS move WHERE move.entry_id = entry.id) AS touched
     WHERE entry.transaction_number >= %(since)s"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Every entry of a transaction before this number is in the blocks."""

    transaction_number: int


def finished_before() -> int:
    """All database transactions before this number are finished: what they wrote is seen, or never will be."""
    return _number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def this_server() -> int:
    """The server's own number: transaction numbers of another one mean nothing here."""
    return _number("SELECT system_identifier FROM pg_control_system()")


def current_mark() -> Mark | None:
    """How far the blocks go; None where there are none that this server made."""
    found = AgingMark.objects.filter(server=this_server())
    number = found.values_list("transaction_number", flat=True).first()
    return None if number is None else Mark(number)


def items_since(mark: Mark) -> list[int]:
    """Items that entries since the mark touch, or whose bucket moved without an entry; sorted."""
    return _items(
        f"{_POSTED} UNION SELECT item_id FROM ledger_itembucket WHERE entry_id IS NULL", mark
    )


def items_posted(mark: Mark, *, before: int) -> list[int]:
    """Items that entries from the mark up to a transaction touch; sorted."""
    return _items(f"{_POSTED} AND entry.transaction_number < %(before)s", mark, before)


def _items(sql: str, mark: Mark, before: int | None = None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1", {"since": mark.transaction_number, "before": before})
        return [row[0] for row in cursor.fetchall()]


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
