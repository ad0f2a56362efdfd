"""The sums and line numbers of claims, for a whole part at once."""

import numpy as np

from cleanclaim.edi.checks import Checker
from cleanclaim.edi.screening.columns import NOT_CENTS, Columns, spans, sums
from cleanclaim.wire.x12.keys import Numbers

_LINE = ("2400",)
_CHARGES = (("SV1", 2), ("SV2", 3), ("SV3", 2))


_OTHER_PAYERS = frozenset({"other-payer-claim", "other-payer-paid", "other-payer-line"})


class ClaimSums:
    """Screens the loop checks of 837P, 837I and 837D."""

    CHECKS = _OTHER_PAYERS | {"line-numbers", "claim-total", "medicare-number"}

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def suspicious(self, columns: Columns) -> set[int]:
        """Rows of claims whose numbers or sums are not proven right."""
        found: set[int] = set()
        if "line-numbers" in self._names:
            found.update(_misnumbered(columns, columns.rows("CLM", ("2300",))))
        if "claim-total" in self._names:
            found.update(_unequal(columns))
        if self._names & _OTHER_PAYERS:
            # What other payers paid and adjusted: the exact checks add it up.
            found.update(columns.rows("AMT", ("2320",), "D").tolist())
            found.update(columns.rows("SVD", ("2430",)).tolist())
        if "medicare-number" in self._names:
            found.update(_of_medicare(columns))
        return found

    def add_clean(self, checker: Checker, first: list[str]) -> None:
        """Nothing is added up over the claims of a message."""


def _misnumbered(columns: Columns, starts: Numbers) -> list[int]:
    rows, told = columns.column("LX", _LINE, 1)
    if not len(rows):
        return []
    unit = np.searchsorted(starts, rows, side="right")
    ordinals = np.arange(len(rows)) - np.searchsorted(unit, unit) + 1
    # Lines before the first claim belong to one that began in the part before.
    spans_ = zip(rows.tolist(), told, ordinals.tolist(), unit.tolist(), strict=True)
    return [row for row, text, number, claim in spans_ if claim and text != str(number)]


def _unequal(columns: Columns) -> list[int]:
    starts, totals = columns.cents("CLM", ("2300",), 2)
    ends = spans(starts, len(columns.part.segments))
    charged = np.zeros(len(starts), np.int64)
    lines = np.zeros(len(starts), np.int64)
    is_odd = totals == NOT_CENTS
    for tag, element in _CHARGES:
        rows, amounts = columns.cents(tag, _LINE, element)
        if not len(rows):
            continue
        odd = amounts == NOT_CENTS
        if odd.any():
            is_odd |= sums(odd.astype(np.int64), rows, starts, ends) > 0
            amounts[odd] = 0
        charged += sums(amounts, rows, starts, ends)
        lines += sums(np.ones(len(rows), np.int64), rows, starts, ends)
    found: list[int] = starts[is_odd | ((lines > 0) & (totals != charged))].tolist()
    return found


def _of_medicare(columns: Columns) -> list[int]:
    """Subscribers of Medicare: whether their number has its form is for the exact check."""
    rows, told = columns.column("SBR", ("2000B",), 9)
    return [row for row, text in zip(rows.tolist(), told, strict=True) if text in ("MA", "MB")]
