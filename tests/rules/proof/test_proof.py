"""The proof holds when everything adds up, and names what does not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.rules.adjudication import adjudicate, reverse, to_claim_payment
from cleanclaim.rules.posting import default_policy
from cleanclaim.rules.proof import (
    Cash,
    ClaimRow,
    ClaimState,
    Counts,
    Money,
    add_up,
    claim_money,
    prove,
)
from tests.rules import make

POLICY = default_policy()
CLAIM = make.claim({"lines": [{"code": "99213", "charge": "125.00"}]})
PAYMENT = to_claim_payment(CLAIM, adjudicate(CLAIM, make.context()), payer_control_number="ICN-1")
MONEY = claim_money(CLAIM, ClaimState.PAID, [PAYMENT], POLICY)
EVEN = Cash(
    claims_paid=Decimal("80.00"), provider_cash=Decimal("80.00"), payer_disbursed=Decimal("80.00")
)


def test_a_paid_claim_is_split_to_the_cent() -> None:
    assert MONEY.as_text() == {
        "charged": "125.00",
        "paid": "80.00",
        "prior_paid": "0.00",
        "contractual": "25.00",
        "other": "0.00",
        "patient": "20.00",
        "denied": "0.00",
        "rejected": "0.00",
        "pended": "0.00",
    }


@pytest.mark.parametrize("state", [ClaimState.REJECTED, ClaimState.PENDED])
def test_an_unanswered_claim_stands_in_one_column(state: ClaimState) -> None:
    money = claim_money(CLAIM, state, [], POLICY)

    assert money == replace(Money(charged=Decimal("125.00")), **{state.value: Decimal("125.00")})


def test_an_encounter_asks_for_nothing() -> None:
    claim = make.claim({"purpose": "RP", "lines": [{"code": "99213", "charge": "125.00"}]})

    assert claim_money(claim, ClaimState.INFORM, [], POLICY) == Money()


def test_a_corrected_claim_counts_once() -> None:
    money = claim_money(CLAIM, ClaimState.PAID, [PAYMENT, reverse(PAYMENT), PAYMENT], POLICY)

    assert money == MONEY


def test_the_proof_holds_on_three_claims() -> None:
    rejected = claim_money(CLAIM, ClaimState.REJECTED, [], POLICY)
    counts, money, broken = add_up(
        [
            ClaimRow("A", ClaimState.PAID, MONEY),
            ClaimRow("B", ClaimState.REJECTED, rejected),
            ClaimRow("C", ClaimState.INFORM, Money()),
        ]
    )

    proof = prove(counts, money, EVEN, broken_claims=broken)

    assert proof.holds
    assert proof.difference == 0
    assert (counts.received, counts.accepted, counts.rejected) == (3, 2, 1)
    assert proof.money.charged == Decimal("250.00")
    assert proof.provider_balanced and proof.payer_balanced


@pytest.mark.parametrize(
    ("cash", "words"),
    [
        (replace(EVEN, provider_cash=Decimal("79.99")), "remitted less provider cash: 0.01"),
        (replace(EVEN, payer_disbursed=Decimal("80.01")), "less payer disbursed: -0.01"),
        (replace(EVEN, provider_legs=Decimal("0.01")), "provider ledger: 0.01"),
        (replace(EVEN, payer_legs=Decimal("-0.01")), "payer ledger: -0.01"),
    ],
)
def test_one_cent_off_breaks_the_proof_and_is_named(cash: Cash, words: str) -> None:
    counts, money, broken = add_up([ClaimRow("A", ClaimState.PAID, MONEY)])

    proof = prove(counts, money, cash, broken_claims=broken)

    assert not proof.holds
    assert proof.difference >= Decimal("0.01")
    assert any(words in line for line in proof.broken)


def test_two_claims_off_by_opposite_amounts_are_both_named() -> None:
    cent = Money(patient=Decimal("0.01"))
    rows = [
        ClaimRow("A", ClaimState.PAID, MONEY + cent),
        ClaimRow("B", ClaimState.DENIED, Money(denied=Decimal("-0.01"))),
    ]

    counts, money, broken = add_up(rows)
    proof = prove(counts, money, EVEN, broken_claims=broken)

    assert money.difference == 0
    assert [line.split(":")[0] for line in proof.broken] == ["claim A", "claim B"]


def test_a_claim_that_nobody_accounts_for_breaks_the_proof() -> None:
    proof = prove(Counts(received=2, paid=1), MONEY, EVEN)

    assert proof.broken == ("claims: 1 of 2 are not accounted for",)


def test_cash_less_provider_adjustments_is_what_was_remitted() -> None:
    cash = Cash(
        claims_paid=Decimal("80.00"),
        provider_adjustments=Decimal("50.00"),
        provider_cash=Decimal("30.00"),
        payer_disbursed=Decimal("30.00"),
    )
    counts, money, broken = add_up([ClaimRow("A", ClaimState.PAID, MONEY)])

    assert prove(counts, money, cash, broken_claims=broken).holds


def test_a_remittance_that_a_person_is_to_post_explains_what_the_payer_has_paid_already() -> None:
    counts, money, broken = add_up([ClaimRow("A", ClaimState.PAID, MONEY)])
    cash = replace(EVEN, payer_disbursed=Decimal("95.00"), left_to_post=Decimal("15.00"))

    assert prove(counts, money, cash, broken_claims=broken).holds


def test_what_no_remittance_explains_still_breaks_the_proof() -> None:
    counts, money, broken = add_up([ClaimRow("A", ClaimState.PAID, MONEY)])
    cash = replace(EVEN, payer_disbursed=Decimal("95.01"), left_to_post=Decimal("15.00"))

    proof = prove(counts, money, cash, broken_claims=broken)

    assert (proof.holds, proof.difference) == (False, Decimal("0.01"))


def test_a_further_amount_that_is_not_zero_breaks_the_proof_and_counts() -> None:
    counts, money, broken = add_up([ClaimRow("A", ClaimState.PAID, MONEY)])

    proof = prove(counts, money, EVEN, broken_claims=broken, more=(("open", Decimal("20.00")),))

    assert (proof.holds, proof.difference) == (False, Decimal("20.00"))
    assert proof.broken == ("open: 20.00, expected 0.00",)
