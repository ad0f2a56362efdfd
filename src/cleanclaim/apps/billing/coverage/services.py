"""Add payers and coverages as claims name them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.parties import services as parties
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.values.claim import Claim, Subscriber
from cleanclaim.values.codec import to_json
from cleanclaim.values.party import Payer

CHANGED = "coverage.changed"
PayerKey = tuple[str, str]  # payer id, qualifier


def payer_key(payer: Payer) -> PayerKey:
    """What makes a payer the same: its id, or its name where it has none."""
    return (payer.payer_id or payer.name)[:80], (payer.id_qualifier or "PI")[:2]


def find_or_add_payers(payers: Sequence[Payer]) -> dict[PayerKey, int]:
    """The directory row of each payer by `payer_key`; the unknown are added."""
    keyed = {payer_key(payer): payer for payer in payers}
    return parties.find_or_add_payers(
        replace(payer, payer_id=number, id_qualifier=qualifier)
        for (number, qualifier), payer in keyed.items()
    )


def payers_of(claim: Claim) -> list[Payer]:
    """All payers that a claim names, the one it goes to first."""
    return [claim.payer, *(other.payer for other in claim.other_coverages)]


@transaction.atomic
def keep_coverages(claims: Sequence[tuple[int, Claim]], *, payer_ids: dict[PayerKey, int]) -> int:
    """Keep what these claims say of their patients' coverages; what the last one says stands.

    `claims` are (patient id, claim). Returns how many coverages were added or changed.
    """
    rows: dict[tuple[int, int, str], tuple[Any, ...]] = {}
    for patient_id, claim in claims:
        _put(rows, patient_id, payer_ids[payer_key(claim.payer)], claim.subscriber, claim)
        for other in claim.other_coverages:
            payer_id = payer_ids[payer_key(other.payer)]
            _put(rows, patient_id, payer_id, other.subscriber, None)
    if not rows:
        return 0
    columns = [array_text(column) for column in zip(*rows.values(), strict=True)]
    table = connection.ops.quote_name(Coverage._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (patient_id, payer_id, payer_order, member_id, relationship, "
            "group_number, group_name, filing_indicator, subscriber) "
            "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], "
            "%s::text[], %s::text[], %s::text[], %s::text[]) "
            "ON CONFLICT (organization_id, patient_id, payer_id, member_id) DO UPDATE SET "
            "payer_order = excluded.payer_order, relationship = excluded.relationship, "
            "group_number = excluded.group_number, group_name = excluded.group_name, "
            "filing_indicator = excluded.filing_indicator, subscriber = excluded.subscriber "
            "WHERE (c.payer_order, c.subscriber) IS DISTINCT FROM "
            "(excluded.payer_order, excluded.subscriber)",
            columns,
        )
        return cursor.rowcount


def _put(
    rows: dict[tuple[int, int, str], tuple[Any, ...]],
    patient_id: int,
    payer_id: int,
    subscriber: Subscriber,
    claim: Claim | None,
) -> None:
    member_id = subscriber.person.member_id[:80]
    relationship = subscriber.relationship
    if claim is not None and claim.patient is not None:
        relationship = claim.patient_relationship or relationship
    rows[patient_id, payer_id, member_id] = (
        patient_id,
        payer_id,
        subscriber.payer_order[:1],
        member_id,
        relationship[:2],
        subscriber.group_number[:50],
        subscriber.group_name[:60],
        subscriber.filing_indicator[:2],
        to_json(subscriber).decode(),
    )


@transaction.atomic
def add_coverage(
    patient_id: int, *, payer: Payer, subscriber: Subscriber, relationship: str = "18"
) -> int:
    """Add or change one coverage at the desk; returns its id. Claims look at it again (event `CHANGED`)."""
    payer_id = find_or_add_payers([payer])[payer_key(payer)]
    row, _ = Coverage.objects.update_or_create(
        patient_id=patient_id,
        payer_id=payer_id,
        member_id=subscriber.person.member_id[:80],
        defaults={
            "payer_order": subscriber.payer_order[:1],
            "relationship": relationship[:2],
            "group_number": subscriber.group_number[:50],
            "group_name": subscriber.group_name[:60],
            "filing_indicator": subscriber.filing_indicator[:2],
            "subscriber": to_json(subscriber).decode(),
        },
    )
    emit(CHANGED, {"patient_id": patient_id})
    return int(row.pk)


def keep_protection(
    coverage_id: int, *, program: str, share_of_cost: Decimal, second_because: str
) -> None:
    """Keep what a person knows of a coverage that no claim tells: protection from bills, and Medicare's place."""
    Coverage.objects.filter(pk=coverage_id).update(
        program=program, share_of_cost=share_of_cost, second_because=second_because
    )


def keep_order_facts(coverage_id: int, facts: Mapping[str, Any]) -> None:
    """Keep what a person knows of a coverage's place among the patient's payers (`forms.ORDER_FACTS`)."""
    Coverage.objects.filter(pk=coverage_id).update(**facts)
