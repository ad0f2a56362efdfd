"""Codes and numbers one by one: form, check digit and, where a set is at hand, whether it is known on a day.

Each answers with what was expected, or an empty string. Remembered per value, since files repeat their codes.
"""

import re
from datetime import date
from functools import lru_cache

from cleanclaim.codes import (
    adjustment_reasons,
    bill_types,
    claim_status,
    claim_status_categories,
    countries,
    hcpcs,
    icd10cm,
    place_of_service,
    remark_codes,
    states,
)
from cleanclaim.edi.fields import day
from cleanclaim.kernel.ids import npi
from cleanclaim.wire.x12.elements import is_digits

ICD10_FROM = date(2015, 10, 1)  # 45 CFR 162.1002: discharges and services from this day on
_CPT = re.compile(r"\d{4}[\dFTUMA]", re.ASCII)
_LEVEL_2 = re.compile(r"[A-CE-V]\d{4}", re.ASCII)
_CDT = re.compile(r"D\d{4}", re.ASCII)
_HIPPS = re.compile(r"[A-Z0-9]{5}")
_ICD9 = re.compile(r"\d{3}\d{0,2}|V\d{2}\d{0,2}|E\d{3}\d?", re.ASCII)
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z][0-9A-Z]{0,4}", re.ASCII)
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_ICD9_PROCEDURE = re.compile(r"\d{3,4}", re.ASCII)
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_TAXONOMY = re.compile(r"\d{3}[A-Z0-9]{6}X", re.ASCII)
_OLD_TAXONOMY = re.compile(r"\d{3}[A-Z0-9]{7}", re.ASCII)
_ZIP = re.compile(r"\d{5}(?:\d{4})?", re.ASCII)
_POSTAL = re.compile(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", re.ASCII)
_NDC = re.compile(r"\d{11}", re.ASCII)
_TIN = re.compile(r"\d{2}-?\d{7}", re.ASCII)
_SSN = re.compile(r"(?!000|666|9)\d{3}-?(?!00)\d{2}-?(?!0000)\d{4}", re.ASCII)
_REVENUE = re.compile(r"\d{4}", re.ASCII)
_PHONE = re.compile(r"\d{10}", re.ASCII)
_MBI = re.compile(r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y]{2}\d\d", re.ASCII)  # fmt: skip
_FREQUENCY = frozenset("0123456789ABCDEFGHIJKMOPQXYZ")
_FINE = ("", False)
Verdict = tuple[
    str, bool
]  # what was expected; whether it is an error: forms are, unknown codes are not

remember = lru_cache(maxsize=50_000)


@remember
def is_npi(text: str) -> bool:
    """Whether the check digit is right."""
    return npi.is_valid(text)


@remember
def procedure(qualifier: str, code: str, on: date | None) -> Verdict:
    """A procedure or supply code; CPT and CDT by form only."""
    if qualifier == "AD":
        return _FINE if _CDT.fullmatch(code) else ("expected D and four digits", True)
    if qualifier == "HP":
        return (
            _FINE if _HIPPS.fullmatch(code) else ("expected a HIPPS code of five characters", True)
        )
    if qualifier != "HC" or _CPT.fullmatch(code) or _CDT.fullmatch(code):
        return _FINE
    if not _LEVEL_2.fullmatch(code):
        return "expected a procedure code: five digits, or a letter and four digits", True
    row = hcpcs.row(code)
    if row is None:
        return "not in the supply and procedure codes (HCPCS) that we hold", False
    if on is not None and not row.holds(on):
        return f"this supply or procedure code is not in force on {on}", False
    return _FINE


@remember
def modifier(text: str) -> Verdict:
    """A procedure modifier."""
    return (
        _FINE
        if _MODIFIER.fullmatch(text)
        else ("expected a modifier of two letters or digits", True)
    )


@remember
def diagnosis(qualifier: str, code: str, on: date | None) -> Verdict:
    """A diagnosis code; which revision holds is decided by the day."""
    is_10 = qualifier.startswith("A")
    if on is not None and is_10 != (on >= ICD10_FROM):
        wanted = "ICD-10 from 2015-10-01 on" if not is_10 else "ICD-9 before 2015-10-01"
        return f"expected {wanted}, this claim's day is {on}", True
    if not is_10:
        return (
            _FINE
            if _ICD9.fullmatch(code)
            else ("expected an ICD-9 diagnosis without the point", True)
        )
    if not _ICD10.fullmatch(code):
        return "expected an ICD-10 diagnosis without the point", True
    if icd10cm.is_valid(code):
        return _FINE
    if icd10cm.is_known(code):
        return "in the edition that we hold a heading: it needs more characters", False
    return "not in the edition of ICD-10-CM that we hold", False


@remember
def procedure_icd(qualifier: str, code: str, on: date | None) -> Verdict:
    """An inpatient procedure (ICD); by form, since no list of ICD-10-PCS is at hand."""
    is_10 = qualifier.startswith("B") and qualifier in ("BBR", "BBQ")
    if on is not None and is_10 != (on >= ICD10_FROM):
        wanted = "ICD-10 from 2015-10-01 on" if not is_10 else "ICD-9 before 2015-10-01"
        return f"expected {wanted}, this claim's day is {on}", True
    if is_10:
        return _FINE if _PCS.fullmatch(code) else ("expected an ICD-10 procedure: seven characters, never I or O", True)  # fmt: skip
    return _FINE if _ICD9_PROCEDURE.fullmatch(code) else ("expected an ICD-9 procedure: three or four digits", True)  # fmt: skip


@remember
def place(code: str, on: date | None) -> Verdict:
    """A place of service."""
    if place_of_service.is_valid(code):
        held = place_of_service.is_valid(code, on=on)
        return _FINE if held else (f"this place of service is not in force on {on}", False)
    if len(code) == 2 and is_digits(code):
        return "not a place of service that we know", False
    return "expected a place of service of two digits", True


@remember
def bill_type(code: str, on: date | None) -> Verdict:
    """Facility and care, the first two digits of a type of bill."""
    if bill_types.is_valid(code, on=on):
        return _FINE
    return "not the first two digits of a type of bill that we know", not (is_digits(code) and len(code) == 2)  # fmt: skip


@remember
def frequency(code: str) -> Verdict:
    """Claim frequency, the last digit of a type of bill."""
    return _FINE if code in _FREQUENCY and len(code) == 1 else ("not a claim frequency", True)


# Codes of PLB03-1: facts of the 835's guide, as open validators list them.
_PLB_REASONS = """
50 51 72 90 AH AM AP B2 B3 BD BN C5 CR CS CT CV CW DM E3 FB FC GO HM IP IR IS J1 L3 L6 LE LS OA OB PI PL RA RE SL TL WO WU
"""
PROVIDER_ADJUSTMENTS = frozenset(_PLB_REASONS.split())


@remember
def adjustment(code: str, on: date | None) -> Verdict:
    """A claim adjustment reason (CARC)."""
    row = adjustment_reasons.row(code)
    if row is None:
        return "not an adjustment reason that we know", False
    if on is not None and not row.holds(on):
        return f"this adjustment reason is not in force on {on}", False
    return _FINE


@remember
def remark(code: str, on: date | None) -> Verdict:
    """A remittance advice remark (RARC)."""
    row = remark_codes.row(code)
    if row is None:
        return "not a remark code that we know", False
    if on is not None and not row.holds(on):
        return f"this remark code is not in force on {on}", False
    return _FINE


@remember
def status(code: str) -> Verdict:
    """A claim status."""
    return _FINE if claim_status.is_valid(code) else ("not a claim status that we know", False)


@remember
def status_category(code: str) -> Verdict:
    """A claim status category."""
    return _FINE if claim_status_categories.is_valid(code) else ("not a claim status category that we know", False)  # fmt: skip


@remember
def state(code: str, country: str) -> Verdict:
    """A state or province of the United States or Canada."""
    if country not in ("", "US", "CA") or not code or states.is_valid(code):
        return _FINE
    return "not a state or province", True


@remember
def postal(code: str, country: str) -> Verdict:
    """A ZIP code, or a Canadian one where the country says so."""
    if country == "CA":
        return _FINE if _POSTAL.fullmatch(code) else ("expected a Canadian postal code", True)
    if country not in ("", "US") or not code or _ZIP.fullmatch(code):
        return _FINE
    return "expected a ZIP code of five or nine digits", True


@remember
def country(code: str) -> Verdict:
    """A country."""
    return (
        _FINE
        if not code or countries.is_valid(code)
        else ("not a country code that we know", False)
    )


@remember
def taxonomy(code: str) -> Verdict:
    """A provider taxonomy, by form; today's end with X, older ones did not all."""
    if _TAXONOMY.fullmatch(code):
        return _FINE
    return "expected a taxonomy of ten characters that ends with X", not _OLD_TAXONOMY.fullmatch(
        code
    )


@remember
def drug(code: str) -> Verdict:
    """A drug code (NDC), by form."""
    return (
        _FINE if _NDC.fullmatch(code) else ("expected eleven digits (5-4-2) without hyphens", True)
    )


@remember
def revenue(code: str) -> Verdict:
    """A revenue code, by form."""
    return _FINE if _REVENUE.fullmatch(code) else ("expected a revenue code of four digits", True)


@remember
def tax_number(qualifier: str, code: str) -> Verdict:
    """An employer's number (EI, TJ) or a social security number (SY)."""
    if qualifier == "SY":
        return _FINE if _SSN.fullmatch(code) else ("expected a social security number", True)
    return _FINE if _TIN.fullmatch(code) else ("expected an employer number of nine digits", True)


@remember
def phone(text: str) -> Verdict:
    """A telephone or fax number."""
    return _FINE if _PHONE.fullmatch(text) else ("expected ten digits: area code and number", False)


@remember
def medicare_number(text: str) -> Verdict:
    """A Medicare beneficiary number (MBI)."""
    return (
        _FINE
        if _MBI.fullmatch(text)
        else ("expected a Medicare number of eleven characters", False)
    )


@remember
def day_of(text: str) -> tuple[date | None, date | None]:
    """First and last day of `CCYYMMDD`, `CCYYMMDDHHMM` or `CCYYMMDD-CCYYMMDD`; one day twice."""
    begin = day(text[:8])
    return begin, day(text[9:17]) if text[8:9] == "-" else begin
