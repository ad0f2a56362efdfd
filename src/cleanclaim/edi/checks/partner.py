"""Level 7: the rules of one trading partner, as data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, unwanted, wrong
from cleanclaim.edi.checks.registry import RULES
from cleanclaim.edi.checks.unit import Unit
from cleanclaim.edi.fields import Elements, amount, at
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.tree import Block

_PLACE = re.compile(
    r"([A-Z0-9]+)\.([A-Z][A-Z0-9]{1,2})(?:\*([A-Z0-9]+))?(?:\.(\d{1,2})(?:-(\d))?)?"
)
_KINDS = ("required", "forbidden", "pattern", "codes", "most", "length")


@dataclass(frozen=True, slots=True)
class PartnerRule:
    """One rule.

    Attributes:
        loop, tag, qualifier, element, component: where; qualifier empty: any; element 0: the segment itself.
        kind: required, forbidden, pattern (whole value), codes (comma separated), most (an amount or how often
            the segment may come), length (characters at most).
        want: what the kind needs, as text.
    """

    name: str
    message: str
    loop: str
    tag: str
    qualifier: str
    element: int
    component: int
    kind: str
    want: str
    words: str
    is_error: bool
    status: str = ""


@dataclass(frozen=True, slots=True)
class PartnerRules:
    """All rules of one partner."""

    partner: str
    rules: tuple[PartnerRule, ...]

    def problems(self, unit: Unit, block: Block) -> Iterator[tuple[PartnerRule, Problem]]:
        """What the partner would object to in one block."""
        for rule in self.rules:
            if rule.loop == block.id and rule.message == unit.message:
                for problem in _look(unit, block, rule):
                    yield rule, problem


def parse_partner(partner: str, rows: Sequence[Mapping[str, object]]) -> PartnerRules:
    """Rules from plain data, such as a YAML list.

    Each row: `name`, `message` (837P ...), `at` (`2300.REF*G1`, `2300.CLM.1`, `2400.SV1.1-2`), one of the kinds with
    what it wants, `says`, and optionally `grade` (error, the default, or warning) and `status` (277CA).

    Raises:
        InputError: a row cannot be read.
    """
    return PartnerRules(partner, tuple(_rule(row) for row in rows))


def _rule(row: Mapping[str, object]) -> PartnerRule:
    name = str(row.get("name", "")).strip()
    place = _PLACE.fullmatch(str(row.get("at", "")))
    kinds = [k for k in _KINDS if row.get(k) is not None and row[k] is not False]
    grade = str(row.get("grade", "error"))
    if not name or place is None:
        raise InputError(
            f"partner rule {name or row.get('at')!r}: expected a name and a place such as 2300.CLM.1"
        )
    if len(kinds) != 1:
        raise InputError(f"partner rule {name}: expected one of {', '.join(_KINDS)}")
    if grade not in ("error", "warning"):
        raise InputError(f"partner rule {name}: grade {grade!r}, expected error or warning")
    kind = kinds[0]
    wanted = row[kind]
    want = ",".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    if kind == "pattern":
        try:
            re.compile(want)
        except re.error as error:
            raise InputError(f"partner rule {name}: pattern {want!r}: {error}") from error
    _require_fitting(name, kind, want, element=int(place[4] or 0))
    message = str(row.get("message", ""))
    if not any(message in check.messages for check in RULES.values()):
        raise InputError(f"partner rule {name}: {message!r} is no message that we check")
    return PartnerRule(
        name, message, place[1], place[2], place[3] or "", int(place[4] or 0),
        int(place[5] or 0), kind, want, str(row.get("says", name)), grade == "error", str(row.get("status", "")),
    )  # fmt: skip


def _require_fitting(name: str, kind: str, want: str, *, element: int) -> None:
    is_count = kind == "length" or (kind == "most" and not element)
    if kind in ("most", "length") and amount(want) is None:
        raise InputError(f"partner rule {name}: {kind} {want!r}, expected a number")
    if is_count and not (want.isascii() and want.isdigit()):
        raise InputError(f"partner rule {name}: {kind} {want!r}, expected a whole number")
    if not element and kind in ("pattern", "codes", "length"):
        raise InputError(
            f"partner rule {name}: {kind} is about a value, but its place names no element"
        )


def _look(unit: Unit, block: Block, rule: PartnerRule) -> Iterator[Problem]:
    there = [e for e in block.segments if e[0] == rule.tag and _fits(unit, e, rule.qualifier)]
    if not rule.element:
        if rule.kind == "required" and not there:
            yield lacks(block, rule.tag, rule.words)
        elif rule.kind == "forbidden" and there:
            yield unwanted(block, there[0], rule.words)
        elif rule.kind == "most":
            for extra in there[int(rule.want) :]:
                yield unwanted(block, extra, rule.words)
        return
    for elements in there:
        found = at(elements, rule.element)
        if rule.component:
            found = unit.part(found, rule.component)
        if not found:
            if rule.kind == "required":
                yield lacks_element(
                    block, elements, rule.element, rule.words, component=rule.component
                )
        elif not _holds(rule, found):
            yield wrong(block, elements, rule.element, rule.words, component=rule.component, value=found)  # fmt: skip


def _fits(unit: Unit, elements: Elements, qualifier: str) -> bool:
    return not qualifier or unit.part(at(elements, 1), 1) == qualifier


def _holds(rule: PartnerRule, found: str) -> bool:
    if rule.kind == "forbidden":
        return False
    if rule.kind == "pattern":
        return _pattern(rule.want).fullmatch(found) is not None
    if rule.kind == "codes":
        return found in rule.want.split(",")
    if rule.kind == "length":
        return len(found) <= int(rule.want)
    if rule.kind == "most":
        value, most = amount(found), amount(rule.want)
        return value is None or most is None or value <= most
    return True


@lru_cache(maxsize=1000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
