"""The syntax acknowledgement (999, 005010X231A1) as data: our own notation, see `wire.x12.guide`."""

TEXT = """
ST R 1 R=999 R R
AK1 R 1 R R S
[2000 S *] answered message
  AK2 R 1 R R S
  [2100 S *] segment in error
    IK3 R 1 R R S R=1,2,3,4,5,6,7,8,I4,I6,I7,I8,I9
    CTX S 10 R(R S)^10 S S S S(R S S) S(R S)
    [2110 S *] element in error
      IK4 R 1 R(R S S) S R=1,2,3,4,5,6,7,8,9,10,12,13,I6,I9,I10,I11,I12,I13 S
      CTX S 10 R(R S)^10 S S S S(R S S) S(R S)
  IK5 R 1 R=A,E,M,R,W,X S S S S S
AK9 R 1 R=A,E,M,P,R,W,X R R R S S S S S
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
