"""The dental claim (837D, 005010X224A2) as data: our own notation, see `wire.x12.guide`."""

from cleanclaim.edi.claims.frame import guide_text

_CLAIM = """
CLM R 1 R R - - R(R R=B R) R=N,Y R=A,C R=N,W,Y R=I,Y - S(R=AA,EM,OA S=AA,EM,OA - S S) S=01,02,03,05 -#6 S=PB S=1,2,3,4,5,6,7,8,9,10,11,15
DTP S 1 R=439 R=D8 R
DTP S 1 R=452 R=D8 R
DTP S 1 R=472 R=D8,RD8 R
DTP S 1 R=050 R=D8 R
DN1 S 1 S S - S
DN2 S 35 R R=E,M -#3 R=JP
PWK S 10 R=B4,DA,DG,EB,OZ,P6,RB,RR R=AA,BM,EL,EM,FT,FX - - S=AC S
CN1 S 1 R=02,03,04,05,06,09 S S S S S
AMT S 1 R=F5 R
REF S 1 R=G3 R
REF S 1 R=4N R=1,2,3,4,5,6,7
REF S 1 R=F8 R
REF S 1 R=9F R
REF S 1 R=G1 R
REF S 1 R=9A R
REF S 1 R=9C R
REF S 1 R=D9 R
K3 S 10 R
NTE S 5 R=ADD R
HI S 1 R(R=ABK,BK,TQ R) S(R=ABF,BF,TQ R)#3
HCP S 1 {methods} R S S S -#7 {repricing}
[2310A S 2] referring
  NM1 R 1 R=DN,P3 R=1 {person}
  PRV S 1 R=RF R=PXC R
  REF S 3 R=0B,1G,G2 R
[2310B S 1] rendering
  NM1 R 1 R=82 R=1,2 {person}
  PRV S 1 R=PE R=PXC R
  REF S 4 R=0B,1G,G2,LU R
[2310C S 1] service facility
  NM1 R 1 R=77 R=2 {organization}
  N3 R 1 R S
  N4 R 1 R S S S - - S
  REF S 3 R=0B,G2,LU R
[2310D S 1] assistant surgeon
  NM1 R 1 R=DD R=1 {person}
  PRV S 1 R=AS R=PXC R
  REF S 4 R=0B,1G,G2,LU R
[2310E S 1] supervising
  NM1 R 1 R=DQ R=1 {person}
  REF S 4 R=0B,1G,G2,LU R
{coverage}
[2400 R 50] service line
  LX R 1 R
  SV3 R 1 R(R=AD R S#4 S -) R S S(R S#4) S=I,R S -#4 S(R S S S)
  TOO S 32 R=JP R S({surface})
  DTP S 1 R=472 R=D8,RD8 R
  DTP S 1 R=139,441 R=D8 R
  DTP S 1 R=452 R=D8 R
  DTP S 1 R=446 R=D8 R
  DTP S 1 R=196 R=D8 R
  DTP S 1 R=198 R=D8 R
  CN1 S 1 R=02,03,04,05,06,09 S S S S S
  REF S 5 R=G3 R - {of_payer}
  REF S 5 R=G1 R - {of_payer}
  REF S 1 R=6R R
  REF S 1 R=9B R
  REF S 1 R=9D R
  REF S 5 R=9F R - {of_payer}
  AMT S 1 R=T R
  K3 S 10 R
  HCP S 1 {methods} R S S S -#3 S=AD S S=UN S {repricing}
  [2420A S 1] rendering
    NM1 R 1 R=82 R=1,2 {person}
    PRV S 1 R=PE R=PXC R
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420B S 1] assistant surgeon
    NM1 R 1 R=DD R=1 {person}
    PRV S 1 R=AS R=PXC R
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420C S 1] supervising
    NM1 R 1 R=DQ R=1 {person}
    REF S 20 R=0B,1G,G2,LU R - {of_payer}
  [2420D S 1] facility
    NM1 R 1 R=77 R=2 {organization}
    N3 R 1 R S
    N4 R 1 R S S S - - S
    REF S 3 R=0B,G2,LU R - {of_payer}
  {adjudication}
"""

_OTHER_PROVIDERS = """
[2330C S 2] its referring provider
  NM1 R 1 R=DN,P3 R=1
  REF R 3 R=0B,1G,G2 R
[2330D S 1] its rendering provider
  NM1 R 1 R=82 R=1,2
  REF R 3 R=0B,1G,G2,LU R
[2330E S 1] its supervising provider
  NM1 R 1 R=DQ R=1
  REF R 3 R=0B,1G,G2,LU R
[2330F S 1] its billing provider
  NM1 R 1 R=85 R=1,2
  REF R 2 R=G2,LU R
[2330G S 1] its facility
  NM1 R 1 R=77 R=2
  REF R 3 R=0B,G2,LU R
[2330H S 1] its assistant surgeon
  NM1 R 1 R=DD R=1,2
  REF R 3 R=0B,1G,G2,LU R
"""

_SURFACE = "=B,D,F,I,L,M,O"


def text() -> str:
    """The guide for `wire.x12.guide.parse_guide`."""
    return guide_text(
        _CLAIM,
        payer_references="2",
        predetermination="REF S 1 R=G3 R",
        other_providers=_OTHER_PROVIDERS,
        adjudicated_service="R(R=AD,ER R S#4 S -) -",
        surface=f"R{_SURFACE}" + f" S{_SURFACE}" * 4,
    )
