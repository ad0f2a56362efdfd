"""Payments that cannot be posted as they are: kept, told, and nothing moves."""

from decimal import Decimal

import pytest

from tests.apps.billing.world import (
    TYPICAL,
    bytes_835,
    claim,
    line,
    pay,
    receive,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core


def test_an_835_that_does_not_balance_is_refused_in_the_999_and_becomes_work(inside, desk):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import FileState, MessageFile
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.project.loop import stages
    from tests.apps.billing.world import PAID_ON

    one = claim("A1")
    desk.take(one)
    entries = Entry.objects.count()
    bad = bytes_835(remittance(pay(one, TYPICAL))).replace(b"*80*", b"*79*", 1)

    file = receive(bad, "bad.835")

    stages.work_provider_file(inside, file.pk, PAID_ON)
    while dispatch_events():
        pass

    assert FileState.objects.get(file_id=file.pk).state == "refused"
    assert Remittance.objects.count() == 0
    assert Entry.objects.count() == entries
    [item] = desk.work("stopped_file")
    assert item.subject_id == file.pk
    assert "leaves" in item.reason  # the difference
    answer = MessageFile.objects.filter(direction="out", kind="999").latest("id")
    assert b"AK9*R" in content_of(answer.pk) or b"IK5*R" in content_of(answer.pk)


def test_a_payment_with_an_unknown_plb_code_is_held_whole(desk):
    from dataclasses import replace

    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.selectors import remittance_view
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.values.codec import to_json
    from cleanclaim.values.remittance import ProviderAdjustment
    from tests.apps.billing.world import PAID_ON

    one = claim("A1")
    [claim_id] = desk.take(one)
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    [remittance_id] = receive_remittances(
        receive_835(remittance(pay(one, TYPICAL))), received_on=PAID_ON
    ).ids
    value = remittance_view(remittance_id).value
    strange = ProviderAdjustment("1234567893", PAID_ON, "ZZ", "x", Decimal("1.00"))
    value = replace(value, provider_adjustments=(strange,), paid=Decimal("79.00"))
    Remittance.objects.filter(pk=remittance_id).update(body=to_json(value).decode())

    posted = post_remittance(remittance_id, posted_on=PAID_ON)

    assert "ZZ" in posted.hold
    assert Remittance.objects.get().state == "held"
    assert desk.row(claim_id).paid == 0
    assert len(desk.work("unposted")) == 1


def test_the_same_payment_in_two_files_at_once_is_kept_once(practice):
    import threading

    from django.db import connection

    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.world import PAID_ON

    with tenant(practice):
        files = [receive_835(remittance(pay(claim("A1"), TYPICAL)), name=n) for n in ("a", "b")]
    together = threading.Barrier(2)
    refused: list[int] = []

    def take(file) -> None:
        together.wait()
        with tenant(practice):
            refused.append(len(receive_remittances(file, received_on=PAID_ON).refused))
        connection.close()

    threads = [threading.Thread(target=take, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(refused) == [0, 1]
    with tenant(practice):
        assert Remittance.objects.count() == 1


def test_an_amount_that_no_account_can_hold_becomes_work_and_stops_no_other_payment(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    big, small = claim("A1", line(charge="99999999999999.00")), claim("A2")
    file = receive_835(
        remittance(pay(big, ("99999999999999.00", ())), trace="T1"),
        remittance(pay(small, TYPICAL), trace="T2"),
    )

    received = receive_remittances(file, received_on=PAID_ON)

    assert received.faults == (
        "message 0001: BPR02: 99999999999999, expected whole cents below a trillion dollars",
    )
    assert len(received.ids) == 1
    [item] = desk.work("unposted")
    assert "BPR02" in item.reason


def test_a_fault_of_the_format_says_in_which_segment_it_stands(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    bad = bytes_835(remittance(pay(claim("A1"), TYPICAL))).replace(b"CAS*CO*", b"CAS*XX*", 1)

    received = receive_remittances(receive(bad, "bad.835"), received_on=PAID_ON)

    [fault] = received.faults
    assert ", segment " in fault
    assert "CAS01: 'XX': code not in this guide" in fault


def test_a_file_cut_off_in_its_last_segments_says_so(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    whole = bytes_835(remittance(pay(claim("A1"), TYPICAL)))
    cut = whole[: whole.index(b"GE*") + 3]

    received = receive_remittances(receive(cut, "cut.835"), received_on=PAID_ON)

    assert not received.ids
    assert received.faults[0] == (
        "message 0001: the file ends too early, IEA is missing: ask the sender for it again"
    )


TWO_CLAIMS = bytes_835(
    remittance(pay(claim("A1"), TYPICAL), pay(claim("A2"), TYPICAL, number="ICN2"))
)


@pytest.mark.parametrize(
    ("behind", "more", "where"),
    [
        (b"CLP*A2*", 0, " in the middle of segment 22, SE, GE and IEA are missing"),
        (b"CLP*A2*", 14, " in the middle of segment 22, SE, GE and IEA are missing"),
        (b"ICN1*11*1~", 0, " after segment 15, SE, GE and IEA are missing"),
        (b"REF*6R*L1~", 0, " after segment 21, SE, GE and IEA are missing"),
        (b"SVC*H", 0, " in the middle of segment 17, SE, GE and IEA are missing"),
        (b"SE*29*0001~", 0, " too early, GE and IEA are missing"),
        (b"GE*1*1~", 0, " too early, IEA is missing"),
    ],
)
def test_a_file_that_breaks_off_says_that_alone(desk, behind, more, where):
    """Not what only follows from it: sums that do not add up, and what is not there any more."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    cut = TWO_CLAIMS[: TWO_CLAIMS.index(behind) + len(behind) + more]

    received = receive_remittances(receive(cut, "cut.835"), received_on=PAID_ON)

    assert received.faults == (f"message 0001: the file ends{where}: ask the sender for it again",)


def test_what_is_wrong_before_a_file_breaks_off_is_told_behind_that(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    cut = TWO_CLAIMS.replace(b"CAS*CO*", b"CAS*XX*", 1)[: TWO_CLAIMS.index(b"CLP*A2*")]

    first, second = receive_remittances(receive(cut, "cut.835"), received_on=PAID_ON).faults

    assert "the file ends after segment 21" in first
    assert "CAS01: 'XX': code not in this guide" in second


def test_a_message_without_an_se_in_a_whole_file_keeps_its_faults(desk):
    """The twin: nothing breaks off."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import PAID_ON

    whole = TWO_CLAIMS.replace(b"SE*29*0001~", b"").replace(b"*160*C*", b"*161*C*")

    faults = receive_remittances(receive(whole, "odd.835"), received_on=PAID_ON).faults

    assert "message 0001, SE: message 0001 has no SE" in faults
    assert any("leaves 1.00" in one for one in faults)
