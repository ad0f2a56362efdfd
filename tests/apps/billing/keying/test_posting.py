"""A keyed batch posts as a remittance, only at zero, and only once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, remittance


def test_a_keyed_line_moves_the_same_money_as_its_835(desk, paper):
    [keyed, received] = desk.take(claim("A1"), claim("A2"))

    batch = paper.open("80.00")
    paper.line(batch, keyed, "80", ["CO", "45", "30"], ["PR", "3", "10"])
    posted = paper.post(batch)
    desk.post(remittance(pay(claim("A2"), TYPICAL), trace="T1"))

    assert (posted.posted, posted.held) == (1, 0)
    assert paper.legs(keyed) == paper.legs(received)
    assert paper.amounts(keyed) == paper.amounts(received)
    desk.prove()


@pytest.mark.parametrize(
    ("check", "said"),
    [("80.01", "the tape is off by 0.01"), ("79.99", "the tape is off by -0.01")],
)
def test_a_cent_on_the_tape_keeps_the_batch_open(desk, paper, check, said):
    [claim_id] = desk.take(claim())
    batch = paper.open(check)
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])

    with pytest.raises(StateError, match=said):
        paper.post(batch)

    assert paper.row(batch).state == "open"
    assert paper.amounts(claim_id)["paid"] == Decimal("0.00")


def test_an_unfinished_line_keeps_the_batch_open(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "30"])

    with pytest.raises(StateError, match=r"10\.00 of its charge is not explained"):
        paper.post(batch)


def test_without_the_services_check_the_database_still_refuses(desk, paper, monkeypatch):
    from django.db import IntegrityError

    from cleanclaim.apps.billing.keying.services import posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.01")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    monkeypatch.setattr(posting, "require_zero", lambda batch: None)

    with pytest.raises(IntegrityError, match=r"80\.00 keyed of 80\.01"):
        paper.post(batch)


def mark_posted(practice: int, batch: int) -> None:
    """What a program would do that knows nothing of tapes."""
    from cleanclaim.apps.billing.keying.models import Batch
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        Batch.objects.filter(pk=batch).update(state="posted", remittance_id=1)


def test_the_database_holds_a_tape_off_zero_and_the_twin_without_its_rule_does_not(
    practice, database
):
    import psycopg
    from django.db import IntegrityError

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        paper = Paper()
        batch = paper.open("80.01")

    with pytest.raises(IntegrityError, match=r"0 keyed of 80\.01"):
        mark_posted(practice, batch)

    # The twin: the rule taken away, the same step goes through.
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("DROP TRIGGER keyed_batch_tape ON keying_batch")
    mark_posted(practice, batch)
    with tenant(practice):
        assert paper.row(batch).state == "posted"


def test_the_same_check_is_begun_once(desk, paper):
    paper.open("80.00", number="0010482")

    with pytest.raises(StateError, match="is batch"):
        paper.open("80.00", number="10482")


def test_a_check_that_came_as_835_is_not_keyed(desk, paper):
    desk.take(claim())
    desk.post(remittance(pay(claim(), TYPICAL), trace="10482"))

    with pytest.raises(StateError, match="was received before: remittance"):
        paper.open("80.00", number="10482")


def test_an_835_after_the_paper_was_keyed_is_refused(desk, paper):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from tests.apps.billing.world import receive_835

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00", number="10482")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)

    received = receive_remittances(
        receive_835(remittance(pay(claim(), TYPICAL), trace="10482")), received_on=PAID_ON
    )

    assert received.ids == ()
    assert received.refused[0].first_id == paper.row(batch).remittance_id


def test_an_835_that_comes_while_the_paper_is_keyed_wins(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("80.00", number="10482")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    desk.post(remittance(pay(claim(), TYPICAL), trace="10482"))

    with pytest.raises(StateError, match="was received before"):
        paper.post(batch)


def test_another_day_is_another_payment(desk, paper):
    paper.open("80.00", number="10482")

    assert paper.open("80.00", number="10482", paid_on=PAID_ON + timedelta(days=1))


def test_a_denial_stays_with_the_payer_and_becomes_work(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("0.00", method="NON")
    paper.line(batch, claim_id, "0", ["CO", "197", "120"])

    paper.post(batch)

    assert paper.amounts(claim_id)["open_amount"] == Decimal("120.00")
    assert [item.reason for item in desk.work("denial")]
    assert desk.row(claim_id).state == "denied"


def test_a_takeback_lays_the_claim_open_again(desk, paper):
    [claim_id, other] = desk.take(claim("A1"), claim("A2"))
    first = paper.open("80.00", number="1")
    paper.line(first, claim_id, "80", ["CO", "45", "30"], ["PR", "2", "10"])
    paper.post(first)

    second = paper.open("20.00", number="2")
    paper.line(second, claim_id, "80", ["CO", "45", "30"], ["PR", "2", "10"], reversal=True)
    paper.line(second, other, "100", ["CO", "45", "20"])
    paper.post(second)

    assert paper.amounts(claim_id)["open_amount"] == Decimal("120.00")
    assert paper.amounts(claim_id)["paid"] == Decimal("0.00")
    assert paper.amounts(other)["paid"] == Decimal("100.00")
    desk.prove()


def test_interest_provider_adjustment_and_money_without_a_claim(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("98.50")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.entry(batch, kind="interest", claim=claim_id, amount="1.25")
    paper.entry(batch, kind="provider", reason="WO", reference="OLD1", amount="7.75")
    paper.entry(batch, kind="unapplied", reference="9981", amount="25")

    posted = paper.post(batch)

    assert (posted.posted, posted.held) == (1, 1)
    accounts = paper.accounts()
    assert accounts["asset:remit-clearing"] == Decimal("98.50")
    assert accounts["income:interest"] == Decimal("-1.25")
    assert accounts["liability:payer-takeback"] == Decimal("7.75")
    assert accounts["liability:unapplied-cash"] == Decimal("-25.00")
    desk.prove()


def test_a_claim_level_reduction_and_a_claim_without_lines(desk, paper):
    [lines, whole] = desk.take(claim("A1", line(1), line(2, "99214", "180.00")), claim("A2"))
    batch = paper.open("265.00")
    paper.line(batch, lines, "100", ["CO", "45", "20"])
    paper.line(batch, lines, "150", ["CO", "45", "30"], at=1)
    paper.entry(batch, kind="claim", claim=lines, adjustments=[["CO", "253", "5"]])
    paper.entry(batch, kind="whole", claim=whole, paid="20", adjustments=[["CO", "45", "100"]])

    paper.post(batch)

    assert paper.amounts(lines)["paid"] == Decimal("245.00")
    assert paper.amounts(whole)["paid"] == Decimal("20.00")
    desk.prove()


def test_a_procedure_that_the_payer_changed_is_found_by_ours(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("60.00")
    paper.line(batch, claim_id, "60", ["CO", "45", "60"], code="99212")

    assert paper.post(batch).held == 0


def test_unposting_is_the_remittances_own(desk, paper):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)

    reverse_posting(paper.row(batch).remittance_id, on=PAID_ON, reason="wrong check", by=None)

    assert paper.amounts(claim_id)["paid"] == Decimal("0.00")
    assert paper.standing_state(batch) == "reversed"
    desk.prove()


def test_what_simulation_shows_is_what_posting_writes(desk, paper):
    from cleanclaim.apps.billing.keying.services import simulate_batch

    [paid, denied] = desk.take(claim("A1"), claim("A2"))
    batch = paper.open("80.00")
    paper.line(batch, paid, "80", ["CO", "45", "30"], ["PR", "2", "10"])
    paper.line(batch, denied, "0", ["CO", "197", "120"])

    plan = simulate_batch(batch, posted_on=PAID_ON)
    before = paper.accounts()
    paper.post(batch)

    planned = {(leg.account, leg.amount) for place in plan.places for leg in place.legs}
    assert not plan.hold
    assert before.get("asset:remit-clearing") is None
    assert planned == {
        (leg[0], leg[1]) for claim_id in (paid, denied) for leg in paper.payment_legs(claim_id)
    }


def test_entries_of_a_posted_batch_stay(desk, paper):
    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])
    paper.post(batch)

    with pytest.raises(StateError, match="posted, not open"):
        paper.line(batch, claim_id, "70", ["CO", "45", "50"])


def test_two_people_one_batch(desk, paper):
    from cleanclaim.apps.billing.keying.services import release_batch, take_batch

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00", by=1)

    with pytest.raises(StateError, match="user 1 is keying"):
        paper.line(batch, claim_id, "80", ["CO", "45", "40"], by=2)
    take_batch(batch, by=2)
    paper.line(batch, claim_id, "80", ["CO", "45", "40"], by=2)
    with pytest.raises(StateError, match="user 2 is keying"):
        paper.line(batch, claim_id, "70", ["CO", "45", "50"], by=1)
    release_batch(batch, by=2)
    assert paper.post(batch, by=1).posted == 1


def test_what_was_changed_elsewhere_is_not_overwritten(desk, paper):
    from cleanclaim.apps.billing.keying.services import save_entry

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])

    with pytest.raises(StateError, match="changed elsewhere"):
        save_entry(batch, revision=0, number=2, raw={}, by=None)


def test_undo_takes_the_last_one_off_the_tape_and_keeps_it(desk, paper):
    from cleanclaim.apps.billing.keying.models import Entry
    from cleanclaim.apps.billing.keying.services import undo_last

    [claim_id] = desk.take(claim())
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "40"])

    done = undo_last(batch, revision=paper.row(batch).revision, by=None)

    assert (done.tape, done.left) == (Decimal("0.00"), Decimal("80.00"))
    assert Entry.objects.get(batch_id=batch).is_undone


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"kind": "x"}, "kind 'x'"),
        ({"kind": "line", "claim": 1, "item": 1, "paid": "8O"}, "paid '8O'"),
        ({"kind": "line", "claim": 1, "item": 1, "paid": "1.234"}, "paid '1.234'"),
        ({"kind": "line", "claim": 1}, "item: missing"),
        ({"kind": "line", "claim": 1, "item": 1, "adjustments": [["CO", "9999", "1"]]}, "CARC"),
        ({"kind": "line", "claim": 1, "item": 1, "adjustments": [["ZZ", "45", "1"]]}, "group"),
        ({"kind": "provider", "amount": "5"}, "reason: missing"),
        ({"kind": "unapplied"}, "amount: missing"),
        ({"kind": "line", "claim": 1, "item": 1, "colour": "red"}, "colour"),
        ({"kind": "line", "claim": True, "item": 1}, "claim 'True'"),
    ],
)
def test_what_cannot_be_right_is_named(raw, said):
    from cleanclaim.apps.billing.keying.entries import read_entry

    with pytest.raises(InputError, match=said):
        read_entry(raw)


def test_a_line_of_another_claim_is_refused(desk, paper):
    [one, other] = desk.take(claim("A1"), claim("A2"))
    batch = paper.open("80.00")

    with pytest.raises(InputError, match="not a line of claim"):
        paper.entry(batch, kind="line", claim=one, item=paper.items(other)[0], paid="80")


def test_a_batch_is_received_on_the_day_it_is_posted_whatever_the_day_of_the_books(desk, paper):
    from django.utils import timezone

    from cleanclaim.apps.billing.keying.services import post_batch
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import MessageFile

    [claim_id] = desk.take(claim("A1"))
    batch = paper.open("80.00")
    paper.line(batch, claim_id, "80", ["CO", "45", "30"], ["PR", "3", "10"])

    post_batch(batch, posted_on=PAID_ON, by=None)

    row, today = Remittance.objects.get(), timezone.localdate()
    assert (row.posted_on, row.received_on) == (PAID_ON, today)
    assert MessageFile.objects.get(pk=row.file_id).dated_on == today
