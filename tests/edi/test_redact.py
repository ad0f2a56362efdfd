"""Redaction: every text of every guide is replaced, or known to name nobody."""

import re
from datetime import date

import pytest

from cleanclaim.edi.guides import MESSAGES, guide_for
from cleanclaim.edi.redact import Replacer
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import ElementSpec, Segment

DELIMITERS = Delimiters()
find_mbi = re.compile(
    r"\*[1-9](?![\dSLOIBZ])[A-Z](?![SLOIBZ])[A-Z\d]\d(?![SLOIBZ])[A-Z](?![SLOIBZ])[A-Z\d]\d(?:(?![SLOIBZ])[A-Z]){2}\d\d~"
).search
# Data elements that are codes, periods, or numbers of this message's own parts.
CODES = frozenset(
    {"1271", "1339", "234", "1331", "1222", "1270", "1251", "1705", "329", "480", "628", "734", "350", "447", "725"}
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
    | {("LUI", 2), ("LUI", 3), ("CTX", 4), ("CTX", 1, 1)}
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


def _swapped(segment: str) -> str:
    return Replacer(b"key").segment(segment, DELIMITERS)


@pytest.mark.parametrize("key", [b"a", b"b", b"c", b"d"])
def test_nobody_is_born_after_the_day_that_stood_there(key):
    for day in ("20260301", "20260101", "19000101", "20240229"):
        made = Replacer(key).segment(f"DMG*D8*{day}*F~", DELIMITERS)

        assert made[7:15] <= max("19001231", f"{int(day[:4]) - 1}1231")
        date(int(made[7:11]), int(made[11:13]), int(made[13:15]))


@pytest.mark.parametrize("day", ["20260301", "20260131", "20251231"])
def test_a_death_stays_in_its_year_and_is_not_later(day):
    made = _swapped(f"PAT*****D8*{day}~")[11:19]

    assert made[:4] == day[:4]
    assert made <= day


def test_a_medicare_number_stays_one():
    for number in ("1EG4TE5MK73", "9AA9AA9AA99", "2C00C00CC00"):
        made = _swapped(f"NM1*IL*1*DOE*ANA****MI*{number}~")

        assert number not in made
        assert find_mbi(made)


def test_the_originator_of_a_payment_keeps_its_form_and_its_tax_id():
    made = _swapped("TRN*1*70001*1512345678~")
    bpr = _swapped("BPR*I*5*C*ACH*CCP*01*999999992*DA*12*1512345678**01*999988880*DA*9*20260301~")

    tax_id = _swapped("REF*TJ*512345678~")[7:-1]
    assert made.endswith(f"*1{tax_id}~")
    assert f"*1{tax_id}*" in bpr


def test_a_check_number_is_the_same_in_status_and_payment():
    check_number = _swapped("TRN*1*CHECK77*1512345678~").split("*")[2]

    assert _swapped("STC*F1:65*20260301**9*9*20260301**20260301*CHECK77~").endswith(
        f"*{check_number}~"
    )
