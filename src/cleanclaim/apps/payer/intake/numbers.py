"""The plan's own claim numbers: year, day of the year, and a running number of that day of receipt."""

from datetime import date

from django.db import connection

from cleanclaim.apps.payer.intake.models import IcnCounter

DIGITS = 7


def next_icns(count: int, *, received_on: date) -> list[str]:
    """Fresh numbers such as `20263260000001`; the counter's row stays locked until the caller commits."""
    if count == 0:
        return []
    table = connection.ops.quote_name(IcnCounter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (day, last) VALUES (%s, %s) ON CONFLICT (organization_id, day) "
            f"DO UPDATE SET last = {table}.last + %s RETURNING last",
            [received_on, count, count],
        )
        last = cursor.fetchone()[0]
    day = received_on.strftime("%Y%j")
    return [f"{day}{number:0{DIGITS}d}" for number in range(last - count + 1, last + 1)]
