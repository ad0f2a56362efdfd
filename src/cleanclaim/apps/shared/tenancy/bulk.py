"""Many rows in one statement.

PostgreSQL refuses COPY FROM into tables with row-level security, so arrays are unnested instead:
one round trip, and the policies' checks still hold for every row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

from cleanclaim.apps.shared.tenancy.arrays import array_text, unnested
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import TenantModel

MANY = 200  # rows from which a column of one value goes as that value, not as an array of it


@cache
def _columns(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, str, list[str]]:
    """The quoted table, the column list and the columns' types."""
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(quote(str(getattr(field, "column", ""))) for field in fields)
    return quote(model._meta.db_table), columns, [_cast(field) for field in fields]


def _cast(field: Any) -> str:
    kind = field.cast_db_type(connection) or field.db_type(connection)
    if kind is None:
        raise TypeError(f"{field}: has no column")
    # Lengths are the table's business; a cast to varchar(n) would cut silently.
    return "text" if kind.startswith("varchar") else kind.split(" GENERATED")[0]


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> int:
    """Insert `rows` (tuples in the order of the field `names`); returns how many went in.

    Values are database values: ids for foreign keys, `Decimal`, `date`, `bytes`; JSON columns take JSON text.
    The tenant's column fills itself.
    """
    return insertion(model, names, rows, ignore_conflicts=ignore_conflicts).run()


@dataclass(frozen=True, slots=True)
class ReadyStatement:
    """A statement for many rows, worded with all its values and not run yet: the costly half, without the database."""

    sql: str
    parameters: list[Any]

    def run(self) -> int:
        """Write the rows; returns how many. Without any, nothing is asked."""
        if not self.sql:
            return 0
        with _binding_cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            return cursor.rowcount


def _binding_cursor() -> CursorWrapper:
    """A cursor that sends parameters beside the statement: written into it, megabytes would be quoted here and parsed there."""
    connection.ensure_connection()
    raw = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = usual


def insertion(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> ReadyStatement:
    """What `insert_rows` would run."""
    columns = list(zip(*rows, strict=True))
    return insertion_of(model, names, columns, ignore_conflicts=ignore_conflicts)


def insertion_of(
    model: type[models.Model],
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> ReadyStatement:
    """As `insertion`, of columns that are equally long."""
    if not columns or not columns[0]:
        return ReadyStatement("", [])
    table, column_list, types = _columns(model, tuple(names))
    alike = [_is_one_value(column) for column in columns]
    if all(alike):
        alike[-1] = False  # one array at least says how many rows there are
    given = ", ".join(
        f"%s::{kind}" if same else unnested(kind) for kind, same in zip(types, alike, strict=True)
    )
    parameters: list[Any] = [
        column[0] if same else array_text(column)
        for column, same in zip(columns, alike, strict=True)
    ]
    if issubclass(model, TenantModel):
        # The column's default would be looked up for every row; the policy refuses any other tenant.
        column_list, given = f"organization_id, {column_list}", f"%s::bigint, {given}"
        parameters.insert(0, current_tenant())
    sql = f"INSERT INTO {table} ({column_list}) SELECT {given}"
    if ignore_conflicts:
        sql += " ON CONFLICT DO NOTHING"
    return ReadyStatement(sql, parameters)


def _is_one_value(column: Sequence[Any]) -> bool:
    first = column[0]
    return len(column) >= MANY and column[-1] == first and column.count(first) == len(column)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys, so that children can be written in the same breath."""
    if count == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(nextval(%s::regclass)::text, ',') FROM generate_series(1, %s)",
            [_sequence(model), count],
        )
        return [int(number) for number in cursor.fetchone()[0].split(",")]


def _sequence(model: type[models.Model]) -> str:
    """The quoted name of the sequence behind the primary key, as PostgreSQL names it for an identity column."""
    return connection.ops.quote_name(f"{model._meta.db_table}_{model._meta.pk.column}_seq")  # type: ignore[union-attr]
