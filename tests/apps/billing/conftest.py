"""Every billing test runs inside an invented practice's transaction unless it opens its own."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.apps.billing.world import DAY, accepted, answer_file, partner


@pytest.fixture
def inside(practice: int) -> Iterator[int]:
    """The practice's tenant block around the test."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield practice


class Desk:
    """What the tests' people do all day."""

    def take(self, *claims, source_file_id: int = 7, on: date = DAY) -> tuple[int, ...]:
        from cleanclaim.apps.billing.claims.services import import_claims

        return import_claims(list(claims), source_file_id=source_file_id, received_on=on).claim_ids

    def row(self, claim_id: int):
        from cleanclaim.apps.billing.claims.models import Claim

        return Claim.objects.get(pk=claim_id)

    def submit(self):
        from cleanclaim.apps.billing.claims.services import submit_ready_claims

        return submit_ready_claims(partner=partner(), submit_on=DAY, usage="T")

    def accept(self, claim_id: int, number: str) -> None:
        """Send what is ready and have the payer take this claim in under its number."""
        from cleanclaim.apps.billing.claims.models import Submission
        from cleanclaim.apps.billing.claims.services import apply_claim_acknowledgement

        self.submit()
        batch = Submission.objects.latest("id").batch_reference
        one = self.row(claim_id)
        apply_claim_acknowledgement(
            accepted(batch, (one.control_number, str(one.billed), number)), file=answer_file()
        )

    def post(self, *remittances, by: int | None = None):
        """Receive these payments in one file and post each."""
        from cleanclaim.apps.billing.remittances.services import (
            post_remittance,
            receive_remittances,
        )
        from tests.apps.billing.world import PAID_ON, receive_835

        received = receive_remittances(receive_835(*remittances), received_on=PAID_ON)
        assert not received.refused, received.refused
        assert not received.faults, received.faults
        posted = []
        for one in received.ids:
            posted.append(post_remittance(one, posted_on=PAID_ON, by=by))
            self.let_time_pass()
        return posted

    def let_time_pass(self) -> None:
        """What was posted so far was posted earlier: within one transaction all would be at one moment."""
        from datetime import timedelta

        from django.db.models import F

        from cleanclaim.apps.billing.remittances.models import Remittance

        posted = Remittance.objects.exclude(posted_at=None)
        posted.update(posted_at=F("posted_at") - timedelta(hours=1))

    def buckets(self) -> dict:
        from cleanclaim.apps.shared.ledger.selectors import bucket_balances

        return bucket_balances()

    def prove(self) -> None:
        from cleanclaim.apps.shared.ledger.selectors import prove

        proof = prove()
        assert proof.balanced, proof.differences

    def work(self, kind: str):
        from cleanclaim.apps.shared.work.models import WorkItem

        return list(WorkItem.objects.filter(kind=kind).exclude(state="done"))


@pytest.fixture
def desk(inside: int) -> Desk:
    """Short names for the usual steps, inside the practice."""
    return Desk()
