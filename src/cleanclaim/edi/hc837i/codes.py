"""The HI segments of an institutional claim: thirteen lists of codes, each by its qualifiers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cleanclaim.edi.fields import Elements, amount, day, days
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.diagnosis import Diagnosis
from cleanclaim.values.institutional import (
    DatedProcedure,
    Institutional,
    Occurrence,
    OccurrenceSpan,
    ValueCode,
)
from cleanclaim.wire.x12.writer import composite, day8, number

MOST_IN_ONE = 12  # codes of one HI
PRINCIPAL = ("ABK", "BK")
Parts = list[str]
Coded = TypeVar("Coded", Diagnosis, DatedProcedure)


def _code(parts: Parts) -> str | None:
    return parts[1] if len(parts) == 2 else None


def _diagnosis(parts: Parts) -> Diagnosis | None:
    if len(parts) == 2:
        return Diagnosis(parts[1], parts[0])
    if len(parts) == 9 and not any(parts[2:8]):
        return Diagnosis(parts[1], parts[0], parts[8])
    return None


def _procedure(parts: Parts) -> DatedProcedure | None:
    when = day(parts[3]) if len(parts) == 4 and parts[2] == "D8" else None
    return DatedProcedure(parts[1], when, parts[0]) if when else None


def _occurrence(parts: Parts) -> Occurrence | None:
    when = day(parts[3]) if len(parts) == 4 and parts[2] == "D8" else None
    return Occurrence(parts[1], when) if when else None


def _span(parts: Parts) -> OccurrenceSpan | None:
    if len(parts) != 4 or parts[2] != "RD8":
        return None
    first, last = days("RD8", parts[3])
    return OccurrenceSpan(parts[1], first, last) if first and last else None


def _value(parts: Parts) -> ValueCode | None:
    money = amount(parts[4]) if len(parts) == 5 and not parts[2] and not parts[3] else None
    return ValueCode(parts[1], money) if money is not None else None


# By qualifier: the list it belongs to, and how an item of it is read.
_READERS: dict[str, tuple[str, Callable[[Parts], object]]] = {
    **dict.fromkeys(PRINCIPAL, ("principal", _diagnosis)),
    **dict.fromkeys(("ABJ", "BJ"), ("admitting", _diagnosis)),
    **dict.fromkeys(("APR", "PR"), ("visit_reasons", _diagnosis)),
    **dict.fromkeys(("ABN", "BN"), ("external_causes", _diagnosis)),
    "DR": ("drg", _code),
    **dict.fromkeys(("ABF", "BF"), ("other", _diagnosis)),
    **dict.fromkeys(("BBR", "BR", "CAH"), ("principal_procedure", _procedure)),
    **dict.fromkeys(("BBQ", "BQ"), ("other_procedures", _procedure)),
    "BI": ("occurrence_spans", _span),
    "BH": ("occurrences", _occurrence),
    "BE": ("value_codes", _value),
    "BG": ("condition_codes", _code),
    "TC": ("treatment_codes", _code),
}
_ONLY_ONE = frozenset({"principal", "admitting", "drg", "principal_procedure"})


@dataclass(slots=True)
class CodeLists:
    """Codes by the list they belong to; a segment that fields cannot hold closes its list for those after it."""

    component: str
    lists: dict[str, list[object]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def take(self, elements: Elements) -> bool:
        """Whether the codes of this HI now are in their list."""
        name = _READERS.get(elements[1].partition(self.component)[0], ("", _code))[0]
        if not name or name in self.closed:
            return False
        found: list[object] = []
        for text in elements[1:]:
            parts = text.split(self.component)
            while parts and parts[-1] == "":
                parts.pop()
            list_name, read = _READERS.get(parts[0] if parts else "", ("", _code))
            item = read(parts) if list_name == name and len(parts) > 1 and parts[1] else None
            if item is None:
                self.closed.add(name)
                return False
            found.append(item)
        if name in _ONLY_ONE:
            self.closed.add(name)
            if len(found) > 1:
                return False
        self.lists.setdefault(name, []).extend(found)
        return True

    def of(self, *names: str) -> tuple[object, ...]:
        """The codes of these lists."""
        return tuple(item for name in names for item in self.lists.get(name, ()))

    def one(self, name: str) -> object | None:
        """The code of a list that has one at the most."""
        return next(iter(self.lists.get(name, ())), None)


def code_rows(
    diagnoses: Sequence[Diagnosis], stay: Institutional, claim: str
) -> list[tuple[str, ...]]:
    """The HI segments in guide order.

    Raises:
        InputError: the principal diagnosis or procedure does not come first.
    """
    principal, other = _first(diagnoses, PRINCIPAL, claim, "diagnosis")
    first_procedure, procedures = _first(stay.procedures, ("BBR", "BR", "CAH"), claim, "procedure")
    admitting = [stay.admitting_diagnosis] if stay.admitting_diagnosis else []
    lists: list[Iterable[str]] = [
        map(_diagnosis_text, principal),
        map(_diagnosis_text, admitting),
        map(_diagnosis_text, stay.visit_reasons),
        map(_diagnosis_text, stay.external_causes),
        [composite("DR", stay.drg)] if stay.drg else [],
        map(_diagnosis_text, other),
        map(_procedure_text, first_procedure),
        map(_procedure_text, procedures),
        (
            composite("BI", one.code, "RD8", f"{day8(one.first_day)}-{day8(one.last_day)}")
            for one in stay.occurrence_spans
        ),
        (composite("BH", one.code, "D8", day8(one.on)) for one in stay.occurrences),
        (composite("BE", one.code, "", "", number(one.amount)) for one in stay.value_codes),
        (composite("BG", code) for code in stay.condition_codes),
        (composite("TC", code) for code in stay.treatment_codes),
    ]
    return [row for texts in lists for row in _rows(list(texts))]


def _rows(texts: list[str]) -> Iterable[tuple[str, ...]]:
    for start in range(0, len(texts), MOST_IN_ONE):
        yield ("HI", *texts[start : start + MOST_IN_ONE])


def _first(
    codes: Sequence[Coded], principal: tuple[str, ...], claim: str, what: str
) -> tuple[Sequence[Coded], Sequence[Coded]]:
    """The principal code, if there is one, and the others."""
    count = 1 if codes and codes[0].qualifier in principal else 0
    if any(code.qualifier in principal for code in codes[count:]):
        raise InputError(f"claim {claim}: a principal {what} that is not the first")
    return codes[:count], codes[count:]


def _diagnosis_text(diagnosis: Diagnosis) -> str:
    gap = [""] * 6 if diagnosis.present_on_admission else []
    return composite(diagnosis.qualifier, diagnosis.code, *gap, diagnosis.present_on_admission)


def _procedure_text(procedure: DatedProcedure) -> str:
    return composite(procedure.qualifier, procedure.code, "D8", day8(procedure.performed_on))
