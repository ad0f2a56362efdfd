"""The syntax acknowledgement (999, 005010X231A1) as data: our own notation, see `wire.x12.guide`."""

_CONTEXT = "CTX S 10 R(R S)^10 S S S S(R S S) S(R S)"
_MESSAGE_CODES = "S=1,2,3,4,5,6,7,8,9,10,11,12,13,15,16,17,18,19,23,24,25,26,27,I5,I6#5"
_GROUP_CODES = "S=1,2,3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26#5"

TEXT = f"""
ST R 1 R=999 R R
AK1 R 1 R R S
[2000 S *]
  AK2 R 1 R R S
  [2100 S *]
    IK3 R 1 R R S R=1,2,3,4,5,6,7,8,I4,I6,I7,I8,I9
    {_CONTEXT}
    [2110 S *]
      IK4 R 1 R(R S S) S R=1,2,3,4,5,6,7,8,9,10,11,12,13,I6,I9,I10,I11,I12,I13 S
      {_CONTEXT}
  IK5 R 1 R=A,E,M,R,W,X {_MESSAGE_CODES}
AK9 R 1 R=A,E,M,P,R,W,X R R R {_GROUP_CODES}
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
