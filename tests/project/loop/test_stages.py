"""The steps of a provider's day, in the provider's own database."""

import pytest
from django.db import IntegrityError

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.world import (
    DAY,
    PAID_ON,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core


@pytest.mark.parametrize("error", [StateError("no"), IntegrityError("no")])
def test_a_payment_that_cannot_be_posted_stops_no_other(practice, monkeypatch, error):
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project.loop import stages

    first, second = claim("A1"), claim("A2")
    with tenant(practice):
        import_claims([first, second], source_file_id=7, received_on=DAY)
        payments = (
            remittance(pay(one, TYPICAL), trace=one.control_number) for one in (first, second)
        )
        file = receive_835(*payments)
    post = services.post_by_itself

    def refuse_the_first(remittance_id, *, posted_on, standing):
        posted = post(remittance_id, posted_on=posted_on, standing=standing)
        if Remittance.objects.get(pk=remittance_id).trace_number == "A1":
            raise error
        return posted

    monkeypatch.setattr(services, "post_by_itself", refuse_the_first)

    with pytest.raises(type(error), match="no"):
        stages.work_received(practice, PAID_ON)

    with tenant(practice):
        states = dict(Remittance.objects.values_list("trace_number", "state"))
        assert states == {"A1": "received", "A2": "posted"}
        assert FileState.objects.get(file_id=file.pk).state == "processed"
