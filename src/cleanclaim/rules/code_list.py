"""Lists of procedure codes as contracts and plans write them: single codes, ranges and families."""

from collections.abc import Iterable
from dataclasses import dataclass

from cleanclaim.kernel.errors import InputError


@dataclass(frozen=True, slots=True)
class CodeList:
    """A set of codes. Build it with `code_list`; ask with `in`.

    Attributes:
        exact: single codes.
        ranges: (first, last), both included; codes compare as text of the same length.
        families: beginnings such as `J` for all codes that start with it.
    """

    exact: frozenset[str] = frozenset()
    ranges: tuple[tuple[str, str], ...] = ()
    families: tuple[str, ...] = ()

    def __contains__(self, code: str) -> bool:
        if code in self.exact:
            return True
        for first, last in self.ranges:
            if first <= code <= last and len(code) == len(first):
                return True
        return bool(self.families) and code.startswith(self.families)

    def __bool__(self) -> bool:
        return bool(self.exact or self.ranges or self.families)

    @property
    def is_exact(self) -> bool:
        """Whether it holds single codes only."""
        return not self.ranges and not self.families


def code_list(items: Iterable[str]) -> CodeList:
    """The list written as `20610`, `99202-99215` (both ends included) or `J*` (a family).

    Raises:
        InputError: an item is empty, or a range runs backwards or has ends of unequal length.
    """
    exact: set[str] = set()
    ranges: list[tuple[str, str]] = []
    families: list[str] = []
    for item in items:
        text = str(item).strip().upper()
        if text.endswith("*") and len(text) > 1:
            families.append(text[:-1])
        elif "-" in text:
            first, _, last = text.partition("-")
            if not first or len(first) != len(last) or first > last:
                raise InputError(f"code range {text!r}: expected first-last of equal length")
            ranges.append((first, last))
        elif text:
            exact.add(text)
        else:
            raise InputError("code list: an item is empty", hint="Remove it, or write the code")
    return CodeList(frozenset(exact), tuple(ranges), tuple(families))
