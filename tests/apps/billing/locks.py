"""In which order an act locks: the bank's desk first, then what it reads; else two acts may wait for each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BANK = "the bank's desk"


@contextmanager
def touching(table: str) -> Iterator[list[str]]:
    """What is done in here, in its order: `BANK` for its lock, the table's name for each statement that names it."""
    found: list[str] = []

    def note(execute, sql, params, many, context):
        if "pg_advisory_xact_lock" in sql and "deposits'" in f"{params}":
            found.append(BANK)
        elif table in sql:
            found.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
