"""What is wrong with a file, located; the answers (TA1, 999) are computed from these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """One located defect.

    Attributes:
        level: SNIP type: 1 syntax, 2 guide, 3 balance, 4 situations, 5 code sets and check digits, 6 kinds of
            claims, 7 the partner's own rules.
        carrier: the answer's element that holds `code`: TA105, AK905, IK502, IK304 or IK403.
        position: segment number within its message (ST = 1), 0 for the envelope.
        offset: characters from the start of the file to the segment, -1 where not known.
        reference: X12 data element number (IK402), empty where it does not apply.
        rule: name of the check that found it, empty for levels 1 and 2.
        status: what a 277CA would answer about the claim: `category:status` or `category:status:entity`.
        is_error: False for remarks that do not make the receiver refuse.
    """

    level: int
    carrier: str
    code: str
    message: str
    position: int = 0
    loop: str = ""
    segment: str = ""
    element: int = 0
    component: int = 0
    repeat: int = 0
    value: str = ""
    is_error: bool = True
    offset: int = -1
    reference: str = ""
    rule: str = ""
    status: str = ""
