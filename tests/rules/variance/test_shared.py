"""An amount that lines share, divided as the payer divided it: no cent is lost, whatever it paid on which line."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.variance import Answer, judge, shares_as_paid

AMOUNT = st.decimals("0", "9999.99", places=2)
LINE = st.builds(Answer, paid=AMOUNT, patient=AMOUNT, left_open=st.sampled_from([ZERO, Decimal(9)]))


def test_too_much_stands_where_the_money_came_not_where_the_patient_owes():
    # 100.00 in all, 90.00 of it the patient's: 10.00 was due, 60.00 came
    answers = [Answer(ZERO, patient=Decimal("90.00")), Answer(Decimal("60.00"))]

    shares = shares_as_paid([Decimal("50.00"), Decimal("50.00")], answers)

    verdicts = [
        judge(allowed=share, promised=None, answer=answer)
        for share, answer in zip(shares, answers, strict=True)
    ]
    assert [str(one.amount) for one in verdicts] == ["0.00", "-50.00"]


@given(st.lists(st.tuples(AMOUNT, LINE), min_size=1, max_size=6))
def test_what_is_owed_for_the_lines_is_what_is_owed_for_their_sum(rows):
    expected, answers = [one for one, _ in rows], [one for _, one in rows]

    shares = shares_as_paid(expected, answers)

    owed = total(
        judge(allowed=share, promised=None, answer=answer).amount
        for share, answer in zip(shares, answers, strict=True)
    )
    due = max(ZERO, total(expected) - total(one.patient for one in answers))
    assert owed == due - total(one.paid for one in answers)
