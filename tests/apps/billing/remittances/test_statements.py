"""How many statements planning a payment takes: no more for many claims than for two."""

from dataclasses import replace

import pytest
from django.test.utils import CaptureQueriesContext

from tests.apps.billing.claims.payers import AS_SECOND, MEDICAID, from_payer
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    CHIDI,
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

SECOND = ("25.00", (("OA", "23", "80.00"), ("CO", "45", "15.00")))
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))


def statements(payment) -> int:
    """How many statements planning it takes, and that it plans one place a claim."""
    from django.db import connection

    from cleanclaim.apps.billing.remittances.services import receive_remittances, simulate_posting

    [pk] = receive_remittances(receive_835(payment), received_on=PAID_ON).ids
    with CaptureQueriesContext(connection) as asked:
        plan = simulate_posting(pk, posted_on=PAID_ON)
    assert len(plan.places) == len(payment.claims)
    return len(asked)


def of_many_patients(count: int, start: int):
    return [
        claim(
            f"A{number}",
            person=replace(CHIDI, first_name=f"Chidi{number}", member_id=f"MBR{number}"),
            other_coverages=(AS_SECOND,),
        )
        for number in range(start, start + count)
    ]


def second_payers(claims, trace: str):
    payments = [pay(one, SECOND, number=f"MC{one.control_number}", status="2") for one in claims]
    made = remittance(*payments, trace=trace)
    return replace(made, payer=from_payer(MEDICAID, payments[0], trace).payer)


@pytest.mark.parametrize("is_answered", [False, True])
def test_later_payers_answers(desk: Desk, is_answered: bool) -> None:
    few, many = of_many_patients(2, 1), of_many_patients(6, 11)
    desk.take(*few, *many)
    if is_answered:
        first = [pay(one, TYPICAL, number=f"F{one.control_number}") for one in (*few, *many)]
        desk.post(remittance(*first, trace="T1"))

    assert statements(second_payers(few, "T2")) == statements(second_payers(many, "T3"))


def test_second_answers_of_one_payer(desk: Desk) -> None:
    few, many = of_many_patients(2, 1), of_many_patients(6, 11)
    desk.take(*few, *many)
    first = [pay(one, TYPICAL, number=f"F{one.control_number}") for one in (*few, *many)]
    desk.post(remittance(*first, trace="T1"))

    def again(claims, trace: str) -> int:
        payments = [pay(one, OTHERWISE, number=f"F{one.control_number}") for one in claims]
        return statements(remittance(*payments, trace=trace))

    assert again(few, "T2") == again(many, "T3")


def test_reversals_of_one_payment(desk: Desk) -> None:
    """What was posted of the answers that they take back is asked of all at once."""
    few, many = of_many_patients(3, 1), of_many_patients(30, 11)
    desk.take(*few, *many)
    first = [pay(one, TYPICAL, number=f"F{one.control_number}") for one in (*few, *many)]
    desk.post(remittance(*first, trace="T1"))

    def back(claims, trace: str) -> int:
        payments = [
            pay(one, TAKEN_BACK, number=f"F{one.control_number}", status="22") for one in claims
        ]
        carried = (("FB", trace, f"{-80 * len(claims)}.00"),)
        return statements(remittance(*payments, trace=trace, plb=carried))

    assert back(few, "T2") == back(many, "T3")


def test_rules_are_asked_once_however_much_work_earlier_answers_left(desk: Desk) -> None:
    from django.db import connection

    few, many = of_many_patients(2, 1), of_many_patients(6, 11)
    desk.take(*few, *many)
    denied = [pay(one, DENIED, number=f"F{one.control_number}") for one in (*few, *many)]
    desk.post(remittance(*denied, trace="T1"))

    def asked(claims, trace: str) -> int:
        payments = [pay(one, TYPICAL, number=f"F{one.control_number}") for one in claims]
        with CaptureQueriesContext(connection) as found:
            desk.post(remittance(*payments, trace=trace))
        return sum("remittances_postingrule" in one["sql"] for one in found.captured_queries)

    assert asked(few, "T2") == asked(many, "T3")
