"""One compiled expression per segment and set of separators: what it matches conforms to the guide in every way.

It covers usage, lengths, characters, code values, the formats of dates and the syntax rules. Conforming segments may
miss it (the 29th of February does); a miss is looked into by `elements`, which alone says what is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import ElementSpec, Segment

MOST_REMEMBERED = 200  # sets of separators per segment: hostile files must not fill the memory
TIME = r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_DAY = (
    r"(?:19|20)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))"
)
_FORMATS = {"D8": _DAY, "RD8": f"{_DAY}-{_DAY}", "DT": _DAY + TIME, "TM": TIME}
Rule = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Elements that stand side by side and are there or not as one."""

    body: str
    is_required: bool
    width: int = 1


def pattern(segment: Segment, delimiters: Delimiters) -> re.Pattern[str]:
    """An expression that matches conforming segments only."""
    made = segment.checks.get(delimiters)
    if made is None:
        if len(segment.checks) > MOST_REMEMBERED:
            segment.checks.clear()
        made = segment.checks[delimiters] = re.compile(source(segment, delimiters), re.ASCII)
    return made


def source(segment: Segment, delimiters: Delimiters) -> str:
    """The text of the expression, without anchors; to be compiled as ASCII, where other scripts' digits are none."""
    taken = delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    text = "[" + "".join(re.escape(c) for c in _PRINTABLE if c not in taken) + "]"
    element, component = re.escape(delimiters.element), re.escape(delimiters.component)
    parts = [_element(spec, text, delimiters) for spec in segment.elements]
    rules = [rule for rule in segment.rules if not _always_holds(segment.elements, *rule)]
    parts, rules = _joined(segment, parts, rules, text, element)
    other = f"[^{element}{re.escape(delimiters.segment)}]"
    ahead = "".join(_rule(rule, element, other) for rule in rules)
    end = f"(?<!{element})(?<!{component})"
    tag = re.escape(segment.tag)
    return tag + ahead + _sequence(parts, element) + end


def _sequence(parts: Sequence[_Part], separator: str, *, has_lead: bool = True) -> str:
    """The parts with separators between, those after the last required one optional."""
    made, still_optional = "", True
    for number in range(len(parts) - 1, -1, -1):
        part = parts[number]
        gap = separator * (part.width - 1)
        piece = part.body
        if not part.is_required:
            piece = f"(?:{part.body}|{gap})" if gap else f"(?:{part.body})?" if part.body else ""
        before = separator if has_lead or number else ""
        still_optional = still_optional and not part.is_required
        made = f"(?:{before}{piece}{made})?" if still_optional else before + piece + made
    return made


def _element(spec: ElementSpec, text: str, delimiters: Delimiters) -> _Part:
    if spec.usage == "-":
        return _Part("", False)
    if spec.components:
        parts = [_element(part, text, delimiters) for part in spec.components]
        body = _sequence(parts, re.escape(delimiters.component), has_lead=False)
    else:
        body = _simple(spec, text)
    if spec.most_repeats > 1 and delimiters.repetition:
        again = re.escape(delimiters.repetition)
        body = f"(?:{body})(?:{again}(?:{body})){{0,{min(spec.most_repeats, 1000) - 1}}}"
    return _Part(body, spec.usage == "R")


def _simple(spec: ElementSpec, text: str) -> str:
    kind = spec.type
    if spec.codes:
        return "(?:" + "|".join(re.escape(code) for code in sorted(spec.codes)) + ")"
    if kind.kind == "R":
        whole = min(kind.longest, 15)
        return rf"-?\d{{1,{whole - 2 if whole > 4 else whole}}}(?:\.\d{{1,2}})?"
    if kind.kind == "N0":
        return rf"-?\d{{{kind.shortest},{kind.longest}}}"
    if kind.kind == "DT" and kind.longest == 8:
        return _DAY
    if kind.kind == "TM":
        return TIME
    if kind.kind in ("D8", "RD8"):
        return f"(?:{_FORMATS[kind.kind]})"
    return f"{text}{{{kind.shortest},{kind.longest}}}"


def _always_holds(specs: Sequence[ElementSpec], kind: str, numbers: tuple[int, ...]) -> bool:
    """Whether the usages alone make the rule hold."""
    choices = []
    for number in numbers:
        usage = specs[number - 1].usage if number <= len(specs) else "-"
        choices.append({"R": (True,), "-": (False,)}.get(usage, (False, True)))
    return all(holds(kind, has) for has in product(*choices))


def holds(kind: str, has: Sequence[bool]) -> bool:
    """Whether a syntax rule holds for elements of which `has` says whether they are there."""
    if kind == "P":
        return all(has) or not any(has)
    if kind == "R":
        return any(has)
    if kind == "E":
        return sum(has) <= 1
    if kind == "C":
        return not has[0] or all(has)
    return not has[0] or any(has[1:])


def _joined(
    segment: Segment, parts: list[_Part], rules: list[Rule], text: str, element: str
) -> tuple[list[_Part], list[Rule]]:
    """Neighbours of which one names the other's format, or that go in pairs, as one part; the rules left."""
    usages = ["", *(spec.usage for spec in segment.elements)]
    pairs = {
        n[0]: n
        for kind, n in rules
        if kind == "P"
        and len(n) == 2
        and n[1] == n[0] + 1
        and "-" not in (usages[n[0]], usages[n[1]])
    }
    formats = {by: what for by, what in segment.formats if what == by + 1}
    made: list[_Part] = []
    done: set[Rule] = set()
    number = 1
    while number <= len(parts):
        first, second = (
            parts[number - 1],
            parts[number] if number < len(parts) else _Part("", False),
        )
        is_pair = number in pairs
        if number in formats and (is_pair or (first.is_required and second.is_required)):
            body = _formats(segment.elements[number - 1], text, element)
        elif is_pair:
            body = first.body + element + second.body
        else:
            made.append(first)
            number += 1
            continue
        made.append(_Part(body, first.is_required or second.is_required, 2))
        if is_pair:
            done.add(("P", pairs[number]))
        number += 2
    return made, [rule for rule in rules if rule not in done]


def _formats(by: ElementSpec, text: str, element: str) -> str:
    """A format's name and what it names: `D8` and a day, `RD8` and two."""
    codes = by.codes or _FORMATS.keys()
    return "(?:" + "|".join(c + element + _FORMATS.get(c, text + "+") for c in sorted(codes)) + ")"


def _rule(rule: Rule, element: str, one: str) -> str:
    """A look ahead, from just after the tag, that succeeds where the rule holds; `one` is a character of a value."""
    kind, numbers = rule
    here = [f"(?={element}(?:{one}*{element}){{{n - 1}}}{one})" for n in numbers]
    gone = ["(?!" + text[3:] for text in here]
    if kind == "R":
        return "(?:" + "|".join(here) + ")"
    if kind == "P":
        return f"(?:{''.join(here)}|{''.join(gone)})"
    if kind == "C":
        return f"(?:{gone[0]}|{''.join(here)})"
    if kind == "L":
        return f"(?:{gone[0]}|{'|'.join(here[1:])})"
    choices = ["".join(gone)]
    choices += [
        "".join(here[k] if k == n else gone[k] for k in range(len(here))) for n in range(len(here))
    ]
    return "(?:" + "|".join(choices) + ")"
