"""docs/edi-tables.md says what the tables are."""

from pathlib import Path

import pytest

from cleanclaim.edi.bulk.describe import page
from cleanclaim.edi.bulk.layout import MESSAGES, SHARED, TABLES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "edi-tables.md"


def test_the_page_is_the_one_made_from_the_layout():
    made = "python -m cleanclaim.edi.bulk.describe > docs/edi-tables.md"

    assert PAGE.read_text("utf-8") == page(), f"make it again: {made}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_batches_have_the_columns_and_types_of_the_page(table):
    pytest.importorskip("pyarrow", reason="tables need pyarrow")
    from cleanclaim.edi.bulk.arrow import schema

    shared = () if table is MESSAGES else SHARED
    rows = [line for line in _section(table.name) if line.startswith("| ")][2:]
    described = [tuple(cell.strip() for cell in row.split("|")[1:3]) for row in rows]
    found = [(field.name, _type(field.type)) for field in schema(table.name)]
    assert found[len(shared) :] == described


def _section(name):
    text = PAGE.read_text("utf-8").partition(f"\n## {name}\n")[2]
    return text.partition("\n## ")[0].splitlines()


def _type(arrow_type):
    text = str(arrow_type).replace("date32[day]", "date32")
    return "dictionary of string" if text.startswith("dictionary") else text
