"""The attachment (275) as data, wide enough for 005010X210, 005010X211 and 006020X314 alike.

Only the skeleton is held to: who speaks (NM1), per document the trace (LX), the category (CAT) and the format (EFI
in 5010, OOI in 6020) before the binary data (BIN, BDS). Our own notation, see `wire.x12.guide`.
"""

TEXT = """
ST R 1 R=275 R S
BGN R 1 R R R S S S - S -
[1000 R *]
  NM1 R 1 R R=1,2 S S S S S S S S S S
  N2 S * R S
  N3 S * R S
  N4 S 1 S S S S S S S
  PER S * R S S S S S S S S
  PRV S * R S S S S S
  [1100 S *]
    NX1 R 1 R S S S S
    N3 S * R S
    N4 S 1 S S S S S S S
  DMG S 1 S#11
  REF S * R S S S
  DTP S * R R R
[2000 R *]
  LX R 1 R
  TRN S * R R S S
  STC S * R(R R S S) S#11
  REF S * R S S S
  NM1 S * R R=1,2 S#10
  LQ S * S S
  DTP S * R R R
  K3 S * R S -
  NTE S * S R
  CAT S 1 S#5
  [2110 S *]
    EFI R 1 R S#15
    BIN R 1 R R
  [2110 S *]
    OOI R 1 R S#4
    BDS R 1 R R R
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
