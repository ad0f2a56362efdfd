"""Implementation guides as compact data: loops and segments in order, usage, repeats, code values.

A guide is text, one line each, indented by two blanks per loop level:

    [2010AA R 1] billing provider               a loop: id, usage, how often (`*` = without limit), our name for it
      NM1 R 1 R=85 R=1,2 R S S - S S=XX S       a segment: usage, how often, its elements in order

Usage: R required, S situational, W required but its absence is only remarked, T not in this guide but in the
one before it (tolerated with a remark). Element: R, S or `-` (not used), `=A,B` its codes, `(...)` a composite's
components, `^3` how often it may repeat, `#4` the same four times over, `:D8` and `:RD8` a component that is a day
or two days with a hyphen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT, SEGMENTS, ElementType

_LOOP = re.compile(r"\[(\S+) ([RSW]) (\d+|\*)\](?: (.+))?")
_TOKEN = re.compile(
    r"([RS-])(?:=([^\s()^#]+))?(?:\(([^()]*)\))?(?:\^(\d+|\*))?(?:#(\d+))?(?::(R?D8))?"
)
_HEAD = re.compile(r"([A-Z][A-Z0-9]{1,2}) ([RSWT]) (\d+|\*)(?: |$)")
UNLIMITED = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ElementSpec:
    """What a guide wants of one element or component. A composite has `components`."""

    usage: str  # R, S, -
    type: ElementType
    codes: frozenset[str] = frozenset()
    components: tuple["ElementSpec", ...] = ()
    most_repeats: int = 1


@dataclass(eq=False, slots=True)
class Segment:
    """A segment at one place of one guide; the walker's state is the segment that came last.

    Attributes:
        place: rank within the loop; segments of the same place may come in any order.
        rank: rank within the loop in the guide's own order, for writing.
        rules: syntax rules (P, R, E, C, L); whether they hold depends on which elements are present only.
        formats: (by, what): the format of element `what` is named by element `by`.
        codes: qualifier codes that tell it apart, None where any will do.
        is_proven: whether its expression (`patterns`) covers its formats; where not, they are asked for as well.
        memo: transitions already found from here.
    """

    tag: str
    usage: str
    most: int
    elements: tuple[ElementSpec, ...]
    rules: tuple[tuple[str, tuple[int, ...]], ...]
    formats: tuple[tuple[int, int], ...]
    codes: frozenset[str] | None
    loop: "Loop"
    is_proven: bool
    place: int = 0
    rank: int = 0
    starts_loop: bool = False
    memo: dict[tuple[str, str], object] = field(default_factory=dict)
    checks: dict[object, re.Pattern[str]] = field(default_factory=dict)

    @property
    def loop_id(self) -> str:
        """The id of its loop."""
        return self.loop.id

    def matches(self, tag: str, qualifier: str) -> bool:
        """Whether a segment with this tag and qualifier may stand here."""
        return self.tag == tag and (self.codes is None or qualifier in self.codes)


@dataclass(eq=False, slots=True)
class Loop:
    """A loop: items are segments and child loops in guide order; the first item starts it."""

    id: str
    usage: str
    most: int
    parent: "Loop | None"
    place: int = 0
    rank: int = 0
    items: list["Segment | Loop"] = field(default_factory=list)
    required: tuple["Segment | Loop", ...] = ()
    required_set: frozenset["Segment | Loop"] = frozenset()
    depth: int = 0
    name: str = ""

    @property
    def first(self) -> Segment:
        """The segment that starts it."""
        item = self.items[0]
        assert isinstance(item, Segment)
        return item


@dataclass(eq=False, slots=True)
class Guide:
    """One message's guide. `root` is the loop named after ST01; ST is its first segment."""

    name: str
    root: Loop
    tags: frozenset[str]
    ranks: dict[tuple[str, str], int]

    def loops(self) -> Iterator[Loop]:
        """Every loop, outermost first."""
        todo = [self.root]
        while todo:
            loop = todo.pop()
            yield loop
            todo += [item for item in loop.items if isinstance(item, Loop)]

    def rank(self, loop_id: str, tag: str, qualifier: str) -> int:
        """Where such a segment stands within its loop when it is written; unknown ones come last."""
        found = self.ranks.get((loop_id, tag + qualifier))
        if found is None:
            found = self.ranks.get((loop_id, tag), 999)
        return found


def parse_guide(name: str, text: str, root_id: str | None = None) -> Guide:
    """The guide that `text` describes; its outermost loop is called `root_id` (default: `name`).

    Raises:
        ValueError: a line cannot be read.
    """
    root = Loop(root_id or name, "R", 1, None)
    stack = [root]
    for line in text.splitlines():
        body = line.strip()
        if not body or body.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        del stack[depth + 1 :]
        parent = stack[-1]
        opened = _LOOP.fullmatch(body)
        if opened:
            loop = Loop(
                opened[1],
                opened[2],
                _most(opened[3]),
                parent,
                depth=depth + 1,
                name=opened[4] or "",
            )
            parent.items.append(loop)
            stack.append(loop)
        else:
            parent.items.append(_segment(body, parent))
    guide = Guide(name, root, frozenset(), {})
    tags: set[str] = set()
    for loop in guide.loops():
        _settle(loop)
        tags |= {item.tag for item in loop.items if isinstance(item, Segment)}
        for item in loop.items:
            if isinstance(item, Segment):
                _note_rank(guide.ranks, loop.id, item)
    guide.tags = frozenset(tags)
    return guide


def _note_rank(ranks: dict[tuple[str, str], int], loop_id: str, segment: Segment) -> None:
    for code in segment.codes or ():
        ranks.setdefault((loop_id, segment.tag + code), segment.rank)
    ranks.setdefault((loop_id, segment.tag), segment.rank)


def _most(text: str) -> int:
    return UNLIMITED if text == "*" else int(text)


def _settle(loop: Loop) -> None:
    """Number the items: neighbours that start with the same tag share a place."""
    place, before = 0, ""
    for rank, item in enumerate(loop.items):
        tag = item.tag if isinstance(item, Segment) else item.first.tag
        if tag != before:
            place += 1
        before = tag
        item.place, item.rank = place, rank
    first = loop.first
    first.starts_loop = loop.parent is not None
    loop.required = tuple(item for item in loop.items if item.usage in "RW" and item is not first)
    loop.required_set = frozenset(loop.required)


def _segment(body: str, loop: Loop) -> Segment:
    head = _HEAD.match(body)
    if head is None or head[1] not in SEGMENTS:
        raise ValueError(f"guide line {body!r}: expected a segment, its usage and how often")
    tag, usage, most = head[1], head[2], head[3]
    tokens = _split(body[head.end() :])
    standard = SEGMENTS[tag]
    specs: list[ElementSpec] = []
    for token in tokens:
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise ValueError(f"guide line {body!r}: cannot read {token!r}")
        for _ in range(int(found[5] or 1)):
            if len(specs) == len(standard.elements):
                raise ValueError(f"guide line {body!r}: more elements than {tag} has")
            specs.append(_element(found, standard.elements[len(specs)]))
    for number in range(len(specs), len(standard.elements)):
        specs.append(_not_used(standard.elements[number]))
    rules = tuple(rule for rule in standard.rules if rule[0] != "F")
    formats = tuple((numbers[0], numbers[1]) for kind, numbers in standard.rules if kind == "F")
    is_proven = _covers_formats(specs, rules, formats)
    return Segment(
        tag, usage, _most(most), tuple(specs), rules, formats, _codes(tag, specs), loop, is_proven
    )


def _covers_formats(
    specs: list[ElementSpec],
    rules: tuple[tuple[str, tuple[int, ...]], ...],
    formats: tuple[tuple[int, int], ...],
) -> bool:
    """Whether each format stands just before what it names and both are always there or never alone."""
    pairs = {numbers for kind, numbers in rules if kind == "P"}
    for by, what in formats:
        usages = {specs[by - 1].usage, specs[what - 1].usage}
        if usages == {"-"} or (what == by + 1 and usages == {"R"}):
            continue
        if what != by + 1 or "-" in usages or (by, what) not in pairs:
            return False
    return True


def _split(body: str) -> list[str]:
    """Words, with blanks inside parentheses kept."""
    return re.findall(r"[^\s(]*\([^()]*\)[^\s(]*|\S+", body)


def _element(found: re.Match[str], kind: ElementType | tuple[ElementType, ...]) -> ElementSpec:
    usage, most = found[1], _most(found[4] or "1")
    if isinstance(kind, ElementType):
        codes = frozenset((found[2] or "").split(",")) - {""}
        return ElementSpec(usage, kind, codes, most_repeats=most)
    parts: list[ElementSpec] = []
    for token in (found[3] or "R").split():
        part = _TOKEN.fullmatch(token)
        if part is None:
            raise ValueError(f"cannot read component {token!r}")
        for _ in range(int(part[5] or 1)):
            parts.append(_component(part, kind[len(parts)]))
    default = "S" if found[3] is None else "-"
    parts += [ElementSpec(default, kind[k]) for k in range(len(parts), len(kind))]
    return ElementSpec(usage, kind[0], components=tuple(parts), most_repeats=most)


def _component(found: re.Match[str], kind: ElementType) -> ElementSpec:
    if found[6]:
        kind = ElementType(kind.number, found[6], kind.shortest, kind.longest)
    return ElementSpec(found[1], kind, frozenset((found[2] or "").split(",")) - {""})


def _not_used(kind: ElementType | tuple[ElementType, ...]) -> ElementSpec:
    if isinstance(kind, ElementType):
        return ElementSpec("-", kind)
    return ElementSpec("-", kind[0], components=tuple(ElementSpec("S", k) for k in kind))


def _codes(tag: str, specs: list[ElementSpec]) -> frozenset[str] | None:
    number = QUALIFIER_ELEMENT.get(tag)
    if number is None or number > len(specs):
        return None
    spec = specs[number - 1]
    if spec.components:
        spec = spec.components[0]
    return spec.codes or None
