"""Which fill of a prescription a drug line is: written in many ways, compared in one.

A prescription's number is compared in capitals and without leading zeros. Its fill (0 = the first) stands behind a
dash, slash or blank: `7001234-2`. An NDC has eleven digits, 5-4-2; of ten the short part of a hyphened one says where
the zero goes. Ten digits in a row could be three NDCs: they stay as they are and are none of them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.remittance import ClaimPayment, LinePayment

NDC = ("N4", "ND")  # SVC01 of a drug
PRESCRIPTION = "XZ"  # REF01
_WITH_FILL = re.compile(r"(.+?)\s*[-/ ]\s*([0-9]{1,2})")
_PARTS = (5, 4, 2)  # digits of an NDC's parts


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill of our own. `number` is None where nobody told it."""

    prescription: str
    number: int | None
    ndc: str
    on: date | None = None

    @property
    def words(self) -> str:
        """As people name it."""
        return "fill not told" if self.number is None else f"fill {self.number}"


@dataclass(frozen=True, slots=True)
class ToldFill:
    """What a payment's line says of its fill: readings of its number, the NDC and the day, each empty if not told."""

    numbers: tuple[tuple[str, int | None], ...]
    ndc: str
    on: date | None

    @property
    def says_fill(self) -> bool:
        """Whether it names the fill and not only the prescription."""
        return any(number is not None for _, number in self.numbers)

    def names(self, fill: Fill) -> bool:
        """Whether it names this prescription and no other fill of it."""
        return any(
            one == fill.prescription and (number is None or fill.number in (None, number))
            for one, number in self.numbers
        )

    def fits(self, fill: Fill) -> bool:
        """Whether nothing that it says speaks against this fill."""
        return (
            (not self.numbers or self.names(fill))
            and (not self.ndc or not fill.ndc or self.ndc == fill.ndc)
            and (self.on is None or fill.on is None or self.on == fill.on)
        )


def plain_number(text: str) -> str:
    """A prescription's number as it is compared."""
    return text.strip().upper().lstrip("0")


def ndc_digits(text: str) -> str:
    """The eleven digits of an NDC; other texts in capitals, as they are."""
    plain = text.strip().upper().removeprefix("N4")
    parts = plain.split("-")
    if len(parts) == len(_PARTS) and all(
        part.isdigit() and size - 1 <= len(part) <= size
        for part, size in zip(parts, _PARTS, strict=True)
    ):
        return "".join(part.zfill(size) for part, size in zip(parts, _PARTS, strict=True))
    return plain


def fill_of(line: ServiceLine) -> Fill:
    """The fill that a line of ours bills; without a prescription where it bills no drug by one."""
    drug = line.drug
    if drug is None:
        return Fill("", None, "")
    told, number = drug.prescription_number, drug.fill_number
    if number is None and (found := _WITH_FILL.fullmatch(told.strip())):
        told, number = found[1], int(found[2])
    return Fill(plain_number(told), number, ndc_digits(drug.ndc), line.service_from)


def fill_of_item(item: OpenItem) -> Fill:
    """The fill of a charge; without a prescription where it is none."""
    return Fill(item.prescription_number, item.fill_number, item.ndc, item.service_from)


def told_fill(
    line: LinePayment, payment: ClaimPayment, ours: Collection[str] | None = None
) -> ToldFill | None:
    """What a drug's line says; None for other lines.

    The prescription is REF*XZ, or the claim's number where that is missing; whichever of the claim's number and the
    line's own (REF*6R) has the fill behind the same prescription tells it.

    Args:
        ours: the prescriptions in question; a claim's number that is none of them is no prescription.
    """
    billed = line.submitted or line.procedure
    told = [one.value for one in line.references if one.qualifier == PRESCRIPTION and one.value]
    if not told and billed.qualifier not in NDC:
        return None
    aside = [one for one in (payment.control_number, line.line_control_number) if one]
    numbers = [pair for one in told or aside for pair in _readings(one)]
    if not told and ours is not None:
        numbers = [pair for pair in numbers if pair[0] in ours]
    if told and not any(number is not None for _, number in numbers):
        named = {one for one, _ in numbers}
        more = [pair for one in aside for pair in _readings(one) if pair[1] is not None]
        numbers = [pair for pair in more if pair[0] in named] or numbers
    ndc = ndc_digits(billed.code) if billed.qualifier in NDC else ""
    on = line.service_from or payment.service_from
    return ToldFill(tuple(dict.fromkeys(numbers)), ndc, on)


def _readings(text: str) -> list[tuple[str, int | None]]:
    """What a number may mean: the prescription alone, and the prescription with its fill where one stands behind it."""
    whole: list[tuple[str, int | None]] = [(plain_number(text), None)]
    if found := _WITH_FILL.fullmatch(text.strip()):
        return [(plain_number(found[1]), int(found[2])), *whole]
    return whole


def unclear_fill(payment: ClaimPayment, items: Sequence[OpenItem]) -> str:
    """Why a drug's line may be one of several fills of the claim; empty where each is one, or none."""
    free = [item for item in items if item.prescription_number]
    if len(free) < 2:
        return ""
    ours = {item.prescription_number for item in free}
    told = [
        (place, line, told_fill(line, payment, ours)) for place, line in enumerate(payment.lines, 1)
    ]
    open_lines = []
    for place, line, one in told:
        if one is None:
            continue
        mine = [item for item in free if item.control_number == line.line_control_number]
        if not (line.line_control_number and len(mine) == 1):
            mine = [item for item in free if one.fits(fill_of_item(item))] if one.says_fill else []
        if len(mine) == 1:
            free.remove(mine[0])
        else:
            open_lines.append((place, line, one))
    for place, line, one in open_lines:
        fitting = [item for item in free if one.fits(fill_of_item(item))]
        same_charge = [item for item in fitting if item.charge == abs(line.charge)]
        fitting = same_charge or fitting
        alike = [other for _, other, its in open_lines if its == one and _same(other, line)]
        if len(fitting) > 1 and len(alike) != len(fitting):
            fills = " and ".join(fill_of_item(item).words for item in fitting)
            return (
                f"line {place} of the payment does not say which fill it is of prescription "
                f"{fitting[0].prescription_number}: {fills} fit"
            )
    return ""


def _same(one: LinePayment, other: LinePayment) -> bool:
    return (one.charge, one.paid, one.adjustments) == (other.charge, other.paid, other.adjustments)
