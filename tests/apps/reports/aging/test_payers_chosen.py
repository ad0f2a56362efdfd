"""Which payer was asked on a day: the choice made in arrays for a whole practice is the one that SQL makes for some items."""

import random
from datetime import date, timedelta

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line

pytestmark = pytest.mark.database_core
FIRST = date(2026, 7, 1)


@pytest.fixture
def orders(practice):
    """60 claims with one to five payers in their orders, billed, crossed or taken back; some known only later."""
    from cleanclaim.apps.billing.claims.models import ClaimPayer, ClaimVersion
    from cleanclaim.apps.shared.tenancy.context import tenant

    chance, moments = random.Random(7), []
    for half in range(2):
        with tenant(practice):
            ids = Desk().take(
                *(claim(f"A{half}{n}", line(service_from=FIRST + timedelta(days=n))) for n in range(30)),
                source_file_id=50 + half,
            )  # fmt: skip
            for claim_id in ids:
                for place in range(chance.randint(1, 5)):
                    state = chance.choice(["billed", "billed", "crossed", "withdrawn", "none"])
                    ClaimPayer.objects.create(
                        claim_id=claim_id, rank=place + 1, payer_id=place, state=state, first_version=1,
                        payer_name=f"Payer {chance.randrange(6)}", since=FIRST + timedelta(days=chance.randrange(40)),
                    )  # fmt: skip
                if chance.random() < 0.6:
                    back = FIRST + timedelta(days=chance.randrange(60))
                    ClaimVersion.objects.create(
                        claim_id=claim_id, number=2, kind="back", body="{}", made_on=back
                    )
            moments.append(ClaimPayer.objects.latest("id").recorded_at)
    return practice, [None, *moments]


def by_sql(on: date, known) -> dict[tuple[int, str], str]:
    from django.db import connection

    from cleanclaim.apps.reports.aging.then import payers_then

    with connection.cursor() as cursor:
        cursor.execute(payers_then(is_known=known is not None), {"days": [on], "known": known})
        return {(claim_id, bucket): name for _, claim_id, bucket, name in cursor.fetchall()}


def by_arrays(on: date, known) -> dict[tuple[int, str], str]:
    from cleanclaim.apps.reports.aging.claim_groups import BUCKETS, claim_groups
    from cleanclaim.apps.reports.aging.view import View

    found = claim_groups(View(on, known, ("state", "payer")))
    return {
        (key // len(BUCKETS), BUCKETS[key % len(BUCKETS)]): found.groups[code][1]
        for key, code in zip(found.then.tolist(), found.then_codes.tolist(), strict=False)
    }


def test_arrays_and_sql_choose_the_same_payer(orders) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    practice, moments = orders
    with tenant(practice):
        for known in moments:
            for days in (-1, 0, 3, 10, 25, 39, 60):
                on = FIRST + timedelta(days=days)
                chosen = by_arrays(on, known)
                assert chosen == by_sql(on, known)
    assert len(chosen) > 150
