"""The screen finds exactly what the walker finds, however the message is cut into windows."""

import random
from pathlib import Path

import pytest

from cleanclaim import edi
from cleanclaim.edi.guides import find_type, guide_for
from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.envelope import MessageOpened, PartRead
from cleanclaim.wire.x12.hierarchy import Levels
from cleanclaim.wire.x12.machine import machine_for
from cleanclaim.wire.x12.reader import read_events, read_interchanges
from cleanclaim.wire.x12.screen import Screen, _Matcher
from cleanclaim.wire.x12.walker import Walker
from cleanclaim.wire.x12.window import cut

SAMPLES = sorted(Path(edi.__file__).parent.glob("*/samples/*.edi"))
VALUES = (
    "",
    "X" * 90,
    "-1",
    "1.234",
    "20251399",
    "20240229",
    "18",
    "A:B",
    "A^B",
    "é",
    "0",
    "ZZ",
    "D8",
)


def _messages():
    for path in SAMPLES:
        for interchange in read_interchanges(path.read_bytes())[0]:
            for group in interchange.groups:
                for message in group.messages:
                    known = find_type(
                        group.head[7],
                        group.head[0],
                        message.segments,
                        interchange.delimiters.element,
                    )
                    if known is None:
                        continue
                    yield pytest.param(
                        known.name,
                        message.segments,
                        interchange.delimiters,
                        id=f"{path.stem}-{known.name}",
                    )


def _exactly(name, segments, delimiters):
    walker = Walker(guide_for(name), delimiters)
    walked = walker.feed(segments)
    Levels().check(walked)
    return sorted(map(repr, walked.defects + walker.close().defects)), walked.places


def _screened(name, segments, delimiters, cuts):
    screen = Screen(guide_for(name), delimiters)
    defects, places, clean = [], [], 0
    for first, end in zip([0, *cuts], [*cuts, len(segments)], strict=True):
        if first == end:
            continue
        text = delimiters.segment.join(segments[first:end]) + delimiters.segment
        part = screen.feed(cut(text, delimiters))
        defects += part.defects
        places += part.places
        clean += part.specs is not None
    return sorted(map(repr, defects + screen.close().defects)), places, clean


def _mutate(segments, delimiters, chance):
    found = list(segments)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(1, len(found))
        other = chance.randrange(1, len(found))
        kind = chance.randrange(6)
        if kind == 0:
            del found[at]
        elif kind == 1:
            found.insert(other, found[at])
        elif kind == 2:
            found[at], found[other] = found[other], found[at]
        elif kind == 3:
            found[at:at] = [found[at]] * chance.choice((1, 3, 60))
        else:
            elements = found[at].split(delimiters.element)
            place = chance.randrange(len(elements)) if kind == 4 else len(elements)
            elements[place : place + 1] = [chance.choice(VALUES)]
            found[at] = delimiters.element.join(elements)
        if len(found) < 3:
            break
    return found


@pytest.mark.parametrize(("name", "segments", "delimiters"), list(_messages()))
def test_a_clean_message_is_proven_clean_without_the_walker(name, segments, delimiters):
    defects, places, clean = _screened(name, segments, delimiters, [])

    assert (defects, clean) == (_exactly(name, segments, delimiters)[0], 1)
    assert all(places)


@pytest.mark.parametrize(("name", "segments", "delimiters"), list(_messages()))
def test_damaged_messages_get_the_same_findings_in_windows_of_any_size(name, segments, delimiters):
    chance = random.Random(len(segments))
    for _ in range(120):
        damaged = _mutate(segments, delimiters, chance)
        cuts = sorted(chance.randrange(len(damaged) + 1) for _ in range(chance.choice((0, 1, 4))))

        defects, places, _ = _screened(name, damaged, delimiters, cuts)

        assert (defects, places) == _exactly(name, damaged, delimiters), damaged


def test_a_file_read_in_small_blocks_gives_the_same_segments():
    for path in SAMPLES:
        data = path.read_bytes()
        whole = [
            m.segments for i in read_interchanges(data)[0] for g in i.groups for m in g.messages
        ]
        text = b"".join(hold_binaries([data])).decode()

        parts: list[list[str]] = []
        for event in read_events(text[k : k + 7] for k in range(0, len(text), 7)):
            if isinstance(event, MessageOpened):
                parts.append([])
            elif isinstance(event, PartRead):
                parts[-1] += event.window.segments

        assert parts == whole


def test_attachments_are_not_remembered():
    guide, delimiters = guide_for("275"), Delimiters()
    spec = next(s for s in machine_for(guide).specs if s.tag == "BIN")
    matcher = _Matcher(spec, delimiters)

    assert matcher.all_match(["BIN*2*4142", "BIN*1*41"])

    assert matcher._known is None
