"""Fresh statistics for the query planner, after bulk work."""

from django.db import connection

from cleanclaim.kernel.errors import InvariantError


def refresh_statistics() -> int:
    """ANALYZE every table that has grown by a third since it was last analyzed; returns how many.

    Runs outside any transaction; what other backends wrote counts from the end of their transactions.

    Raises:
        InvariantError: a transaction is open.
    """
    if connection.in_atomic_block:
        raise InvariantError(
            "statistics are refreshed outside a transaction: its rows are not counted yet"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT cleanclaim_refresh_statistics()")
        return int(cursor.fetchone()[0])
