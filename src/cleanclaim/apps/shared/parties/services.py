"""Add to the directory and mend it."""

import json
from collections.abc import Iterable

from django.db import connection, transaction

from cleanclaim.apps.shared.parties.convert import from_payer, from_provider
from cleanclaim.apps.shared.parties.models import Payer, Practitioner
from cleanclaim.kernel.errors import InputError
from cleanclaim.values import party

_FIND_OR_ADD = """
WITH wanted AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[])
    AS given (name, payer_id, id_qualifier, address)
), added AS (
    INSERT INTO parties_payer (name, payer_id, id_qualifier, address) SELECT * FROM wanted
    ON CONFLICT DO NOTHING RETURNING payer_id, id_qualifier, id
)
SELECT payer_id, id_qualifier, id FROM added
UNION ALL
SELECT payer_id, id_qualifier, row.id FROM parties_payer AS row
JOIN wanted USING (payer_id, id_qualifier)
"""


@transaction.atomic
def find_or_add_payers(payers: Iterable[party.Payer]) -> dict[tuple[str, str], int]:
    """Row ids by (payer id, qualifier); payers without an id are left out."""
    wanted = {(one.payer_id, one.id_qualifier): one for one in payers if one.payer_id}
    if not wanted:
        return {}
    rows = [from_payer(one) for one in wanted.values()]
    columns = (
        [row.name for row in rows],
        [row.payer_id for row in rows],
        [row.id_qualifier for row in rows],
        [json.dumps(row.address) for row in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_FIND_OR_ADD, columns)
        found = {(payer_id, qualifier): pk for payer_id, qualifier, pk in cursor.fetchall()}
        if len(found) < len(wanted):
            # Somebody else added one meanwhile: the statement waited, and did not see it.
            cursor.execute(_FIND_OR_ADD, columns)
            found = {(payer_id, qualifier): pk for payer_id, qualifier, pk in cursor.fetchall()}
    return found


@transaction.atomic
def find_or_add_practitioners(people: Iterable[party.Provider]) -> dict[str, int]:
    """Row ids by NPI; organizations and people without an NPI are left out."""
    wanted = {one.npi: one for one in people if one.npi and one.is_person}
    if not wanted:
        return {}
    Practitioner.objects.bulk_create(
        [from_provider(one) for one in wanted.values()], ignore_conflicts=True
    )
    return dict(Practitioner.objects.filter(npi__in=wanted).values_list("npi", "pk"))


@transaction.atomic
def change_payer(payer_id: int, value: party.Payer) -> Payer:
    """Write the payer's row anew; claims that are out keep what they carried.

    Raises:
        InputError: the name or id is empty, or another payer has the id.
    """
    if not value.name.strip() or not value.payer_id.strip():
        raise InputError("payer: the name or the id is empty, expected both")
    if (
        Payer.objects.filter(payer_id=value.payer_id, id_qualifier=value.id_qualifier)
        .exclude(pk=payer_id)
        .exists()
    ):
        raise InputError(f"payer id {value.payer_id}: another payer has it")
    row = Payer.objects.select_for_update().get(pk=payer_id)
    new = from_payer(value)
    for name in ("name", "payer_id", "id_qualifier", "address"):
        setattr(row, name, getattr(new, name))
    row.save()
    return row
