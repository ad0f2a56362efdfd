"""TA1 segments that we receive, and our judgement of an interchange (what our own TA1 says)."""

import re
from collections.abc import Iterable, Sequence

from cleanclaim.values.acknowledgement import InterchangeAnswer
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.elements import is_date8, is_digits

_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d", re.ASCII)
_LAST_NOTE = 31
_QUALIFIERS = ("01", "14", "20", "27", "28", "29", "30", "33", "ZZ")
_VERSIONS = ("00401", "00402", "00403", "00500", "00501", "00502", "00600", "00602")

# By note: an element of the ISA and its codes, as the guides have them.
_CODES = (
    ("010", 1, ("00", "03")),
    ("012", 3, ("00", "01")),
    ("005", 5, _QUALIFIERS),
    ("007", 7, _QUALIFIERS),
)


def read_answer(elements: Sequence[str]) -> InterchangeAnswer:
    """The answer of a TA1 segment; missing elements are empty."""
    padded = [*elements[1:6], "", "", "", "", ""]
    return InterchangeAnswer(*padded[:5])


def check_answers(answers: Iterable[Sequence[str]]) -> list[Defect]:
    """What is wrong with TA1 segments that we receive: an unknown answer is an error, the rest are remarks."""
    found: list[Defect] = []
    for elements in answers:
        control, created, time, code, note = [*elements[1:6], "", "", "", "", ""][:5]
        if code not in ("A", "E", "R"):
            found.append(_ta1(4, code, "expected A, E or R", is_error=True))
        if len(control) != 9 or not is_digits(control):
            found.append(_ta1(1, control, "expected a control number of nine digits"))
        if not is_date8("20" + created):
            found.append(_ta1(2, created, "expected a day as YYMMDD"))
        if _TIME.fullmatch(time) is None:
            found.append(_ta1(3, time, "expected a time as HHMM"))
        if len(note) != 3 or not (is_digits(note) and int(note) <= _LAST_NOTE):
            found.append(_ta1(5, note, f"expected a note from 000 to 0{_LAST_NOTE}"))
    return found


def _ta1(element: int, value: str, words: str, *, is_error: bool = False) -> Defect:
    return Defect(
        1, "TA105", "024", words, segment="TA1", element=element, value=value, is_error=is_error
    )


def judge(head: Sequence[str], defects: Sequence[Defect]) -> tuple[list[Defect], InterchangeAnswer]:
    """Further defects of the ISA's own elements, and the answer: the first error decides its note.

    Structure that cannot be trusted rejects (R); odd but harmless elements are accepted with a note (E).
    """
    extra = _of_elements(head)
    first = next((d for d in [*defects, *extra] if d.is_error), None)
    if first is not None:
        code, note = "R", first.code
    elif extra:
        code, note = "E", extra[0].code
    else:
        code, note = "A", "000"
    return extra, InterchangeAnswer(head[12], head[8], head[9], code, note)


def _of_elements(head: Sequence[str]) -> list[Defect]:
    found: list[Defect] = []
    if len(head[12]) != 9 or not is_digits(head[12]):
        found.append(_isa("018", 13, head[12], "expected a control number of nine digits"))
    if head[14] not in ("T", "P", "I"):
        found.append(_isa("020", 15, head[14], "expected T (test) or P (production)"))
    for code, element, allowed in _CODES:
        value = head[element - 1]
        if value not in allowed:
            words = "expected " + ", ".join(allowed)
            found.append(_isa(code, element, value, words, is_error=False))
    if not is_date8("20" + head[8]):
        found.append(_isa("014", 9, head[8], "expected a day as YYMMDD", is_error=False))
    if _TIME.fullmatch(head[9]) is None:
        found.append(_isa("015", 10, head[9], "expected a time as HHMM", is_error=False))
    if head[11] not in _VERSIONS:
        found.append(_isa("017", 12, head[11], "expected a version such as 00501", is_error=False))
    if head[10] == head[15] != "":
        words = "names the separator of components: the file is read without one of repetitions"
        found.append(_isa("022", 11, head[10], words, is_error=False))
    if head[13] not in ("0", "1"):
        found.append(_isa("019", 14, head[13], "expected 0 or 1", is_error=False))
    return found


def _isa(code: str, element: int, value: str, words: str, *, is_error: bool = True) -> Defect:
    return Defect(
        1, "TA105", code, words, segment="ISA", element=element, value=value, is_error=is_error
    )
