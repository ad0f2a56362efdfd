"""Leaves come out alike however the message is cut, and whatever was skipped before them."""

import random

import pytest

from cleanclaim.edi.guides import guide_for
from cleanclaim.wire.x12.screen import Screen
from cleanclaim.wire.x12.tree import Inner, Leaves, leaves
from cleanclaim.wire.x12.walker import walk
from cleanclaim.wire.x12.window import cut
from tests.wire.x12.test_screen import _messages

LEAF = {
    "837P": "2300", "837I": "2300", "837D": "2300", "835": "2100", "277CA": "2200D", "999": "2000",
    "997": "2000", "834": "2000", "820": "2000B", "275": "2000",
    "270": "2000C", "271": "2000C", "276": "2000D", "277": "2000D", "278-request": "2000F",
    "278-response": "2000F",
}  # fmt: skip


def _picture(block):
    return (
        block.id,
        block.position,
        [list(zip(block.positions, map(tuple, block.segments), strict=True))],
        [_picture(child) for child in block.blocks],
    )


def _path(path):
    return [_picture(block) for block in path]


@pytest.mark.parametrize(("name", "segments", "delimiters"), list(_messages()))
def test_windows_and_skipping_change_no_leaf(name, segments, delimiters):
    chance = random.Random(len(segments))
    again = segments + segments[1:] if name in ("999",) else segments
    expected = {
        path[-1].position: _path(path)
        for path in leaves(walk(guide_for(name), again, delimiters), LEAF[name])
    }
    skipped = 0
    for _ in range(60):
        cuts = sorted(chance.randrange(len(again) + 1) for _ in range(chance.choice((1, 3, 8))))
        screen, cutter = Screen(guide_for(name), delimiters), Leaves(guide_for(name), LEAF[name])
        found = {}
        for first, end in zip([0, *cuts], [*cuts, len(again)], strict=True):
            if first == end:
                continue
            text = delimiters.segment.join(again[first:end]) + delimiters.segment
            part = screen.feed(cut(text, delimiters))
            way = chance.choice(("feed", "skip", "split")) if part.specs is not None else "feed"
            later: list[Inner] = []
            for leaf in getattr(cutter, way)(part):
                if isinstance(leaf, Inner):
                    later.append(leaf)
                else:
                    assert leaf[-1].position not in found
                    found[leaf[-1].position] = _path(leaf)
            for leaf in chance.sample(later, len(later)):
                assert leaf.position not in found
                found[leaf.position] = _path(leaf.path())
        for path in cutter.finish():
            found[path[-1].position] = _path(path)

        for position, (root, *rest) in found.items():
            assert rest == expected[position][1:]
            # A leaf that is read later finds what came behind it at the end of the message, too.
            own = expected[position][0]
            assert root[2][0][: len(own[2][0])] == own[2][0]
            assert (root[:2], root[3]) == (own[:2], own[3])
        skipped += len(expected) - len(found)
    assert skipped > 0 or len(expected) < 3
