"""Redaction: every text of every guide is replaced, or known to name nobody."""

import pytest

from cleanclaim.edi.guides import MESSAGES, guide_for
from cleanclaim.edi.redact import Replacer
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import ElementSpec, Segment

DELIMITERS = Delimiters()
# Data elements that are codes, periods, or numbers of this message's own parts.
CODES = frozenset(
    {"1271", "1339", "234", "1331", "1222", "1270", "1251", "1705", "329", "480", "628", "734", "350", "447"}
)  # fmt: skip
# Elements of other kinds that name nobody: remarks, specialties, teeth, groups of diagnoses, technical facts of files.
NAMELESS = (
    {("MOA", n) for n in range(3, 8)}
    | {("MIA", n) for n in (5, 20, 21, 22, 23)}
    | {("EFI", n) for n in range(4, 16) if n != 11}
    | {
        ("OOI", 3),
        ("PRV", 3),
        ("PRV", 5),
        ("DN2", 1),
        ("HCP", 6),
        ("CN1", 6),
        ("CAT", 3),
        ("DSB", 8),
        ("ICM", 5),
    }
    | {("STC", 9), ("LUI", 2), ("LUI", 3), ("CTX", 4), ("CTX", 1, 1)}
    | {("HI", n, 7) for n in range(1, 13)}
)


def _texts(specs: tuple[ElementSpec, ...]):
    for number, spec in enumerate(specs, 1):
        for component, part in enumerate(spec.components or (spec,), 1):
            is_sent = spec.usage != "-" and part.usage != "-"
            if is_sent and part.type.kind == "AN" and not part.codes:
                yield number, component if spec.components else 0, part.type


def _places():
    found = {}
    for message in MESSAGES:
        for loop in guide_for(message.name).loops():
            for item in loop.items:
                if isinstance(item, Segment):
                    for number, component, kind in _texts(item.elements):
                        found[item.tag, number, component] = (item, kind)
    return found


PLACES = {
    place: item
    for place, (item, kind) in _places().items()
    if kind.number not in CODES and {place[:2], place}.isdisjoint(NAMELESS)
}


@pytest.mark.parametrize("place", sorted(PLACES), ids=lambda at: f"{at[0]}{at[1]:02}-{at[2]}")
def test_every_text_of_every_guide_is_replaced_or_names_nobody(place):
    tag, number, component = place
    before = PLACES[place].elements[: number - 1]
    elements = [tag, *("" if e.components else min(e.codes, default="") for e in before)]
    elements.append(":" * max(0, component - 1) + "RIVERA")

    made = Replacer(b"key").segment("*".join(elements) + "~", DELIMITERS)

    assert "RIVERA" not in made
    assert len(made) == len("*".join(elements)) + 1
