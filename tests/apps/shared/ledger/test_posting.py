"""Posting: many at once, each key once, closed months."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from psycopg import errors

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InvariantError, StateError
from cleanclaim.values.entry import Leg
from tests.apps.shared.ledger.cases import (
    DAY,
    PAYER,
    at_once,
    charge_entry,
    charged_item,
    count,
    entry,
    new_item,
    payment_entry,
    selectors,
    services,
    session,
    write_entry,
    write_legs,
)


def test_many_entries_come_back_as_ids_in_order_and_sum_up(database, practice):
    with tenant(practice):
        items = services.open_items(
            [services.NewItem(n, 1, n, Decimal(n), DAY, "payer:1") for n in range(1, 301)]
        )
        entries = [charge_entry(item, str(n), claim_id=n) for n, item in enumerate(items, start=1)]
        # Given in an order that is not the keys'.
        ids = services.post_entries(entries[::-1])[::-1]

        views = {n: selectors.entries_of_claim(n) for n in (1, 300)}
        balances = selectors.account_balances()

    assert [views[n][0].id for n in (1, 300)] == [ids[0], ids[299]]
    assert views[300][0].legs[0].amount == Decimal("300.00")
    assert balances[PAYER] == Decimal(300 * 301 // 2)


def test_the_same_entry_again_gives_the_first_id_and_posts_nothing(database, practice):
    with tenant(practice):
        item_id = charged_item()
        paid = payment_entry(item_id, "80.00")
        [first] = services.post_entries([paid])
    with tenant(practice):
        other = payment_entry(item_id, "5.00")
        again = services.post_entries([other, paid, paid])

        balance = selectors.item_balances([item_id])[item_id, PAYER]

    assert again[1:] == [first, first]
    assert balance == Decimal("15.00")


def test_an_entry_given_twice_in_one_call_is_posted_once(database, practice):
    with tenant(practice):
        item_id = new_item("40.00")
        charge = charge_entry(item_id, "40.00")

        ids = services.post_entries([charge, charge])

        assert ids[0] == ids[1]
        assert selectors.item_balances([item_id])[item_id, PAYER] == Decimal("40.00")


def test_other_content_under_a_known_key_is_refused_and_names_the_first(database, practice):
    with tenant(practice):
        item_id = charged_item()
        [first] = services.post_entries([payment_entry(item_id, "80.00", key="era:1")])
    with (
        tenant(practice),
        pytest.raises(StateError, match=f"entry {first} was posted under the key era:1"),
    ):
        services.post_entries([payment_entry(item_id, "80.01", key="era:1")])

    assert count(database.app, practice, "ledger_entry") == 2


def test_fifty_at_once_with_one_key_make_one_entry(database, practice):
    with tenant(practice):
        item_id = charged_item()

    def post() -> list[int]:
        with tenant(practice):
            return services.post_entries([payment_entry(item_id, "80.00")])

    answers = at_once([post] * 50)

    assert len({str(answer) for answer in answers}) == 1, answers
    assert count(database.app, practice, "ledger_entry") == 2


def test_two_writers_of_the_same_keys_in_opposite_order_do_not_deadlock(database, practice):
    with tenant(practice):
        item_id = charged_item("999.00")
    entries = [payment_entry(item_id, f"{n}.00") for n in range(1, 40)]

    def post(order: int) -> list[int]:
        with tenant(practice):
            return services.post_entries(entries[::order])[::order]

    answers = at_once([lambda: post(1), lambda: post(-1)] * 8, threads=8)

    assert len({str(answer) for answer in answers}) == 1, answers


def test_a_leg_on_an_unknown_item_is_our_own_bug(database, practice):
    with tenant(practice), pytest.raises(InvariantError, match="item 999: no such item"):
        services.post_entries([payment_entry(999, "1.00")])


def test_an_entry_of_another_organization_stays_unseen(database, practice, plan):
    with tenant(practice):
        item_id = charged_item()
    with tenant(plan):
        assert selectors.account_balances() == {}
        assert selectors.item_balances([item_id]) == {}
        assert selectors.entries_of_claim(7) == []


def test_a_closed_month_takes_no_entry_until_it_is_opened_again(database, practice):
    with tenant(practice):
        item_id = charged_item()
        services.post_entries([payment_entry(item_id, "10.00")])
        services.close_period(DAY, by=1, reason="month end")
    with tenant(practice):
        with pytest.raises(
            StateError,
            match=r"^the accounting month 2026-01 is closed\. Post on a day",
        ):
            services.post_entries([payment_entry(item_id, "20.00")])
        # What was posted before it closed is still recognized.
        services.post_entries([payment_entry(item_id, "10.00")])
        # An entry may count in the closed month and be booked in the next one.
        late = entry(
            *payment_entry(item_id, "30.00").legs,
            key="late",
            on=DAY,
            accounting_on=date(2026, 2, 1),
        )
        services.post_entries([late])
        services.open_period(DAY, by=2, reason="a remittance was forgotten")
        services.post_entries([payment_entry(item_id, "20.00")])

        balance = selectors.item_balances([item_id])[item_id, PAYER]
        states = [(found.month, found.state, found.changed_by) for found in selectors.months()]

    assert balance == Decimal("40.00")
    assert states == [(date(2026, 1, 1), "open", 2)]


def test_closing_a_closed_month_is_refused(database, practice):
    with tenant(practice):
        services.close_period(DAY, by=1)
        with pytest.raises(StateError, match="2026-01 is closed already"):
            services.close_period(date(2026, 1, 31), by=1)
        with pytest.raises(StateError, match="2026-02 is open already"):
            services.open_period(date(2026, 2, 1), by=1, reason="")


def test_the_database_itself_refuses_the_closed_month(database, practice):
    with tenant(practice):
        services.close_period(DAY, by=1)

    def write() -> None:
        with session(database.app, practice) as cursor:
            entry_id = write_entry(cursor)
            write_legs(cursor, entry_id, "1.00", "-1.00")

    with pytest.raises(errors.CheckViolation, match="2026-01 is closed"):
        write()
    with psycopg.connect(database.owner) as connection:
        connection.execute("DROP TRIGGER entry_month_open ON ledger_entry")
    write()  # the twin: without the control it gets in
    assert count(database.app, practice, "ledger_entry") == 1


def test_who_closes_a_month_waits_for_entries_on_their_way(database, practice):
    with tenant(practice):
        item_id = charged_item()
    with tenant(practice):
        services.post_entries([payment_entry(item_id, "10.00")])
        with (
            pytest.raises(errors.LockNotAvailable),
            session(database.app, practice) as cursor,
        ):
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            cursor.execute(
                "INSERT INTO ledger_period (organization_id, month, state, reason) "
                "VALUES (%s, '2026-01-01', 'closed', '')",
                [practice],
            )


def test_legs_keep_all_their_dimensions(database, practice):
    with tenant(practice):
        item_id = charged_item()
        legs = (
            Leg(
                "contra:contractual", Decimal("12.34"), item_id, 7, 2, 3, 4, "CO-45", 'T"1\\2', "n"
            ),
            Leg(PAYER, Decimal("-12.34"), item_id, 7, 2, 3, 4, "CO-45", 'T"1\\2', "n"),
        )
        services.post_entries([entry(*legs, kind="adjustment", key="a")])

        view = selectors.entries_of_claim(7)[-1].legs[0]

    assert (view.account, view.account_name) == ("contra:contractual", "Contractual adjustments")
    assert (view.amount, view.line_number, view.patient_id) == (Decimal("12.34"), 2, 3)
    assert (view.reason, view.trace, view.entity) == ("CO-45", 'T"1\\2', "n")
