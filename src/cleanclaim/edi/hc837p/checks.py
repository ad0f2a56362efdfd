"""What the walker cannot see in an 837P: claim totals (SNIP 3), line numbers, NPI check digits."""

from decimal import Decimal
from functools import lru_cache

from cleanclaim.edi.fields import ZERO, amount
from cleanclaim.kernel.ids import npi
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.guide import Segment
from cleanclaim.wire.x12.walker import Walk

_WATCHED = frozenset({"CLM", "LX", "SV1", "NM1"})


def check(result: Walk) -> None:
    """Add the defects. A total that does not add up concerns its claim only; the message stays acceptable."""
    separator = result.delimiters.element
    claim: tuple[int, str, Decimal | None] | None = None
    charged, lines = ZERO, 0
    for number, (raw, place) in enumerate(zip(result.segments, result.places, strict=True), 1):
        if place is None or place.tag not in _WATCHED:
            continue
        tag = place.tag
        if tag == "NM1":
            _check_npi(result, place, raw, number)
            continue
        elements = raw.split(separator)
        if tag == "CLM":
            _check_total(result, claim, charged, lines)
            total = elements[2] if len(elements) > 2 else ""
            claim, charged, lines = (number, total, amount(total)), ZERO, 0
        elif tag == "LX":
            lines += 1
            if elements[1:2] != [str(lines)]:
                value = elements[1] if len(elements) > 1 else ""
                words = f"expected {lines}: lines count from 1 in each claim"
                result.add(
                    Defect(
                        2,
                        "IK403",
                        "7",
                        words,
                        number,
                        place.loop_id,
                        "LX",
                        1,
                        value=value,
                        reference="554",
                    )
                )
        elif len(elements) > 2:
            charged += amount(elements[2]) or ZERO
    _check_total(result, claim, charged, lines)


def _check_total(
    result: Walk, claim: tuple[int, str, Decimal | None] | None, charged: Decimal, lines: int
) -> None:
    if claim is None or not lines:
        return
    number, text, total = claim
    if total is not None and total != charged:
        words = f"claim charge {text} is not the sum of its line charges {charged}"
        result.add(
            Defect(3, "IK403", "I12", words, number, "2300", "CLM", 2, value=text, reference="782")
        )


@lru_cache(maxsize=50_000)
def _is_npi(text: str) -> bool:
    return npi.is_valid(text)


def _check_npi(result: Walk, place: Segment, raw: str, number: int) -> None:
    elements = raw.split(result.delimiters.element)
    if len(elements) > 9 and elements[8] == "XX" and not _is_npi(elements[9]):
        words = "not an NPI: expected ten digits with a valid check digit"
        result.add(
            Defect(5, "IK403", "I12", words, number, place.loop_id, "NM1", 9, value=elements[9],
                   is_error=False, reference="67")
        )  # fmt: skip
