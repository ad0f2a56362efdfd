"""The institutional claim (837I, 005010X223A2) as data: our own notation, see `wire.x12.guide`."""

from cleanclaim.edi.claims.frame import PARTS, guide_text

_CLAIM = """
CLM R 1 R R - - R(R R=A R) - R=A,B,C R=N,W,Y R=I,Y -#10 S=1,2,3,4,5,6,7,8,9,10,11,15
DTP S 1 R=096 R=TM R
DTP R 1 R=434 R=RD8 R
DTP S 1 R=435 R=D8,DT R
DTP S 1 R=050 R=D8 R
CL1 R 1 R S R
PWK S 10 {report} R=AA,BM,EL,EM,FT,FX - - S=AC S
CN1 S 1 R=01,02,03,04,05,06,09 S S S S S
AMT S 1 R=F3 R
REF S 1 R=4N R=1,2,3,4,5,6,7
REF S 1 R=9F R
REF S 1 R=G1 R
REF S 1 R=F8 R
REF S 1 R=9A R
REF S 1 R=9C R
REF S 5 R=LX R
REF S 1 R=D9 R
REF S 1 R=LU R
REF S 1 R=EA R
REF S 1 R=P4 R
REF S 1 R=G4 R
K3 S 10 R
NTE S 10 R=ALG,DCP,DGN,DME,MED,NTR,ODT,RHB,RLH,RNH,SET,SFM,SPT,UPI R
NTE S 1 R=ADD R
CRC S 1 R=ZZ R=N,Y R=AV,NU,S2,ST S=AV,NU,S2,ST S=AV,NU,S2,ST
HI R 1 R(R=ABK,BK R {present})
HI S 1 R(R=ABJ,BJ R)
HI S 1 R(R=APR,PR R) S(R=APR,PR R)#2
HI S 1 R(R=ABN,BN R {present}) S(R=ABN,BN R {present})#11
HI S 1 R(R=DR R)
HI S 2 R(R=ABF,BF R {present}) S(R=ABF,BF R {present})#11
HI S 1 R(R=BBR,BR,CAH R {day})
HI S 2 R(R=BBQ,BQ R {day}) S(R=BBQ,BQ R {day})#11
HI S 2 R(R=BI R {days}) S(R=BI R {days})#11
HI S 2 R(R=BH R {day}) S(R=BH R {day})#11
HI S 2 R(R=BE R - - R) S(R=BE R - - R)#11
HI S 2 R(R=BG R) S(R=BG R)#11
HI S 2 R(R=TC R) S(R=TC R)#11
HCP S 1 {methods} R S S S S S S - - S=DA,UN S {repricing}
[2310A S 1] attending
  NM1 R 1 R=71 R=1 {person}
  PRV S 1 R=AT R=PXC R
  REF S 4 R=0B,1G,G2,LU R
[2310B S 1] operating
  NM1 R 1 R=72 R=1 {person}
  REF S 4 R=0B,1G,G2,LU R
[2310C S 1] other operating
  NM1 R 1 R=ZZ R=1 {person}
  REF S 4 R=0B,1G,G2,LU R
[2310D S 1] rendering
  NM1 R 1 R=82 R=1 {person}
  REF S 4 R=0B,1G,G2,LU R
[2310E S 1] service facility
  NM1 R 1 R=77 R=2 {organization}
  N3 R 1 R S
  N4 R 1 R S S S - - S
  REF S 3 R=0B,G2,LU R
[2310F S 1] referring
  NM1 R 1 R=DN R=1 {person}
  REF S 3 R=0B,1G,G2 R
{coverage}
[2400 R 999] service line
  LX R 1 R
  SV2 R 1 R S({procedure}) R R=DA,UN R - S
  PWK S 10 {report} R=AA,BM,EL,EM,FT,FX - - S=AC S
  DTP S 1 R=472 R=D8,RD8 R
  REF S 1 R=6R R
  REF S 1 R=9B R
  REF S 1 R=9D R
  AMT S 1 R=GT R
  AMT S 1 R=N8 R
  NTE S 1 R=TPO R
  HCP S 1 {methods} R S S S S S S S=ER,HC,HP,IV,WK S S=DA,UN S {repricing}
  [2410 S 1] drug
    LIN R 1 - R=N4 R
    CTP R 1 -#3 R R(R=F2,GR,ME,ML,UN)
    REF S 1 R=VY,XZ R
  [2420A S 1] operating
    NM1 R 1 R=72 R=1 {person}
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420B S 1] other operating
    NM1 R 1 R=ZZ R=1 {person}
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420C S 1] rendering
    NM1 R 1 R=82 R=1 {person}
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420D S 1] referring
    NM1 R 1 R=DN R=1 {person}
    REF S 20 R=0B,1G,G2 R - {of_payer}
  {adjudication}
"""

_OTHER_PROVIDERS = """
[2330C S 1] its attending provider
  NM1 R 1 R=71 R=1
  REF R 4 R=0B,1G,G2,LU R
[2330D S 1] its operating physician
  NM1 R 1 R=72 R=1
  REF R 4 R=0B,1G,G2,LU R
[2330E S 1] its other operating physician
  NM1 R 1 R=ZZ R=1
  REF R 4 R=0B,1G,G2,LU R
[2330F S 1] its facility
  NM1 R 1 R=77 R=2
  REF R 3 R=0B,G2,LU R
[2330G S 1] its rendering provider
  NM1 R 1 R=82 R=1
  REF R 4 R=0B,1G,G2,LU R
[2330H S 1] its referring provider
  NM1 R 1 R=DN R=1
  REF R 3 R=0B,1G,G2 R
[2330I S 1] its billing provider
  NM1 R 1 R=85 R=2
  REF R 2 R=G2,LU R
"""

_REPORT = (
    "R=03,04,05,06,07,08,09,10,11,13,15,21,A3,A4,AM,AS,B2,B3,B4,BR,BS,BT,CB,CK,CT,D2,DA,DB,DG,DJ,DS,EB,HC,HR,"
    "I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,PE,PN,PO,PQ,PY,PZ,RB,RR,RT,RX,SG,V5,XP"
)
_PROCEDURE = "R=ER,HC,HP,IV,WK R S#4 S -"


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return guide_text(
        _CLAIM,
        billing_name="R=2 " + PARTS["organization"],
        billing_references="REF R 1 R=EI R",
        pay_to_kind="R=2",
        medicare="MIA S 1 R - S#22\nMOA S 1 S#9",
        other_payer_ids="2",
        other_providers=_OTHER_PROVIDERS,
        procedure=_PROCEDURE,
        adjudicated_service=f"S({_PROCEDURE}) R",
        report=_REPORT,
        present="-#6 S=N,U,W,Y",
        day="R=D8 R:D8",
        days="R=RD8 R:RD8",
    )
