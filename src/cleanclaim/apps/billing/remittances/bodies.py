"""What a remittance says, as values: its head in one row, each claim in its own, so that none is read for another.

A remittance can have 100,000 claims: ask for `payments_at` or `payments_of` in parts. `whole` is for small ones.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.db import connection

from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.values import remittance as values
from cleanclaim.values.codec import from_json, to_json


def head_json(value: values.Remittance) -> str:
    """The remittance without its claims, for `Remittance.body`."""
    return to_json(replace(value, claims=()) if value.claims else value).decode()


def payment_json(payment: values.ClaimPayment) -> str:
    """One claim payment, for `RemittanceClaim.body`."""
    return to_json(payment).decode()


def head_of(row: Remittance) -> values.Remittance:
    """The remittance without its claims."""
    return from_json(row.body, values.Remittance)


def whole(row: Remittance) -> values.Remittance:
    """The remittance with all its claims."""
    return replace(head_of(row), claims=tuple(payments_of(row.pk, 1, row.claim_count)))


def payments_of(remittance_id: int, first: int, last: int) -> list[values.ClaimPayment]:
    """The claim payments at the positions `first` to `last`, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM remittances_remittanceclaim WHERE remittance_id = %s "
            "AND position BETWEEN %s AND %s ORDER BY position",
            [remittance_id, first, last],
        )
        return _read(body for (body,) in cursor.fetchall())


def payments_at(remittance_id: int, positions: Collection[int]) -> dict[int, values.ClaimPayment]:
    """{position: claim payment} of some positions."""
    rows = RemittanceClaim.objects.filter(remittance_id=remittance_id, position__in=positions)
    found = dict(rows.values_list("position", "body"))
    return dict(zip(found, _read(found.values()), strict=True))


def _read(bodies: Iterable[str]) -> list[values.ClaimPayment]:
    return from_json(f"[{','.join(bodies)}]", list[values.ClaimPayment])
