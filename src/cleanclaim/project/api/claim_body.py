"""A claim as a program writes it, and the claim value that it becomes."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from cleanclaim.apps.billing.claims.models import BillingProfile
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.convert import to_person
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import total
from cleanclaim.project.api.types import BodyId, Day, Request, number_only
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Payer, Provider, Role

_QUANTITY = r"^(?!0+(\.0+)?$)[0-9]{1,8}(\.[0-9]{1,3})?$"
_CHARGE = r"^[0-9]{1,9}\.[0-9]{2}$"


def _exact_quantity(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(_QUANTITY, value):
        return value
    raise ValueError('expected a number above zero as text, such as "1"')


def _exact_charge(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(_CHARGE, value):
        return value
    raise ValueError('expected dollars as text with two decimals, such as "125.00"')


Quantity = Annotated[
    Decimal,
    BeforeValidator(_exact_quantity),
    WithJsonSchema({"type": "string", "pattern": _QUANTITY, "examples": ["1"]}),
]
Charge = Annotated[
    Decimal,
    BeforeValidator(_exact_charge),
    WithJsonSchema({"type": "string", "pattern": _CHARGE, "examples": ["125.00"]}),
]
Code = Annotated[str, Field(max_length=48, pattern=r"^[A-Za-z0-9.]+$")]
Modifier = Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")]
PlaceOfService = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Pointer = Annotated[int, Field(ge=1, le=12), BeforeValidator(number_only)]
Number = Annotated[str, Field(max_length=38, pattern=r"^[!-)+-9;-}]*$")]  # no delimiters of ours


class NewLine(Request):
    """One service. `pointers` are places in the claim's diagnoses, from 1."""

    procedure: Code
    charge: Charge
    service_from: Day
    service_to: Day | None = None
    quantity: Quantity = Decimal(1)
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "UN"
    modifiers: Annotated[list[Modifier], Field(max_length=4)] = []
    pointers: Annotated[list[Pointer], Field(min_length=1, max_length=4)] = [1]
    place_of_service: PlaceOfService | None = None


class Rendering(Request):
    """Who treated the patient."""

    npi: Annotated[str, Field(pattern=r"^[0-9]{10}$")]
    last_name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[!-~][ -~]*$")]
    first_name: Annotated[str, Field(max_length=35, pattern=r"^[ -~]*$")] = ""


class ClaimBody(Request):
    """What was done for a patient, billed to one of their coverages.

    The billing provider is the practice's own: `billing_npi` where it has several.
    """

    coverage_id: BodyId
    place_of_service: PlaceOfService = "11"
    diagnoses: Annotated[list[Code], Field(min_length=1, max_length=12)]
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=50)]
    control_number: Number = ""
    authorization_number: Number = ""
    billing_npi: Annotated[str, Field(pattern=r"^([0-9]{10})?$")] = ""
    rendering: Rendering | None = None


def to_claim(body: ClaimBody, *, patient_id: int) -> Claim:
    """The claim value.

    Raises:
        InputError: the coverage is not this patient's.
        StateError: the practice has no billing provider yet, or several and none is named.
    """
    coverage = (
        Coverage.objects.select_related("patient", "payer")
        .filter(pk=body.coverage_id, patient_id=patient_id)
        .first()
    )
    if coverage is None:
        raise InputError(
            f"coverage {body.coverage_id}: expected one of patient {patient_id}",
            hint=f"See GET /api/v1/patients/{patient_id}/coverages",
        )
    subscriber = _subscriber(coverage)
    is_self = coverage.relationship == "18"
    lines = tuple(_line(number, line, body) for number, line in enumerate(body.lines, 1))
    return Claim(
        control_number=body.control_number,
        charge=total(line.charge for line in lines),
        place_of_service=body.place_of_service,
        billing=_billing(body.billing_npi),
        subscriber=subscriber,
        payer=Payer(coverage.payer.name, coverage.payer.payer_id, coverage.payer.id_qualifier),
        lines=lines,
        patient=None if is_self else to_person(coverage.patient),
        patient_relationship="" if is_self else coverage.relationship,
        diagnoses=tuple(
            Diagnosis(code.replace(".", "").upper(), "ABF" if place else "ABK")
            for place, code in enumerate(body.diagnoses)
        ),
        providers=_providers(body),
        authorization_number=body.authorization_number,
    )


def _subscriber(coverage: Coverage) -> Subscriber:
    """Whose cover it is; of the patient's own cover, the patient as they are known today."""
    if coverage.subscriber:
        known = from_json(coverage.subscriber, Subscriber)
    else:
        known = Subscriber(to_person(coverage.patient), coverage.payer_order)
    person = known.person
    if coverage.relationship == "18":
        person = to_person(coverage.patient)
    return replace(
        known,
        person=replace(person, member_id=coverage.member_id),
        payer_order=coverage.payer_order,
        relationship=coverage.relationship,
    )


def _billing(npi: str) -> Provider:
    profiles = BillingProfile.objects.order_by("id")
    if npi:
        profiles = profiles.filter(npi=npi)
    found = list(profiles[:2])
    if len(found) == 1:
        return from_json(found[0].body, Provider)
    if not found:
        raise StateError(
            f"billing provider {npi or '(any)'}: this practice has none on file",
            hint="Send its first claims as an 837 file; they name it",
        )
    raise StateError("billing provider: this practice has several", hint="Name one in billing_npi")


def _line(number: int, line: NewLine, body: ClaimBody) -> ServiceLine:
    wrong = next((p for p in line.pointers if p > len(body.diagnoses)), None)
    if wrong is not None:
        raise InputError(
            f"line {number}: points to diagnosis {wrong}, expected 1 to {len(body.diagnoses)}"
        )
    place = line.place_of_service or ""
    return ServiceLine(
        number=number,
        procedure=Procedure(line.procedure.upper(), tuple(line.modifiers)),
        charge=line.charge,
        quantity=line.quantity,
        service_from=line.service_from,
        service_to=line.service_to,
        unit=line.unit,
        place_of_service="" if place == body.place_of_service else place,
        pointers=tuple(line.pointers),
        control_number=str(number),
    )


def _providers(body: ClaimBody) -> tuple[Provider, ...]:
    if body.rendering is None:
        return ()
    who = body.rendering
    return (
        Provider(
            Role.RENDERING,
            who.last_name,
            first_name=who.first_name,
            is_person=True,
            npi=who.npi,
        ),
    )
