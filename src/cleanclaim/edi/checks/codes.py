"""Level 5: codes of outside sets, each by its own day, and numbers with a check digit or a fixed form.

Procedures are judged by the day of service, diagnoses by the last day of the claim, adjustment reasons, remarks and
claim status by the day of the message. A code that we do not know but that looks right is a warning: lists age.
"""

from collections.abc import Iterable
from datetime import date

from cleanclaim.edi.checks import code_forms as forms
from cleanclaim.edi.checks.problem import Problem, wrong
from cleanclaim.edi.checks.registry import CLAIMS, loop_check, segment_check
from cleanclaim.edi.checks.unit import Unit, first
from cleanclaim.edi.fields import Elements, at
from cleanclaim.wire.x12.tree import Block

ALL = (
    *CLAIMS,
    "835",
    "270",
    "271",
    "276",
    "277",
    "277CA",
    "278-request",
    "278-response",
    "834",
    "820",
)
_WITH_STATUS = ("277", "277CA")
_NO: tuple[Problem, ...] = ()
_DIAGNOSES = frozenset({"ABK", "BK", "ABF", "BF", "ABJ", "BJ", "APR", "PR", "ABN", "BN"})
_ICD_PROCEDURES = frozenset({"BBR", "BR", "BBQ", "BQ"})
_PROCEDURE_AT = {"SV1": 1, "SV2": 2, "SV3": 1}


@segment_check(
    "npi",
    5,
    ALL,
    ("NM1",),
    "An NPI has ten digits and a valid check digit.",
    is_error=False,
    status="562",
)
def check_npi(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """NM109 where NM108 is XX."""
    if len(elements) > 9 and elements[8] == "XX" and not forms.is_npi(elements[9]):
        words = "not an NPI: expected ten digits with a valid check digit"
        return (wrong(block, elements, 9, words),)
    return _NO


@segment_check(
    "npi-of-payee",
    5,
    ("835",),
    ("N1",),
    "An NPI has ten digits and a valid check digit.",
    is_error=False,
)
def check_payee_npi(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """N104 where N103 is XX."""
    if len(elements) > 4 and elements[3] == "XX" and not forms.is_npi(elements[4]):
        return (
            wrong(block, elements, 4, "not an NPI: expected ten digits with a valid check digit"),
        )
    return _NO


@segment_check(
    "address-codes", 5, ALL, ("N4",), "State, ZIP code and country are ones that exist.", status="126"
)  # fmt: skip
def check_address(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """N402 to N404; state and ZIP code are judged for the United States and Canada."""
    found = _address(at(elements, 2), at(elements, 3), at(elements, 4))
    return _all(block, elements, found) if found else _NO


@segment_check(
    "taxonomy", 5, ALL, ("PRV",), "A taxonomy has ten characters and ends with X.", status="145"
)
def check_taxonomy(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """PRV03 where PRV02 is PXC."""
    if at(elements, 2) != "PXC":
        return _NO
    return _said(block, elements, 3, forms.taxonomy(at(elements, 3)))


@segment_check(
    "tax-number",
    5,
    ALL,
    ("REF",),
    "An employer or social security number has nine digits.",
    status="128",
)
def check_tax_number(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """REF02 of EI, TJ and SY."""
    if len(elements) > 2 and elements[1] in ("EI", "SY", "TJ"):
        return _said(block, elements, 2, forms.tax_number(elements[1], elements[2]))
    return _NO


@segment_check(
    "telephone",
    5,
    ALL,
    ("PER",),
    "A telephone or fax number has ten digits.",
    is_error=False,
    status="127",
)
def check_phone(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """Channels TE and FX of a contact."""
    if len(elements) > 4 and elements[3] in ("TE", "FX"):
        found = _said(block, elements, 4, forms.phone(elements[4]))
        if found:
            return found
    if len(elements) > 6 and elements[5] in ("TE", "FX"):
        return _said(block, elements, 6, forms.phone(elements[6]))
    return _NO


@segment_check(
    "adjustment-reason",
    5,
    (*CLAIMS, "835"),
    ("CAS",),
    "An adjustment reason is in force on the message's day.",
    status="521",
)
def check_adjustments(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """CAS02, 05, 08 ..."""
    found: tuple[Problem, ...] = _NO
    for place in range(2, len(elements), 3):
        code = elements[place]
        if code:
            verdict = forms.adjustment(code, unit.on)
            if verdict[0]:
                found += _said(block, elements, place, verdict)
    return found


@segment_check(
    "remark-code",
    5,
    (*CLAIMS, "835"),
    ("LQ", "MOA", "MIA"),
    "A remark code is in force on the message's day.",
)
def check_remarks(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """LQ02 of HE; MOA03-07; MIA05, 20-23."""
    tag = elements[0]
    if tag == "LQ":
        places: Iterable[int] = (2,) if at(elements, 1) == "HE" else ()
    else:
        places = range(3, 8) if tag == "MOA" else (5, 20, 21, 22, 23)
    found: tuple[Problem, ...] = _NO
    for place in places:
        code = at(elements, place)
        if code:
            found += _said(block, elements, place, forms.remark(code, unit.on))
    return found


@segment_check(
    "claim-status", 5, _WITH_STATUS, ("STC",), "Claim status and category are ones that exist."
)
def check_status(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """STC01, STC10, STC11: category and status."""
    found: tuple[Problem, ...] = _NO
    for place in (1, 10, 11):
        text = at(elements, place)
        if text:
            parts = unit.parts(text)
            found += _said(block, elements, place, forms.status_category(parts[0]), parts[0], 1)
            if len(parts) > 1:
                found += _said(block, elements, place, forms.status(parts[1]), parts[1], 2)
    return found


@segment_check(
    "place-of-service",
    5,
    ("837P", "837D"),
    ("CLM",),
    "A place of service is one of CMS's.",
    status="249",
)
def check_place(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """CLM05-1 of professional and dental claims."""
    parts = unit.parts(at(elements, 5))
    found = _said(block, elements, 5, forms.place(parts[0], None), parts[0], 1)
    if len(parts) > 2:
        found += _said(block, elements, 5, forms.frequency(parts[2]), parts[2], 3)
    return found


@segment_check(
    "line-place-of-service",
    5,
    ("837P", "837D"),
    ("SV1", "SV3"),
    "A place of service is one of CMS's.",
    status="249",
)
def check_line_place(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """SV105, SV303."""
    place = 5 if elements[0] == "SV1" else 3
    code = at(elements, place)
    return _said(block, elements, place, forms.place(code, line_days(block)[0])) if code else _NO


@segment_check(
    "bill-type", 5, ("837I",), ("CLM",), "A type of bill is one that exists.", status="228"
)
def check_bill_type(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """CLM05-1 and -3 of institutional claims, by the last day of the statement."""
    parts = unit.parts(at(elements, 5))
    found = _said(block, elements, 5, forms.bill_type(parts[0], last_day(unit, block)), parts[0], 1)
    if len(parts) > 2:
        found += _said(block, elements, 5, forms.frequency(parts[2]), parts[2], 3)
    return found


@segment_check(
    "procedure", 5, CLAIMS, ("SV1", "SV2", "SV3"),
    "A procedure code has its form, and is in force on the day of service.", status="454",
)  # fmt: skip
def check_procedure(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """SV101, SV202, SV301: code and modifiers."""
    place = _PROCEDURE_AT[elements[0]]
    text = at(elements, place)
    if not text:
        return _NO
    found = _procedure(place, text, unit.component, line_days(block)[0])
    return _all(block, elements, found) if found else _NO


@segment_check("paid-procedure", 5, ("835",), ("SVC",), "A procedure code has its form.")
def check_paid_procedure(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """SVC01."""
    parts = unit.parts(at(elements, 1))
    if len(parts) < 2:
        return _NO
    return _said(
        block, elements, 1, forms.procedure(parts[0], parts[1], line_days(block)[0]), parts[1], 2
    )


@segment_check(
    "revenue-code", 5, ("837I",), ("SV2",), "A revenue code has four digits.", status="455"
)
def check_revenue(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """SV201."""
    return _said(block, elements, 1, forms.revenue(at(elements, 1)))


@segment_check("drug-code", 5, CLAIMS, ("LIN",), "A drug code has eleven digits.", status="218")
def check_drug(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """LIN03 where LIN02 is N4."""
    return (
        _said(block, elements, 3, forms.drug(at(elements, 3))) if at(elements, 2) == "N4" else _NO
    )


@segment_check(
    "claim-codes",
    5,
    CLAIMS,
    ("HI",),
    "Diagnoses and inpatient procedures have their form, their revision and exist.",
    status="255",
)
def check_claim_codes(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """Every composite of HI: diagnoses by the claim's last day, procedures by their own."""
    problems: tuple[Problem, ...] = _NO
    component = unit.component
    on = last_day(unit, block)
    for place in range(1, len(elements)):
        found = _claim_code(place, elements[place], component, on)
        if found:
            problems += _all(block, elements, found)
    return problems


@loop_check(
    "medicare-number",
    5,
    CLAIMS,
    ("2000B",),
    "Medicare's member number has its form.",
    is_error=False,
    status="164",
)
def check_medicare_number(unit: Unit, block: Block) -> Iterable[Problem]:
    """2010BA NM109 where SBR09 is MA or MB."""
    if at(block.segments[1] if len(block.segments) > 1 else [], 9) not in ("MA", "MB"):
        return _NO
    for inner in block.blocks:
        head = inner.segments[0]
        if inner.id == "2010BA" and at(head, 8) == "MI":
            return _said(inner, head, 9, forms.medicare_number(at(head, 9)))
    return _NO


def line_days(block: Block) -> tuple[date | None, date | None]:
    """First and last day of service of a line."""
    for elements in block.segments:
        if elements[0] in ("DTP", "DTM") and elements[1] in ("472", "150"):
            return forms.day_of(elements[-1])
    return None, None


def last_day(unit: Unit, claim: Block) -> date | None:
    """The claim's last day: discharge or through date of the statement, else the first line's last day."""
    if unit.message == "837I":
        through = first(claim, "DTP", "434")
        return forms.day_of(through[-1])[1] if through is not None else None
    for line in claim.blocks:
        if line.id == "2400":
            found = line_days(line)[1]
            if found is not None:
                return found
    dated = first(claim, "DTP", "472")
    return forms.day_of(dated[-1])[1] if dated is not None else None


def _said(
    block: Block,
    elements: Elements,
    element: int,
    verdict: forms.Verdict,
    value: str | None = None,
    component: int = 0,
) -> tuple[Problem, ...]:
    if not verdict[0]:
        return _NO
    return (wrong(block, elements, element, verdict[0], component=component, value=value, is_error=verdict[1]),)  # fmt: skip


_Found = tuple[
    int, int, str, forms.Verdict, str
]  # element, component, value, what was expected, status


@forms.remember
def _address(state: str, postal: str, country: str) -> tuple[_Found, ...]:
    return _only(
        (2, 0, state, forms.state(state, country), "501"),
        (3, 0, postal, forms.postal(postal, country), "500"),
        (4, 0, country, forms.country(country), ""),
    )


@forms.remember
def _procedure(place: int, text: str, component: str, on: date | None) -> tuple[_Found, ...]:
    parts = text.split(component)
    if len(parts) < 2:
        return ()
    return _only(
        (place, 2, parts[1], forms.procedure(parts[0], parts[1], on), ""),
        *((place, k, m, forms.modifier(m), "453") for k, m in enumerate(parts[2:6], 3) if m),
    )


@forms.remember
def _claim_code(place: int, text: str, component: str, on: date | None) -> tuple[_Found, ...]:
    parts = text.split(component)
    if len(parts) > 1 and parts[0] in _DIAGNOSES:
        return _only((place, 2, parts[1], forms.diagnosis(parts[0], parts[1], on), ""))
    if len(parts) > 1 and parts[0] in _ICD_PROCEDURES:
        own = forms.day_of(parts[3])[0] if len(parts) > 3 else None
        verdict = forms.procedure_icd(parts[0], parts[1], own or on)
        return _only((place, 2, parts[1], verdict, "465"))
    return ()


def _only(*found: _Found) -> tuple[_Found, ...]:
    return tuple(one for one in found if one[3][0])


def _all(block: Block, elements: Elements, found: tuple[_Found, ...]) -> tuple[Problem, ...]:
    return tuple(
        wrong(block, elements, place, verdict[0], component=component, value=value, status=status,
              is_error=verdict[1])
        for place, component, value, verdict, status in found
    )  # fmt: skip
