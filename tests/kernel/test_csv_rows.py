"""Tables that people make: what would be lost, or read below another heading, is refused with its line."""

import pytest

from cleanclaim.kernel.csv_rows import read_rows
from cleanclaim.kernel.errors import InputError


def test_cells_stand_below_their_headings_and_empty_rows_are_none():
    table = read_rows('\ufeffa, b,c\n1, "x, y",\n,,\n\n2\r\n')

    assert table.heads == ["a", "b", "c"]
    assert list(table.rows) == [
        (2, {"a": "1", "b": "x, y", "c": ""}),
        (5, {"a": "2", "b": "", "c": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,a\n1,2,3\n", "line 1: column a stands twice"),
        ("a,b\n1,2\n1,1,234.56\n", "line 3: 3 cells, expected 2 at most"),
        ('a,b\n1,"2\n3,4\n', "line 3: unexpected end of data"),
        ('a,b\n1,"2\n3,4"\n', "line 3: a cell of several lines"),
        ('a,b\n1,"2" x\n', "line 2: "),
        ("a,b\n1,2\n3,4\0\n", "line 3: a zero byte"),
        ("a\n" + "1" * 200_000, "line 2: field larger"),
    ],
)
def test_what_would_be_lost_or_read_elsewhere_is_refused(text, words):
    with pytest.raises(InputError, match=words):
        list(read_rows(text).rows)


def test_no_table_at_all_has_neither_headings_nor_rows():
    table = read_rows("")

    assert (table.heads, list(table.rows)) == ([], [])
