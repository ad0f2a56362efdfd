"""The functional acknowledgement (997, 005010X230 and 004010) as data: our own notation, see `wire.x12.guide`."""

_MESSAGE_CODES = "S=1,2,3,4,5,6,7,8,9,10,11,12,13,15,16,17,18,19,23,24,25,26,27#5"
_GROUP_CODES = "S=1,2,3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26#5"

TEXT = f"""
ST R 1 R=997 R S
AK1 R 1 R R S
[2000 S *]
  AK2 R 1 R R S
  [2100 S *]
    AK3 R 1 R R S S=1,2,3,4,5,6,7,8
    AK4 S 99 R(R S S) S R=1,2,3,4,5,6,7,8,9,10,11,12,13 S
  AK5 R 1 R=A,E,M,R,W,X {_MESSAGE_CODES}
AK9 R 1 R=A,E,M,P,R,W,X R R R {_GROUP_CODES}
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
