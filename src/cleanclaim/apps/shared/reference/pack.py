"""Pack the fee schedules that ship with the program from the publishers' files.

    python -m cleanclaim.apps.shared.reference.pack FOLDER

FOLDER holds dmepos_2025q1/, asp_2026q1/, mpfs_2025/ and mpfs_conversion_factors.csv. Only Level II rows are
packed: five-digit CPT numbers and dental codes may not be redistributed.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import cents

DATA = Path(__file__).parent / "data"
# Supplies, diabetic supplies, surgical dressings, lenses and the like. Capped rentals and prosthetics are priced
# by rules of their own and stay with the publisher's file.
_CATEGORIES = {"OS", "SD", "LC", "SU", "FS", "TS", "TE", "OX", "SC", "IL"}
_AREA = "CA (NR)"
_FACTOR_FROM = "2025-01-01"

Row = tuple[str, str, Decimal]


def pack_all(folder: Path, out: Path) -> None:
    """Write the three tables below `out`, one folder each."""
    _write(out / "dmepos" / "table.csv", _dmepos(folder / "dmepos_2025q1" / "DMEPOS_JAN.csv"))
    _write(
        out / "drugs" / "table.csv",
        _drugs(folder / "asp_2026q1" / "asp_payment_limits_2026q1_nodesc.csv"),
    )
    _write(
        out / "physician" / "table.csv",
        _physician(
            folder / "mpfs_2025" / "PPRRVU25_JAN_nodesc.csv",
            factor=_factor(folder / "mpfs_conversion_factors.csv"),
        ),
    )


def _dmepos(path: Path) -> Iterator[Row]:
    """The non-rural Californian amounts of rows with at most one modifier."""
    rows = _rows_below(path, "HCPCS")
    head = next(rows)
    area = head.index(_AREA)
    for row in rows:
        code, modifier, second, _, category = row[:5]
        amount = Decimal(row[area] or 0)
        if _is_level_2(code) and not second and category in _CATEGORIES and amount:
            yield code, modifier, amount


def _drugs(path: Path) -> Iterator[Row]:
    """Payment limits per billing unit, where the publisher states one."""
    rows = _rows_below(path, "HCPCS Code")
    limit = next(rows).index("Payment Limit")
    for row in rows:
        if _is_level_2(row[0]) and row[limit] != "N/A":
            yield row[0], "", Decimal(row[limit].replace(",", ""))


def _physician(path: Path, *, factor: Decimal) -> Iterator[Row]:
    """Active codes: total non-facility units x conversion factor, no locality, half-up to cents."""
    rows = _rows_below(path, "HCPCS")
    next(rows)
    for row in rows:
        if _is_level_2(row[0]) and row[3] == "A" and Decimal(row[11]):
            yield row[0], row[1], cents(Decimal(row[11]) * factor)


def _factor(path: Path) -> Decimal:
    with path.open(encoding="utf-8", newline="") as lines:
        [row] = [row for row in csv.DictReader(lines) if row["valid_from"] == _FACTOR_FROM]
    return Decimal(row["cf"])


def _rows_below(path: Path, heading: str) -> Iterator[list[str]]:
    """The row that begins with `heading` and all below it."""
    with path.open(encoding="latin-1", newline="") as lines:
        started = False
        for row in csv.reader(lines):
            cells = [cell.strip() for cell in row]
            started = started or cells[:1] == [heading]
            if started and any(cells):
                yield cells


def _is_level_2(code: str) -> bool:
    return len(code) == 5 and code[0] in "ABCEGHJKLMPQRSTUV" and code[1:].isdigit()


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "modifier", "amount"))
        writer.writerows(sorted(set(rows)))


if __name__ == "__main__":
    pack_all(Path(sys.argv[1]), DATA)
