"""The claim acknowledgement (277CA, 005010X214) as data: our own notation, see `wire.x12.guide`."""

_STATUS = "R(R R S S) S S S - - - - - S(R R S S) S(R R S S) S"

TEXT = f"""
ST R 1 R=277 R R
BHT R 1 R R=08 R R R R=TH
[2000A R 1] payer level
  HL R 1 R - R=20 S=1
  [2100A R 1] payer
    NM1 R 1 R=AY,PR R=2 R - - - - R R
  [2200A R 1] receipt
    TRN R 1 R=1 R
    DTP R 1 R=050 R=D8 R
    DTP R 1 R=009 R=D8 R
  [2000B R 1] receiver level
    HL R 1 R R R=21 S=0,1
    [2100B R 1] submitter of the claims
      NM1 R 1 R=41 R=1,2 R S S - - R R
    [2200B S 1] answer to the batch
      TRN R 1 R=2 R
      STC R * {_STATUS}
      QTY S 1 R=90 R
      QTY S 1 R=AA R
      AMT S 1 R=YU R
      AMT S 1 R=YY R
    [2000C S *] provider level
      HL R 1 R R R=19 S=0,1
      [2100C R 1] billing provider
        NM1 R 1 R=85 R=1,2 R S S - S R R
      [2200C S 1] answer to the provider
        TRN R 1 R=1 R
        STC S * {_STATUS}
        REF S 3 R=0B,1G,G2,LU,SY,TJ R
        QTY S 1 R=QA R
        QTY S 1 R=QC R
        AMT S 1 R=YU R
        AMT S 1 R=YY R
      [2000D S *] patient level
        HL R 1 R R R=PT S=0
        [2100D R 1] patient
          NM1 R 1 R=QC R=1,2 R S S - S R R
        [2200D R *] answer to the claim
          TRN R 1 R=2 R
          STC R * {_STATUS}
          REF S 1 R=1K R
          REF S 1 R=D9 R
          REF S 1 R=BLT R
          DTP S 1 R=472 R=D8,RD8 R
          [2220D S *] answer to the line
            SVC R 1 R(R R S#4 - S) R S S S S S
            STC R * {_STATUS}
            REF S 1 R=FJ R
            REF S 1 R=XZ R
            DTP S 1 R=472 R=D8,RD8 R
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
