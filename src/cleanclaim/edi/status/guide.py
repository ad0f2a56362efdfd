"""The claim status inquiry (276) and answer (277), 005010X212, as data: our own notation, see `wire.x12.guide`."""

_PROCEDURE = "R(R=AD,ER,HC,HP,IV,N4,NU,WK R S#4)"
# Whom a status is about.
_ENTITIES = (
    "03,13,17,1E,1G,1H,1I,1O,1P,1Q,1R,1S,1T,1U,1V,1W,1X,1Y,1Z,28,2A,2B,2D,2E,2I,2K,2P,2Q,2S,2Z,30,36,"
    "3A,3C,3D,3E,3F,3G,3H,3I,3J,3K,3L,3M,3N,3O,3P,3Q,3R,3S,3T,3U,3V,3W,3X,3Y,3Z,40,41,43,44,4A,4B,4C,4D,"
    "4E,4F,4G,4H,4I,4J,4L,4M,4N,4O,4P,4Q,4R,4S,4U,4V,4W,4X,4Y,4Z,5A,5B,5C,5D,5E,5F,5G,5H,5I,5J,5K,5L,"
    "5M,5N,5O,5P,5Q,5R,5S,5T,5U,5V,5W,5X,5Y,5Z,61,6A,6B,6C,6D,6E,6F,6G,6H,6I,6J,6K,6L,6M,6N,6O,6P,6Q,"
    "6R,6S,6U,6V,6W,6X,6Y,71,72,73,74,77,7C,80,82,84,85,87,95,CK,CZ,D2,DD,DJ,DK,DN,DO,DQ,E1,E2,E7,E9,"
    "FA,FD,FE,G0,G3,GB,GD,GI,GJ,GK,GM,GY,HF,HH,I3,IJ,IL,IN,LI,LR,MR,MSC,OB,OD,OX,P0,P2,P3,P4,P6,P7,PR,"
    "PRP,PT,PV,PW,QA,QB,QC,QD,QE,QH,QK,QL,QN,QO,QS,QV,QY,RC,RW,S4,SEP,SJ,SU,T4,TL,TQ,TT,TTP,TU,UH,X3,"
    "X4,X5,ZZ"
)
_CLAIM_REFERENCES = ("1K", "BLT", "LU", "6P", "EJ", "XZ", "D9")
_ANSWER_REFERENCES = ("1K", "BLT", "EJ", "XZ", "VV", "D9")


def _one_each(codes: tuple[str, ...]) -> str:
    return "\n".join(f"  REF S 1 R={code} R" for code in codes)


def _asked(letter: str, usage: str) -> str:
    return f"""
[2200{letter} {usage} *] claim asked about
  TRN R 1 R=1 R
{_one_each(_CLAIM_REFERENCES)}
  AMT S 1 R=T3 R
  DTP S 1 R=472 R=D8,RD8 R
  [2210{letter} S *] line asked about
    SVC R 1 {_PROCEDURE} R - S - - S
    REF S 1 R=FJ R
    DTP R 1 R=472 R=D8,RD8 R
"""


def _answered(letter: str, usage: str) -> str:
    status = f"(R R S={_ENTITIES} S=RX)"
    return f"""
[2200{letter} {usage} *] claim
  TRN R 1 R=2 R
  STC R * R{status} R - S S S - S S S{status} S{status}
{_one_each(_ANSWER_REFERENCES)}
  DTP S 1 R=472 R=D8,RD8 R
  [2220{letter} S *] line
    SVC R 1 {_PROCEDURE} R R S - - R
    STC R * R{status} R - - - - - - - S{status} S{status}
    REF S 1 R=FJ R
    DTP R 1 R=472 R=D8,RD8 R
"""


def _inside(text: str, depth: int) -> str:
    return "\n".join("  " * depth + line for line in text.strip().splitlines())


INQUIRY = f"""
ST R 1 R=276 R R
BHT R 1 R=0010 R=13 R R R
[2000A R *] payer level
  HL R 1 R - R=20 R=1
  [2100A R 1] payer
    NM1 R 1 R=PR R=2 R - - - - R=PI,XV R
  [2000B R *] receiver level
    HL R 1 R R R=21 R=1
    [2100B R 1] who asks
      NM1 R 1 R=41 R=1,2 S S S - - R=46 R
    [2000C R *] provider level
      HL R 1 R R R=19 R=1
      [2100C R 2] provider
        NM1 R 1 R=1P R=1,2 S S S - S R=FI,SV,XX R
      [2000D R *] subscriber level
        HL R 1 R R R=22 R=0,1
        DMG S 1 R=D8 R S=F,M
        [2100D R 1] subscriber
          NM1 R 1 R=IL R=1,2 R S S - S R=24,II,MI R
{_inside(_asked("D", "S"), 4)}
        [2000E S *] dependent level
          HL R 1 R R R=23
          DMG R 1 R=D8 R S=F,M
          [2100E R 1] dependent
            NM1 R 1 R=QC R=1 R S S - S
{_inside(_asked("E", "R"), 5)}
"""

ANSWER = f"""
ST R 1 R=277 R R
BHT R 1 R=0010 R=08 R R R R=DG
[2000A R *] payer level
  HL R 1 R - R=20 R=1
  [2100A R 1] payer
    NM1 R 1 R=PR R=2 R - - - - R=PI,XV R
    PER S 1 R=IC S R=ED,EM,FX,TE R S=ED,EM,EX,FX,TE S S=ED,EM,EX,FX,TE S
  [2000B R *] receiver level
    HL R 1 R R R=21 R=0,1
    [2100B R 1] who asked
      NM1 R 1 R=41 R=1,2 S S S - - R=46 R
    [2200B S 1] answer to the receiver
      TRN R 1 R=2 R
      STC R * R(R R S=36,40,41,AY,PR) R - - - - - - - S(R R S=36,40,41,AY,PR) S(R R S=36,40,41,AY,PR)
    [2000C S *] provider level
      HL R 1 R R R=19 R=0,1
      [2100C R 2] provider
        NM1 R 1 R=1P R=1,2 S S S - S R=FI,SV,XX R
      [2200C S 1] answer to the provider
        TRN R 1 R=1 R
        STC R * R(R R S=1P) R - - - - - - - S(R R S=1P) S(R R S=1P)
      [2000D S *] subscriber level
        HL R 1 R R R=22 R=0,1
        [2100D R 1] subscriber
          NM1 R 1 R=IL R=1,2 R S S - S R=24,II,MI R
{_inside(_answered("D", "S"), 4)}
        [2000E S *] dependent level
          HL R 1 R R R=23
          [2100E R 1] dependent
            NM1 R 1 R=QC R=1 R S S - S
{_inside(_answered("E", "R"), 5)}
"""


def inquiry_text() -> str:
    """The guide of the 276 for `wire.x12.guide.parse_guide`."""
    return INQUIRY


def answer_text() -> str:
    """The guide of the 277 for `wire.x12.guide.parse_guide`."""
    return ANSWER
