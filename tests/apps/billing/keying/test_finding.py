"""A number on paper finds its claim by exact keys, and says by which."""

from datetime import date

import pytest

from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance


@pytest.fixture
def paper(desk) -> Paper:
    return Paper(desk)


@pytest.fixture
def find(desk, paper):
    """{claim number: reason} that a text finds among three claims."""
    from cleanclaim.apps.billing.keying.finding import find_claims

    desk.take(
        claim("H-20377"),
        claim("H-20380", line(1, "99214", "180.00")),
        claim("20380", line(1, "99215", "310.50", service_from=date(2026, 7, 1))),
    )
    batch = paper.row(paper.open("80.00"))

    def ask(text: str, **more) -> dict[str, str]:
        return {hit.claim.control_number: hit.reason for hit in find_claims(batch, text, **more)}

    return ask


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20377", {"H-20377": "digits of the claim number"}),
        ("H-20377", {"H-20377": "claim number"}),
        ("h-20377", {"H-20377": "claim number"}),
        ("20380", {"20380": "claim number"}),  # the exact number before the digits of another
        ("180", {"H-20380": "charge"}),
        ("310.5", {"20380": "charge"}),
        ("0701", {"20380": "day of service"}),
        ("070126", {"20380": "day of service"}),
        ("07012026", {"20380": "day of service"}),
        ("0620", {"H-20377": "day of service", "H-20380": "day of service"}),
        ("0230", {}),
        ("99", {}),
        ("' OR 1=1", {}),
        ("", {}),
    ],
)
def test_what_a_number_finds(find, text, found):
    assert find(text) == found


ZEROS = "digits of the claim number but for leading zeros"
DIGITS = "digits of the claim number"


@pytest.mark.parametrize(
    ("numbers", "text", "found"),
    [
        (("06033",), "6033", {"06033": ZEROS}),
        (("06033",), "06033", {"06033": "claim number"}),
        (("6033",), "06033", {"6033": ZEROS}),
        (("6033", "06033"), "6033", {"6033": "claim number", "06033": "claim number but for leading zeros"}),
        (("6033", "06033"), "06033", {"06033": "claim number", "6033": "claim number but for leading zeros"}),
        (("H-6033", "H-06033"), "6033", {"H-6033": DIGITS, "H-06033": ZEROS}),
        (("H-6033", "H-06033"), "06033", {"H-06033": DIGITS, "H-6033": ZEROS}),
        (("H-6033",), "60330", {}),
        (("H-6033",), "0", {}),
    ],
)  # fmt: skip
def test_leading_zeros_offer_what_differs_by_them(desk, paper, numbers, text, found) -> None:
    from cleanclaim.apps.billing.keying.finding import find_claims

    desk.take(*map(claim, numbers))

    hits = find_claims(paper.row(paper.open("80.00")), text)

    assert [(hit.claim.control_number, hit.reason) for hit in hits] == list(found.items())


def test_a_day_that_is_a_number_but_for_its_zero_offers_both(desk, paper) -> None:
    from cleanclaim.apps.billing.keying.finding import find_claims

    desk.take(claim("H-701"), claim("A1", line(service_from=date(2026, 7, 1))))

    hits = find_claims(paper.row(paper.open("80.00")), "0701")

    assert [(hit.claim.control_number, hit.reason) for hit in hits] == [
        ("H-701", ZEROS),
        ("A1", "day of service"),
    ]


def test_the_payers_number_finds_its_claim(desk, paper):
    from cleanclaim.apps.billing.keying.finding import find_claims

    [claim_id] = desk.take(claim("A1"))
    desk.accept(claim_id, "ICN77")

    [hit] = find_claims(paper.row(paper.open("80.00")), "ICN77")

    assert (hit.claim.pk, hit.reason) == (claim_id, "payer's number")


def test_a_takeback_is_offered_with_what_was_answered(desk, paper):
    from cleanclaim.apps.billing.keying.finding import find_claims
    from cleanclaim.apps.billing.keying.payload import hit_rows

    desk.take(claim("A1"))
    desk.post(remittance(pay(claim("A1"), TYPICAL)))

    hits = find_claims(paper.row(paper.open("80.00")), "A1", is_reversal=True)

    assert hit_rows(hits)[0]["lines"][0]["earlier"] == {
        "paid": "80.00",
        "adjustments": [["CO", "45", "30.00"], ["PR", "3", "10.00"]],
    }
