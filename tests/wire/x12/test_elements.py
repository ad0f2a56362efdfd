"""Elements: lengths, kinds, codes, dates, syntax rules; and that the quick way and the slow way agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.elements import check_rules, fits_format, is_date8, look_into
from cleanclaim.wire.x12.guide import parse_guide
from cleanclaim.wire.x12.patterns import pattern

D = Delimiters()
SEGMENTS = {
    item.tag: item
    for item in parse_guide(
        "837",
        "ST R 1 R=837 R\nN4 S 1 R S S S\nCLM S 1 R R - - R(R R=B R) S\nDTM S 1 R R\nAMT S 1 R=F5 R\nCAS S 1 R R R S S S S",
    ).root.items
}


def _codes(raw: str) -> list[tuple[str, int, int]]:
    segment = SEGMENTS[raw.split("*")[0]]
    return [
        (d.code, d.element, d.component)
        for d in look_into(segment, raw.split("*"), D)
        if d.is_error
    ]


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("CLM*A*1.5***11:B:1", []),
        ("CLM*A*.5***11:B:1", []),
        ("CLM*A*-5.***11:B:1", []),
        ("CLM*A*1E3***11:B:1", [("6", 2, 0)]),
        ("CLM*A*" + "1" * 19 + "***11:B:1", [("5", 2, 0)]),
        ("CLM**1***11:B:1", [("1", 1, 0)]),
        ("CLM*A*1***11:C:1", [("7", 5, 2)]),
        ("CLM*A*1***11::1", [("1", 5, 2)]),
        ("CLM*A*1***11:B:1:X", [("13", 5, 0)]),
        ("N4*X", [("4", 1, 0)]),
        ("DTM*232*20240229", []),
        ("DTM*232*20230229", [("8", 2, 0)]),
        ("DTM*232*20231301", [("8", 2, 0)]),
    ],
)
def test_an_element_defect_has_its_code_and_place(raw, codes):
    assert _codes(raw) == codes


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("N4*COLUMBUS*OH*43215***X", "2"),
        ("N4*COLUMBUS*OH*43215***X*OH", "10"),
        ("CAS*CO*45*10**2", "2"),
        ("CAS*CO*45*10**2*5", ""),
    ],
)
def test_syntax_rules_hold(raw, code):
    elements = raw.split("*")
    found = [d.code for d in check_rules(SEGMENTS[elements[0]], elements)]

    assert (code in found) if code else found == []


def test_formats_named_by_qualifiers():
    assert fits_format("RD8", "20260101-20260131")
    assert not fits_format("RD8", "20260101")
    assert fits_format("DT", "202601011230")
    assert fits_format("TM", "2359")
    assert not fits_format("TM", "2460")


@given(st.integers(0, 99_999_999))
def test_days_are_days_of_the_calendar(number):
    from datetime import date

    text = f"{number:08d}"
    try:
        date(number // 10_000, number // 100 % 100, number % 100)
        expected = True
    except ValueError:
        expected = False

    assert is_date8(text) == expected


@given(
    st.sampled_from(sorted(SEGMENTS)),
    st.lists(
        st.sampled_from(
            ["", "A", "OH", "11:B:1", "1.5", "20260230", "20260228", "F5", "837", "X" * 40]
        ),
        max_size=7,
    ),
)
def test_what_passes_quickly_has_no_element_defects(tag, values):
    segment, elements = SEGMENTS[tag], [tag, *values]

    if pattern(segment, D).fullmatch("*".join(elements)):
        assert look_into(segment, elements, D) == []
