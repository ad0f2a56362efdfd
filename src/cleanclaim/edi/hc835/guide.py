"""The remittance advice (835, 005010X221A1) as data: our own notation, see `wire.x12.guide`."""

_CAS = "R=CO,OA,PI,PR R R S" + " S S S" * 5
_PROCEDURE = "R=AD,ER,HC,HP,IV,N4,N6,NU,UI,WK R S#4 S -"
_OTHER_PROVIDER = "0B,1A,1B,1C,1D,1G,1H,1J,D3,G2"

TEXT = f"""
ST R 1 R=835 R S
BPR R 1 R=C,D,H,I,P,U,X R R=C,D R=ACH,BOP,CHK,FWT,NON S=CCP,CTX S=01,04 S S=DA S S S S=01,04 S S=DA,SG S R
TRN R 1 R=1 R R S
CUR S 1 R=PR R S
REF S 1 R=EV R
REF S 1 R=F2 R
DTM S 1 R=405 R
[1000A R 1] payer
  N1 R 1 R=PR R S=XV S
  N3 R 1 R S
  N4 R 1 R S S S - - S
  REF S 4 R=2U,EO,HI,NF R
  PER S 1 R=CX S S=EM,FX,TE,UR S S=EM,EX,FX,TE,UR S S=EX,UR S
  PER W * R=BL S S=EM,FX,TE,UR S S=EM,EX,FX,TE,UR S S=EM,EX,FX,UR S
  PER S 1 R=IC - R=UR R
[1000B R 1] payee
  N1 R 1 R=PE R R=FI,XV,XX R
  N3 S 1 R S
  N4 S 1 R S S S - - S
  REF S * R=0B,D3,PQ,TJ R
  RDM S 1 R=BM,EM,FT,OL S S
[2000 S *] header number (LX)
  LX R 1 R
  TS3 S 1 R R R R R -#7 S - S - S S - S#5
  TS2 S 1 S#19
  [2100 R *] claim payment
    CLP R 1 R R=1,2,3,4,19,20,21,22,23,25 R R S R=12,13,14,15,16,17,AM,CH,DS,HM,LM,MA,MB,MC,OF,TV,VA,WC,ZZ R S S - S S S
    CAS S 99 {_CAS}
    NM1 R 1 R=QC R=1 S S S - S S=34,HN,II,MI,MR S
    NM1 S 1 R=IL R=1,2 S S S - S R=FI,II,MI R
    NM1 S 1 R=74 R=1,2 S S S - S S=C S
    NM1 S 1 R=82 R=1,2 S S S - S R=BD,BS,FI,MC,PC,SL,UP,XX R
    NM1 S 1 R=TT R=2 R - - - - R=AD,FI,NI,PI,PP,XV R
    NM1 S 1 R=PR R=2 R - - - - R=AD,FI,NI,PI,PP,XV R
    NM1 S 1 R=GB R=1,2 S S S - S S=FI,II,MI S
    MIA S 1 R S#23
    MOA S 1 S#9
    REF S 5 R=1L,1W,28,6P,9A,9C,BB,CE,EA,F8,G1,G3,IG,SY R
    REF S 10 R={_OTHER_PROVIDER},LU R
    DTM S 1 R=036 R
    DTM S 1 R=050 R
    DTM S 2 R=232,233 R
    PER S 2 R=CX S R=EM,FX,TE R S=EM,EX,FX,TE S S=EX S
    AMT S 13 R=AU,D8,DY,F5,I,NL,T,T2,ZK,ZL,ZM,ZN,ZO R
    QTY S 14 R=CA,CD,LA,LE,NE,NR,OU,PS,VS,ZK,ZL,ZM,ZN,ZO R
    [2110 S 999] line payment
      SVC R 1 R({_PROCEDURE}) R R S S S({_PROCEDURE}) S
      DTM S 2 R=150,151,472 R
      CAS S 99 {_CAS}
      REF S 8 R=1S,APC,BB,E9,G1,G3,LU,RB,XZ R
      REF S 1 R=6R R
      REF S 10 R=HPI,SY,TJ,{_OTHER_PROVIDER} R
      REF S 5 R=0K R
      AMT S 9 R=B6,KH,T,T2,ZK,ZL,ZM,ZN,ZO R
      QTY S 6 R=ZK,ZL,ZM,ZN,ZO R
      LQ S 99 R=HE,RX R
PLB S * R R R(R S) R S(R S) S S(R S) S S(R S) S S(R S) S S(R S) S
"""


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return TEXT
