"""The former system's trial balance as it is read: one fault, one message."""

import pytest

from cleanclaim.apps.billing.opening.reading import read_trial_balance

GOOD = b"account,amount\nreceivable:patient,100.00\nequity:opening-balance,-100.00\n"


def told(data: bytes) -> list[str]:
    return [f"{one.place}: {one.message}" for one in read_trial_balance(data).problems]


def test_the_good_one_is_good() -> None:
    assert told(GOOD) == []


def test_an_unknown_account_is_one_fault_that_names_the_nearest_of_ours() -> None:
    [only] = told(GOOD.replace(b"equity:opening-balance", b"equity:opening"))

    assert "account: 'equity:opening' is not in our chart" in only
    assert "nearest equity:opening-balance (Balances taken over) or equity:opening-settled" in only
    assert "in a column `ours`" in only and "on the page of a new load" in only


def test_a_code_of_ours_that_is_wrong_is_told_in_its_own_column() -> None:
    [only] = told(
        b"account,ours,amount\n1200,receivable:pt,100.00\n3000,equity:opening-balance,-100.00\n"
    )

    assert "ours: 'receivable:pt' is not in our chart, nearest receivable:patient" in only


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("A/R Patient", "receivable:patient"),
        ("Accounts receivable - insurance", "receivable:payer:1"),
        ("1200 Patient Receivables", "receivable:patient"),
        ("Unapplied credits", "liability:unapplied-cash"),
        ("Prepaid patient", "liability:patient-prepayment"),
        ("Cash", "asset:bank"),
        ("Bad debt expense", "contra:bad-debt"),
        ("Refunds payable", "liability:refund-payable"),
        ("Gross charges", "revenue:patient-services"),
    ],
)
def test_the_names_of_a_former_system_are_near_to_ours(theirs: str, ours: str) -> None:
    from cleanclaim.apps.billing.opening.reading import nearest_accounts

    assert nearest_accounts(theirs)[0].code == ours


@pytest.mark.parametrize("theirs", ["4711", "xyz", "", "-"])
def test_nothing_is_named_where_nothing_is_near(theirs: str) -> None:
    from cleanclaim.apps.billing.opening.reading import nearest_accounts

    assert nearest_accounts(theirs) == []


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


def test_an_amount_that_its_debit_and_credit_do_not_make_is_told() -> None:
    head = b"account,amount,debit,credit\n"
    good = head + b"receivable:patient,100.00,100.00,\nequity:opening-balance,-100.00,,100.00\n"

    assert told(good) == []
    assert told(good.replace(b"patient,100.00", b"patient,99.00"))[0] == (
        "line 2, amount: '99.00', its debit less credit makes 100.00"
    )
