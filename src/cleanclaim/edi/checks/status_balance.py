"""Level 3 of the claim acknowledgement (277CA): what it says was accepted and rejected is what it lists."""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.edi.checks.problem import Problem, wrong
from cleanclaim.edi.checks.registry import message_check
from cleanclaim.edi.checks.unit import Unit, each, first
from cleanclaim.edi.fields import ZERO, Elements, amount, at
from cleanclaim.wire.x12.tree import Block

_ACCEPTED = frozenset({"A0", "A1", "A2", "A5"})
_QTY = {"90": True, "AA": False, "QA": True, "QC": False}
_AMT = {"YU": True, "YY": False}


class _Sums:
    """Accepted and rejected claims under one level."""

    def __init__(self, block: Block, stated: list[Elements]) -> None:
        self.block, self.stated = block, stated
        self.count = {True: 0, False: 0}
        self.charge = {True: ZERO, False: ZERO}

    def add(self, charge: Decimal, *, is_accepted: bool) -> None:
        self.count[is_accepted] += 1
        self.charge[is_accepted] += charge

    def problems(self) -> Iterable[Problem]:
        for elements in self.stated:
            said = amount(at(elements, 2))
            if elements[0] == "QTY" and elements[1] in _QTY:
                is_accepted = _QTY[elements[1]]
                found: Decimal = Decimal(self.count[is_accepted])
            elif elements[0] == "AMT" and elements[1] in _AMT:
                is_accepted = _AMT[elements[1]]
                found = self.charge[is_accepted]
            else:
                continue
            if said is not None and said != found:
                kind = "accepted" if is_accepted else "rejected"
                yield wrong(
                    self.block, elements, 2, f"expected {found}: what the {kind} claims below make"
                )


@message_check(
    "acknowledged-totals", 3, ("277CA",), ("2000B", "2200B", "2000C", "2200C", "2000D", "2200D"),
    "Numbers and charges of accepted and rejected claims are those of the claims listed.",
)  # fmt: skip
class AcknowledgedTotals:
    """QTY and AMT of 2200B and 2200C against the STC of the claims below."""

    def __init__(self) -> None:
        self.receiver: _Sums | None = None
        self.provider: _Sums | None = None
        self.has_claims = False
        self.is_partial = (
            False  # a provider was rejected as a whole: its claims are counted, not listed
        )

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Open a level, or count a claim."""
        stated = [*each(block, "QTY"), *each(block, "AMT")]
        if block.id in ("2000B", "2200B"):
            if stated:
                self.receiver = _Sums(block, stated)
        elif block.id == "2000C":
            closed, self.provider = self.provider, None
            if stated:
                self.provider = _Sums(block, stated)
            return () if closed is None else tuple(closed.problems())
        elif block.id == "2200C":
            status = first(block, "STC")
            if status is not None and unit.part(at(status, 1), 1) not in _ACCEPTED:
                self.is_partial = True
            if stated:
                self.provider = _Sums(block, stated)
        elif block.id == "2200D":
            self._claim(unit, block)
        return ()

    def _claim(self, unit: Unit, block: Block) -> None:
        status = first(block, "STC")
        if status is None:
            return
        self.has_claims = True
        is_accepted = unit.part(at(status, 1), 1) in _ACCEPTED
        charge = amount(at(status, 4)) or ZERO
        for sums in (self.receiver, self.provider):
            if sums is not None:
                sums.add(charge, is_accepted=is_accepted)

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Close the levels. A file that rejects at a higher level lists no claims to compare with."""
        if not self.has_claims:
            return
        if self.provider is not None:
            yield from self.provider.problems()
        if self.receiver is not None and not self.is_partial:
            yield from self.receiver.problems()
