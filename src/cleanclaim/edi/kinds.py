"""How one element, or a few side by side, become a field and back; see `binding`.

A kind reads NOT_HELD where it could not write again what was sent; the binding then keeps the element as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Generic, Literal, TypeVar

from cleanclaim.edi import fields
from cleanclaim.edi.fields import at, read_contact, read_procedure
from cleanclaim.edi.writing import procedure_text
from cleanclaim.edi.writing import repeated as repeated_text
from cleanclaim.values.claim import Procedure
from cleanclaim.values.dated import Dated
from cleanclaim.values.party import Contact
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import composite, day8, number

T = TypeVar("T")


class _Held(Enum):
    NOT = 0


NotHeld = Literal[_Held.NOT]
NOT_HELD: NotHeld = _Held.NOT


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """Elements that make one field.

    Attributes:
        numbers: the elements it holds.
        write: one text for each of them.
        component: the component of the one element that it holds; 0: all of it.
    """

    numbers: tuple[int, ...]
    read: Callable[[Sequence[str], Delimiters], T | NotHeld]
    write: Callable[[T], tuple[str, ...]]
    component: int = 0


def text(element: int, component: int = 0) -> Kind[str]:
    """The text as it is."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> str:
        found = elements[element] if element < len(elements) else ""
        if component and found:
            parts = found.split(delimiters.component)
            return parts[component - 1] if component <= len(parts) else ""
        return found

    return Kind((element,), read, lambda value: (value,), component)


def amount(element: int) -> Kind[Decimal | None]:
    """A decimal; None where there is none."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> Decimal | NotHeld | None:
        del delimiters
        found = at(elements, element)
        if not found:
            return None
        value = fields.amount(found)
        return NOT_HELD if value is None else value

    return Kind((element,), read, lambda value: (number(value),))


def whole(element: int) -> Kind[int | None]:
    """A count; None where there is none."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> int | NotHeld | None:
        del delimiters
        found = at(elements, element)
        if not found:
            return None
        value = fields.whole(found)
        return value if str(value) == found else NOT_HELD

    return Kind((element,), read, lambda value: ("" if value is None else str(value),))


def day(element: int) -> Kind[date | None]:
    """A day as CCYYMMDD; None where there is none."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> date | NotHeld | None:
        del delimiters
        found = at(elements, element)
        return (fields.day(found) or NOT_HELD) if found else None

    return Kind((element,), read, lambda value: (day8(value),))


def qualified_day(element: int) -> Kind[date | None]:
    """A day in two elements: D8 and CCYYMMDD; None where there is none."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> date | NotHeld | None:
        del delimiters
        form, found = at(elements, element), at(elements, element + 1)
        if not form and not found:
            return None
        return (fields.day(found) or NOT_HELD) if form == "D8" else NOT_HELD

    return Kind((element, element + 1), read, lambda value: ("D8" if value else "", day8(value)))


def flag(element: int, yes: str, no: str) -> Kind[bool]:
    """One of two codes."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> bool | NotHeld:
        del delimiters
        found = at(elements, element)
        return True if found == yes else False if found == no else NOT_HELD

    return Kind((element,), read, lambda value: (yes if value else no,))


def repeated(element: int) -> Kind[tuple[str, ...]]:
    """An element that may repeat."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> tuple[str, ...] | NotHeld:
        found = at(elements, element)
        if "^" in found and delimiters.repetition != "^":
            return NOT_HELD
        if not found or not delimiters.repetition:
            return (found,) if found else ()
        return tuple(found.split(delimiters.repetition))

    return Kind((element,), read, lambda value: (repeated_text("^".join(value)),))


def composites(first: int, last: int) -> Kind[tuple[tuple[str, ...], ...]]:
    """Composites side by side, such as the codes of an HI, each as its components."""

    def read(
        elements: Sequence[str], delimiters: Delimiters
    ) -> tuple[tuple[str, ...], ...] | NotHeld:
        found = list(elements[first : last + 1])
        while found and not found[-1]:
            found.pop()
        return NOT_HELD if "" in found else tuple(_parts(e, delimiters.component) for e in found)

    def write(value: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
        room = last - first + 1
        return tuple([composite(*parts) for parts in value] + [""] * (room - len(value)))

    return Kind(tuple(range(first, last + 1)), read, write)


@lru_cache(maxsize=4096)
def _parts(element: str, component: str) -> tuple[str, ...]:
    parts = element.split(component)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)


def procedure(element: int) -> Kind[Procedure | None]:
    """A composite medical procedure identifier; None where there is none."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> Procedure | NotHeld | None:
        found = at(elements, element)
        if not found:
            return None
        parts = _parts(found, delimiters.component)
        value = read_procedure(found, delimiters.component)
        return value if len(parts) <= 7 and value.code and "" not in value.modifiers else NOT_HELD

    return Kind(
        (element,), read, lambda value: (procedure_text(value) if value is not None else "",)
    )


def when() -> Kind[Dated]:
    """A whole DTP: what it is, a day or a period."""

    def read(elements: Sequence[str], delimiters: Delimiters) -> Dated | NotHeld:
        del delimiters
        code, form, found = at(elements, 1), at(elements, 2), at(elements, 3)
        first, last = fields.days(form, found)
        if first is None or (form == "RD8") != (last is not None) or form not in ("D8", "RD8"):
            return NOT_HELD
        value = Dated(code, first, last)
        return value if _period(value) == (code, form, found) else NOT_HELD

    return Kind((1, 2, 3), read, _period)


def _period(value: Dated) -> tuple[str, ...]:
    if value.last is None:
        return value.code, "D8", day8(value.first)
    return value.code, "RD8", f"{day8(value.first)}-{day8(value.last)}"


def contact() -> Kind[Contact]:
    """A whole PER of function IC."""

    def write(value: Contact) -> tuple[str, ...]:
        texts = ["IC", value.name, *(part for channel in value.channels for part in channel)]
        return tuple(texts + [""] * (8 - len(texts)))

    def read(elements: Sequence[str], delimiters: Delimiters) -> Contact | NotHeld:
        del delimiters
        value = read_contact(list(elements))
        sent = (*elements[1:9], *[""] * (9 - len(elements)))
        return value if write(value) == sent else NOT_HELD

    return Kind(tuple(range(1, 9)), read, write)
