"""Loops 2300 and 2400 of an institutional claim."""

from cleanclaim.edi.claims.read_claim import ClaimKind, ClaimParts, read_claim
from cleanclaim.edi.claims.read_line import read_parts, read_service
from cleanclaim.edi.fields import Elements, Keeper, amount, at, day, days, dollars
from cleanclaim.edi.hc837i.codes import CodeLists
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.institutional import Institutional
from cleanclaim.wire.x12.tree import Block

_SV2 = frozenset({1, 2, 3, 4, 5, 7})
_CL1 = frozenset({1, 2, 3})
_LINE_TAGS = frozenset({"SV2"})
_NO_SERVICE: Elements = ["SV2"]


class Stay:
    """The institutional details of one claim."""

    __slots__ = ("codes", "keeper", "own")

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.codes = CodeLists(keeper.component)
        self.own: dict[str, object] = {}

    def take(self, elements: Elements) -> bool:
        """Whether the segment now is in a field."""
        tag = elements[0]
        if tag == "HI":
            return len(elements) > 1 and self.codes.take(elements)
        if tag == "DTP":
            return len(elements) == 4 and self._take_date(*elements[1:])
        if tag == "AMT":
            return elements[1:2] == ["F3"] and len(elements) == 3 and self._take_due(elements[2])
        if "patient_status" in self.own:
            return False
        self.own |= {
            "admission_type": at(elements, 1),
            "admission_source": at(elements, 2),
            "patient_status": at(elements, 3),
        }
        self.keeper.rest("2300", elements, _CL1)
        return True

    def _take_date(self, code: str, style: str, text: str) -> bool:
        if code == "434" and style == "RD8" and "statement_from" not in self.own:
            first, last = days(style, text)
            if first and last:
                self.own |= {"statement_from": first, "statement_to": last}
                return True
        elif code == "435" and style in ("D8", "DT") and "admitted_on" not in self.own:
            if when := day(text[:8]):
                self.own |= {"admitted_on": when, "admitted_at": text[8:]}
                return True
        elif code == "096" and style == "TM" and "discharged_at" not in self.own:
            self.own["discharged_at"] = text
            return True
        return False

    def _take_due(self, text: str) -> bool:
        money = amount(text)
        if money is None or "estimated_due" in self.own:
            return False
        self.own["estimated_due"] = money
        return True

    def fields(self) -> dict[str, object]:
        """The claim's diagnoses and its institutional part."""
        codes = self.codes
        stay = Institutional(
            **self.own,  # type: ignore[arg-type]
            drg=codes.one("drg") or "",  # type: ignore[arg-type]
            admitting_diagnosis=codes.one("admitting"),  # type: ignore[arg-type]
            procedures=codes.of("principal_procedure", "other_procedures"),  # type: ignore[arg-type]
            **{name: codes.of(name) for name in _PLAIN_LISTS},  # type: ignore[arg-type]
        )
        return {"diagnoses": codes.of("principal", "other"), "institutional": stay}


_PLAIN_LISTS = (
    "visit_reasons",
    "external_causes",
    "occurrence_spans",
    "occurrences",
    "value_codes",
    "condition_codes",
    "treatment_codes",
)


def read_institutional_line(block: Block, component: str) -> ServiceLine:
    """What loop 2400 says."""
    parts = read_parts(block, component, _LINE_TAGS)
    sv2 = parts.own[-1] if parts.own else _NO_SERVICE
    return ServiceLine(
        parts.number,
        read_service(sv2, 2, parts.keeper, _SV2),
        dollars(at(sv2, 3)),
        dollars(at(sv2, 5)),
        parts.service_from,
        parts.service_to,
        at(sv2, 4),
        pointers=(),
        control_number=parts.control_number,
        authorization_number=parts.authorization_number,
        drug=parts.drug,
        providers=parts.providers,
        adjudications=parts.adjudications,
        references=parts.references,
        carried=parts.keeper.taken(),
        revenue_code=at(sv2, 1),
        non_covered=amount(at(sv2, 7)),
    )


_KIND = ClaimKind(
    frozenset({1, 2, 5, 7, 8, 9, 20}),
    frozenset({"HI", "DTP", "AMT", "CL1"}),
    Stay,
    read_institutional_line,
)


def read_institutional_claim(block: Block, component: str) -> ClaimParts:
    """What loop 2300 says."""
    return read_claim(block, component, _KIND)
