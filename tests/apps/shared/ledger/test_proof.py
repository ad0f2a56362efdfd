"""T09: the proof computes everything again from the legs: whatever leg is tampered with, it says so.

The tampering goes past every control, as the owner of the tables without their triggers. A twin looks only at debits and
credits, and misses what keeps them equal. `cleanclaim bench proof` times it for ten million legs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import psycopg
import pytest

from cleanclaim.apps.shared.tenancy.context import tenant
from tests.apps.shared.ledger.cases import (
    DAY,
    charged_item,
    payment_entry,
    selectors,
    services,
)

pytestmark = pytest.mark.database_core


@pytest.fixture
def books(practice) -> int:
    """Three charges, a payment on each, one taken back, a transfer."""
    with tenant(practice):
        items = [charged_item(charge, claim_id=n) for n, charge in ((7, "100.00"), (8, "80.00"))]
        paid = services.post_entries(
            [payment_entry(item, "30.00", claim_id=7 + place) for place, item in enumerate(items)]
        )
        on = {"effective_on": DAY, "accounting_on": DAY}
        services.reverse_entry(paid[0], key="undo", **on)
        services.transfer(items[1], amount=Decimal("20.00"), to_bucket="patient", key="t", **on)
        assert selectors.prove().balanced
    return practice


@contextmanager
def past_all_controls(database, organization: int) -> Iterator[psycopg.Connection]:
    """The owner of the tables, without triggers; taken back in the end unless committed."""
    with psycopg.connect(database.owner) as owner:
        for table in ("ledger_leg", "ledger_entry", "ledger_item"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute("SELECT set_config('cleanclaim.tenant', %s, false)", [str(organization)])
        yield owner


def legs(database, organization: int) -> list[int]:
    with past_all_controls(database, organization) as owner:
        found = [row[0] for row in owner.execute("SELECT id FROM ledger_leg ORDER BY id")]
        owner.rollback()
    return found


def proof_after(database, organization: int, *statements: tuple[str, list]):
    """What the proof says after this tampering, which is then made up for."""
    undo = "CREATE TABLE kept AS SELECT * FROM ledger_leg"
    with past_all_controls(database, organization) as owner:
        owner.execute(undo)
        for sql, parameters in statements:
            assert owner.execute(sql, parameters).rowcount > 0, sql
    with tenant(organization):
        proof = selectors.prove()
    with past_all_controls(database, organization) as owner:
        owner.execute("DELETE FROM ledger_leg")
        columns = "id, organization_id, entry_id, item_id, claim_id, patient_id, payer_id, line_number, accounting_on, account, amount, reason, trace, entity"
        owner.execute(
            f"INSERT INTO ledger_leg ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept"
        )
        owner.execute("DROP TABLE kept")
    return proof


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_leg SET amount = amount + 0.01 WHERE id = %s",
        "UPDATE ledger_leg SET amount = -amount WHERE id = %s",
        "DELETE FROM ledger_leg WHERE id = %s",
        "UPDATE ledger_leg SET accounting_on = accounting_on + 40 WHERE id = %s",
        "UPDATE ledger_leg SET account = 'asset:pocket' WHERE id = %s",
    ],
    ids=["a cent", "its sign", "gone", "another month", "an account of nobody"],
)
def test_whatever_leg_is_tampered_with_is_found(database, books, sql):
    found = {leg: proof_after(database, books, (sql, [leg])) for leg in legs(database, books)}

    assert len(found) >= 10
    assert [leg for leg, proof in found.items() if proof.balanced] == []
    with tenant(books):
        assert selectors.prove().balanced, "the tampering was not made up for"


# The same dollar taken from one entry and put on another: debits and credits stay equal.
MOVED = (
    ("UPDATE ledger_leg SET amount = amount + 1 WHERE id = %s", 0),
    ("UPDATE ledger_leg SET amount = amount - 1 WHERE id = %s", 2),
)


def test_money_moved_between_two_entries_is_found_though_the_totals_agree(database, books):
    ids = legs(database, books)

    proof = proof_after(database, books, *((sql, [ids[place]]) for sql, place in MOVED))

    assert sum(one.amount for one in proof.differences if one.check == "entry sums to zero") == 0
    assert proof.debit == proof.credit
    assert not proof.balanced
    assert proof.difference >= 2


def test_a_proof_of_totals_only_would_miss_it(database, books, monkeypatch):
    """The twin: nothing but debits and credits is looked at."""
    from cleanclaim.apps.shared.ledger.selectors import proof as module

    monkeypatch.setattr(module, "_SUSPECTS", "SELECT id FROM ledger_entry WHERE false")
    monkeypatch.setattr(module, "_OF_ALL", {})
    ids = legs(database, books)

    proof = proof_after(database, books, *((sql, [ids[place]]) for sql, place in MOVED))

    assert proof.balanced
