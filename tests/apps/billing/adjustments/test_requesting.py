"""Requests: alone within the limit, with a second person above it, never with oneself; undone with both kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, balance, owed, person, visit
from tests.apps.billing.world import DENIED, PAID_ON

pytestmark = pytest.mark.database_core


@pytest.fixture
def people(inside):
    """A biller (limit 250.00), another, and a lead (10,000.00)."""
    return {
        "ana": person(inside, "Ana"),
        "bo": person(inside, "Bo"),
        "lee": person(inside, "Lee", "Billing lead"),
    }


def ask(code, item_id, amount, account=PATIENT, *, by, on=PAID_ON, **more):
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

    moves = (Move(item_id, account, Decimal(amount)),)
    asked = Request(code, moves, more.pop("note", "as agreed"), **more)
    return request_adjustment(asked, on=on, by=by)


def test_within_the_limit_it_posts_at_once_and_the_claim_knows(desk, people):
    item = visit(desk)

    row = ask("courtesy", item, "10.00", by=people["ana"])

    claim = desk.row(row.lines.get().claim_id)
    assert (row.state, balance(item)) == ("posted", Decimal("0.00"))
    assert (claim.patient_owes, claim.other) == (Decimal("0.00"), Decimal("10.00"))
    desk.prove()


def test_above_the_limit_it_waits_and_moves_nothing_until_a_second_person_approves(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    row = ask("courtesy", item, "250.01", by=people["ana"])

    assert (row.state, balance(item)) == ("waiting", Decimal("300.00"))
    assert [w.title for w in desk.work("other")] == ["Approve: write-off, courtesy"]
    approve_adjustment(row.pk, on=PAID_ON, by=people["lee"])
    assert balance(item) == Decimal("49.99")
    assert desk.work("other") == []
    desk.prove()


def test_nobody_approves_their_own_request_nor_above_their_limit(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    row = ask("courtesy", item, "300.00", by=people["ana"])

    with pytest.raises(PermissionRefusedError, match="requested by you"):
        approve_adjustment(row.pk, on=PAID_ON, by=people["ana"])
    with pytest.raises(PermissionRefusedError, match=r"above your limit of 250\.00"):
        approve_adjustment(row.pk, on=PAID_ON, by=people["bo"])
    assert balance(item) == Decimal("300.00")


def test_a_large_amount_is_not_let_through_in_pieces(desk, people):
    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))

    states = [
        ask("courtesy", item, amount, by=people["ana"]).state for amount in ("150.00", "100.01")
    ]
    tomorrow = ask("courtesy", item, "100.00", by=people["ana"], on=PAID_ON + timedelta(days=1))

    assert (states, tomorrow.state) == (["posted", "waiting"], "posted")


@pytest.mark.parametrize("change", ["approved_by = requested_by", "alone_limit = 0"])
def test_the_database_itself_holds_the_second_person_and_the_limit(desk, people, change):
    """The twin: past all services, the constraints refuse what the services never do."""
    from django.db import IntegrityError, connection, transaction

    row = ask("courtesy", visit(desk), "10.00", by=people["ana"])

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE adjustments_adjustment SET {change} WHERE id = %s", [row.pk])


def test_without_the_check_of_the_second_person_the_database_refuses(desk, people, monkeypatch):
    """The twin of the service's own check: taken out, the constraint still stops it."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.adjustments.services import approve_adjustment, requesting

    monkeypatch.setattr(requesting, "require_second_person", lambda *args, **more: None)
    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    row = ask("courtesy", item, "300.00", by=people["ana"])

    with pytest.raises(IntegrityError, match="adjustment_second_person"):
        approve_adjustment(row.pk, on=PAID_ON, by=people["ana"])


def test_no_item_goes_below_zero_also_where_money_came_between(desk, people):
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    waiting = ask("courtesy", item, "300.00", by=people["ana"])
    ask("courtesy", item, "0.01", by=people["bo"])

    with pytest.raises(StateError, match=r"300\.00 to take off, 299\.99 open"):
        approve_adjustment(waiting.pk, on=PAID_ON, by=people["lee"])
    with pytest.raises(StateError):
        ask("courtesy", item, "300.00", by=people["lee"])
    desk.prove()


def test_undo_reverses_every_entry_keeps_both_and_brings_the_age_back(desk, people):
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment
    from cleanclaim.apps.shared.ledger.selectors import responsible_buckets

    item = visit(desk, answer=DENIED)
    before = responsible_buckets([item])
    later = PAID_ON + timedelta(days=9)
    row = ask("to_patient", item, "120.00", PAYER, by=people["ana"], on=later)
    moved = responsible_buckets([item])[item]
    undone = undo_adjustment(row.pk, words="it was not theirs", on=later, by=people["ana"])

    assert (moved.bucket, moved.since) == ("patient", later)
    assert responsible_buckets([item]) == before
    assert (undone.state, balance(item, PAYER)) == ("undone", Decimal("120.00"))
    line = undone.lines.get()
    assert line.entry_id and line.undo_entry_id > line.entry_id
    desk.prove()


def test_undo_stops_where_the_money_has_moved_on(desk, people):
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment

    item = visit(desk, answer=DENIED)
    row = ask("to_patient", item, "120.00", PAYER, by=people["ana"])
    ask("courtesy", item, "50.00", by=people["ana"])

    with pytest.raises(StateError, match=r"70\.00 is left"):
        undo_adjustment(row.pk, words="wrong", on=PAID_ON, by=people["lee"])


def test_a_denial_written_off_settles_its_work_and_undo_brings_it_back(desk, people):
    from cleanclaim.apps.billing.adjustments.services import undo_adjustment

    item = visit(desk, answer=DENIED)
    row = ask("denial", item, "120.00", PAYER, by=people["ana"])
    settled = desk.work("denial")
    undo_adjustment(row.pk, words="appeal after all", on=PAID_ON, by=people["ana"])

    assert settled == []
    assert len(desk.work("denial")) == 1


def test_refused_and_withdrawn_requests_say_who_and_why(desk, people):
    from cleanclaim.apps.billing.adjustments.services import refuse_adjustment, withdraw_adjustment

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    first, second = (ask("courtesy", item, "300.00", by=people["ana"]) for _ in range(2))
    with pytest.raises(InputError, match="expected why it is refused"):
        refuse_adjustment(first.pk, words=" ", on=PAID_ON, by=people["lee"])

    refused = refuse_adjustment(first.pk, words="no hardship", on=PAID_ON, by=people["lee"])
    withdrawn = withdraw_adjustment(second.pk, on=PAID_ON, by=people["ana"])

    assert (refused.state, refused.closed_words, refused.closed_by) == (
        "refused", "no hardship", people["lee"],
    )  # fmt: skip
    assert withdrawn.state == "withdrawn"
    assert balance(item) == Decimal("300.00")


def test_charity_needs_its_document_and_a_reason_only_takes_from_its_buckets(desk, people):
    item = visit(desk)

    with pytest.raises(InputError, match="no document"):
        ask("charity", item, "10.00", by=people["ana"])
    with pytest.raises(InputError, match="cannot be taken from"):
        ask("timely_filing", item, "10.00", by=people["ana"])
    assert ask("charity", item, "10.00", by=people["ana"], documents="form 7").state == "posted"


def test_a_correction_takes_back_no_more_than_was_reduced(desk, people):
    item = visit(desk)  # 30.00 reduced by contract

    with pytest.raises(StateError, match=r"only 30\.00 was reduced"):
        ask("contractual_wrong", item, "-30.01", PAYER, by=people["ana"])
    ask("contractual_wrong", item, "-30.00", PAYER, by=people["ana"])

    assert balance(item, PAYER) == Decimal("30.00")
    assert balance(item, "contra:contractual") == Decimal("0.00")
    desk.prove()


def test_bad_debt_is_recommended_with_evidence_approved_and_recovered_as_income(desk, people):
    """S0 step 11: 48.20, 193 days, three letters, two calls."""
    from cleanclaim.apps.billing.adjustments import services

    item = visit(desk, charge="100.00", answer=owed("100.00", "48.20"))
    on = PAID_ON + timedelta(days=193)
    moves = [services.Move(item, PATIENT, Decimal("48.20"))]
    with pytest.raises(StateError, match="2 letters of 3"):
        services.recommend_bad_debt(moves, letters=2, calls=2, note="n", on=on, by=people["ana"])
    row = services.recommend_bad_debt(
        moves, letters=3, calls=2, note="no answer", on=on, by=people["ana"]
    )
    assert row.state == "waiting"  # a lead's own limit does not help either: always a second person
    assert (row.evidence["days"], row.evidence["letters"], row.evidence["calls"]) == (193, 3, 2)

    services.approve_adjustment(row.pk, on=on, by=people["lee"])
    part = [services.Part(item, PATIENT, Decimal("20.00"))]
    services.recover_bad_debt(part, note="paid after all", on=on, by=people["ana"])

    assert balance(item) == Decimal("0.00")
    assert balance(item, "contra:bad-debt") == Decimal("48.20")
    assert balance(item, "income:bad-debt-recovery") == Decimal("-20.00")
    with pytest.raises(StateError, match=r"28\.21 recovered, 28\.20 was written off"):
        services.recover_bad_debt(
            [services.Part(item, PATIENT, Decimal("28.21"))], note="n", on=on, by=people["ana"]
        )
    desk.prove()


def test_bad_debt_without_its_evidence_is_refused_whatever_door_it_takes(desk, people):
    item = visit(desk, charge="100.00", answer=owed("100.00", "48.20"))

    with pytest.raises(InputError, match="no evidence"):
        ask("bad_debt", item, "48.20", by=people["ana"], on=PAID_ON + timedelta(days=193))


def test_a_bankrupt_account_is_never_collected_from_nor_written_off(desk, people):
    from cleanclaim.apps.billing.adjustments import services

    item = visit(desk, charge="900.00", answer=owed("900.00", "310.00"))
    patient_id = desk.row(1).patient_id
    hold = services.hold_account(
        patient_id, kind="bankruptcy", reference="26-41872", words="chapter 7", on=PAID_ON,
        by=people["ana"],
    )  # fmt: skip
    on = PAID_ON + timedelta(days=200)
    moves = [services.Move(item, PATIENT, Decimal("310.00"))]

    assert not services.may_contact(patient_id)
    assert [w.title for w in desk.work("other")] == ["Route to legal: bankruptcy"]
    with pytest.raises(StateError, match="with legal"):
        services.recommend_bad_debt(moves, letters=3, calls=2, note="n", on=on, by=people["ana"])
    services.lift_hold(hold.pk, words="dismissed", on=on, by=people["ana"])
    assert services.may_contact(patient_id)


def test_who_may_not_adjust_accounts_is_refused_whatever_door_they_take(desk, people, inside):
    item = visit(desk)
    outsider = person(inside, "Pat", "Cash poster")

    with pytest.raises(PermissionRefusedError, match=r"accounts\.adjust"):
        ask("courtesy", item, "1.00", by=outsider)


def test_reasons_are_dated(desk, people):
    with pytest.raises(InputError, match="expected one of"):
        ask("gift", visit(desk), "1.00", by=people["ana"], on=date(2026, 7, 9))


def test_a_persons_requests_wait_for_each_other(desk, people):
    """The lock stands before the sum is read; its twin is below."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    item = visit(desk, charge="900.00", answer=owed("900.00", "300.00"))
    with CaptureQueriesContext(connection) as asked:
        ask("courtesy", item, "10.00", by=people["ana"])

    said = [one["sql"] for one in asked.captured_queries]
    [locked] = [n for n, sql in enumerate(said) if f"adjustments alone {people['ana']}" in sql]
    summed = [n for n, sql in enumerate(said) if "SUM(" in sql and "adjustments_adjustment" in sql]
    assert summed and locked < min(summed)


@pytest.mark.parametrize(
    ("is_locked", "states"), [(True, ["posted", "waiting"]), (False, ["posted", "posted"])]
)
def test_two_requests_at_one_moment_do_not_each_move_the_limit(
    practice, monkeypatch, is_locked, states
):
    """Two claims of one account, 150.00 each, limit 250.00; without the lock (the twin) both see nothing moved."""
    import threading

    from django.db import connection

    from cleanclaim.apps.billing.adjustments.services import requesting
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        items = [visit(desk, number, "900.00", owed("900.00", "300.00")) for number in ("A1", "A2")]
        ana = person(practice, "Ana")
    together = threading.Barrier(2)
    summed = requesting.moved_alone
    if is_locked:
        real = requesting.lock_names
        monkeypatch.setattr(
            requesting, "lock_names", lambda names: (together.wait(30), real(names))
        )
    else:
        monkeypatch.setattr(requesting, "lock_names", lambda _: None)

        def meet(row, lines, *, on):
            found = summed(row, lines, on=on)
            together.wait(30)  # both have read before either has written
            return found

        monkeypatch.setattr(requesting, "moved_alone", meet)
    found: list[str] = []

    def work(item: int) -> None:
        try:
            with tenant(practice):
                state = ask("courtesy", item, "150.00", by=ana).state
            found.append(state)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == states
