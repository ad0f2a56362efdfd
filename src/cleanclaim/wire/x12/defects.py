"""What is wrong with a file, located; the answers (TA1, 999) are computed from these."""

from collections import Counter
from dataclasses import dataclass

MOST_DEFECTS = 1000


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


class Defects(list[Defect]):
    """Defects up to a bound: so many errors and so many remarks.

    Attributes:
        unlisted: how many more there were, by level and whether they were errors. Remarks never crowd out an error,
            and no verdict forgets the errors that are only counted.
    """

    def __init__(self, most: int = MOST_DEFECTS) -> None:
        super().__init__()
        self.unlisted: Counter[tuple[int, bool]] = Counter()
        self._room = {True: most, False: most}

    def add(self, defect: Defect) -> None:
        """List it, or count it where there is no room for more of its grade."""
        if self._room[defect.is_error]:
            self._room[defect.is_error] -= 1
            self.append(defect)
        else:
            self.unlisted[defect.level, defect.is_error] += 1
