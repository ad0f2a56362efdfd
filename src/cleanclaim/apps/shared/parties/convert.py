"""Directory rows to the shared values and back."""

from dataclasses import asdict

from cleanclaim.apps.shared.parties.models import Payer, Practitioner
from cleanclaim.values import party


def to_payer(row: Payer) -> party.Payer:
    """The payer as claims carry it."""
    address = party.Address(**row.address) if row.address else None
    return party.Payer(
        name=row.name, payer_id=row.payer_id, id_qualifier=row.id_qualifier, address=address
    )


def from_payer(value: party.Payer) -> Payer:
    """An unsaved directory row."""
    return Payer(
        name=value.name[:120],
        payer_id=value.payer_id[:80],
        id_qualifier=value.id_qualifier[:2],
        address=asdict(value.address) if value.address else {},
    )


def to_provider(row: Practitioner, role: party.Role = party.Role.RENDERING) -> party.Provider:
    """The practitioner in a role on a claim."""
    return party.Provider(
        role=role,
        last_name=row.last_name,
        first_name=row.first_name,
        middle_name=row.middle_name,
        is_person=True,
        npi=row.npi,
        taxonomy=row.taxonomy,
    )


def from_provider(value: party.Provider) -> Practitioner:
    """An unsaved directory row."""
    return Practitioner(
        npi=value.npi[:10],
        last_name=value.last_name[:60],
        first_name=value.first_name[:35],
        middle_name=value.middle_name[:25],
        taxonomy=value.taxonomy[:10],
    )
