"""Claims as values into columns and back."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import F, QuerySet

from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.billing.claims.models import ClaimVersion
from cleanclaim.apps.shared.tenancy.prepared import prepared
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.kernel.money import LIMIT, ZERO, cents
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Role

# What a version of a claim says, in the columns that lists and look-ups read.
VALUE_COLUMNS = (
    "patient_name",
    "payer_name",
    "payer_order",
    "member_id",
    "control_number",
    "purpose",
    "frequency_code",
    "billing_npi",
    "billing_tin",
    "facility",
    "service_from",
    "service_to",
    "billed",
)


def value_columns(claim: Claim) -> tuple[Any, ...]:
    """The columns of `VALUE_COLUMNS`, in that order."""
    return (
        claim.patient_person.full_name[:100],
        claim.payer.name[:120],
        claim.subscriber.payer_order[:1],
        claim.subscriber.person.member_id[:80],
        claim.control_number[:80],
        claim.purpose.value,
        claim.frequency_code[:2],
        claim.billing.npi_key,
        claim.billing.tin_key,
        _facility(claim),
        claim.service_from,
        claim.service_to,
        cents(claim.charge) if abs(claim.charge) < LIMIT else ZERO,
    )


def _facility(claim: Claim) -> str:
    """Where the patient was treated."""
    places = (one for one in claim.providers if one.role is Role.FACILITY)
    return next(places, claim.billing).full_name[:60]


def current_values(claim_ids: Sequence[int]) -> dict[int, Claim]:
    """{claim id: its current version's value}."""
    rows = ClaimVersion.objects.filter(
        claim_id__in=list(claim_ids), number=F("claim__version")
    ).values_list("claim_id", "body")
    return {claim_id: from_json(body, Claim) for claim_id, body in rows}


def current_value(row: ClaimRow) -> Claim:
    """The current version's value of one claim."""
    (body,) = _body(claim_id=row.pk, number=row.version)
    return from_json(body, Claim)


@prepared
def _body(claim_id: Any, number: Any) -> QuerySet[Any, Any]:
    found = ClaimVersion.objects.filter(claim_id=claim_id, number=number)
    return found.values_list("body", flat=True)


def changes(old: Claim, new: Claim) -> list[tuple[str, str, str]]:
    """(place, before, after) of everything that differs, places as findings write them."""
    found: list[tuple[str, str, str]] = []
    _compare(msgspec.to_builtins(old), msgspec.to_builtins(new), "", found)
    return found


def _compare(old: Any, new: Any, place: str, found: list[tuple[str, str, str]]) -> None:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            _compare(old.get(name), new.get(name), f"{place}.{name}".lstrip("."), found)
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            _compare(before, after, f"{place}.{index + 1}".lstrip("."), found)
    else:
        found.append((place, _words(old), _words(new)))


def _words(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def finding_value(row: Any) -> Finding:
    """A stored finding as a value."""
    return Finding(row.code, Severity(row.severity), row.place, row.message, row.hint, row.source)
