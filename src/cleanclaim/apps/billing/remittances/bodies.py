"""What a remittance says, as values: its head in one row, each claim in its own, so that none is read for another.

A remittance can have 100,000 claims: ask for `payments_at` or `payments_of` in parts. `whole` is for small ones.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from django.db import connection
from django.db.models import Sum

from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO
from cleanclaim.values import remittance as values
from cleanclaim.values.codec import from_json, to_json

READ_AT_ONCE = 50


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


def claims_paid(row: Remittance) -> Decimal:
    """What all claim payments of a kept remittance pay together, for whoever looks at it."""
    return _claims_paid(current_tenant(), row.pk, row.recorded_at)


@lru_cache(maxsize=256)
def _claims_paid(organization_id: int, remittance_id: int, recorded_at: datetime) -> Decimal:
    """What a payer said never changes: of 100,000 claims it is added up once, not for each claim under the cursor.

    The organization is part of the key: what one was told is never told to another, whatever it asks.
    """
    return _add_up(remittance_id)


def _add_up(remittance_id: int) -> Decimal:
    found = RemittanceClaim.objects.filter(remittance_id=remittance_id)
    return found.aggregate(sum=Sum("paid"))["sum"] or ZERO


def difference_of(row: Remittance, head: values.Remittance) -> Decimal:
    """By how much the payment is out of balance, as `values.Remittance.difference` of the whole tells it.

    Posting goes by it: it is added up anew.
    """
    return head.difference - _add_up(row.pk)


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
    return read_bodies(bodies_at(remittance_id, positions)[0])


def bodies_at(
    remittance_id: int, positions: Collection[int]
) -> tuple[dict[int, str], frozenset[int]]:
    """{position: its claim payment as it is stored}, and which of them take an answer back.

    `payments_at` for who reads them elsewhere than the database; reversals as `ClaimPayment.is_reversal` tells them.
    """
    rows = RemittanceClaim.objects.filter(is_one_of("position", list(positions)))
    kept = rows.filter(remittance_id=remittance_id)
    bodies, reversals = {}, set()
    for position, body, status_code, charge in kept.values_list(
        "position", "body", "status_code", "charge"
    ):
        bodies[position] = body
        if values.takes_back(status_code, charge):
            reversals.add(position)
    return bodies, frozenset(reversals)


def read_bodies(bodies: Mapping[int, str]) -> dict[int, values.ClaimPayment]:
    """{position: claim payment} of what `bodies_at` gave."""
    return dict(zip(bodies, _read(bodies.values()), strict=True))


def _read(bodies: Iterable[str]) -> list[values.ClaimPayment]:
    """Some at a time: together faster than one by one, and who waits for the database is let in between."""
    rest, found = iter(bodies), list[values.ClaimPayment]()
    while some := ",".join(islice(rest, READ_AT_ONCE)):
        found += from_json(f"[{some}]", list[values.ClaimPayment])
    return found
