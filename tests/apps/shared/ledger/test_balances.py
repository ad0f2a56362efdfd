"""Balances and the story of a claim as of any (effective, recorded) pair; the proof."""

from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest

from cleanclaim.apps.shared.ledger import provers
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.money import ZERO
from tests.apps.shared.ledger.cases import (
    DAY,
    PATIENT,
    PAYER,
    charge_entry,
    charged_item,
    new_item,
    payment_entry,
    selectors,
    services,
    session,
    write_entry,
    write_legs,
)

FEBRUARY = date(2026, 2, 10)
MARCH = date(2026, 3, 10)


def clock() -> datetime:
    """What the database's clock says now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.fixture
def story(database, practice):
    """Charged in January, paid 80.00 in March; in between a February payment came to light late."""
    with tenant(practice):
        item_id = charged_item("100.00", on=DAY)
        charged = clock()
        services.post_entries([payment_entry(item_id, "80.00", on=MARCH)])
        paid = clock()
        services.post_entries([payment_entry(item_id, "5.00", on=FEBRUARY)])
    return practice, item_id, charged, paid


@pytest.mark.parametrize(
    ("effective_on", "known", "expected"),
    [
        (date(2026, 1, 14), None, None),
        (DAY, None, "100.00"),
        (FEBRUARY, None, "95.00"),
        (FEBRUARY, "paid", "100.00"),  # the late one was not known yet
        (MARCH, "paid", "20.00"),
        (MARCH, "charged", "100.00"),
        (MARCH, None, "15.00"),
        (None, None, "15.00"),
        (None, "charged", "100.00"),
    ],
)
def test_a_balance_as_it_counted_and_as_it_was_known(story, effective_on, known, expected):
    practice, item_id, charged, paid = story
    pair = {
        "effective_on": effective_on,
        "recorded_by": {"charged": charged, "paid": paid, None: None}[known],
    }
    balance = None if expected is None else Decimal(expected)

    with tenant(practice):
        assert selectors.item_balances([item_id], **pair).get((item_id, PAYER)) == balance
        assert selectors.item_balances(claim_ids=[7], **pair).get((item_id, PAYER)) == balance
        assert selectors.claim_balances([7], **pair).get((7, PAYER)) == balance
        assert selectors.account_balances(**pair).get(PAYER) == balance
        assert selectors.bucket_balances(**pair).get("payer:1") == balance
        assert selectors.bucket_balances(patient_id=3, **pair).get("payer:1") == balance


def test_the_general_ledger_goes_by_accounting_date(story):
    practice, *_ = story
    with tenant(practice):
        rows = selectors.trial_balance(accounting_on=date(2026, 2, 28))

    assert [(row.account, row.debit, row.credit) for row in rows] == [
        ("asset:remit-clearing", Decimal("5.00"), ZERO),
        (PAYER, Decimal("95.00"), ZERO),
        ("revenue:patient-services", ZERO, Decimal("100.00")),
    ]


def test_the_story_of_a_claim_is_told_in_its_own_order(story):
    practice, _, _, paid = story
    with tenant(practice):
        told = selectors.entries_of_claim(7)
        known_then = selectors.entries_of_claim(7, recorded_by=paid)

    assert [(view.kind, view.effective_on) for view in told] == [
        ("charge", DAY),
        ("payment", FEBRUARY),
        ("payment", MARCH),
    ]
    assert len(known_then) == 2


def test_the_proof_of_a_sound_ledger_is_zero(story):
    practice, *_ = story
    with tenant(practice):
        proof = selectors.prove()

    assert proof.balanced
    assert proof.difference == ZERO
    assert (proof.entries, proof.legs, proof.items) == (3, 6, 1)
    assert proof.debit == proof.credit == Decimal("185.00")


def test_the_proof_names_an_item_whose_charge_was_not_booked(database, practice):
    with tenant(practice):
        item_id = new_item("100.00")
        services.post_entries([charge_entry(item_id, "99.00")])

        proof = selectors.prove()

    [found] = proof.differences
    assert found.subject == f"item {item_id}"
    assert (found.expected, found.found) == (Decimal("100.00"), Decimal("99.00"))
    assert proof.difference == Decimal("1.00")


def test_the_proof_names_an_account_that_is_not_in_the_chart(database, practice):
    with session(database.app, practice) as cursor:
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "3.00", "-3.00", accounts=("asset:nowhere", "asset:bank"))
    with tenant(practice):
        assert [found.subject for found in selectors.prove().differences] == [
            "account asset:nowhere"
        ]


def test_the_proof_asks_the_apps_above_too(database, practice, monkeypatch):
    monkeypatch.setattr(provers, "_provers", {})
    provers.register(
        "claim totals",
        lambda: [provers.Difference("claim totals", "claim 7 paid", Decimal("80.00"), ZERO)],
    )
    with tenant(practice):
        proof = selectors.prove()

    assert not proof.balanced
    assert proof.difference == Decimal("80.00")


def test_a_leg_edited_past_all_controls_is_found(story, database):
    practice, item_id, *_ = story
    with psycopg.connect(database.owner) as connection:
        connection.execute("DROP TRIGGER refuse_change ON ledger_leg")
    with session(database.owner, practice) as cursor:
        cursor.execute(
            "UPDATE ledger_leg SET amount = amount + 1 WHERE item_id = %s AND amount > 0", [item_id]
        )
    with tenant(practice):
        proof = selectors.prove()

    assert {found.check for found in proof.differences} == {
        "entry sums to zero",
        "item's charge is what was debited",
    }
    assert PATIENT not in {found.subject for found in proof.differences}
