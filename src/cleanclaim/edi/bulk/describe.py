"""The page docs/edi-tables.md, from the layout: `python -m cleanclaim.edi.bulk.describe > docs/edi-tables.md`."""

from cleanclaim.edi.bulk.layout import (
    CODE,
    COUNT,
    DAY,
    MONEY,
    PLACE,
    QUANTITY,
    SHARED,
    TABLES,
    TEXT,
    Field,
)

_TYPES = {
    TEXT: "string",
    CODE: "dictionary of string",
    MONEY: "decimal128(18, 2)",
    QUANTITY: "decimal128(18, 4)",
    DAY: "date32",
    COUNT: "int32",
    PLACE: "int32",
}
_HEAD = """\
# Claims and remittances as tables

```python
from cleanclaim.edi import tables, write_tables

for table, batch in tables("claims.edi.gz"):      # (name, pyarrow.RecordBatch), in the order sent
    ...
write_tables("claims.edi", "out", as_="parquet")  # or "csv", "jsonl"; a file per table that has rows
with ProcessPoolExecutor(2) as pool:              # on two cores
    write_tables("claims.edi", "out", pool=pool)
```

837P, 837I, 837D and 835 messages become rows; of other messages only `messages` tells. A file of any size is read in
memory that does not grow with it. `pip install cleanclaim[bulk]` brings pyarrow, which this needs. With a pool, other
processes leave their batches as files in memory (`/dev/shm`, where 256 MB stay free; else the temporary folder); they go when
the batches are let go.

- Money and quantities are exact decimals, days are days. A cell that is none of them though it should be is null and
  counted in `messages.unread_values`; more decimals than the column has are not rounded away but count as such a cell.
- A segment that its guide has no place for is left out and counted in `messages.unread_segments`. Nothing else is
  checked here: ask `cleanclaim.edi.check`.
- Rows join by `message` and `position`: `claims.billing` is the `position` of a row of `parties`. Rows of one claim
  have its `claim`, rows of one line also its `line`. `position` leads from any row back to its segment.
- An empty element is null. A claim longer than eight million characters is cut: what stands in another part than the
  segment that its row begins with is then missing from that row.

A source such as `CLM05-1` is the first component of CLM05, `REF[D9]02` element 2 of a REF with qualifier D9,
`2410/LIN03` a cell of a loop below the row's own, `DTP03<` and `DTP03>` the first and the last day of a period. Of several
sources the first that the message's guide has counts, of a segment that occurs again the first occurrence.

JSON has money and quantities as text, so that no reader makes floating point numbers of them.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [_HEAD, "## Columns of every table but `messages`\n", _columns(SHARED)]
    for table in TABLES:
        parts += [
            f"## {table.name}\n",
            f"{table.says}{_rows(table.rows)}\n",
            _columns(table.fields),
        ]
    return "\n".join(parts)


def _rows(rows: tuple[str, ...]) -> str:
    tags = [row.removeprefix("*/").replace("/", " ") for row in rows]
    return f" A row for each {' and each '.join(tags)}." if tags else ""


def _columns(fields: tuple[Field, ...]) -> str:
    lines = ["| column | type | source | what it says |", "| --- | --- | --- | --- |"]
    for column in fields:
        source = f"`{column.written}`" if column.written else ""
        lines.append(f"| {column.name} | {_TYPES[column.kind]} | {source} | {column.says} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
