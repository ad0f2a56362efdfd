"""What a pharmacy's worker takes in, and which promises count as missing while a payment waits."""

from pathlib import Path

import pytest

from tests.apps.billing.variances import summit

pytestmark = pytest.mark.database_core


def here():
    from cleanclaim.apps.shared.tenancy.context import current_tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    return Organization.objects.get(pk=current_tenant())


def test_the_worker_takes_in_a_pharmacys_payment(pharmacy) -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner, receive_file
    from cleanclaim.edi import Envelope, write_835
    from cleanclaim.project.worker import Worker

    partner = find_or_add_partner(slug="summit", name="Summit", kind="health_plan", our_id="WILLOW", their_id="SUMMIT", usage="T")  # fmt: skip
    envelope = Envelope("ZZ", "SUMMIT", "ZZ", "WILLOW", 1, 1, 1, "T", summit.TODAY, "0000", "SUMMIT", "WILLOW")  # fmt: skip
    data = write_835([summit.payment()], envelope=envelope)
    receive_file(data, partner=partner, name="s.835", received_on=summit.TODAY)

    Worker(Path("/tmp"))._work(here().pk, here().kind)

    assert Remittance.objects.count() == 1


def test_the_worker_goes_through_a_pharmacys_large_payment(pharmacy) -> None:
    from cleanclaim.apps.billing.remittances.models import PostingRun
    from cleanclaim.apps.billing.remittances.services import ask_run
    from cleanclaim.project.worker import Worker

    run = ask_run(summit.receive(summit.payment()), is_posting=False, by=None)

    Worker(Path("/tmp"))._work(here().pk, here().kind)

    assert PostingRun.objects.get(pk=run).state != "waiting"


def test_what_was_missing_before_its_payment_came_is_not_missing(pharmacy) -> None:
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.billing.variances.services import find_missing

    find_missing(on=summit.TODAY)
    summit.receive(summit.payment())
    find_missing(on=summit.TODAY)

    missing = Variance.objects.filter(kind="missing").values_list("control_number", flat=True)
    assert list(missing) == ["700105"]


def test_a_fill_that_comes_twice_is_told_by_its_line_in_the_file() -> None:
    from cleanclaim.apps.billing.variances.fills import read_fills
    from cleanclaim.kernel.errors import InputError

    head = "rx,ndc,filled_on,promised,patient,member_id,payer_id,payer\n"
    row = '1,99999012301,2026-11-07,10.00,"Park, L",S1,9,X\n'

    with pytest.raises(InputError, match="line 5"):
        read_fills(f"{head}{row}\n\n{row}")
