"""Whole columns are read as single cells are."""

from datetime import date, timedelta

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from cleanclaim.edi.bulk.cells import Cells
from cleanclaim.edi.fields import day
from cleanclaim.wire.x12.delimiters import Delimiters
from tests.edi.bulk.oracle import exact

_EPOCH = date(1970, 1, 1)
numbers = st.one_of(
    st.from_regex(r"-?[0-9]{0,10}\.?[0-9]{0,5}", fullmatch=True),
    st.from_regex(r"-?[0-9]{0,20}", fullmatch=True),
    st.decimals(-(10**12), 10**12, places=2).map(str),
    st.text("0123456789.-+eEx /", max_size=9),
)
dates = st.one_of(
    st.dates().map(lambda d: f"{d:%Y%m%d}".rjust(8, "0")),
    st.from_regex(r"(18|19|20|21)[0-9]{2}[01][0-9][0-3][0-9]", fullmatch=True),
    st.text("0123456789 /-", max_size=9),
)


def _column(texts):
    cells = Cells("".join(f"X*{text}~" for text in texts).encode(), Delimiters())
    return cells, cells.segments(np.arange(len(texts))).element(1)


@given(st.lists(numbers, min_size=1, max_size=30), st.sampled_from([0, 2, 4]))
@example(["1" + "0" * 16 + "." + "0" * 19 + "1"], 2)  # more digits than decimals calculate with
def test_numbers_are_exact_or_left_out(texts, digits):
    cells, column = _column(texts)

    values, good = cells.scaled(column, digits)

    expected = [exact(text, digits) for text in texts]
    found = [int(v) if g else None for v, g in zip(values, good, strict=True)]
    assert found == [None if e is None else int(e.scaleb(digits)) for e in expected]


@given(st.lists(dates, min_size=1, max_size=30))
def test_days_are_days_of_the_calendar_or_left_out(texts):
    cells, column = _column(texts)

    values, good = cells.days(column)

    found = [_EPOCH + timedelta(int(v)) if g else None for v, g in zip(values, good, strict=True)]
    assert found == [day(text) for text in texts]


@given(st.lists(st.lists(st.text("AB:é", max_size=6), max_size=4), min_size=1, max_size=12))
def test_elements_and_components_are_those_of_a_plain_split(segments):
    cells = Cells(
        "".join("*".join(["X", *segment]) + "~" for segment in segments).encode(), Delimiters()
    )
    found = cells.segments(np.arange(len(segments)))

    for number in (1, 2, 3, 4, 30):
        column = found.element(number)
        expected = [s[number - 1] if number <= len(s) else "" for s in segments]
        assert _texts(cells, column) == expected
        parts = cells.composites(column)
        for k in range(1, 8):
            split = [text.split(":") for text in expected]
            assert _texts(cells, parts.component(k)) == [
                s[k - 1] if k <= len(s) else "" for s in split
            ]


def _texts(cells, column):
    return cells.texts(column, np.arange(len(column.begins)))
