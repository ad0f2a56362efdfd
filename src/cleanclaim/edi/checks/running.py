"""Run the checks of levels 3 to 7 over the units of one message, in memory bounded by one unit."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from cleanclaim.edi.checks.partner import PartnerRules
from cleanclaim.edi.checks.problem import Problem
from cleanclaim.edi.checks.registry import RULES, Check, LoopFunction, SegmentFunction, Tally
from cleanclaim.edi.checks.unit import Unit
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import SEGMENTS
from cleanclaim.wire.x12.tree import Block, leaves, whole
from cleanclaim.wire.x12.walker import Walk

ALL_LEVELS = frozenset({2, 3, 4, 5, 6, 7})
_CLAIMS = frozenset({"837P", "837I", "837D"})
# Claim status codes that are about somebody: a 277CA names whom.
_ABOUT_ENTITY = frozenset(
    {"125", "126", "127", "128", "145", "153", "157", "158", "159", "164", "500", "501", "502", "503", "504",
     "505", "562"}
)  # fmt: skip
_ENTITY = {"2000A": "85", "2000B": "IL", "2000C": "QC"}


def select(
    name: str, levels: frozenset[int], names: frozenset[str] | None = None
) -> tuple[Check, ...]:
    """The checks of one message at these levels, or only those named."""
    return tuple(
        check
        for check in RULES.values()
        if name in check.messages
        and check.level in levels
        and (names is None or check.name in names)
    )


_ByTag = dict[str, list[tuple[Check, SegmentFunction]]]
_Here = tuple[_ByTag, list[tuple[Check, LoopFunction]], list[Check]]


class _Plan:
    """The checks of one choice by loop and by tag, found once."""

    def __init__(self, checks: tuple[Check, ...]) -> None:
        self.checks = checks
        self._known: dict[str, _Here] = {}

    def of(self, loop_id: str) -> _Here:
        """For one loop: its segment checks by tag, its loop checks, its tallies."""
        found = self._known.get(loop_id)
        if found is None:
            here = [c for c in self.checks if not c.loops or loop_id in c.loops]
            by_tag: _ByTag = {}
            for check in here:
                for tag in check.tags:
                    if check.segment is not None:
                        by_tag.setdefault(tag, []).append((check, check.segment))
            whole = [(c, c.loop) for c in here if c.loop is not None]
            found = by_tag, whole, [c for c in here if c.tally]
            self._known[loop_id] = found
        return found


@lru_cache(maxsize=256)
def _plan(name: str, levels: frozenset[int], names: frozenset[str] | None) -> _Plan:
    return _Plan(select(name, levels, names))


class Checker:
    """Checks one message, unit by unit."""

    def __init__(
        self,
        name: str,
        delimiters: Delimiters,
        *,
        levels: frozenset[int] = ALL_LEVELS,
        on: date | None = None,
        partner: PartnerRules | None = None,
        names: frozenset[str] | None = None,
        grades: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            name: the message, such as `837P`.
            on: date of the message.
            names: only these checks; None: all of the levels.
            grades: by name of check `error`, `warning` or `off`, against its own grade.
        """
        self._plan = _plan(name, levels, names)
        self._unit = Unit(name, [], delimiters.component, delimiters.repetition or "", on)
        self._partner = partner if 7 in levels else None
        self._grades = grades or {}
        self._outer: list[Block] = []
        self._read = 0  # segments of the outermost block already checked
        self._found: list[Defect] = []
        self.tallies: dict[str, Tally] = {
            check.name: check.tally() for check in self._plan.checks if check.tally
        }

    def check(self, path: list[Block]) -> list[Defect]:
        """What is wrong with this unit and with the blocks above it that were not checked before, in order."""
        self._found = []
        self._unit.path = path
        outer = self._outer
        for depth, block in enumerate(path[:-1]):
            if depth < len(outer) and outer[depth] is block:
                continue
            del outer[depth:]
            outer.append(block)
            if depth == 0:
                self._read = len(block.segments)
            self._visit(block, path[depth + 1])
        del outer[len(path) - 1 :]
        if len(path) == 1:
            outer.append(path[0])
            self._read = len(path[0].segments)
        self._visit(path[-1])
        found = self._found
        if len(found) > 1:
            found.sort(key=_position)
        return found

    def defects(self, check: Check, problems: Iterable[Problem]) -> list[Defect]:
        """What somebody else found with one of the checks, as this checker would say it."""
        self._found = []
        self._report(check, problems)
        return self._found

    def finish(self, root: Block | None = None) -> list[Defect]:
        """What can be said at the end only. `root`: the outermost block, where there was no unit at all."""
        self._found = []
        if not self._outer and root is not None:
            return self.check([root]) + self.finish()
        if not self._outer:
            return []
        self._unit.path = self._outer[:1]
        root = self._outer[0]
        self._segments(self._plan.of(root.id)[0], root, self._read)
        self._read = len(root.segments)
        for check in self._plan.checks:
            if check.tally:
                self._report(check, self.tallies[check.name].finish(self._unit))
        return self._found

    def _visit(self, block: Block, below: Block | None = None) -> None:
        # `below` is the next block of the path and has its own turn.
        by_tag, whole, tallies = self._plan.of(block.id)
        if by_tag:
            self._segments(by_tag, block, 0)
        unit = self._unit
        for check, function in whole:
            problems = function(unit, block)
            if problems:
                self._report(check, problems)
        for check in tallies:
            problems = self.tallies[check.name].see(unit, block)
            if problems:
                self._report(check, problems)
        if self._partner is not None:
            self._report_partner(block)
        for inner in block.blocks:
            if inner is not below:
                self._visit(inner)

    def _segments(self, by_tag: _ByTag, block: Block, start: int) -> None:
        unit = self._unit
        for elements in block.segments[start:] if start else block.segments:
            if elements[0] in by_tag:
                for check, function in by_tag[elements[0]]:
                    problems = function(unit, block, elements)
                    if problems:
                        self._report(check, problems)

    def _report(self, check: Check, problems: Iterable[Problem]) -> None:
        grade = self._grades.get(check.name, "")
        if grade == "off":
            return
        for problem in problems:
            is_error = check.is_error if problem.is_error is None else problem.is_error
            if grade:
                is_error = grade == "error"
            self._add(problem, check.level, check.name, check.status, is_error=is_error)

    def _report_partner(self, block: Block) -> None:
        assert self._partner is not None
        for rule, problem in self._partner.problems(self._unit, block):
            name = rule.name
            self._add(problem, 7, name, rule.status, is_error=rule.is_error)

    def _add(self, problem: Problem, level: int, rule: str, status: str, *, is_error: bool) -> None:
        block = problem.block
        position = _place(block, problem)
        answer = _answer(problem, status) if self._unit.message in _CLAIMS else ""
        self._found.append(
            Defect(level, problem.carrier, problem.code, problem.words, position, block.id, problem.tag,
                   problem.element, problem.component, problem.repeat, problem.value, is_error,
                   reference=_reference(problem), rule=rule, status=answer)
        )  # fmt: skip


def run(
    name: str,
    paths: Iterable[list[Block]],
    delimiters: Delimiters,
    *,
    levels: frozenset[int] = ALL_LEVELS,
    on: date | None = None,
    partner: PartnerRules | None = None,
    names: frozenset[str] | None = None,
    grades: Mapping[str, str] | None = None,
) -> Iterator[Defect]:
    """Everything the checks find in one message; arguments as for `Checker`."""
    checker = Checker(
        name, delimiters, levels=levels, on=on, partner=partner, names=names, grades=grades
    )
    for path in paths:
        yield from checker.check(path)
    yield from checker.finish()


def check_walk(
    result: Walk,
    leaf: str | None,
    *,
    levels: frozenset[int] = ALL_LEVELS,
    names: frozenset[str] | None = None,
) -> None:
    """Add what the checks find in a walked message, be it without any `leaf` loop."""
    checker = Checker(result.guide.name, result.delimiters, levels=levels, names=names)
    is_empty = True
    for path in leaves(result, leaf):
        is_empty = False
        for defect in checker.check(path):
            result.add(defect)
    for defect in checker.finish(whole(result) if is_empty else None):
        result.add(defect)


def _position(defect: Defect) -> int:
    return defect.position


def _place(block: Block, problem: Problem) -> int:
    """Number of the segment; of a missing one, where it would stand at the latest."""
    for place, elements in enumerate(block.segments):
        if elements is problem.elements:
            return block.positions[place]
    return block.positions[-1] + 1 if block.positions else block.position


def _reference(problem: Problem) -> str:
    standard = SEGMENTS.get(problem.tag)
    if not problem.element or standard is None or problem.element > len(standard.elements):
        return ""
    kind = standard.elements[problem.element - 1]
    if not isinstance(kind, tuple):
        return kind.number
    return kind[problem.component - 1].number if 0 < problem.component <= len(kind) else ""


def _answer(problem: Problem, status: str) -> str:
    code = problem.status or status or "21"
    category = problem.category or ("A6" if problem.code in ("I6", "I9") else "A7")
    if code in _ABOUT_ENTITY:
        head = problem.block.segments[0]
        entity = head[1] if head[0] == "NM1" else _ENTITY.get(problem.block.id, "")
        return f"{category}:{code}:{entity}" if entity else f"{category}:{code}"
    return f"{category}:{code}"
