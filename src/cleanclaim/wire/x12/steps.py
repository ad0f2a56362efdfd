"""Where a segment goes: one step from the segment before it, found once in the guide and then remembered."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT, SEGMENTS
from cleanclaim.wire.x12.guide import Guide, Loop, Segment

# Hostile qualifiers must not fill the memory.
MOST_STEPS = 5000  # remembered from each place
_LONGEST_QUALIFIER = 20  # remembered


@dataclass(frozen=True, slots=True)
class Step:
    """A remembered transition.

    Attributes:
        segment: where the walker is afterwards; None: the segment has no place, the walker stays.
        closes: how many loops end.
        opens: the loop that begins, if any.
        must: (loops up, item) that had to come before this step.
    """

    segment: Segment | None
    closes: int = 0
    opens: Loop | None = None
    must: tuple[tuple[int, Segment | Loop], ...] = ()
    carrier: str = ""
    code: str = ""
    message: str = ""


def key_of(elements: Sequence[str], component: str) -> tuple[str, str]:
    """Tag and qualifier, by which the guide finds a segment's place."""
    tag = elements[0]
    at = QUALIFIER_ELEMENT.get(tag)
    qualifier = elements[at] if at is not None and at < len(elements) else ""
    return tag, qualifier.partition(component)[0] if tag == "HI" else qualifier


def find_step(guide: Guide, place: Segment, key: tuple[str, str]) -> Step:
    """Where a segment with this tag and qualifier goes from `place`, found once and then remembered."""
    known = place.memo.get(key)
    if known is None:
        known = _find_step(guide, place, *key)
        if len(place.memo) < MOST_STEPS and len(key[0] + key[1]) <= _LONGEST_QUALIFIER:
            place.memo[key] = known
    assert isinstance(known, Step)
    return known


def _find_step(guide: Guide, place: Segment, tag: str, qualifier: str) -> Step:
    loop: Loop | None = place.loop
    at, closes = place.place, 0
    must: list[tuple[int, Segment | Loop]] = []
    while loop is not None:
        found = _match(loop, at, tag, qualifier)
        if found is not None:
            must += [(closes, item) for item in loop.required if at <= item.place < found.place]
            if isinstance(found, Loop):
                return Step(found.first, closes, found, tuple(must))
            return Step(found, closes, None, tuple(must))
        must += [(closes, item) for item in loop.required if item.place >= at]
        closes += 1
        at, loop = loop.place, loop.parent
    return _lost(guide, place, tag, qualifier)


def _match(loop: Loop, at: int, tag: str, qualifier: str) -> Segment | Loop | None:
    for item in loop.items:
        if item.place < at or item is loop.items[0]:
            continue
        first = item.first if isinstance(item, Loop) else item
        if first.matches(tag, qualifier):
            return item
    return None


def _lost(guide: Guide, place: Segment, tag: str, qualifier: str) -> Step:
    """Why a segment has no place."""
    if tag not in SEGMENTS:
        return Step(
            None, carrier="IK304", code="1", message=f"{tag[:3]!r} is not a segment of these guides"
        )
    if tag not in guide.tags:
        return Step(
            None, carrier="IK304", code="6", message=f"{tag} is not in this message's guide"
        )
    loop: Loop | None = place.loop
    wanted: set[str] = set()
    is_earlier = False
    at = place.place
    while loop is not None:
        for item in loop.items:
            first = item.first if isinstance(item, Loop) else item
            if first.tag != tag:
                continue
            if item.place >= at:
                wanted |= first.codes or set()
            elif first.matches(tag, qualifier):
                is_earlier = True
        at, loop = loop.place, loop.parent
    if is_earlier:
        return Step(None, carrier="IK304", code="7", message=f"{tag} comes too late in its loop")
    if wanted and tag in QUALIFIER_ELEMENT and tag != "HL":
        codes = ", ".join(sorted(wanted)[:12])
        return Step(None, carrier="IK403", code="7" if qualifier else "1",
                    message=f"code not in this guide here, expected {codes}")  # fmt: skip
    return Step(None, carrier="IK304", code="2", message=f"{tag} is not expected here")
