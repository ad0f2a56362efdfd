"""The daily proof: the pharmacy's example to the cent, each difference named, signed by two, and seen to change."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.deposits.bank import bring, eft
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, remittance

NEXT = PAID_ON + timedelta(days=1)


@pytest.fixture
def example(desk):
    """Claims of 622.90, a network fee of 3.35, a payment of 619.55 and the bank's line of it."""
    one = claim("A1", line(charge="622.90"))
    desk.take(one)
    desk.post(
        remittance(
            pay(one, ("622.90", ())), trace="778120045", plb=(("AH", "NETWORK FEE", "3.35"),)
        )
    )
    return desk


def prove(day=PAID_ON):
    from cleanclaim.apps.billing.deposits.daily import prove_day

    return prove_day(day)


def items(found) -> list[tuple[str, str]]:
    return [(one.kind, f"{one.amount:.2f}") for one in found]


def people():
    from cleanclaim.apps.shared.users.services import add_user

    return [
        add_user(email=f"{name.lower()}@harbor.example", name=name).pk for name in ("Dana", "Lee")
    ]


def sign(day, by, **more):
    from cleanclaim.apps.billing.deposits.daily import sign_day

    return sign_day(day, by=by, organization_name="Harbor", today=NEXT, **more)


def test_the_example_is_proved_to_the_cent(example):
    bring(eft("778120045", "619.55"))

    found = prove()

    figures = (found.remitted, found.posted, found.bank, found.claims_paid, found.difference)
    assert [f"{one:.2f}" for one in figures] == ["619.55", "619.55", "619.55", "622.90", "0.00"]
    assert [f"{amount:.2f}" for _, amount in found.adjustments] == ["-3.35"]
    assert (found.posted_items, found.bank_items, found.is_proved) == ((), (), True)
    [batch] = found.batches
    assert (batch.name, batch.remitted, batch.posted, batch.bank) == (
        "trace 778120045", *[Decimal("619.55")] * 3,
    )  # fmt: skip


def test_money_that_has_not_come_is_awaited_and_tomorrow_it_is_yesterdays(example):
    before = prove()
    bring(eft("778120045", "619.55", on=NEXT), (NEXT, "-12.50", "SERVICE CHARGE"), on=NEXT)

    assert items(before.bank_items) == [("awaiting its money", "-619.55")]
    assert prove().digest == before.digest  # what came tomorrow changes nothing of today
    assert items(prove(NEXT).bank_items) == [
        ("posted on another day", "619.55"), ("bank fee", "-12.50"),
    ]  # fmt: skip
    assert (before.difference, prove(NEXT).difference) == (Decimal("0.00"), Decimal("0.00"))


def test_every_kind_of_difference_is_named(desk):
    from cleanclaim.apps.billing.deposits.services import place_line, place_with_entity
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import (
        receive_remittances,
        reverse_posting,
    )
    from tests.apps.billing.world import receive_835

    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    receive_remittances(receive_835(remittance(pay(two, TYPICAL), trace="T2")), received_on=PAID_ON)
    ids = bring(
        (PAID_ON, "77.60", "CARD"),
        (PAID_ON, "33.00", "COUNTER"),
        (PAID_ON, "-40.00", "CHECK PAID 1001"),
    ).line_ids
    first = Remittance.objects.get(trace_number="T1")
    place_line(
        ids[0], remittance_ids=[first.pk], on=PAID_ON, by=None, kept_back="expense:card-fees"
    )
    place_with_entity(ids[1], entity="Films", amount=Decimal("3.00"), on=PAID_ON, by=None)

    found = prove()
    reverse_posting(first.pk, on=NEXT, reason="wrong patient", by=None)

    assert items(found.posted_items) == [("not posted", "-80.00")]
    assert items(found.bank_items) == [
        ("kept back by the bank", "-2.40"),
        ("another entity's", "3.00"),
        ("unidentified", "30.00"),
        ("money out: check", "-40.00"),
    ]
    assert found.is_proved
    assert items(prove(NEXT).posted_items) == [("posting taken back", "-80.00")]
    assert prove(NEXT).is_proved
    assert (prove().digest, prove().unidentified) == (found.digest, Decimal("33.00"))


def test_what_no_item_explains_cannot_be_signed(example):
    """The twin: money moved on clearing behind the remittance's back."""
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    legs = (Leg("asset:remit-clearing", Decimal("1.00")), Leg("income:interest", Decimal("-1.00")))
    from cleanclaim.apps.billing.remittances.models import Remittance

    key = f"remittance:{Remittance.objects.get().pk}:9:9"
    post_entries([Entry("payment", key, PAID_ON, PAID_ON, legs)])

    assert prove().unexplained["posted less remitted"] == Decimal("1.00")
    with pytest.raises(StateError, match="is not explained"):
        sign(PAID_ON, people()[0])


def test_two_people_sign_and_a_change_after_it_shows(example):
    from cleanclaim.apps.billing.deposits.daily import signatures_of

    dana, lee = people()
    bring(eft("778120045", "619.55"))

    first = sign(PAID_ON, dana, seen_digest=prove().digest)
    with pytest.raises(PermissionRefusedError, match="you prepared"):
        sign(PAID_ON, dana)
    second = sign(PAID_ON, lee)
    with pytest.raises(StateError, match="was approved by Lee"):
        sign(PAID_ON, dana)

    assert (first.place, second.place) == ("prepared", "approved")
    assert first.figures["bank"] == "619.55"
    assert bytes(first.pdf).startswith(b"%PDF")

    bring((PAID_ON, "5.00", "FOUND LATER"), name="late.csv", on=NEXT)
    now = prove().digest
    assert [one.stands for one in signatures_of(PAID_ON, digests=(now,))] == [False, False]
    with pytest.raises(StateError, match="changed after you opened them"):
        sign(PAID_ON, lee, seen_digest=first.digest)
    assert sign(PAID_ON, lee, seen_digest=now).place == "prepared"


def test_a_person_who_is_called_otherwise_since_breaks_no_signature(example):
    from cleanclaim.apps.billing.deposits.daily import signatures_of, signed_words
    from cleanclaim.apps.billing.deposits.services import place_line
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.users.models import User

    dana, lee = people()
    [line_id] = bring((PAID_ON, "619.55", "NO TRACE")).line_ids
    place_line(line_id, remittance_ids=[Remittance.objects.get().pk], on=PAID_ON, by=dana)
    former_form = prove().digests[1]
    first, second = sign(PAID_ON, dana), sign(PAID_ON, lee)

    User.objects.filter(pk=dana).update(name="Dana Long-Smith")

    now = prove()
    found = signatures_of(PAID_ON, digests=now.digests)
    assert [one.name for one in now.users if one.user_id == dana] == ["Dana Long-Smith"]
    assert signed_words(found) == ["prepared by Dana", "approved by Lee"]
    assert "Dana" in [one["name"] for one in first.figures["users"]]  # as it was signed
    assert second.digest == now.digest
    assert former_form not in now.digests  # what held a person by name does not stand


def test_a_signature_that_held_people_by_their_names_stands_while_they_are_called_so(example):
    from cleanclaim.apps.billing.deposits.daily import signatures_of
    from cleanclaim.apps.billing.deposits.models import DaySignature

    bring(eft("778120045", "619.55"))
    named, numbered = prove().digests[1], prove().digest
    row = sign(PAID_ON, people()[0])
    DaySignature.objects.create(
        day=PAID_ON, place="prepared", by=row.by, by_name="Dana", digest=named, figures=row.figures,
        pdf=row.pdf,
    )  # fmt: skip

    found = signatures_of(PAID_ON, digests=prove().digests)

    assert named != numbered
    assert [one.stands for one in found] == [True, True]


@pytest.mark.parametrize("signed_days", [(PAID_ON,), (NEXT,), (PAID_ON, NEXT)])
def test_what_is_placed_after_a_day_was_approved_counts_on_the_day_it_is_placed(
    example, signed_days
):
    """Also where a later day is approved: it holds what was unidentified at its end."""
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import place_line
    from cleanclaim.apps.billing.remittances.models import Remittance

    later, people_ = NEXT + timedelta(days=1), people()
    [line_id] = bring((PAID_ON, "619.55", "NO TRACE")).line_ids
    approved = {day: [sign(day, by) for by in people_][-1].digest for day in signed_days}

    place_line(line_id, remittance_ids=[Remittance.objects.get().pk], on=later, by=None)

    assert Deposit.objects.get().counts_on == later
    assert {day: prove(day).digest for day in signed_days} == approved
    assert [prove(day).difference for day in (PAID_ON, NEXT, later)] == [Decimal("0.00")] * 3
    assert prove(later).unidentified == Decimal("0.00")


def test_a_day_that_is_only_prepared_takes_what_is_placed(example):
    from cleanclaim.apps.billing.deposits.models import Deposit
    from cleanclaim.apps.billing.deposits.services import place_line
    from cleanclaim.apps.billing.remittances.models import Remittance

    [line_id] = bring((PAID_ON, "619.55", "NO TRACE")).line_ids
    sign(PAID_ON, people()[0])

    place_line(line_id, remittance_ids=[Remittance.objects.get().pk], on=NEXT, by=None)

    assert Deposit.objects.get().counts_on == PAID_ON


def test_a_signature_cannot_be_changed_or_taken_out(example):
    from django.db import DatabaseError, transaction

    row = sign(PAID_ON, people()[0])

    with pytest.raises(DatabaseError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(digest="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_a_day_ahead_is_not_signed(example):
    with pytest.raises(InputError, match="expected one from 2000-01-01 up to 2026-07-09"):
        sign(NEXT + timedelta(days=1), people()[0])


def test_the_ledgers_bank_account_without_a_line_is_named(desk):
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    legs = (Leg("asset:bank", Decimal("-9.00")), Leg("expense:bank-fees", Decimal("9.00")))
    post_entries([Entry("refund", "refund:1", PAID_ON, PAID_ON, legs)])

    assert prove().books_items == (("refund", Decimal("-9.00")),)
    assert prove().is_proved


@pytest.mark.parametrize("number", ["T2", ""])
def test_a_stop_told_on_the_day_is_shown_and_no_signature_falls(example, number):
    from datetime import UTC, datetime

    from cleanclaim.apps.billing.deposits.daily import signatures_of
    from cleanclaim.apps.billing.deposits.models import Reissue
    from tests.apps.billing.deposits.test_reissues import reissue, row

    for one in people():
        sign(PAID_ON, one)
    before = prove().as_data()

    reissue(row("778120045").pk, number, on=PAID_ON, reissued_on=PAID_ON)
    Reissue.objects.update(at=datetime(PAID_ON.year, PAID_ON.month, PAID_ON.day, 20, tzinfo=UTC))
    after = prove()

    words = f"trace 778120045, {'reissued as T2' if number else 'stopped'}"
    assert [one.shown for one in (*after.batches, *after.bank_items)] == [words, words]
    assert after.as_data() == before
    stands = [one.stands for one in signatures_of(PAID_ON, digests=after.digests)]
    assert stands == [True, True]


def test_the_database_keeps_no_signature_without_its_reason(example, monkeypatch):
    """The twin: whoever forgets to ask is refused by the table."""
    from django.db import IntegrityError, transaction

    from cleanclaim.apps.billing.deposits.daily import signing

    bring((PAID_ON, "-45.00", "DEPOSITED ITEM RETURNED"))
    dana = people()[0]
    with pytest.raises(InputError, match=r"reason '': 45\.00 left the bank up to 2026-07-08"):
        sign(PAID_ON, dana)

    monkeypatch.setattr(signing, "_checked_reason", lambda reason, _proof: reason)

    with pytest.raises(IntegrityError, match="day_signature_says_why"), transaction.atomic():
        sign(PAID_ON, dana)
    assert sign(PAID_ON, dana, reason="bank called").not_explained == Decimal("45.00")
