"""What the collection's index says of each file, in the terms of our findings."""

import re
from dataclasses import dataclass

from tests.edi.shared_data import ROOT, Sample


@dataclass(frozen=True)
class Stated:
    """A finding that the index states; an empty or zero part is not stated, position 0 is the envelope."""

    carrier: str = ""
    code: str = ""
    segment: str = ""
    element: int = 0
    position: int | None = None

    def fits(self, finding) -> bool:
        """Whether `finding` is the one stated."""
        return (
            self.carrier in ("", finding.carrier)
            and self.code in ("", finding.code)
            and self.segment in ("", finding.segment)
            and self.element in (0, finding.element)
            and self.position in (None, finding.position)
        )

    @property
    def is_of_envelope(self) -> bool:
        """Whether it can be judged without knowing the guide."""
        return self.carrier in ("", "TA105", "AK905", "IK502")


# Words of the index, and what they come to. Content of a guide that we do not know is not in here.
_PHRASES: tuple[tuple[str, str, str, str, int], ...] = (
    (r"AK9 AK905=(\d+)", "AK905", "", "GE", 1),
    (r"TA1 (\d{3}) control number", "TA105", "", "IEA", 2),
    (r"IK5\*R\*(4) segment count", "IK502", "", "SE", 1),
    (r"IK5\*R\*(3) ST02/SE02", "IK502", "", "SE", 2),
    (r"SE01 wrong \(999: IK5\*R\*(4)\)", "IK502", "", "SE", 1),
    (r"validation errors \(control counts\)", "IK502", "4", "SE", 1),
    (r"HL02 names no earlier HL", "IK403", "", "HL", 2),
    (r"BPR02 != sum CLP04 - PLB", "IK403", "I12", "BPR", 2),
    (r"CLP03-CLP04 != claim\+line CAS", "IK403", "I12", "CLP", 4),
    (r"SVC02-SVC03 != line CAS", "IK403", "I12", "SVC", 3),
    (r"BIN01 length wrong", "IK403", "I12", "BIN", 1),
    (r"NM1 without an entity code", "IK403", "1", "NM1", 1),
    (r"error: unknown segment", "IK304", "1", "", 0),
    (r"invalid elements", "IK403", "", "AK1", 1),
    (r"element errors in a 999", "IK403", "7", "IK5", 1),
    # pyx12 names its codes without their carrier.
    (r"first error code (\d+) \(pyx12\)", "", "", "", 0),
    (r"AK5\*R\*([234])", "IK502", "", "", 0),
    (r"TA1\*.*\*R\*(\d{3})", "TA105", "", "", 0),
)  # fmt: skip
_MISSING = re.compile(r"^IK3\*(\w+)\*\.\.\*\*(\d+)")
_AT = re.compile(r"^IK4\*(\d+)\*\.\.\*(\d+) .* in (\w+)")
_IN = re.compile(r"^IK4 code (\d+) .* in (\w+)")
_BASE = re.compile(r"\[base ([^\]]+)\]")


def stated(sample: Sample) -> list[Stated]:
    """All that the index states about an invalid file."""
    text = sample.expected
    position = _changed_segment(sample)
    if found := _MISSING.match(text):
        return [Stated("IK304", found[2], found[1], 0, position)]
    if found := _AT.match(text):
        return [Stated("IK403", found[2], found[3], int(found[1]), position)]
    if found := _IN.match(text):
        return [Stated("IK403", found[1], found[2], 0, position)]
    states = []
    for phrase, carrier, code, segment, element in _PHRASES:
        if found := re.search(phrase, text):
            is_content = carrier in ("IK304", "IK403")
            states.append(
                Stated(
                    carrier,
                    code or _group(found),
                    segment,
                    element,
                    position if is_content else None,
                )
            )
    return states


def _changed_segment(sample: Sample) -> int | None:
    """Number within its message of the segment in which a mutation differs from its base."""
    found = _BASE.search(sample.expected)
    if found is None:
        return None
    before, after = _segments((ROOT / found[1]).read_bytes()), _segments(sample.path.read_bytes())
    place = next(n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    start = max(n for n in range(place + 1) if re.match(rb"ST\W", after[n]))
    return place - start + 1


def _segments(data: bytes) -> list[bytes]:
    at = data.index(b"ISA")
    terminator = data[at:].split(data[at + 3 : at + 4])[16][1:2]
    return [part.strip() for part in data[at:].split(terminator)]


def _group(found: re.Match[str]) -> str:
    return found[1] if found.re.groups else ""
