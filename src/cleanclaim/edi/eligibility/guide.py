"""The eligibility inquiry (270) and answer (271), 005010X279A1, as data: our own notation, see `wire.x12.guide`."""

# Service types are a list of the standard itself: 1 to 99 with gaps, then letters.
SERVICE_TYPES = ",".join(
    [str(n) for n in range(1, 100) if n not in (29, 31)]
    + [f"A{c}" for c in "0123456789ABCDEFGHIJKLMNOQR"]
    + [f"B{c}" for c in "123ABCDEFGHIJKLMNPQRSTUVWXYZ"]
    + [f"C{c}" for c in "1ABCDEFGHIJKLMNOPQ"]
    + ["DG", "DM", "DS", "GF", "GN", "GY", "IC", "MH", "NI", "ON", "PT", "PU", "RN", "RT", "TC", "TN", "UC"]
)  # fmt: skip
_SOURCES = "2B,36,GP,P5,PR"
_RECEIVERS = "1P,2B,36,80,FA,GP,P5,PR"
_SOURCE_NAME = f"R={_SOURCES} R=1,2 R S S - S R=24,46,FI,NI,PI,XV,XX R"
_RECEIVER_IDS = "R=24,34,FI,PI,PP,SV,XV,XX R"
_RECEIVER_REFERENCE = "R=0B,1C,1D,1J,4A,CT,EL,EO,HPI,JD,N5,N7,Q4,SY,TJ R S"
_ADDRESS = "R S S S - - S"
_CARE = "AD,AT,BI,CO,CV,H,HH,LA,OT,P1,P2,PC,PE,R,RF"
_RECEIVER_SPECIALTY = f"R={_CARE},SB,SK,SU S=PXC S"
_PATIENT_PROVIDER = f"R={_CARE},SK,SU S=9K,D3,EI,HPI,PXC,SY,TJ S"
_BIRTH = "S=D8 S S=F,M,U"
_DIAGNOSES = "R(R=ABK,BK R) S(R=ABF,BF R)#7"
_PROCEDURE = "S(R=AD,CJ,HC,ID,IV,N4,ZZ R S#4"
_TIMES = "6,7,13,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36"
_FREQUENCIES = "1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y"
_INSURANCE = (
    "12,13,14,15,16,41,42,43,47,AP,C1,CO,CP,D,DB,EP,FF,GP,HM,HN,HS,IN,IP,LC,LD,LI,LT,MA,MB,MC,MH,MI,"
    "MP,OT,PE,PL,PP,PR,PS,QM,RP,SP,TF,WC,WU"
)
_BENEFITS = "1,2,3,4,5,6,7,8,A,B,C,CB,D,E,F,G,H,I,J,K,L,M,MC,N,O,P,Q,R,S,T,U,V,W,X,Y"
_RELATED = "13,1I,1P,2B,36,73,FA,GP,GW,I3,IL,LR,OC,P3,P4,P5,PR,PRP,SEP,TTP,VER,VN,VY,X3,Y2"
_RANKS = (
    "A1,A2,A3,B1,B2,C1,C2,C3,C4,C5,C6,C7,C8,C9,E1,F1,F2,F3,F4,G1,G4,L1,L2,L3,L4,L5,L6,M1,M2,M3,M4,M5,"
    "M6,P1,P2,P3,P4,P5,R1,R2,S1,S2,S3,S4,S5,S6,S7,S8,S9,SA,SB,SC,T1,V1,W1"
)
_MILITARY = (
    "R=A,C,L,O,P,S,T R=AE,AO,AS,AT,AU,CC,DD,HD,IR,LX,PE,RE,RM,RR,RU "
    f"R=A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,Q,R,S,U,W S S={_RANKS} S=D8,RD8 S"
)
_CALL = "ED,EM,FX,TE,UR"


def _channels(more: str) -> str:
    first, next_ = f"{_CALL}{more}", f"{_CALL},EX{more}"
    return f"S={first} S S={next_} S S={next_} S"


# The inquiry itself is the same for a subscriber and a dependent.
def _inquiry(letter: str, coverage: str) -> str:
    return f"""
[2110{letter} S 99] what is asked
  EQ R 1 S={SERVICE_TYPES}^99 {_PROCEDURE}) {coverage} - S
  AMT S 1 R=R R
  AMT S 1 R=PB R
  III S 1 R=ZZ R
  REF S 1 R=9F,G1 R
  DTP S 1 R=291 R=D8,RD8 R
"""


def _inside(text: str, depth: int) -> str:
    return "\n".join("  " * depth + line for line in text.strip().splitlines())


INQUIRY = f"""
ST R 1 R=270 R R
BHT R 1 R=0022 R=01,13 S R R S=RT
[2000A R *] source level
  HL R 1 R - R=20 R=1
  [2100A R 1] who is asked
    NM1 R 1 {_SOURCE_NAME}
  [2000B R *] receiver level
    HL R 1 R R R=21 R=1
    [2100B R 1] who asks
      NM1 R 1 R={_RECEIVERS} R=1,2 R S S - S {_RECEIVER_IDS}
      REF S 9 {_RECEIVER_REFERENCE}
      N3 S 1 R S
      N4 S 1 {_ADDRESS}
      PRV S 1 {_RECEIVER_SPECIALTY}
    [2000C R *] subscriber level
      HL R 1 R R R=22 R=0,1
      TRN S 2 R=1 R R S
      [2100C R 1] subscriber
        NM1 R 1 R=IL R=1,2 S S S - S S=II,MI S
        REF S 9 R=18,1L,1W,3H,6P,CT,EA,EJ,F6,GH,HJ,IG,N6,NQ,SY,Y4 R
        N3 S 1 R S
        N4 S 1 {_ADDRESS}
        PRV S 1 {_PATIENT_PROVIDER}
        DMG S 1 {_BIRTH}
        INS S 1 R=Y R=18 - - - - - - - - - - - - - - R
        HI S 1 {_DIAGNOSES}
        DTP S 2 R=102,291 R=D8,RD8 R
{_inside(_inquiry("C", "S=FAM"), 4)}
      [2000D S *] dependent level
        HL R 1 R R R=23 R=0
        TRN S 2 R=1 R R S
        [2100D R 1] dependent
          NM1 R 1 R=03 R=1 S S S - S
          REF S 9 R=18,1L,1W,6P,CT,EA,EJ,F6,GH,HJ,IF,IG,MRC,N6,SY,Y4 R
          N3 S 1 R S
          N4 S 1 {_ADDRESS}
          PRV S 1 {_PATIENT_PROVIDER}
          DMG S 1 {_BIRTH}
          INS S 1 R=N R=01,19,34 - - - - - - - - - - - - - - S
          HI S 1 {_DIAGNOSES}
          DTP S 2 R=102,291 R=D8,RD8 R
{_inside(_inquiry("D", "-"), 5)}
"""

_SUBSCRIBER_REASONS = "15,35,42,43,45,47,48,49,51,52,56,57,58,60,61,62,63,71,72,73,74,75,76,78"
_DEPENDENT_REASONS = "15,35,42,43,45,47,48,49,51,52,56,57,58,60,61,62,63,64,65,66,67,68,71,77"
_BENEFIT_REASONS = "15,33,52,53,54,55,56,57,60,61,62,63,69,70,98,AA,AE,AF,AG,AO,CI,E8,IA,MA"
_ACTIONS = "C,N,R,S,W,X,Y"
_PATIENT_DATES = (
    "096,102,152,291,307,318,340,341,342,343,346,347,356,357,382,435,442,458,472,539,540,636,771"
)
_BENEFIT_DATES = "096,193,194,198,290,291,292,295,304,307,318,346,348,349,356,357,435,472,636,771"


def _benefits(letter: str) -> str:
    return f"""
[2110{letter} S *] a benefit
  EB R 1 R={_BENEFITS} S=CHD,DEP,ECH,EMP,ESP,FAM,IND,SPC,SPO S={SERVICE_TYPES}^99 S={_INSURANCE} S S={_TIMES} S S S=8H,99,CA,CE,D3,DB,DY,HS,LA,LE,M2,MN,P6,QA,S7,S8 S S=N,U,Y S=N,U,W,Y {_PROCEDURE} - S) S
  HSD S 9 S=DY,FL,HS,MN,VS S S=DA,MO,VS,WK,YR S S={_TIMES} S S={_FREQUENCIES} S=A,B,C,D,E,F,G,Y
  REF S 9 R=18,1L,1W,49,6P,9F,ALS,CLI,F6,FO,G1,IG,M7,N6,NQ R S
  DTP S 20 R={_BENEFIT_DATES} R=D8,RD8 R
  AAA S 9 R=N,Y - R={_BENEFIT_REASONS} R=C,N,R,W,X,Y
  MSG S 10 R
  [2115{letter} S 10] further codes
    III R 1 S=GR,NI,ZZ S S=44 S
  [LS S 1] related parties
    LS R 1 R=2120
    [2120{letter} S 23] related party
      NM1 R 1 R={_RELATED} R=1,2 S S S - S S=24,34,46,FA,FI,II,MI,NI,PI,PP,SV,XV,XX S S=01,02,27,41,48,65,72
      N3 S 1 R S
      N4 S 1 R S S S S=RJ S S
      PER S 3 R=IC S {_channels(",WP")}
      PRV S 1 {_RECEIVER_SPECIALTY}
    LE R 1 R=2120
"""


ANSWER = f"""
ST R 1 R=271 R R
BHT R 1 R=0022 R=06,11 S R R
[2000A R *] source level
  HL R 1 R - R=20 R=0,1
  AAA S 9 R=N,Y - R=04,41,42,79 R=C,N,P,R,S,Y
  [2100A R 1] who answers
    NM1 R 1 {_SOURCE_NAME}
    PER S 3 R=IC S {_channels("")}
    AAA S 9 R=N,Y - R=04,41,42,79,80,T4 R=C,N,P,R,S,W,X,Y
  [2000B S *] receiver level
    HL R 1 R R R=21 R=0,1
    [2100B R 1] who asked
      NM1 R 1 R={_RECEIVERS} R=1,2 S S S - S {_RECEIVER_IDS}
      REF S 9 {_RECEIVER_REFERENCE}
      N3 S 1 R S
      N4 S 1 {_ADDRESS}
      AAA S 9 R=N,Y - R=15,41,43,44,45,46,47,48,50,51,79,97,T4 R={_ACTIONS}
      PRV S 1 {_RECEIVER_SPECIALTY}
    [2000C S *] subscriber level
      HL R 1 R R R=22 R=0,1
      TRN S 3 R=1,2 R R S
      [2100C R 1] subscriber
        NM1 R 1 R=IL R=1,2 S S S - S S=II,MI S
        REF S 9 R=18,1L,1W,3H,49,6P,CE,CT,EA,EJ,F6,GH,HJ,IF,IG,N6,NQ,Q4,SY,Y4 R S
        N3 S 1 R S
        N4 S 1 {_ADDRESS}
        AAA S 9 R=N,Y - R={_SUBSCRIBER_REASONS} R={_ACTIONS}
        PRV S 1 {_PATIENT_PROVIDER}
        DMG S 1 {_BIRTH}
        INS S 1 R=Y R=18 S=001 S=25 - - - - - - - - - - - - S
        HI S 1 {_DIAGNOSES}
        DTP S 9 R={_PATIENT_DATES} R=D8,RD8 R
        MPI S 9 {_MILITARY}
{_inside(_benefits("C"), 4)}
      [2000D S *] dependent level
        HL R 1 R R R=23 R=0
        TRN S 3 R=1,2 R R S
        [2100D R 1] dependent
          NM1 R 1 R=03 R=1 S S S - S
          REF S 9 R=18,1L,1W,49,6P,CE,CT,EA,EJ,F6,GH,HJ,IF,IG,MRC,N6,NQ,Q4,SY,Y4 R S
          N3 S 1 R S
          N4 S 1 {_ADDRESS}
          AAA S 9 R=N,Y - R={_DEPENDENT_REASONS} R={_ACTIONS}
          PRV S 1 {_PATIENT_PROVIDER}
          DMG S 1 {_BIRTH}
          INS S 1 R=N R=01,19,20,21,39,40,53,G8 S=001 S=25 - - - - - - - - - - - - S
          HI S 1 {_DIAGNOSES}
          DTP S 9 R={_PATIENT_DATES} R=D8,RD8 R
          MPI S 9 {_MILITARY}
{_inside(_benefits("D"), 5)}
"""


def inquiry_text() -> str:
    """The guide of the 270 for `wire.x12.guide.parse_guide`."""
    return INQUIRY


def answer_text() -> str:
    """The guide of the 271 for `wire.x12.guide.parse_guide`."""
    return ANSWER
