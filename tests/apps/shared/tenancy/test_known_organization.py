"""Rows of tables without a foreign key to the organization are of one that exists; without the trigger they get in."""

import psycopg
import pytest
from psycopg import errors

from tests.apps.shared.ledger.cases import session, write_entry, write_legs

NOBODY = 987_654_321


def write_balanced(cursor: psycopg.Cursor) -> None:
    entry_id = write_entry(cursor)
    write_legs(cursor, entry_id, "10.00", "-10.00")


def write_event(cursor: psycopg.Cursor) -> None:
    cursor.execute(
        "INSERT INTO claims_claimevent (claim_id, \"on\", kind, words) VALUES (1, now(), '', '')"
    )


WRITERS = {"ledger_entry": write_balanced, "claims_claimevent": write_event}


@pytest.mark.parametrize("table", sorted(WRITERS))
def test_a_row_of_an_organization_that_does_not_exist_is_refused(database, table):
    with (
        pytest.raises(errors.ForeignKeyViolation, match=f"there is no organization {NOBODY}"),
        session(database.app, NOBODY) as cursor,
    ):
        WRITERS[table](cursor)


@pytest.mark.parametrize("table", sorted(WRITERS))
def test_without_the_trigger_it_gets_in(database, table):
    with psycopg.connect(database.owner) as connection:
        connection.execute(f"DROP TRIGGER known_organization ON {table}")

    with session(database.app, NOBODY) as cursor:
        WRITERS[table](cursor)
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (1,)


def test_a_claim_payment_of_an_organization_that_does_not_exist_is_refused(database):
    with (
        pytest.raises(errors.ForeignKeyViolation, match="no such remittance in this organization"),
        session(database.app, NOBODY) as cursor,
    ):
        cursor.execute(
            "INSERT INTO remittances_remittanceclaim (remittance_id, position, control_number, "
            "payer_control_number, status_code, charge, paid, patient_responsibility) "
            "VALUES (1, 1, '', '', '1', 0, 0, 0)"
        )
