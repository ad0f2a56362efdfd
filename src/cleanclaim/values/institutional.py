"""What only an institutional claim says: the stay or statement period, its codes and procedures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.values.diagnosis import Diagnosis


@dataclass(frozen=True, slots=True)
class DatedProcedure:
    """A procedure of the stay. `qualifier` is the HI code list: `BBR` principal, `BBQ` other (ICD-10-PCS)."""

    code: str
    performed_on: date
    qualifier: str = "BBQ"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event with its day, by its NUBC code."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class OccurrenceSpan:
    """An event that lasts from one day to another, by its NUBC code."""

    code: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ValueCode:
    """An amount, count or code number that a NUBC value code gives meaning to."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Institutional:
    """The institutional part of a claim (X12 837I, UB-04).

    Attributes:
        statement_from, statement_to: the period that the claim bills (DTP*434).
        admitted_at, discharged_at: HHMM, empty where not given.
        admission_type, admission_source, patient_status: CL101 to CL103.
        estimated_due: what the patient is expected to owe (AMT*F3).
        procedures: the principal one first.
        condition_codes, treatment_codes: in the order sent.
    """

    statement_from: date | None = None
    statement_to: date | None = None
    admitted_on: date | None = None
    admitted_at: str = ""
    discharged_at: str = ""
    admission_type: str = ""
    admission_source: str = ""
    patient_status: str = ""
    drg: str = ""
    estimated_due: Decimal | None = None
    admitting_diagnosis: Diagnosis | None = None
    visit_reasons: tuple[Diagnosis, ...] = ()
    external_causes: tuple[Diagnosis, ...] = ()
    procedures: tuple[DatedProcedure, ...] = ()
    occurrence_spans: tuple[OccurrenceSpan, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    value_codes: tuple[ValueCode, ...] = ()
    condition_codes: tuple[str, ...] = ()
    treatment_codes: tuple[str, ...] = ()

    def value_of(self, code: str) -> Decimal | None:
        """The amount of a value code; None where it is not on the claim."""
        return next((value.amount for value in self.value_codes if value.code == code), None)
