"""What the database refuses, whoever asks; each control has a twin without it that lets it in."""

from datetime import date

import psycopg
import pytest
from psycopg import errors

from cleanclaim.apps.shared.tenancy.context import tenant
from tests.apps.shared.ledger.cases import (
    DAY,
    charged_item,
    count,
    one,
    payment_entry,
    selectors,
    services,
    session,
    write_entry,
    write_leg,
    write_legs,
)

TABLES = ["ledger_entry", "ledger_leg", "ledger_item", "ledger_itembucket", "ledger_period"]


def as_owner(database, *statements: str) -> None:
    with psycopg.connect(database.owner) as connection:
        for statement in statements:
            connection.execute(statement)


def drop_trigger(database, name: str, table: str) -> None:
    as_owner(database, f"DROP TRIGGER {name} ON {table}")


def write_unbalanced(url: str, organization: int) -> None:
    with session(url, organization) as cursor:
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "10.00", "-9.99")


def test_an_entry_off_by_a_cent_is_refused(database, practice):
    with pytest.raises(errors.CheckViolation, match=r"off by 0\.01"):
        write_unbalanced(database.app, practice)

    assert count(database.app, practice, "ledger_entry") == 0


def test_without_the_balance_trigger_it_gets_in_and_the_proof_finds_it(database, practice):
    drop_trigger(database, "leg_comes_with_entry", "ledger_leg")

    write_unbalanced(database.app, practice)

    with tenant(practice):
        proof = selectors.prove()
    assert not proof.balanced
    assert [found.check for found in proof.differences] == ["entry sums to zero"]


def write_without_legs(url: str, organization: int) -> None:
    with session(url, organization) as cursor:
        write_entry(cursor)


def test_an_entry_without_legs_is_refused_at_commit(database, practice):
    with pytest.raises(errors.CheckViolation, match="no legs, expected 2 or more"):
        write_without_legs(database.app, practice)

    drop_trigger(database, "entry_legs_balance", "ledger_entry")
    write_without_legs(database.app, practice)  # the twin: without the control it gets in
    with tenant(practice):
        assert not selectors.prove().balanced


def test_legs_that_balance_only_with_those_of_another_statement_are_refused(database, practice):
    def write() -> None:
        with session(database.app, practice) as cursor:
            entry_id = write_entry(cursor)
            write_leg(cursor, entry_id, "10.00")
            write_leg(cursor, entry_id, "-10.00")

    with pytest.raises(
        errors.CheckViolation, match=r"off by 10\.00.* of the legs of one statement"
    ):
        write()
    drop_trigger(database, "leg_comes_with_entry", "ledger_leg")
    write()  # the twin: without the control it gets in
    assert count(database.app, practice, "ledger_leg") == 2


def test_each_entity_balances_by_itself(database, practice):
    with (
        pytest.raises(errors.CheckViolation, match=r"off by 5\.00"),
        session(database.app, practice) as cursor,
    ):
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "5.00", "-5.00", entities=("north", "south"))


def test_a_leg_of_nothing_is_refused(database, practice):
    with (
        pytest.raises(errors.CheckViolation, match="leg_amount_not_zero"),
        session(database.app, practice) as cursor,
    ):
        write_leg(cursor, write_entry(cursor), "0.00")


def test_a_leg_under_a_number_of_the_writers_choice_is_refused(database, practice):
    with (
        pytest.raises(errors.GeneratedAlways),
        session(database.app, practice) as cursor,
    ):
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "10.00", "-10.00")
        cursor.execute(
            "INSERT INTO ledger_leg SELECT (jsonb_populate_record(leg, '{\"amount\": -10}')).* "
            "FROM ledger_leg AS leg WHERE entry_id = %s",
            [entry_id],
        )


def test_a_receivable_without_an_item_is_refused(database, practice):
    with (
        pytest.raises(errors.CheckViolation, match="leg_receivable_names_item"),
        session(database.app, practice) as cursor,
    ):
        write_leg(cursor, write_entry(cursor), "1.00", account="receivable:patient")


def test_a_leg_on_an_item_of_another_organization_is_refused(database, practice, plan):
    with tenant(plan):
        foreign = charged_item()

    with (
        pytest.raises(errors.ForeignKeyViolation, match="no such item of this claim"),
        session(database.app, practice) as cursor,
    ):
        write_leg(
            cursor, write_entry(cursor), "1.00",
            account="receivable:patient", item_id=foreign, claim_id=7,
        )  # fmt: skip


def test_a_leg_that_names_another_claim_than_its_item_is_refused(database, practice):
    with tenant(practice):
        item_id = charged_item(claim_id=7)

    with (
        pytest.raises(errors.ForeignKeyViolation, match="no such item of this claim"),
        session(database.app, practice) as cursor,
    ):
        write_leg(cursor, write_entry(cursor), "1.00", item_id=item_id, claim_id=8)


@pytest.mark.parametrize("foreign_part", ["item_id", "entry_id"])
def test_a_bucket_of_another_organizations_item_or_entry_is_refused(
    database, practice, plan, foreign_part
):
    own = {}
    for organization in (practice, plan):
        with tenant(organization):
            item_id = charged_item()
            entry_id = services.post_entries([payment_entry(item_id, "1.00")])[0]
            own[organization] = {"item_id": item_id, "entry_id": entry_id}
    row = own[practice] | {foreign_part: own[plan][foreign_part]}

    def write() -> None:
        with session(database.app, practice) as cursor:
            cursor.execute(
                "INSERT INTO ledger_itembucket (organization_id, item_id, bucket, since, "
                "effective_on, entry_id) VALUES (%s, %s, 'patient', %s, %s, %s)",
                [practice, row["item_id"], DAY, DAY, row["entry_id"]],
            )

    with pytest.raises(errors.ForeignKeyViolation, match="no such item or entry in this org"):
        write()
    drop_trigger(database, "item_bucket_of_item", "ledger_itembucket")
    write()  # the twin: without the control it gets in
    assert count(database.app, practice, "ledger_itembucket") == 1


def test_balanced_legs_added_in_a_later_transaction_are_refused(database, practice):
    with session(database.app, practice) as cursor:
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "10.00", "-10.00")

    def extend() -> None:
        with session(database.app, practice) as cursor:
            cursor.execute(
                "INSERT INTO ledger_leg (organization_id, entry_id, accounting_on, account, amount)"
                " SELECT %s, %s, %s, 'asset:bank', amount FROM unnest(ARRAY[3.00, -3.00]) amount",
                [practice, entry_id, DAY],
            )

    with pytest.raises(errors.CheckViolation, match="expected an entry of this database transac"):
        extend()
    drop_trigger(database, "leg_comes_with_entry", "ledger_leg")
    extend()  # the twin: without the control it gets in
    assert count(database.app, practice, "ledger_leg") == 4


def hurry(database, practice: int) -> None:
    """Have the check of a balanced entry run early, then add a leg that it never sees."""
    with session(database.app, practice) as cursor:
        entry_id = write_entry(cursor)
        write_legs(cursor, entry_id, "10.00", "-10.00")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        write_leg(cursor, entry_id, "5.00")


def test_a_check_that_ran_early_lets_no_unbalanced_leg_in(database, practice):
    with pytest.raises(errors.CheckViolation, match=r"off by 5\.00"):
        hurry(database, practice)

    drop_trigger(database, "leg_comes_with_entry", "ledger_leg")
    hurry(database, practice)  # the twin: without the control it gets in
    assert count(database.app, practice, "ledger_leg") == 3


def blind(database, practice: int, plan: int) -> None:
    """Write an entry without legs, then look away before COMMIT."""
    with session(database.app, practice) as cursor:
        write_entry(cursor)
        cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [str(plan)])


def test_a_change_of_tenant_before_commit_does_not_blind_the_check(database, practice, plan):
    with pytest.raises(errors.CheckViolation, match="the transaction's tenant is now"):
        blind(database, practice, plan)

    with psycopg.connect(database.owner) as connection:
        row = connection.execute("SELECT pg_get_functiondef('ledger_check_entry'::regproc)")
        definition = row.fetchone()[0]
        blinded = definition.replace("IF current_setting(", "IF false AND current_setting(")
        connection.execute(blinded.replace("IF NOT EXISTS (", "IF false AND NOT EXISTS ("))
    blind(database, practice, plan)  # the twin: without the two checks it gets in
    assert count(database.app, practice, "ledger_entry") == 1


def test_no_row_is_changed_deleted_or_truncated(database, practice):
    changes = (
        "UPDATE {} SET organization_id = organization_id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    )
    for statement in (change.format(table) for change in changes for table in TABLES):
        with (
            pytest.raises(errors.InsufficientPrivilege),
            session(database.app, practice) as cursor,
        ):
            cursor.execute(statement)
        with (
            pytest.raises(errors.RestrictViolation, match="append-only"),
            session(database.owner, practice) as cursor,
        ):
            cursor.execute(statement)


def test_without_its_trigger_the_owner_could_delete_legs(database, practice):
    with tenant(practice):
        charged_item()

    drop_trigger(database, "refuse_change", "ledger_leg")
    with session(database.owner, practice) as cursor:
        cursor.execute("DELETE FROM ledger_leg")

    with tenant(practice):
        assert not selectors.prove().balanced


def write_dated(url: str, organization: int) -> date:
    with session(url, organization) as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (organization_id, kind, idempotency_key, effective_on, "
            "accounting_on, memo, recorded_at, transaction_number) VALUES (%s, 'payment', 'old', "
            "%s, %s, '', '2020-02-02 12:00+00', 1) RETURNING id",
            [organization, DAY, DAY],
        )
        entry_id = one(cursor)
        write_legs(cursor, entry_id, "1.00", "-1.00")
        cursor.execute("SELECT recorded_at FROM ledger_entry WHERE id = %s", [entry_id])
        row = cursor.fetchone()
        assert row is not None
        return row[0].date()


def test_the_app_cannot_date_a_record_back(database, practice):
    assert write_dated(database.app, practice).year > 2020


def test_the_owner_may_date_a_record_for_the_demo(database, practice):
    assert write_dated(database.owner, practice) == date(2020, 2, 2)


def test_a_reversal_that_does_not_mirror_its_entry_is_refused(database, practice):
    with session(database.app, practice) as cursor:
        first = write_entry(cursor)
        write_legs(cursor, first, "10.00", "-10.00", accounts=("asset:bank", "income:interest"))

    with (
        pytest.raises(errors.CheckViolation, match="not the first ones negated"),
        session(database.app, practice) as cursor,
    ):
        write_reversal(cursor, first, "9.00")


def test_an_entry_of_another_organization_is_not_reversed(database, practice, plan):
    with session(database.app, practice) as cursor:
        first = write_entry(cursor)
        write_legs(cursor, first, "10.00", "-10.00", accounts=("asset:bank", "income:interest"))

    with (
        pytest.raises(errors.CheckViolation, match="which this tenant does not have"),
        session(database.app, plan) as cursor,
    ):
        write_reversal(cursor, first, "10.00")


def test_an_entry_is_reversed_at_most_once(database, practice):
    with session(database.app, practice) as cursor:
        first = write_entry(cursor)
        write_legs(cursor, first, "10.00", "-10.00", accounts=("asset:bank", "income:interest"))
        write_reversal(cursor, first, "10.00")

    with (
        pytest.raises(errors.UniqueViolation, match="entry_reversed_once"),
        session(database.app, practice) as cursor,
    ):
        write_reversal(cursor, first, "10.00", key="again")


def write_reversal(cursor: psycopg.Cursor, first: int, amount: str, *, key: str = "back") -> None:
    cursor.execute(
        "INSERT INTO ledger_entry (organization_id, kind, idempotency_key, effective_on, "
        "accounting_on, memo, reverses_id) VALUES (current_setting('cleanclaim.tenant')::bigint, "
        "'reversal', %s, %s, %s, '', %s) RETURNING id",
        [key, DAY, DAY, first],
    )
    entry_id = one(cursor)
    write_legs(cursor, entry_id, f"-{amount}", amount, accounts=("asset:bank", "income:interest"))
