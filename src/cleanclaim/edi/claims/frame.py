"""The guide text that all 837s share: from ST down to the claim, other payers, adjudicated lines.

A part named in braces is put in its place; one that stands alone on its line keeps that line's indent for all its
own lines, and may be empty.
"""

import re

_ALONE = re.compile(r"^( *)\{(\w+)\}$", re.MULTILINE)

PARTS = {
    "channels": "R=EM,FX,TE R S=EM,EX,FX,TE S S=EM,EX,FX,TE S",
    "filing": "S=11,12,13,14,15,16,17,AM,BL,CH,CI,DS,FI,HM,LM,MA,MB,MC,OF,TV,VA,WC,ZZ",
    "payer_order": "R=A,B,C,D,E,F,G,H,P,S,T,U",
    "person": "R S S - S S=XX S",  # NM103 on: a person, or whoever has a first name
    "organization": "R - - - - S=XX S",
    "adjustments": " S S S" * 5,
    "of_payer": "S(R=2U R)",  # REF04: which payer the number is for
    "methods": "R=00,01,02,03,04,05,06,07,08,09,10,11,12,13,14",
    "repricing": "S=T1,T2,T3,T4,T5,T6 S=1,2,3,4,5 S=1,2,3,4,5,6",
}

_FRAME = """
ST R 1 R=837 R R
BHT R 1 R=0019 R=00,18 R R R R=31,CH,RP
{before_names}
[1000A R 1] submitter
  NM1 R 1 R=41 R=1,2 R S S - - R=46 R
  PER R 2 R=IC S {channels}
[1000B R 1] receiver
  NM1 R 1 R=40 R=2 R - - - - R=46 R
[2000A R *] billing provider level
  HL R 1 R - R=20 R=1
  PRV S 1 R=BI R=PXC R
  CUR S 1 R=85 R
  [2010AA R 1] billing provider
    NM1 R 1 R=85 {billing_name}
    N3 R 1 R S
    N4 R 1 R S S S - - S
    {billing_references}
    PER S 2 R=IC S {channels}
  [2010AB S 1] pay-to address
    NM1 R 1 R=87 {pay_to_kind}
    N3 R 1 R S
    N4 R 1 R S S S - - S
  [2010AC S 1] pay-to plan
    NM1 R 1 R=PE R=2 R - - - - R=PI,XV R
    N3 R 1 R S
    N4 R 1 R S S S - - S
    REF S 1 R=2U,FY,NF R
    REF R 1 R=EI R
  [2000B R *] subscriber level
    HL R 1 R R R=22 R=0,1
    SBR R 1 {payer_order} S=18 S S {insurance_type} - - - {filing}
    {subscriber_details}
    [2010BA R 1] subscriber
      NM1 R 1 R=IL R=1,2 R S S - S S=II,MI S
      N3 S 1 R S
      N4 S 1 R S S S - - S
      DMG S 1 R=D8 R R=F,M,U
      REF S 1 R=SY R
      REF S 1 R=Y4 R
      {contact}
    [2010BB R 1] payer
      NM1 R 1 R=PR R=2 R - - - - R=PI,XV R
      N3 S 1 R S
      N4 S 1 R S S S - - S
      REF S 3 R=2U,EI,FY,NF R
      REF S {payer_references} R=G2,LU R
    [2300 S 100] claim
      {claim}
    [2000C S *] patient level
      HL R 1 R R R=23 R=0
      PAT R 1 R=01,19,20,21,39,40,53,G8 {patient_details}
      [2010CA R 1] patient
        NM1 R 1 R=QC R=1 R S S - S
        N3 R 1 R S
        N4 R 1 R S S S - - S
        DMG R 1 R=D8 R R=F,M,U
        REF S 1 R=Y4 R
        REF S 1 R=1W,SY R
        {contact}
      [2300 R 100] claim
        {claim}
"""

# Loop 2320 with the payer's own loops; the providers as that payer knows them differ and come last.
_COVERAGE = """
[2320 S 10] other coverage
  SBR R 1 {payer_order} R=01,18,19,20,21,39,40,53,G8 S S {insurance_type} - - - {filing}
  CAS S 5 {groups} R R S{adjustments}
  AMT S 1 R=D R
  AMT S 1 R=A8 R
  AMT S 1 R=EAF R
  DMG T 1 R=D8 R R=F,M,U
  OI R 1 - - R=N,W,Y {signature} - R=I,Y
  {medicare}
  [2330A R 1] its holder
    NM1 R 1 R=IL R=1,2 R S S - S R=II,MI R
    N3 S 1 R S
    N4 S 1 R S S S - - S
    REF S 2 R=SY R
  [2330B R 1] its payer
    NM1 R 1 R=PR R=2 R - - - - R=PI,XV R
    N3 S 1 R S
    N4 S 1 R S S S - - S
    DTP S 1 R=573 R=D8 R
    REF S {other_payer_ids} R=2U,EI,FY,NF R
    REF S 1 R=G1 R
    REF S 1 R=9F R
    REF S 1 R=T4 R=Y
    {predetermination}
    REF S 1 R=F8 R
  {other_providers}
"""

_ADJUDICATION = """
[2430 S 15] what an earlier payer did
  SVD R 1 R R {adjudicated_service} R S
  CAS S 5 {groups} R R S{adjustments}
  DTP R 1 R=573 R=D8 R
  AMT S 1 R=EAF R
"""

# What an 837 that leaves it out has in these places.
_DEFAULTS = {
    "before_names": "",
    "billing_name": "R=1,2 R S S - S S=XX S",
    "billing_references": "REF R 1 R=EI,SY R\nREF S 2 R=0B,1G R",
    "pay_to_kind": "R=1,2",
    "insurance_type": "-",
    "subscriber_details": "",
    "contact": "",
    "payer_references": "1",
    "patient_details": "",
    "groups": "R=CO,CR,OA,PI,PR",
    "signature": "-",
    "medicare": "MOA S 1 S#9",
    "other_payer_ids": "3",
    "predetermination": "",
}


def guide_text(claim: str, **parts: str) -> str:
    """A whole 837 for `wire.x12.guide.parse_guide`.

    Args:
        claim: what stands in loop 2300; may name `{coverage}` (loop 2320) and `{adjudication}` (loop 2430).
        parts: what differs, by the names used above.
    """
    table = PARTS | _DEFAULTS | parts
    table["coverage"] = filled(_COVERAGE, table)
    table["adjudication"] = filled(_ADJUDICATION, table)
    table["claim"] = filled(claim, table)
    return filled(_FRAME, table)


def filled(template: str, parts: dict[str, str]) -> str:
    """The template with each `{name}` replaced; parts that stand alone on a line keep its indent."""

    def block(found: re.Match[str]) -> str:
        lines = parts[found[2]].strip("\n").splitlines()
        return "\n".join(found[1] + line for line in lines)

    return _ALONE.sub(block, template).format(**parts)
