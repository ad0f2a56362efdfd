"""Levels 3 and 5 for whole windows at once: proves most units clean and names the segments that need the exact checks.

What is proven clean here, the checks of `edi.checks` find clean, too; a test holds it to that. A check that is not
known here makes every unit go the exact way.
"""

from collections.abc import Sequence
from datetime import date

from cleanclaim.edi.checks import Check, Checker
from cleanclaim.edi.screening.claims import ClaimSums
from cleanclaim.edi.screening.columns import Columns
from cleanclaim.edi.screening.payments import PaymentSums
from cleanclaim.edi.screening.texts import TEXT_CHECKS, Objection, Texts
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.screen import Part

_SUMS: dict[str, type[ClaimSums] | type[PaymentSums]] = {
    "837P": ClaimSums,
    "837I": ClaimSums,
    "837D": ClaimSums,
    "835": PaymentSums,
}


class Screening:
    """Screens one message, part by part."""

    def __init__(
        self, name: str, checks: Sequence[Check], delimiters: Delimiters, on: date | None
    ) -> None:
        self._sums = _SUMS[name](frozenset(check.name for check in checks))
        self._texts = Texts(name, checks, delimiters, on)
        self._delimiters = delimiters

    def judge(self, part: Part) -> tuple[list[Objection], list[int]]:
        """What is wrong with single segments of a screened part; and the rows that only the exact checks can judge.

        Both in the order of the rows.
        """
        columns = Columns(part)
        objections, rows = self._texts.judge(columns)
        # What breaks the guide may hold anything: the screens rely on codes and forms that the guide allows.
        broken = {defect.position - part.first for defect in part.defects}
        return objections, sorted(rows | broken | self._sums.suspicious(columns))

    def add_clean(self, checker: Checker, first: str) -> None:
        """Tell the checks of the whole message of a unit that they are not shown; `first` is its first segment."""
        self._sums.add_clean(checker, first.split(self._delimiters.element))


def screening_for(
    name: str, checks: Sequence[Check], delimiters: Delimiters, on: date | None
) -> Screening | None:
    """The screen of a message for these checks; None where one of them is not known here."""
    kind = _SUMS.get(name)
    if kind is None or any(c.name not in TEXT_CHECKS and c.name not in kind.CHECKS for c in checks):
        return None
    return Screening(name, checks, delimiters, on)
