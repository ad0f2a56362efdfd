"""The professional claim (837P, 005010X222A1) as data: our own notation, see `wire.x12.guide`."""

from cleanclaim.edi.claims.frame import guide_text

_CLAIM = """
CLM R 1 R R - - R(R R=B R) R=N,Y R=A,B,C R=N,W,Y R=I,Y S=P S(R=AA,EM,OA S=AA,EM,OA - S S) S=02,03,05,09 -#7 S=1,2,3,4,5,6,7,8,9,10,11,15
DTP S 1 R=431 R=D8 R
DTP S 1 R=454 R=D8 R
DTP S 1 R=304 R=D8 R
DTP S 1 R=453 R=D8 R
DTP S 1 R=439 R=D8,DT R
DTP S 1 R=484 R=D8 R
DTP S 1 R=455 R=D8 R
DTP S 1 R=471 R=D8 R
DTP S 1 R=314,360,361 R=D8,RD8 R
DTP S 1 R=297 R=D8 R
DTP S 1 R=296 R=D8 R
DTP S 1 R=435 R=D8 R
DTP S 1 R=096 R=D8 R
DTP S 2 R=090,091 R=D8 R
DTP S 1 R=444 R=D8 R
DTP S 1 R=050 R=D8 R
PWK S 10 R R=AA,BM,EL,EM,FT,FX - - S=AC S
CN1 S 1 R=01,02,03,04,05,06,09 S S S S S
AMT S 1 R=F5 R
REF S 1 R=4N R
REF S 1 R=F5 R
REF S 1 R=EW R
REF S 1 R=9F R
REF S 1 R=G1 R
REF S 1 R=F8 R
REF S 1 R=X4 R
REF S 1 R=9A R
REF S 1 R=9C R
REF S 1 R=LX R
REF S 1 R=D9 R
REF S 1 R=EA R
REF S 1 R=P4 R
REF S 1 R=1J R
K3 S 10 R
NTE S 1 R=ADD,CER,DCP,DGN,TPO R
CR1 S 1 S=LB S - R=A,B,C,D,E R=DH R - - S S
CR2 S 1 -#7 R=A,C,D,E,F,G,M - S S
CRC S 3 R=07 R=N,Y R S S S S
CRC S 3 R=E1,E2,E3 R=N,Y R S S S S
CRC S 1 R=75 R=Y R=IH
CRC S 1 R=ZZ R=N,Y R S S
HI R 1 R(R=ABK,BK R) S(R=ABF,BF R)#11
HI S 1 R(R=BP R) S(R=BO R)
HI S 2 R(R=BG R) S(R=BG R)#11
HCP S 1 R R S S S S S -#5 S S S
[2310A S 2] referring
  NM1 R 1 R=DN,P3 R=1 R S S - S S=XX S
  REF S 3 R=0B,1G,G2 R
[2310B S 1] rendering
  NM1 R 1 R=82 R=1,2 R S S - S S=XX S
  PRV S 1 R=PE R=PXC R
  REF S 4 R=0B,1G,G2,LU R
[2310C S 1] service facility
  NM1 R 1 R=77 R=2 R - - - - S=XX S
  N3 R 1 R S
  N4 R 1 R S S S - - S
  REF S 3 R=0B,G2,LU R
  PER S 1 R=IC S R=TE R S=EX S
[2310D S 1] supervising
  NM1 R 1 R=DQ R=1 R S S - S S=XX S
  REF S 4 R=0B,1G,G2,LU R
[2310E S 1] pick-up
  NM1 R 1 R=PW R=2 S
  N3 R 1 R S
  N4 R 1 R S S S - - S
[2310F S 1] drop-off
  NM1 R 1 R=45 R=2 S
  N3 R 1 R S
  N4 R 1 R S S S - - S
{coverage}
[2400 R 50] service line
  LX R 1 R
  SV1 R 1 R({procedure}) R R=MJ,UN R S - R(R S S S) - S=Y - S=Y S=Y - - S=0
  SV5 S 1 R(R=HC R) R=DA R S S S=1,4,6
  PWK S 10 R R=AA,AB,AD,AF,AG,BM,EL,EM,FT,FX,NS - - S=AC S
  CR1 S 1 S=LB S - R=A,B,C,D,E R=DH R - - S S
  CR3 S 1 R=I,R,S R=MO R
  CRC S 3 R=07 R=N,Y R S S S S
  CRC S 1 R=70 R=N,Y R=65
  CRC S 2 R=09,11 R=N,Y R S
  DTP R 1 R=472 R=D8,RD8 R
  DTP S 1 R=471 R=D8 R
  DTP S 1 R=607 R=D8 R
  DTP S 1 R=463 R=D8 R
  DTP S 1 R=461 R=D8 R
  DTP S 1 R=304 R=D8 R
  DTP S 2 R=738,739 R=D8 R
  DTP S 1 R=011 R=D8 R
  DTP S 1 R=455 R=D8 R
  DTP S 1 R=454 R=D8 R
  QTY S 1 R=PT R
  QTY S 1 R=FL R
  MEA S 5 R=OG,TR R=HT,R1,R2,R3,R4 R
  CN1 S 1 R=01,02,03,04,05,06,09 S S S S S
  REF S 1 R=9B R
  REF S 1 R=9D R
  REF S 5 R=G1 R - S
  REF S 1 R=6R R
  REF S 1 R=EW R
  REF S 1 R=X4 R
  REF S 1 R=F4 R
  REF S 1 R=BT R
  REF S 5 R=9F R - S
  AMT S 1 R=T R
  AMT S 1 R=F4 R
  K3 S 10 R
  NTE S 1 R=ADD,DCP R
  NTE S 1 R=TPO R
  PS1 S 1 R R
  HCP S 1 R R S S S S S - S S S S S S S
  [2410 S 1] drug
    LIN R 1 - R=N4 R
    CTP R 1 -#3 R R(R=F2,GR,ME,ML,UN)
    REF S 1 R=VY,XZ R
  [2420A S 1] rendering
    NM1 R 1 R=82 R=1,2 R S S - S S=XX S
    PRV S 1 R=PE R=PXC R
    REF S 20 R=0B,1G,G2,LU R - S
  [2420B S 1] purchased service
    NM1 R 1 R=QB R=1,2 - - - - - S=XX S
    REF S 20 R=0B,1G,G2 R - S
  [2420C S 1] facility
    NM1 R 1 R=77 R=2 R - - - - S=XX S
    N3 R 1 R S
    N4 R 1 R S S S - - S
    REF S 3 R=G2,LU R - S
  [2420D S 1] supervising
    NM1 R 1 R=DQ R=1 R S S - S S=XX S
    REF S 20 R=0B,1G,G2,LU R - S
  [2420E S 1] ordering
    NM1 R 1 R=DK R=1 R S S - S S=XX S
    N3 S 1 R S
    N4 S 1 R S S S - - S
    REF S 20 R=0B,1G,G2 R - S
    PER S 1 R=IC S {channels}
  [2420F S 2] referring
    NM1 R 1 R=DN,P3 R=1 R S S - S S=XX S
    REF S 20 R=0B,1G,G2 R - S
  [2420G S 1] pick-up
    NM1 R 1 R=PW R=2
    N3 R 1 R S
    N4 R 1 R S S S - - S
  [2420H S 1] drop-off
    NM1 R 1 R=45 R=2 S
    N3 R 1 R S
    N4 R 1 R S S S - - S
  {adjudication}
  [2440 S *] supporting forms
    LQ R 1 R=AS,UT R
    FRM R 99 R S=N,W,Y S S S
"""

_OTHER_PROVIDERS = """
[2330C S 2] its referring provider
  NM1 R 1 R=DN,P3 R=1
  REF R 3 R=0B,1G,G2 R
[2330D S 1] its rendering provider
  NM1 R 1 R=82 R=1,2
  REF R 3 R=0B,1G,G2,LU R
[2330E S 1] its facility
  NM1 R 1 R=77 R=2
  REF R 3 R=0B,G2,LU R
[2330F S 1] its supervising provider
  NM1 R 1 R=DQ R=1
  REF R 3 R=0B,1G,G2,LU R
[2330G S 1] its billing provider
  NM1 R 1 R=85 R=1,2
  REF R 2 R=G2,LU R
"""

_CONTACT = "PER S 1 R=IC S R=TE R S=EX S"
_PROCEDURE = "R=ER,HC,IV,WK R S#4 S -"


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return guide_text(
        _CLAIM,
        before_names="REF T 1 R=87 R",
        insurance_type="S=12,13,14,15,16,41,42,43,47",
        subscriber_details="PAT S 1 -#4 S=D8 S S=01 S S=Y",
        patient_details="-#3 S=D8 S S=01 S S=Y",
        contact=_CONTACT,
        payer_references="2",
        groups="R=CO,OA,PI,PR",
        signature="S=P",
        procedure=_PROCEDURE,
        adjudicated_service=f"R({_PROCEDURE}) -",
        other_providers=_OTHER_PROVIDERS,
    )
