"""What is wrong within one segment: elements, syntax rules, formats. Asked only where `patterns` did not say yes."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import ElementSpec, Segment
from cleanclaim.wire.x12.patterns import TIME

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_TIME = re.compile(TIME, re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ElementDefect:
    """A defect within a segment; the walker adds the place."""

    code: str
    message: str
    element: int
    component: int = 0
    repeat: int = 0
    value: str = ""
    reference: str = ""
    level: int = 2
    is_error: bool = True


def is_digits(text: str) -> bool:
    """Whether it is one or more of 0 to 9; others, such as a superscript two, are digits to Python only."""
    return text.isascii() and text.isdigit()


def is_date8(text: str) -> bool:
    """Whether it is a day of the calendar as CCYYMMDD."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=20_000)
def fits_format(qualifier: str, text: str) -> bool:
    """Whether `text` has the date format that `qualifier` names (D8, RD8, DT, TM, D6 ...); unknown ones pass."""
    if qualifier == "D8":
        return is_date8(text)
    if qualifier == "RD8":
        return len(text) == 17 and text[8] == "-" and is_date8(text[:8]) and is_date8(text[9:])
    if qualifier == "DT":
        return is_date8(text[:8]) and _TIME.fullmatch(text[8:]) is not None
    if qualifier == "TM":
        return _TIME.fullmatch(text) is not None
    return True


def look_into(segment: Segment, elements: list[str], delimiters: Delimiters) -> list[ElementDefect]:
    """Every defect of the elements; `elements` has the tag first."""
    found: list[ElementDefect] = []
    if elements[-1] == "" and len(elements) > 1:
        found.append(
            ElementDefect(
                "1", "separators after the last element", len(elements) - 1, level=1, is_error=False
            )
        )
    specs = segment.elements
    for number, spec in enumerate(specs, 1):
        value = elements[number] if number < len(elements) else ""
        if value == "":
            if spec.usage == "R":
                found.append(_missing(spec, number))
            continue
        _check_element(spec, value, number, delimiters, found)
    if len(elements) - 1 > len(specs) and any(elements[len(specs) + 1 :]):
        found.append(
            ElementDefect(
                "3", f"{len(elements) - 1} elements, expected at most {len(specs)}", len(specs) + 1
            )
        )
    return found


def _missing(spec: ElementSpec, number: int, component: int = 0) -> ElementDefect:
    return ElementDefect("1", "required and missing", number, component, reference=spec.type.number)


def _check_element(
    spec: ElementSpec, value: str, number: int, delimiters: Delimiters, found: list[ElementDefect]
) -> None:
    if spec.usage == "-":
        found.append(
            ElementDefect("I10", "not used in this guide", number, value=value, is_error=False,
                          reference=spec.type.number)
        )  # fmt: skip
        _check_control(spec, value, (number, 0, 0), found)
        return
    repeats = value.split(delimiters.repetition) if delimiters.repetition else [value]
    if len(repeats) > spec.most_repeats:
        found.append(
            ElementDefect("12", f"{len(repeats)} repetitions, expected at most {spec.most_repeats}", number,
                          value=value, reference=spec.type.number)
        )  # fmt: skip
        return
    for place, item in enumerate(repeats, 1):
        repeat = place if len(repeats) > 1 else 0
        if not spec.components:
            _check_simple(spec, item, (number, 0, repeat), delimiters, found)
        else:
            _check_composite(spec, item, (number, repeat), delimiters, found)


def _check_composite(
    spec: ElementSpec,
    value: str,
    at: tuple[int, int],
    delimiters: Delimiters,
    found: list[ElementDefect],
) -> None:
    number, repeat = at
    parts = value.split(delimiters.component)
    if len(parts) > len(spec.components):
        message = f"{len(parts)} components, expected at most {len(spec.components)}"
        found.append(ElementDefect("13", message, number, repeat=repeat, value=value))
    for place, part in enumerate(spec.components, 1):
        item = parts[place - 1] if place <= len(parts) else ""
        if item == "":
            if part.usage == "R":
                found.append(_missing(part, number, place))
        elif part.usage == "-":
            message = "component not used in this guide"
            found.append(ElementDefect("I10", message, number, place, repeat, item, part.type.number,
                                       is_error=False))  # fmt: skip
            _check_control(part, item, (number, place, repeat), found)
        else:
            _check_simple(part, item, (number, place, repeat), delimiters, found)


def _check_control(
    spec: ElementSpec, value: str, at: tuple[int, int, int], found: list[ElementDefect]
) -> None:
    if _CONTROL.search(value):
        found.append(ElementDefect("6", "control character", *at, value, spec.type.number, 1))


def _check_simple(
    spec: ElementSpec,
    value: str,
    at: tuple[int, int, int],
    delimiters: Delimiters,
    found: list[ElementDefect],
) -> None:
    kind = spec.type
    for code, message, level, is_error in _simple_defects(spec, value):
        found.append(ElementDefect(code, message, *at, value, kind.number, level, is_error))
    # A component separator in a simple element is only text unless the element should have been short.
    if delimiters.component in value and not any(d.element == at[0] for d in found):
        found.append(
            ElementDefect(
                "13", "component separator in a simple element", *at, value, kind.number, 1, False
            )
        )


def _simple_defects(spec: ElementSpec, value: str) -> list[tuple[str, str, int, bool]]:
    kind = spec.type
    found: list[tuple[str, str, int, bool]] = []
    size = len(value)
    if kind.kind in ("R", "N0"):
        shape = _NUMBER if kind.kind == "R" else _WHOLE
        if shape.fullmatch(value) is None:
            return [("6", f"{_what(kind.kind)} expected", 1, True)]
        size = sum(c.isdigit() for c in value)
    elif _CONTROL.search(value):
        found.append(("6", "control character", 1, True))
    elif not value.isascii():
        found.append(("6", "character outside the X12 set", 1, False))
    if size > kind.longest:
        found.append(("5", f"{size} characters, expected at most {kind.longest}", 1, True))
    elif size < kind.shortest and not spec.codes:
        found.append(("4", f"{size} characters, expected at least {kind.shortest}", 1, True))
    elif kind.kind == "DT" and not _is_day(value):
        found.append(("8", "not a day of the calendar, expected CCYYMMDD", 1, True))
    elif kind.kind == "TM" and _TIME.fullmatch(value) is None:
        found.append(("9", "not a time of day, expected HHMM", 1, True))
    elif kind.kind in ("D8", "RD8") and not fits_format(kind.kind, value):
        found.append(("8", f"not a date or time in the format {kind.kind}", 1, True))
    elif spec.codes and value not in spec.codes:
        wanted = ", ".join(sorted(spec.codes)[:12])
        found.append(("7", f"code not in this guide, expected {wanted}", 2, True))
    return found


def _is_day(value: str) -> bool:
    return is_date8(value) or (len(value) == 6 and is_date8("20" + value))


def _what(kind: str) -> str:
    return "number" if kind == "R" else "whole number"


def check_formats(segment: Segment, elements: list[str]) -> list[ElementDefect]:
    """Dates and times whose format another element names; needs no separators."""
    found: list[ElementDefect] = []
    for by, what in segment.formats:
        if what >= len(elements) or not elements[what]:
            continue
        qualifier, value = elements[by], elements[what]
        if not fits_format(qualifier, value):
            message = f"not a date or time in the format {qualifier}"
            reference = segment.elements[what - 1].type.number
            code = "9" if qualifier == "TM" else "8"
            found.append(
                ElementDefect(code, message, what, value=value, reference=reference, level=1)
            )
    return found


def check_rules(segment: Segment, elements: list[str]) -> list[ElementDefect]:
    """The segment's syntax rules (P, R, E, C, L); needs no separators."""
    found: list[ElementDefect] = []
    count = len(elements)
    for kind, numbers in segment.rules:
        has = [n < count and elements[n] != "" for n in numbers]
        broken = _broken_rule(kind, has, numbers)
        if broken:
            place, code, message = broken
            reference = segment.elements[place - 1].type.number
            found.append(ElementDefect(code, message, place, reference=reference, level=1))
    return found


def _broken_rule(
    kind: str, has: list[bool], numbers: tuple[int, ...]
) -> tuple[int, str, str] | None:
    names = ", ".join(f"{n:02d}" for n in numbers)
    if kind == "P" and any(has) and not all(has):
        return numbers[has.index(False)], "2", f"elements {names}: all or none expected"
    if kind == "R" and not any(has):
        return numbers[0], "2", f"elements {names}: at least one expected"
    if kind == "E" and sum(has) > 1:
        return numbers[1], "10", f"elements {names}: at most one expected"
    if kind == "C" and has[0] and not all(has):
        return (
            numbers[has.index(False)],
            "2",
            f"element {numbers[0]:02d} needs elements {names[4:]}",
        )
    if kind == "L" and has[0] and not any(has[1:]):
        return numbers[1], "2", f"element {numbers[0]:02d} needs one of elements {names[4:]}"
    return None
