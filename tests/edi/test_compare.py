"""Two files compared: what differs, however long a section is."""

import time
from datetime import date

import pytest

from cleanclaim.edi.compare import Change, compare
from cleanclaim.wire.x12.writer import Envelope, Message, segment, write_group

ENVELOPE = Envelope("ZZ", "A", "ZZ", "B", 1, 1, 1, "T", date(2026, 3, 2), "0815", "A", "B")


def _file(answers: list[tuple[str, str]]) -> bytes:
    """A 999 that answers so many messages: a section of its own, since it has no units."""
    rows = [segment("AK1", "HC", "1", "005010X222A1")]
    for control, outcome in answers:
        rows += [segment("AK2", "837", control), segment("IK5", outcome)]
    return write_group(
        [Message("999", rows, "005010X231A1")],
        envelope=ENVELOPE,
        functional_id="FA",
        guide="005010X231A1",
    )


def _answers(count: int) -> list[tuple[str, str]]:
    return [(f"{n:04}", "A") for n in range(count)]


@pytest.mark.parametrize("count", [40, 3000])
def test_a_segment_changed_added_and_removed_is_found_in_short_and_long_sections(count):
    before, after = _answers(count), _answers(count)
    after[7] = ("0007", "R")
    del before[20], after[30]

    found = list(compare(_file(before), _file(after)))

    assert sorted((d.change, d.before, d.after) for d in found) == [
        (Change.ADDED, "", "AK2*837*0020"),
        (Change.ADDED, "", "IK5*A"),
        (Change.CHANGED, "IK5*A", "IK5*R"),
        (Change.REMOVED, "AK2*837*0030", ""),
        (Change.REMOVED, "IK5*A", ""),
    ]


@pytest.mark.parametrize("outcome", ["R", "A"])
def test_time_does_not_grow_with_the_square_of_a_section(outcome):
    before = [("0001", "A")] * 10_000
    after = [("0002", outcome)] * 10_000

    start = time.process_time()
    found = list(compare(_file(before), _file(after)))

    assert time.process_time() - start < 10
    assert {d.change for d in found} == {Change.CHANGED}
