"""Whatever a payer answers: what is read back from the legs is what it paid, and the variances add up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.posting import default_policy, plan_posting
from cleanclaim.rules.variance import Kind, answer_of, judge, with_legs
from tests.rules import make

CENTS = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
REASONS = st.sampled_from(
    [
        ("CO", "45"),
        ("PR", "1"),
        ("PR", "2"),
        ("PR", "3"),
        ("CO", "253"),
        ("CO", "197"),
        ("OA", "94"),
    ]
)


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, object]]:
    """Lines of an answer that balance: charge = paid + adjustments."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        paid = draw(CENTS)
        adjustments = [
            [group, reason, draw(CENTS.filter(bool))]
            for group, reason in draw(st.lists(REASONS, max_size=3, unique=True))
        ]
        charge = paid + total(amount for _, _, amount in adjustments)
        found.append({"paid": paid, "adjustments": adjustments, "charge": charge})
    return found


@given(lines(), st.lists(CENTS, min_size=4, max_size=4), CENTS)
def test_variances_add_up_to_promised_less_received(given_lines, expected, tolerance):
    codes = ["99213", "99214", "20610", "80053"]
    raw = [
        {"code": code, "charge": str(one["charge"]), "paid": str(one["paid"]), **one}
        for code, one in zip(codes, given_lines, strict=False)
    ]
    claim = make.claim({"lines": [{"code": r["code"], "charge": r["charge"]} for r in raw]})
    items = make.items(claim, "payer:1")
    payment = make.payment({"lines": raw})

    plan = plan_posting(payment, items, default_policy())
    charged = {item.item_id: {("receivable:payer:1", ""): item.charge} for item in items}
    sums = with_legs(charged, plan.legs)
    answers = [answer_of(sums[item.item_id]) for item in items]
    verdicts = [
        judge(allowed=allowed, promised=None, answer=answer, tolerance=tolerance)
        for allowed, answer in zip(expected, answers, strict=False)
    ]

    assert [answer.paid for answer in answers] == [one["paid"] for one in given_lines]
    promised, received = (
        total(v.promised for v in verdicts),
        total(v.received for v in verdicts),
    )
    assert received == payment.paid
    assert total(v.amount for v in verdicts) == promised - received
    for verdict in verdicts:
        assert (verdict.kind is Kind.EXACT) == (abs(verdict.amount) <= tolerance)
        assert (verdict.kind is Kind.OVER) == (verdict.amount < -tolerance)
        assert verdict.promised >= ZERO
