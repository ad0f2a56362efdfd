"""Money that a payer takes (PLB WO) for a claim whose answer stands is work until its reversal comes or it is settled."""

from dataclasses import replace

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    line,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core
REFERENCES = ["ICN1", "A1", "ICN1 2026-06"]


def carrier(trace: str, *plb: tuple[str, str, str], number: str = "Z1"):
    """A payment of 400.00 for another claim, from which the provider adjustments are taken."""
    other = claim(number, line(charge="400.00"))
    paid = pay(other, ("400.00", ()), number=f"I{number}")
    return other, remittance(paid, trace=trace, plb=plb)


def answered(desk: Desk, *, wo: tuple[tuple[str, str, str], ...]) -> tuple[int, int]:
    """A claim that was paid 80.00, then taken from another payment; ids of the claim and of that payment."""
    other, taking = carrier("T2", *wo)
    claim_id, _ = desk.take(claim("A1"), other)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    [posted] = desk.post(taking)
    return claim_id, posted.remittance_id


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_takeback_without_a_reversal_opens_one_item_on_its_claim(desk, reference):
    claim_id, _ = answered(desk, wo=(("WO", reference, "80.00"),))

    [item] = desk.work("recoupment")
    assert (item.subject_kind, item.subject_id, item.amount) == (
        "claim",
        claim_id,
        dollars("80.00"),
    )
    assert item.title == f"Taken back without a reversal: {reference}"
    assert (
        "PLB WO of trace T2 took 80.00 for claim A1, and no reversal has come: its answer"
        in item.reason
    )
    assert item.reason.endswith("dispute it in time.")


def test_one_that_names_no_claim_opens_an_item_on_its_payment(desk):
    _, remittance_id = answered(desk, wo=(("WO", "LETTER-7", "80.00"),))

    [item] = desk.work("recoupment")
    assert (item.subject_kind, item.subject_id) == ("remittance", remittance_id)
    assert "names no claim that is known here" in item.reason


def test_its_reversal_closes_it(desk):
    answered(desk, wo=(("WO", "ICN1", "80.00"),))

    desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T3", plb=(("WO", "ICN1", "-80.00"),)
        )
    )

    assert desk.work("recoupment") == []
    desk.prove()


def test_a_reversal_that_only_its_charge_tells_closes_it(desk):
    answered(desk, wo=(("WO", "ICN1", "80.00"),))

    unmarked = replace(pay(claim("A1"), TAKEN_BACK, status="22"), status_code="1")
    desk.post(remittance(unmarked, trace="T3", plb=(("FB", "R1", "-80.00"),)))

    assert desk.work("recoupment") == []
    desk.prove()


def test_a_reversal_that_is_taken_back_brings_it_again(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    answered(desk, wo=(("WO", "ICN1", "80.00"),))
    [back] = desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T3", plb=(("WO", "ICN1", "-80.00"),)
        )
    )
    reverse_posting(back.remittance_id, on=PAID_ON, reason="a mistake", by=None)

    [item] = desk.work("recoupment")
    assert item.amount == dollars("80.00")


@pytest.mark.parametrize("reason", ["WO", "FB"])
def test_a_reversal_that_came_before_needs_nobody(desk, reason):
    other, taking = carrier("T3", ("WO", "ICN1", "80.00"))
    desk.take(claim("A1"), other)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T2", plb=((reason, "ICN1", "-80.00"),)
        )
    )

    desk.post(taking)

    assert desk.work("recoupment") == []


def test_what_is_taken_twice_is_told_though_it_was_reversed(desk):
    """The reversal covers one takeback; a second one of the same claim rests on nothing."""
    other, taking = carrier("T3", ("WO", "ICN1", "80.00"))
    third, again = carrier("T4", ("WO", "ICN1", "80.00"), number="Z2")
    desk.take(claim("A1"), other, third)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T2", plb=(("WO", "ICN1", "-80.00"),)
        )
    )

    desk.post(taking)
    desk.post(again)

    [item] = desk.work("recoupment")
    assert item.title == "Taken back beyond its reversal: ICN1"
    assert "trace T4 took 80.00 for claim A1, beyond what was reversed" in item.reason


def test_a_carried_balance_that_is_recovered_needs_nobody(desk):
    """Named by the reference under which it was carried, not by the claim."""
    other, taking = carrier("T3", ("WO", "R1", "80.00"))
    desk.take(claim("A1"), other)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T2", plb=(("FB", "R1", "-80.00"),)
        )
    )

    desk.post(taking)

    assert desk.work("recoupment") == []


def test_posted_again_it_is_one_item(desk):
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    _, taking = answered(desk, wo=(("WO", "ICN1", "80.00"),))
    [first] = desk.work("recoupment")

    reverse_posting(taking, on=PAID_ON, reason="again", by=None)
    assert desk.work("recoupment") == []
    post_remittance(taking, posted_on=PAID_ON)

    assert [item.pk for item in desk.work("recoupment")] == [first.pk]


def test_one_that_a_person_finished_stays_finished(desk):
    from cleanclaim.apps.shared.work.services import finish

    answered(desk, wo=(("WO", "ICN1", "80.00"),))
    [item] = desk.work("recoupment")
    finish(item.pk, outcome="disputed by letter", by=1)

    other, more = carrier("T5", number="Z5")
    desk.take(other, source_file_id=9)
    desk.post(more)

    assert desk.work("recoupment") == []


def test_the_same_file_twice_opens_one(desk):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import receive_835

    answered(desk, wo=(("WO", "ICN1", "80.00"),))
    again = receive_remittances(
        receive_835(carrier("T2", ("WO", "ICN1", "80.00"))[1]), received_on=PAID_ON
    )

    assert again.refused and not again.ids
    assert len(desk.work("recoupment")) == 1


@pytest.mark.parametrize(("reference", "left"), [("OLD-1", []), ("OLD-2", ["80.00"])])
def test_what_a_former_system_owed_back_is_no_news(desk, reference, left):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    other, taking = carrier("T2", ("WO", reference, "80.00"))
    first, paid = carrier("T1", number="Z8")
    desk.take(other, first)
    [posted] = desk.post(paid)
    payer_id = Remittance.objects.get(pk=posted.remittance_id).payer_id
    legs = (
        Leg("equity:opening-balance", dollars("80.00"), payer_id=payer_id),
        Leg("liability:payer-takeback", dollars("-80.00"), payer_id=payer_id, trace="OLD-1"),
    )
    post_entries([Entry("opening-credit", "opening:1:credit:1", PAID_ON, PAID_ON, legs)])

    desk.post(taking)

    assert [item.amount for item in desk.work("recoupment")] == [dollars(one) for one in left]


def test_one_that_was_covered_from_the_start_is_looked_at_when_its_reversal_is_taken_back(desk):
    """It never was work: nobody had it on a list."""
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    other, taking = carrier("T3", ("WO", "ICN1", "80.00"))
    desk.take(claim("A1"), other)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    [back] = desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T2", plb=(("WO", "ICN1", "-80.00"),)
        )
    )
    desk.post(taking)
    before = desk.work("recoupment")
    reverse_posting(back.remittance_id, on=PAID_ON, reason="a mistake", by=None)

    [item] = desk.work("recoupment")
    assert (before, item.amount) == ([], dollars("80.00"))


def test_a_payment_that_takes_and_gives_nothing_asks_only_for_what_is_open(desk, monkeypatch):
    """Closed takebacks of years are no matter of every payment."""
    from cleanclaim.apps.billing.remittances.services import watching

    answered(desk, wo=(("WO", "ICN1", "80.00"),))
    desk.post(
        remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T3", plb=(("WO", "ICN1", "-80.00"),)
        )
    )
    asked: list[set[int]] = []
    monkeypatch.setattr(watching, "look_again", lambda ids, **_: asked.append(set(ids)))
    plain = claim("A9", line(charge="400.00"))
    desk.take(plain)
    desk.post(remittance(pay(plain, ("400.00", ()), number="I9"), trace="T9"))

    assert asked == []


@pytest.mark.parametrize(
    ("reference", "given"),
    [("ICN1 2026-06", "ICN1"), ("ICN1", "A1"), ("R7", "R7")],
    ids=["a reference of several parts", "the claim's other number", "no claim at all"],
)
def test_one_that_another_payment_had_covered_is_looked_at_when_that_is_taken_back(
    desk, reference, given
):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    first, giving = carrier("T2", ("72", given, "-80.00"))
    other, taking = carrier("T3", ("WO", reference, "80.00"), number="Z2")
    desk.take(claim("A1"), first, other)
    desk.post(remittance(pay(claim("A1"), TYPICAL)))
    [gave] = desk.post(giving)
    desk.post(taking)
    before = desk.work("recoupment")

    reverse_posting(gave.remittance_id, on=PAID_ON, reason="a mistake", by=None)

    [item] = desk.work("recoupment")
    assert (before, item.amount) == ([], dollars("80.00"))
