"""The guide notation, and the walker on a guide small enough to see whole."""

import pytest

from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import parse_guide
from cleanclaim.wire.x12.hierarchy import check_levels
from cleanclaim.wire.x12.tree import leaves, whole
from cleanclaim.wire.x12.walker import walk

TEXT = """
ST R 1 R=999 R
BHT R 1 R=0019 R R
[A R *]
  HL R 1 R S R=20 S=0,1
  NM1 W 1 R=85 R=1,2 S
  REF S 2 R=G1 R
  REF S 1 R=D9 R
  DTP S 1 R=472 R=D8,RD8 R
  [B S 2]
    HL R 1 R R R=22 S=0,1
    HI S 1 R(R=ABK R) S(R=ABF R)#2
"""
GUIDE = parse_guide("999", TEXT)
GOOD = [
    "ST*999*0001",
    "BHT*0019*00*1",
    "HL*1**20*1",
    "NM1*85*2",
    "REF*G1*A",
    "HL*2*1*22",
    "HI*ABK:I10*ABF:E119",
]


def _codes(segments):
    result = walk(GUIDE, segments, Delimiters())
    check_levels(result)
    return [(d.carrier, d.code, d.position, d.element) for d in result.defects]


def test_a_conforming_message_has_no_defects():
    assert _codes(GOOD) == []


@pytest.mark.parametrize(
    ("change", "defect"),
    [
        (lambda s: [*s[:1], *s[2:]], ("IK304", "3", 2, 0)),
        (lambda s: [*s[:3], *s[4:]], ("IK304", "3", 4, 0)),
        (lambda s: [*s[:4], "REF*D9*X", "REF*D9*Y", *s[5:]], ("IK304", "5", 6, 0)),
        (lambda s: [*s[:4], "DTP*472*D8*20260101", *s[4:]], ("IK304", "7", 6, 0)),
        (lambda s: [*s[:4], "REF*ZZ*X", *s[5:]], ("IK403", "7", 5, 1)),
        (lambda s: [*s, "HL*3*1*22", "HL*4*1*22"], ("IK304", "4", 9, 0)),
        (lambda s: [*s[:5], "HL*3*1*22", *s[6:]], ("IK403", "7", 6, 1)),
        (lambda s: [*s[:5], "HL*2*7*22", *s[6:]], ("IK403", "7", 6, 2)),
        (lambda s: [*s[:6], "HI*ABK:I10*BK:E119"], ("IK403", "7", 7, 2)),
        (lambda s: [*s[:6], "HI*ABK:I10***ABF:E119"], ("IK403", "I10", 7, 4)),
    ],
)
def test_a_change_is_found_where_it_is(change, defect):
    assert defect in _codes(change(GOOD))


def test_what_is_only_wanted_is_remarked():
    result = walk(GUIDE, [*GOOD[:3], *GOOD[4:]], Delimiters())

    assert [d.is_error for d in result.defects] == [False]


def test_segments_of_the_same_tag_come_in_any_order():
    assert _codes([*GOOD[:4], "REF*D9*X", "REF*G1*A", "REF*G1*B", *GOOD[5:]]) == []


def test_loops_become_blocks():
    root = whole(walk(GUIDE, GOOD, Delimiters()))

    assert [block.id for block in root.blocks] == ["A"]
    [inner] = root.blocks[0].children("B")
    assert inner.position == 6
    assert inner.segments[1] == ["HI", "ABK:I10", "ABF:E119"]


def test_leaves_come_one_by_one_with_what_stands_above():
    result = walk(GUIDE, [*GOOD, "HL*3*1*22", "HL*4**20", "NM1*85*2", "HL*5*4*22"], Delimiters())

    found = [(path[1].segments[0][1], path[-1].segments[0][1]) for path in leaves(result, "B")]

    assert found == [("1", "2"), ("1", "3"), ("4", "5")]


@pytest.mark.parametrize("line", ["ST X 1", "ST R 1 R=999 R S S S S", "ST R 1 (R"])
def test_an_unreadable_guide_line_is_refused(line):
    with pytest.raises(ValueError, match="guide line"):
        parse_guide("999", line)
