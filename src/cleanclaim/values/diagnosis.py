"""A coded diagnosis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`qualifier` is the HI code list (`ABK` principal, `ABF` other; `BK`/`BF` for ICD-9); no dot.

    `present_on_admission` is Y, N, U (not documented), W (cannot tell) or empty; institutional claims only.
    """

    code: str
    qualifier: str = "ABF"
    present_on_admission: str = ""
