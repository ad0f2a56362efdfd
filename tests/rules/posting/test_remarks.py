"""Remark codes wherever an answer has them: what a person reads at a denial, and whether the payer sent it on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.rules.posting import OpenItem, crossed_over_to, default_policy, plan_posting
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.remittance import ClaimPayment, LinePayment

CHARGE = Decimal("120.00")
ITEM = OpenItem(1, 1, 1, 1, "99213", CHARGE, balances={"payer:1": CHARGE})
DENIED = LinePayment(
    Procedure("99213"), CHARGE, Decimal(0), adjustments=(Adjustment(Group.CONTRACTUAL, "16", CHARGE),)
)  # fmt: skip
NEXT = Carried("2100", ("NM1", "TT", "2", "MEDICAID", "", "", "", "", "PI", "77777"))


def answer(line: LinePayment = DENIED, *, remarks: tuple = (), carried: tuple = ()) -> ClaimPayment:
    made = ClaimPayment("A1", "1", CHARGE, Decimal(0), Decimal(0), "12", "ICN", lines=(line,))
    return replace(made, remark_codes=remarks, carried=carried)


def work_remarks(payment: ClaimPayment) -> tuple[str, ...]:
    [request] = plan_posting(payment, [ITEM], default_policy()).work
    return request.remark_codes


def test_a_denied_line_without_remarks_has_those_of_its_claim() -> None:
    assert work_remarks(answer(remarks=("MA130", "N382"))) == ("MA130", "N382")


def test_a_denied_line_with_remarks_has_its_own() -> None:
    line = replace(DENIED, remark_codes=("N130",))

    assert work_remarks(answer(line, remarks=("MA01",))) == ("N130",)


def test_a_pharmacies_code_is_told_as_one() -> None:
    line = replace(DENIED, carried=(Carried("2110", ("LQ", "RX", "75")),))

    assert work_remarks(answer(line)) == ("RX 75",)


@pytest.mark.parametrize(
    "segment",
    [
        ("MOA", "", "", "", "MA07"),  # behind a gap
        ("MIA", "0", "", "", "150", "", *[""] * 14, "MA18"),
    ],
)
def test_a_remark_that_the_reader_carries_says_that_the_claim_was_sent_on(segment: tuple) -> None:
    payment = answer(carried=(NEXT, Carried("2100", segment)))

    assert crossed_over_to(payment) == "MEDICAID 77777"
