"""The payments of a file are posted as they came, but a correction after the reversal that it waits for."""

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    bytes_835,
    claim,
    dollars,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

ONE, TWO = claim("A1"), claim("B1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))  # of 120.00
FORWARD = (("FB", "F1", "-80.00"),)
CORRECTION = remittance(pay(ONE, OTHERWISE, number="ICN2"), trace="T2")
REVERSAL = remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T3", plb=FORWARD)
ANOTHER = remittance(pay(TWO, TYPICAL, number="N2"), trace="T4")


def order_of(*values) -> list[int]:
    """The places in the file in the order in which the worker would post them."""
    from cleanclaim.apps.billing.remittances.services import (
        open_remittance_ids,
        receive_remittances,
    )

    ids = receive_remittances(receive_835(*values), received_on=PAID_ON).ids
    return [ids.index(one) + 1 for one in open_remittance_ids()]


def test_a_correction_waits_until_the_others_are_posted(desk: Desk) -> None:
    desk.take(ONE, TWO)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    assert order_of(CORRECTION, REVERSAL, ANOTHER) == [2, 3, 1]


def test_what_is_taken_back_in_the_file_itself_comes_first_as_it_stands(desk: Desk) -> None:
    """Nothing stands: the reversal can only be of the payment before it."""
    desk.take(ONE)
    paid = remittance(pay(ONE, TYPICAL), trace="T2")

    assert order_of(paid, REVERSAL) == [1, 2]


def test_so_it_is_where_what_stood_was_taken_back_before(desk: Desk) -> None:
    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T0"))
    desk.post(remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T1", plb=FORWARD))

    assert order_of(remittance(pay(ONE, TYPICAL), trace="T2"), REVERSAL) == [1, 2]


def test_the_command_posts_both_and_tells_them_as_they_came(inside: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files

    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    [report] = post_files(
        inside,
        [Incoming("one.835", bytes_835(CORRECTION, REVERSAL))],
        posted_on=PAID_ON,
        by=None,
    )

    assert [(one.trace, one.state.value) for one in report.payments] == [
        ("T2", "posted"),
        ("T3", "posted"),
    ]
    assert all(not one.hold for payment in report.payments for one in payment.claims)
    assert desk.row(claim_id).paid == dollars("85.00")
    assert desk.buckets() == {"patient": dollars("5.00")}
    desk.prove()
