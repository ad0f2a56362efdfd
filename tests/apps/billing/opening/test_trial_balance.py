"""The former system's trial balance as it is read: one fault, one message."""

import pytest

from cleanclaim.apps.billing.opening.reading import read_trial_balance

GOOD = b"account,amount\nreceivable:patient,100.00\nequity:opening-balance,-100.00\n"


def told(data: bytes) -> list[str]:
    return [f"{one.place}: {one.message}" for one in read_trial_balance(data).problems]


def test_the_good_one_is_good() -> None:
    assert told(GOOD) == []


def test_an_unknown_account_is_one_fault_that_names_the_codes_of_its_kind() -> None:
    [only] = told(GOOD.replace(b"equity:opening-balance", b"equity:opening"))

    assert "'equity:opening' is not in our chart" in only
    assert "equity:opening-balance, equity:opening-settled" in only


def test_an_unknown_kind_is_answered_with_what_a_code_looks_like() -> None:
    [only] = told(GOOD.replace(b"equity:opening-balance", b"4711"))

    assert "expected a code like receivable:patient" in only


@pytest.mark.parametrize("amount", [b"-100.001", b"x"])
def test_an_amount_that_can_not_be_read_is_not_told_twice_as_a_sum(amount) -> None:
    assert len(told(GOOD.replace(b"-100.00", amount))) == 1


def test_what_an_unknown_account_hides_is_still_told() -> None:
    problems = told(GOOD.replace(b"equity:opening-balance,-100.00", b"equity:opening,-90.00"))

    assert len(problems) == 2
    assert "debits less credits are 10.00" in problems[1]
