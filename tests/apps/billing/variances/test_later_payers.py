"""What the first payer owes by contract stays the same whatever later payers, the law or the pricing method do."""

from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import (
    DELGADO,
    MEDICAID,
    from_payer,
    send_next,
    two_payers,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.world import PAID_ON, PAYER, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def compare() -> None:
    """Bring every comparison up to date, as the outbox does after each posting."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.variances.services import compare_remittance

    for pk in Remittance.objects.order_by("id").values_list("pk", flat=True):
        compare_remittance(pk, on=PAID_ON)


def found() -> list[tuple[str, str, str, str]]:
    from cleanclaim.apps.billing.variances.models import Variance

    compare()
    rows = Variance.objects.order_by("control_number", "line_number")
    return [(one.payer_name, one.kind, str(one.amount), one.trace_number) for one in rows]


def test_a_second_payers_answer_changes_nothing_of_the_firsts(inside: int, desk: Desk) -> None:
    terms = [{"method": "flat", "codes": ["99214"], "amount": "132.00", "clause": "visits"},
             {"method": "flat", "codes": ["20610"], "amount": "140.00", "clause": "joints"}]  # fmt: skip
    put_on_record(terms=terms)
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    desk.post(remittance(pay(one, *DELGADO), trace="T1"))
    before = found()
    send_next(claim_id)
    second = pay(
        one,
        ("40.00", (("OA", "23", "118.60"), ("PR", "2", "26.40"))),
        ("20.00", (("OA", "23", "182.80"), ("CO", "45", "7.20"))),
        number="MCD1",
        status="2",
    )
    desk.post(from_payer(MEDICAID, second, "T2"))

    # 132.00 = 65.60 + 66.40; 140.00 - 136.00 = 4.00 short
    assert before == [(PAYER.name, "exact", "0.00", "T1"), (PAYER.name, "short", "4.00", "T1")]
    assert found() == before


def test_a_line_that_the_first_payer_denied_stays_denied_with_the_next(
    inside: int, desk: Desk
) -> None:
    put_on_record(terms=[{"method": "percent_of_charge", "rate": 50, "clause": "all"}])
    one = two_payers()
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    refused = ("0.00", (("CO", "96", "185.00"),))
    half = ("105.00", (("CO", "45", "105.00"),))
    desk.post(remittance(pay(one, refused, half), trace="T1"))

    assert desk.row(claim_id).payer_name == MEDICAID.name
    assert found() == [(PAYER.name, "denied", "92.50", "T1"), (PAYER.name, "exact", "0.00", "T1")]


@pytest.mark.parametrize(
    ("rows", "kind", "amount"),
    [
        # 90.00 allowed - 10.00 patient = 80.00, less 1.60 by law
        (("78.40", (("CO", "45", "30.00"), ("CO", "253", "1.60"), ("PR", "2", "10.00"))), "reduced", "1.60"),
        # priced 5.00 too low: 75.00 less 1.50 by law; only the 5.00 is asked for
        (("73.50", (("CO", "45", "35.00"), ("CO", "253", "1.50"), ("PR", "2", "10.00"))), "short", "5.00"),
        # priced 5.00 too high
        (("83.30", (("CO", "45", "25.00"), ("CO", "253", "1.70"), ("PR", "2", "10.00"))), "over", "-5.00"),
    ],
)  # fmt: skip
def test_sequestration_is_no_underpayment(
    inside: int, desk: Desk, rows: tuple, kind: str, amount: str
) -> None:
    put_on_record()
    desk.take(claim("A1"))

    desk.post(remittance(pay(claim("A1"), rows), trace="T1"))

    assert found() == [(PAYER.name, kind, amount, "T1")]


@pytest.mark.parametrize(
    ("term", "allowed"),
    [
        ({"method": "percent_of_charge", "rate": 75}, "90.00"),
        ({"method": "flat", "amount": "88.00"}, "88.00"),
        ({"method": "per_unit", "amount": "30.00"}, "90.00"),  # three units
        (
            {
                "method": "lesser_of",
                "options": [
                    {"method": "percent_of_charge", "rate": 75},
                    {"method": "flat", "amount": "70.00"},
                ],
            },
            "70.00",
        ),
    ],
)
@pytest.mark.parametrize("off", ["0.00", "-7.00", "9.00"])
def test_each_pricing_method_finds_what_is_short_and_what_is_over(
    inside: int, desk: Desk, term: dict, allowed: str, off: str
) -> None:
    put_on_record(terms=[{**term, "clause": "exhibit A"}])
    one = claim("A1", line(1, "99213", "120.00", quantity=Decimal(3)))
    desk.take(one)
    priced = Decimal(allowed) + Decimal(off)

    given = (str(priced - 10), (("CO", "45", str(Decimal(120) - priced)), ("PR", "3", "10.00")))
    desk.post(remittance(pay(one, given), trace="T1"))

    kind = {"0": "exact", "-": "short", "9": "over"}[off[0]]
    [(_, seen, amount, _)] = found()
    assert (seen, Decimal(amount)) == (kind, -Decimal(off))
