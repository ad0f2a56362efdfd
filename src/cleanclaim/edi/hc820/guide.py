"""The premium payment (820, 005010X218) as data: our own notation, see `wire.x12.guide`."""

_ADDRESS = "R S S S - - S"
_CONTACT = "PER S * R=IC R R=EM,FX,TE R S=EM,EX,FX,TE S S=EM,EX,FX,TE S"
_BEFORE = "52,53,80,81,86,BJ,H1,H6,RU,WO"
_NOW = "20,52,53,AA,AX,H1,H6,IA,J3"

TEXT = f"""
ST R 1 R=820 R R
BPR R 1 R=C,D,I,P,U,X R R=C R=ACH,BOP,CHK,FWT,NON,SWT S=CCP,CTX S=01,02,04 S S=ALC,DA S S S S=01,02,04 S S=DA,SG S R
TRN R 1 R=1,3 R S S
CUR S 1 R=2B,PR R
REF S * R=14,17,18,2F,38,72,LB R
DTM S 1 R=009 R
DTM S 1 R=035 R
DTM S 1 R=582 - - - R=RD8 R
DTM S 1 R=097 R
[1000A R 1]
  N1 R 1 R=PE S S=1,9,EQ,FI,XV S
  N2 S 1 R
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
  RDM S 1 R=BM,EM,FT,FX,IA,OL S S
[1000B R 1]
  N1 R 1 R=PR S S=1,24,75,9,EQ,FI,PI S
  N2 S 1 R
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
  {_CONTACT}
[1000C S 14]
  N1 R 1 R=04,0B,8W,AK,BE,BK,C1,C2,IAT,MJ,RB,Z6,ZB,ZL S S=31,57,94,A3,A4,A6,CF,G,PA S
  N2 S 1 R
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
  {_CONTACT}
[2000A S 1]
  ENT R 1 R R=2L,AG,NH,RGA,UN R=1,24,9,FI R
  [2200A S *]
    ADX R 1 R R={_BEFORE},WW
  [2300A R *]
    RMR R 1 R=11,1L,CT,IK R S=PA,PI,PO,PP R S
    REF S * R=14,17,18,2F,38,E9,LB,LU,ZZ R
    DTM S 1 R=582,AAG S - - S=RD8 S
    [2310A S 1]
      IT1 R 1 R
      [2312A S 4]
        SAC R 1 R=C R=A172,B680,D940,G740 - - R
      [2315A S 3]
        SLN R 1 R - R=O R R(R=10,IE,PR)
    [2320A S *]
      ADX R 1 R R={_NOW}
[2000B S *]
  ENT R 1 R R=2J R=34,EI,II R
  [2100B S *]
    NM1 R 1 R=DO,EY,IL,QE R=1 S S S S S S=34,EI,N S
  [2200B S *]
    ADX R 1 R R={_BEFORE}
  [2300B R *]
    RMR R 1 R=11,9J,AZ,B7,CT,ID,IG,IK,KW R - R S
    REF S * R=14,18,2F,38,E9,LU,ZZ R
    DTM S 1 R=582,AAG S - - S=RD8 S
    [2320B S *]
      ADX R 1 R R={_NOW}
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
