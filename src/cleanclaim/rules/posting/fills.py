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
    numbers = [pair for one in told or aside for pair in number_readings(one)]
    if not told and ours is not None:
        numbers = [pair for pair in numbers if pair[0] in ours]
    if told and not any(number is not None for _, number in numbers):
        named = {one for one, _ in numbers}
        more = [pair for one in aside for pair in number_readings(one) if pair[1] is not None]
        numbers = [pair for pair in more if pair[0] in named] or numbers
    ndc = ndc_digits(billed.code) if billed.qualifier in NDC else ""
    on = line.service_from or payment.service_from
    return ToldFill(tuple(dict.fromkeys(numbers)), ndc, on)


def number_readings(text: str) -> tuple[tuple[str, int | None], ...]:
    """What a number may mean: the prescription alone, and the prescription with its fill where one stands behind it."""
    whole = (plain_number(text), None)
    if found := _WITH_FILL.fullmatch(text.strip()):
        return ((plain_number(found[1]), int(found[2])), whole)
    return (whole,)


def unclear_fill(payment: ClaimPayment, items: Sequence[OpenItem]) -> str:
    """Why it is not sure which fill of the claim a drug's line is; empty where each is one."""
    free = [item for item in items if item.prescription_number]
    if not free:
        return ""
    ours = {item.prescription_number for item in free}
    told = [
        (place, line, one)
        for place, line in enumerate(payment.lines, 1)
        if (one := told_fill(line, payment, ours)) is not None and line.charge
    ]
    left: list[_ToldLine] = []
    for place, line, one in told:
        fitting = _fitting(line, one, free)
        if not fitting:
            return f"line {place} of the payment is {_told_words(one, ours)}; the claim bills {_own_words(free)}"
        if len(fitting) == 1 and (one.says_fill or _is_numbered(line, fitting[0])):
            free.remove(fitting[0])
        else:
            left.append((place, line, one))
    return _unclear(left, free)


_ToldLine = tuple[int, LinePayment, ToldFill]


def _unclear(lines: Sequence[_ToldLine], free: Sequence[OpenItem]) -> str:
    """Why lines that do not say their fill may be one of several charges that are left."""
    for place, line, one in lines:
        fitting = _fitting(line, one, free)
        alike = [other for _, other, its in lines if its == one and _same(other, line)]
        if len(fitting) > 1 and len(alike) != len(fitting):
            fills = " and ".join(fill_of_item(item).words for item in fitting)
            return (
                f"line {place} of the payment does not say which fill it is of prescription "
                f"{fitting[0].prescription_number}: {fills} fit"
            )
    return ""


def _fitting(line: LinePayment, told: ToldFill, items: Sequence[OpenItem]) -> list[OpenItem]:
    """The charges that the line may answer: its own number's, else those that fit, of its charge if any are."""
    numbered = [item for item in items if _is_numbered(line, item)]
    if len(numbered) == 1 and (not told.says_fill or told.names(fill_of_item(numbered[0]))):
        return numbered
    fitting = [item for item in items if told.fits(fill_of_item(item))]
    return [item for item in fitting if item.charge == abs(line.charge)] or fitting


def _is_numbered(line: LinePayment, item: OpenItem) -> bool:
    return bool(line.line_control_number) and line.line_control_number == item.control_number


def _told_words(told: ToldFill, ours: Collection[str]) -> str:
    named = [one for one in told.numbers if one[0] in ours] or list(told.numbers)
    words = []
    if named:
        number, fill = named[0]
        words.append(f"prescription {number}" + ("" if fill is None else f", fill {fill}"))
    if told.ndc:
        words.append(f"NDC {told.ndc}")
    if told.on:
        words.append(f"of {told.on}")
    return ", ".join(words)


def _own_words(items: Sequence[OpenItem]) -> str:
    return " and ".join(
        ", ".join(
            (
                f"prescription {item.prescription_number}",
                fill_of_item(item).words,
                f"NDC {item.ndc}",
                *((f"of {item.service_from}",) if item.service_from else ()),
            )
        )
        for item in items
    )


def _same(one: LinePayment, other: LinePayment) -> bool:
    return (one.charge, one.paid, one.adjustments) == (other.charge, other.paid, other.adjustments)
