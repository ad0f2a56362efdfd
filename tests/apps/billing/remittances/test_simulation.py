"""Whatever an 835 says, a simulation keeps nothing and posting does the same to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.world import PAID_ON, bytes_835, claim, line, pay, remittance

pytestmark = pytest.mark.database_core

CHARGE = 12_000  # cents
REASONS = (("CO", "45"), ("PR", "2"), ("CO", "253"), ("OA", "23"), ("CO", "197"), ("PI", "104"))
PLB = ("WO", "FB", "L6", "CS", "B3", "72")


@st.composite
def answers(draw: st.DrawFn) -> ClaimPayment:
    """One answer to one of three claims, or to none of ours; it balances, whatever it says."""
    number = draw(st.integers(1, 4))
    cuts = sorted(draw(st.lists(st.integers(0, CHARGE), min_size=2, max_size=2)))
    cents = (cuts[0], cuts[1] - cuts[0], CHARGE - cuts[1])
    paid, first, second = (Decimal(one) / 100 for one in cents)
    pair = draw(st.permutations(REASONS))[:2]
    adjustments = tuple(
        (group, reason, str(amount))
        for (group, reason), amount in zip(pair, (first, second), strict=True)
        if amount
    )
    one = claim(f"S{number}", line(charge="120.00"))
    status = draw(st.sampled_from(["1", "1", "1", "19", "2"]))
    return replace(pay(one, (str(paid), adjustments), number=f"ICN{number}"), status_code=status)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    payments=st.lists(answers(), min_size=1, max_size=4),
    plb=st.lists(st.tuples(st.sampled_from(PLB), st.integers(-500, 500)), max_size=2),
)
def test_posting_does_what_the_simulation_showed(desk, inside, payments, plb):
    from django.db import transaction

    from cleanclaim.apps.billing.remittances.services.intake import (
        Incoming,
        post_files,
        simulate_files,
    )
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    adjustments = tuple((reason, "R", str(Decimal(cents) / 100)) for reason, cents in plb if cents)
    value = remittance(*payments, plb=adjustments)
    if value.paid < 0:
        return  # no payer sends less than nothing
    with transaction.atomic():
        desk.take(*(claim(f"S{n}", line(charge="120.00")) for n in (1, 2, 3)), source_file_id=1000)
        files = [Incoming("one.835", bytes_835(value))]
        before = account_balances()

        [simulated] = simulate_files(inside, files, posted_on=PAID_ON)
        kept = account_balances()
        [posted] = post_files(inside, files, posted_on=PAID_ON)

        assert kept == before
        assert not simulated.faults
        for one, other in zip(simulated.payments, posted.payments, strict=True):
            assert replace(one, legs=(), remittance_id=0) == replace(other, remittance_id=0)
        after = account_balances()  # an account that came to nothing is not among them
        moved = {
            account: after.get(account, 0) - before.get(account, 0)
            for account in before | after
            if after.get(account, 0) != before.get(account, 0)
        }
        assert moved == dict(entry for one in simulated.payments for entry in one.entries)
        desk.prove()
        transaction.set_rollback(True)
