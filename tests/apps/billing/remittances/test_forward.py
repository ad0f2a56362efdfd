"""A payer's forward balance (FB) over several remittances: rolled, recovered by WO, told where it does not tie, shown."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core


def part(number: str, paid: str, icn: str):
    """An answer that pays so much of 120.00."""
    rest = str(Decimal("120.00") - Decimal(paid))
    return pay(claim(number), (paid, (("CO", "45", rest),)), number=icn)


def takeback(desk, *, plb=(("FB", "R1", "-80.00"),)) -> None:
    """80.00 paid by T1 and reversed by T2, which had nothing to take it from."""
    desk.take(*[claim(number) for number in ("A1", "B1", "C1", "D1")])
    desk.post(remittance(pay(claim("A1"), TYPICAL), trace="T1"))
    desk.post(remittance(pay(claim("A1"), TAKEN_BACK, status="22"), trace="T2", plb=plb))


def history():
    from cleanclaim.apps.billing.remittances.takebacks import forward_history

    return [
        (one.remittance.trace_number, one.reason, str(one.amount), str(one.balance))
        for one in forward_history()
    ]


def owed() -> Decimal:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return -account_balances().get("liability:payer-takeback", Decimal("0.00"))


def test_over_three_remittances_it_rolls_down_to_nothing(desk) -> None:
    takeback(desk)
    third = remittance(
        part("B1", "30.00", "B"), trace="T3", plb=(("FB", "R1", "80.00"), ("FB", "R3", "-50.00"))
    )
    [after_third] = desk.post(third)
    owed_then = owed()
    [after_fourth] = desk.post(
        remittance(part("C1", "80.00", "C"), trace="T4", plb=(("FB", "R3", "50.00"),))
    )

    assert third.paid == 0
    assert (after_third.findings, after_fourth.findings) == ((), ())
    assert (owed_then, owed()) == (Decimal("50.00"), Decimal("0.00"))
    assert history() == [
        ("T2", "FB", "-80.00", "80.00"),
        ("T3", "FB", "80.00", "0.00"),
        ("T3", "FB", "-50.00", "50.00"),
        ("T4", "FB", "50.00", "0.00"),
    ]
    desk.prove()


def test_a_recovery_under_the_reference_of_what_was_carried_settles_it(desk) -> None:
    takeback(desk)

    [done] = desk.post(
        remittance(part("B1", "100.00", "B"), trace="T3", plb=(("WO", "R1", "80.00"),))
    )

    assert done.findings == ()
    assert history()[-1] == ("T3", "WO", "80.00", "0.00")
    assert owed() == 0


def test_a_recovery_of_another_debt_leaves_it(desk) -> None:
    takeback(desk)

    [done] = desk.post(
        remittance(part("B1", "100.00", "B"), trace="T3", plb=(("WO", "OTHER", "15.00"),))
    )

    assert done.findings == ()
    assert [one[0] for one in history()] == ["T2"]
    assert owed() == Decimal("65.00")  # 15.00 were taken back for what was never carried here


def test_a_recovery_of_more_than_was_carried_is_told(desk) -> None:
    takeback(desk)

    [done] = desk.post(
        remittance(part("B1", "110.00", "B"), trace="T3", plb=(("WO", "R1", "95.00"),))
    )

    [finding] = done.findings
    assert "gives back a forward balance of 95.00" in finding
    assert "80.00 stands here" in finding
    assert history()[-1] == ("T3", "WO", "95.00", "-15.00")


def test_what_does_not_tie_is_told_before_and_after_posting(desk) -> None:
    from cleanclaim.apps.billing.remittances.services import (
        receive_remittances,
        simulate_posting,
    )
    from tests.apps.billing.world import receive_835

    takeback(desk)
    value = remittance(part("B1", "100.00", "B"), trace="T3", plb=(("FB", "R1", "70.00"),))
    [pk] = receive_remittances(receive_835(value), received_on=PAID_ON).ids

    [finding] = simulate_posting(pk, posted_on=PAID_ON).findings

    assert "gives back a forward balance of 70.00" in finding
    assert "(10.00)" in finding


def test_payees_of_one_payer_have_balances_of_their_own(desk) -> None:
    takeback(desk)
    other = remittance(part("B1", "100.00", "B"), trace="T3", plb=(("FB", "R1", "80.00"),))
    other = replace(other, payee=replace(other.payee, npi="1987654328"))

    [done] = desk.post(other)

    [finding] = done.findings
    assert "for payee 1987654328, but 0.00 stands here" in finding
    assert [one[3] for one in history()] == ["80.00", "-80.00"]


def test_a_posting_taken_back_gives_its_movement_back(desk) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    takeback(desk)
    [done] = desk.post(
        remittance(part("B1", "100.00", "B"), trace="T3", plb=(("FB", "R1", "80.00"),))
    )

    reverse_posting(done.remittance_id, on=PAID_ON, reason="wrong claim", by=None)

    assert history() == [("T2", "FB", "-80.00", "80.00")]
    assert owed() == Decimal("80.00")


def test_the_page_shows_the_balance_with_its_history(practice: int) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with demo():
        client = browser(practice, "Practice biller")
        empty = client.get("/remittances/carried/").content.decode()
    with tenant(practice):
        desk = Desk()
        takeback(desk)
        desk.post(
            remittance(
                part("B1", "30.00", "B"),
                trace="T3",
                plb=(("FB", "R1", "80.00"), ("FB", "R3", "-50.00")),
            )
        )
    with demo():
        page = client.get("/remittances/carried/").content.decode()

    assert "No payer has carried a balance forward." in empty
    assert "carried forward against us" in page
    assert ">R3<" in page
    assert "given back, taken off the payment" in page
    assert "all of it is carried forward" in page


def test_a_long_history_is_paged_and_its_last_movement_stands(practice: int, monkeypatch) -> None:
    from cleanclaim.apps.billing.remittances import forward_views
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    monkeypatch.setattr(forward_views, "MOVEMENTS_SHOWN", 2)
    with tenant(practice):
        desk = Desk()
        takeback(desk)
        plb = (("FB", "R1", "80.00"), ("FB", "R3", "-50.00"))
        desk.post(remittance(part("B1", "30.00", "B"), trace="T3", plb=plb))
    with demo():
        client = browser(practice, "Practice biller")
        first, second = (
            client.get(f"/remittances/carried/{more}").content.decode() for more in ("", "?after=2")
        )
        wrong = client.get("/remittances/carried/?after=moon").status_code

    assert "2 shown of 3 movements" in first and "after=2" in first and ">R3<" not in first
    assert "1 shown of 3 movements" in second and ">stands<" in second.replace("\n", "")
    assert wrong == 400


def test_one_that_comes_late_is_compared_with_what_stood_before_it(desk) -> None:
    """T3, paid between T2 and T4, comes after T4: what T4 gave back is nothing to it."""
    takeback(desk)
    fourth = remittance(part("C1", "80.00", "C"), trace="T4", plb=(("FB", "R3", "50.00"),))
    [told] = desk.post(replace(fourth, paid_on=PAID_ON + timedelta(days=2)))
    plb = (("FB", "R1", "80.00"), ("FB", "R3", "-50.00"))
    third = remittance(part("B1", "30.00", "B"), trace="T3", plb=plb)

    [late] = desk.post(replace(third, paid_on=PAID_ON + timedelta(days=1)))

    assert "80.00 stands here" in told.findings[0]
    assert late.findings == ()
    assert history()[-1] == ("T4", "FB", "50.00", "0.00")
    assert owed() == 0
