"""A diagnosis is a complete code of the set in force on the day of service.

ICD-9-CM before 2015-10-01 (not checked further), ICD-10-CM from then on (45 CFR 162.1002). The set here is one
edition, so an unknown code is a warning: it may have been valid in another year."""

from collections.abc import Iterator
from datetime import date

from cleanclaim.codes import icd10cm
from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim

FIRST_ICD10_DAY = date(2015, 10, 1)  # 45 CFR 162.1002(c)
ICD9_LISTS = frozenset(("BK", "BF"))


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """An ICD-10 code that the edition does not have, or a code of the wrong set for the day."""
    on = claim.service_from or context.submit_on
    is_icd9_day = on < FIRST_ICD10_DAY
    for place, diagnosis in enumerate(claim.diagnoses, start=1):
        is_icd9 = diagnosis.qualifier in ICD9_LISTS
        if is_icd9 != is_icd9_day:
            expected = "ICD-9" if is_icd9_day else "ICD-10"
            message = f"diagnosis {place}: {diagnosis.code} is not {expected}, the set on {on}"
        elif is_icd9 or icd10cm.is_valid(diagnosis.code):
            continue
        elif icd10cm.is_known(diagnosis.code):
            message = f"diagnosis {place}: {diagnosis.code} needs more characters"
        else:
            message = f"diagnosis {place}: {diagnosis.code} is not in {icd10cm.source().edition}"
        yield Hit(f"diagnoses.{place}", message)


EDIT = Edit(
    code="claim.diagnosis.unknown",
    check=check,
    entry=Severity.WARN,
    submission=Severity.WARN,
    hint="Look the code up for the day of service",
    source="45 CFR 162.1002; ICD-10-CM",
)
