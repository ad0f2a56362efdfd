"""The health care services review (278, 005010X217) as data: our own notation, see `wire.x12.guide`.

Request and response share ST01 and the guide id; they are told apart by BHT02.
"""

from cleanclaim.edi.eligibility.guide import SERVICE_TYPES

_ADDRESS = "R S S S - - S"
_CHANNELS = "S=EM,FX,TE,UR S S=EM,EX,FX,TE,UR S S=EM,EX,FX,TE,UR S"
_PLAN_NAME = "R=1,2 S S S - S R=24,34,46,PI,XV,XX R"
_PROVIDER_NAME = "R=1,2 S S S - S S=24,34,46,XX S"
_PROVIDER_REFERENCE = "REF S 9 R=0B,1G,1J,CT,EI,G5,N5,N7,SY,ZH R S"
_SPECIALTY = "R=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF R=PXC R"
_RELATIONS = "01,04,05,07,09,10,15,17,19,20,21,22,23,24,29,32,33,34,36,39,40,41,43,53,G8"
_SUBSCRIBER_REFERENCE = "REF S 9 R=1L,1W,3L,6P,A6,DP,EJ,F6,HJ,IG,N6,NQ,SY R"
_SERVICE = (
    f"S={SERVICE_TYPES} S(R R=A,B) S(R=AA,AP,EM S=AA,AP,EM S=AA,AP,EM S S) S=03,E,U S S S=I,M,O,Y "
    "S=1,2,3,4,7,8,9,10,11,15,16,17,18"
)
_CERTIFICATION = f"R=1,2,3,4,I,N,R,S {_SERVICE}"
_CODE = "(R=ABF,ABJ,ABK,APR,BF,BJ,BK,DR,LOI,PR R S=D8 S - - S)"
_DELIVERY = (
    "S=DY,FL,HS,MN,VS S S=DA,MO,WK S S=6,7,21,26,27,29,34,35 S "
    "S=1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SA,SB,SC,SD,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y "
    "S=A,B,C,D,E,F,G,Y"
)
_PAPERWORK = (
    "R=03,04,05,06,07,08,09,10,11,13,15,21,48,55,59,77,A3,A4,AM,AS,AT,B2,B3,BR,BS,BT,CB,CK,D2,DA,DB,DG,DJ,"
    "DS,FM,HC,HR,I5,IR,LA,M1,NN,OB,OC,OD,OE,OX,P4,P5,P6,P7,PE,PN,PO,PQ,PY,PZ,QC,QR,RB,RR,RT,RX,SG,V5,XP "
    "R=AA,BM,EL,EM,FT,FX,VO - - S=AC S S"
)
_CERTIFICATIONS = """
CR1 S 1 S=KG,LB S R=I,R,T,X S=A,B,C,D,E,F S=DH,DK S S S S S
CR2 S 1 S S S S S=DA,MO,WK,YR S S S=A,C,D,E,F,G,M S=N,Y S S S=N,Y
CR5 S 1 S=1,2,3,4,I,R,S S S=A,B,C,D,E,O S=A,B,C,D,E,O S R S S S S S S=R,S S=R,S S=R,S S=R,S,X S R=A,B,C,D,E S=A,B,C,D,E,O
CR6 S 1 R=1,2,3,4,5,6,7,8 R S=RD8 S - - R=N,U,W,Y R=1,2,3,4,I,R,S
"""
_EVENT_PROVIDERS = "71,72,73,77,AAJ,DD,DK,DN,FA,G3,P3,QB,QV,SJ"
_SERVICE_PROVIDERS = "1T,72,73,77,DD,DK,DQ,FA,G3,P3,QB,SJ"
_LINES = """
SV1 S 1 R(R=HC,IV,N4,WK,ZZ R S#4 S S) S S=F2,MJ,UN S S - S - - - S=N,Y - - - - - - - - S
SV2 S 1 S S(R=HC,ID,IV,N4,WK,ZZ R S#4 S S) S S=DA,F2,UN S S - - - S
SV3 S 1 R(R=AD R S#4 S S) S - S(R S#4) S=I,R S S
TOO S 32 R=JP R S
"""
_CONDITIONS = ("07", "08", "09", "11", "75", "76", "77")


def _dates(*codes: str) -> str:
    return "\n".join(f"DTP S 1 R={code} R=D8,RD8 R" for code in codes)


def _inside(text: str, depth: int) -> str:
    return "\n".join("  " * depth + line for line in text.strip("\n").splitlines())


def _aaa(codes: str, *, is_asked: bool) -> str:
    return "" if is_asked else f"AAA S 9 R=N,Y - R={codes} R=C,N,P,R,S,W,X,Y\n"


_EVENT_FAULTS = "15,33,52,56,57,60,61,62,AA,AD,AE,AF,AG,AH,AI,AJ,AL,AM,AN,AO,AP,AQ,CI,E8,IA,MA,T5"
_PROVIDER_FAULTS = "15,33,35,41,43,44,45,46,47,49,50,51,52,79,97,IP"
_PERSON_FAULTS = "15,33,58,64,65,66,67,68,71,72,73,74,75,76,77,78,79,95"


def _provider(loop: str, codes: str, *, is_asked: bool) -> str:
    return f"""
[{loop}] provider
  NM1 R 1 R={codes} {_PROVIDER_NAME}
  {_PROVIDER_REFERENCE}
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
  PER S 1 R=IC S {_CHANNELS}
{_inside(_aaa(_PROVIDER_FAULTS, is_asked=is_asked), 1)}
  PRV S 1 {_SPECIALTY}
"""


def _additional_contact(loop: str) -> str:
    return f"""
[{loop} S 1] where further information goes
  NM1 R 1 R=1P,2B,ABG,FA,L5,PR,X3 R=1,2 S S S - S S=24,34,46,PI,XV,XX S
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
  PER S 3 R=IC S {_CHANNELS}
"""


def _transport(loop: str) -> str:
    return f"""
[{loop} S 5] place of a transport
  NM1 R 1 R=45,FS,ND,PW,R3 R=1,2 S
  N3 S 1 R S
  N4 S 1 {_ADDRESS}
"""


def _other_plan(loop: str) -> str:
    return f"""
[{loop} S 3] another plan that decided
  NM1 R 1 R=00,CA R=2 S - - - - S S
  REF R 1 R=ZZ R
  REF S 3 R=BB,NT R
  DTP S 1 R=598 R=D8 R
"""


def _decision(*, is_asked: bool) -> str:
    return "" if is_asked else "HCR S 1 R=A1,A2,A3,A4,A6,C,CT,NA S S^5 S=N,Y\n"


def _trace(*, is_asked: bool) -> str:
    return "TRN S 2 R=1 R R S" if is_asked else "TRN S 3 R=1,2 R R S"


def _event(*, is_asked: bool) -> str:
    issued = () if is_asked else ("102", "036", "007")
    conditions = "\n".join(f"CRC S 1 R={code} R=N,Y R S S S S" for code in _CONDITIONS)
    letters = iter("ABCD")
    loops = [_provider(f"2010E{next(letters)} S 14", _EVENT_PROVIDERS, is_asked=is_asked)]
    if not is_asked:
        loops.append(_additional_contact(f"2010E{next(letters)}"))
    loops += [_transport(f"2010E{next(letters)}"), _other_plan(f"2010E{next(letters)}")]
    return f"""
[2000E R 1] patient event level
  HL R 1 R R R=EV R=0,1
  {_trace(is_asked=is_asked)}
{_inside(_aaa(_EVENT_FAULTS, is_asked=is_asked), 1)}
  UM R 1 R=AR,HS,IN,SC {_CERTIFICATION}
{_inside(_decision(is_asked=is_asked), 1)}
  REF S 1 R=NT R
  REF S 1 R=BB R
{_inside(_dates("439", "484", "ABC", "431", "AAH", "435", "096", *issued), 1)}
  HI S 1 R{_CODE} S{_CODE}#11
  HSD S 1 {_DELIVERY}
{_inside(conditions, 1)}
  CL1 S 1 S S S S
{_inside(_CERTIFICATIONS, 1)}
  PWK S 10 {_PAPERWORK}
  MSG S 1 R
{_inside("".join(loops), 1)}
{_inside(_service(is_asked=is_asked), 1)}
"""


def _service(*, is_asked: bool) -> str:
    issued = () if is_asked else ("102", "036", "007")
    own = "2010F S 12" if is_asked else "2010FA S 12"
    contact = "" if is_asked else _inside(_additional_contact("2010FB"), 1)
    return f"""
[2000F S *] service level
  HL R 1 R R R=SS R=0
  {_trace(is_asked=is_asked)}
{_inside(_aaa(_EVENT_FAULTS, is_asked=is_asked), 1)}
  UM S 1 R=HS,SC {_CERTIFICATION}
{_inside(_decision(is_asked=is_asked), 1)}
  REF S 1 R=NT R
  REF S 1 R=BB R
{_inside(_dates("472", *issued), 1)}
{_inside(_LINES, 1)}
  HSD S 1 {_DELIVERY}
  PWK S 10 {_PAPERWORK}
  MSG S 1 R
{_inside(_provider(own, _SERVICE_PROVIDERS, is_asked=is_asked), 1)}
{contact}
"""


def _text(*, is_asked: bool) -> str:
    head = (
        "BHT R 1 R=0007 R=01,13,36 R R R S=RU"
        if is_asked
        else "BHT R 1 R=0007 R=11 R R R S=18,19,AT,RU"
    )
    plan_call = "" if is_asked else f"PER S 1 R=IC S {_CHANNELS}"
    below = "R" if is_asked else "S"  # after a rejection an answer ends
    event = _event(is_asked=is_asked).replace("2000E R 1", "2000E S 1")
    dependent = _inside(_event(is_asked=is_asked) if is_asked else event, 4)
    return f"""
ST R 1 R=278 R R
{head}
[2000A R 1] review organization level
  HL R 1 R - R=20 R=0,1
{_inside(_aaa("04,41,42,79", is_asked=is_asked), 1)}
  [2010A R 1] review organization
    NM1 R 1 R=X3 {_PLAN_NAME}
    {plan_call}
{_inside(_aaa("04,41,42,79,80,T4", is_asked=is_asked), 2)}
  [2000B {below} 1] requester level
    HL R 1 R R R=21 R=0,1
    [2010B R 1] requester
      NM1 R 1 R=1P,2B,36,FA R=1,2 S S S - S R=24,34,46,FI,SV,XX R
      {_PROVIDER_REFERENCE}
      N3 S 1 R S
      N4 S 1 {_ADDRESS}
      PER S 1 R=IC S {_CHANNELS}
{_inside(_aaa(_PROVIDER_FAULTS, is_asked=is_asked), 3)}
      PRV S 1 {_SPECIALTY}
    [2000C {below} 1] subscriber level
      HL R 1 R R R=22 R=0,1
      [2010C R 1] subscriber
        NM1 R 1 R=IL R=1 S S S - S R=II,MI R
        {_SUBSCRIBER_REFERENCE}
        N3 S 1 R S
        N4 S 1 {_ADDRESS}
{_inside(_aaa(_PERSON_FAULTS, is_asked=is_asked), 4)}
        DMG S 1 R=D8 R S=F,M,U
        INS S 1 R=Y R=18 - - - - - S
      [2000D S 1] dependent level
        HL R 1 R R R=23 R=0,1
        [2010D R 1] dependent
          NM1 R 1 R=QC R=1 S S S - S
          REF S 3 R=A6,EJ,SY R
          N3 S 1 R S
          N4 S 1 {_ADDRESS}
{_inside(_aaa(_PERSON_FAULTS, is_asked=is_asked), 5)}
          DMG S 1 R=D8 R S=F,M,U
          INS S 1 R=N R={_RELATIONS} - - - - - - - - - - - - - - S
{dependent}
{_inside(event, 3)}
"""


def request_text() -> str:
    """The guide of the request for `wire.x12.guide.parse_guide`."""
    return _text(is_asked=True)


def response_text() -> str:
    """The guide of the response for `wire.x12.guide.parse_guide`."""
    return _text(is_asked=False)
