"""Counts for the rail: one statement for all of them, and never a scan of all that there is."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

MOST_SHOWN = 999

Ask = Callable[[], QuerySet[Any]]


def count_together(asked: tuple[Ask, ...]) -> list[int]:
    """How many rows each question finds, in order; a count stops at 1,000 (shown as `999+`).

    The questions are always the same rows of whoever asks: their SQL is worked out once.
    """
    if not asked:
        return []
    sql, parameters = _statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchone())


@cache
def _statement(asked: tuple[Ask, ...]) -> tuple[str, tuple[Any, ...]]:
    parts, parameters = [], []
    for ask in asked:
        sql, given = ask().order_by().values("pk")[: MOST_SHOWN + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS found)")
        parameters += given
    return f"SELECT {', '.join(parts)}", tuple(parameters)
