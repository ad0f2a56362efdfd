"""Banks' files that say too much: what is kept cut is known again, and what no book can have is refused in words."""

from datetime import date, timedelta

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.deposits.bank import balances, bring, eft, statement
from tests.apps.billing.deposits.test_seen_before import receive
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core

LONG = "".join(f"88,{'ADDENDA ' * 8}{number}\n" for number in range(12))


def bai2(*transactions: str, total: int, balances: str = ",,,") -> bytes:
    """One account of the day with these records."""
    text = "".join(transactions)
    count = text.count("\n")
    return (
        f"01,BANK,HARBOR,{PAID_ON:%y%m%d},0700,1,80,,2/\n02,HARBOR,BANK,1,{PAID_ON:%y%m%d},,USD,2/\n"
        f"03,0012345678,,{balances}/\n{text}49,{total},{count + 2}/\n98,{total},1,{count + 4}/\n"
        f"99,{total},1,{count + 6}/\n"
    ).encode()


def camt(code: str, amount: str = "80.00", more: str = "") -> bytes:
    entry = (
        f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{PAID_ON}</Dt>'
        f"</BookgDt><BkTxCd><Prtry><Cd>{code}</Cd></Prtry></BkTxCd></Ntry>"
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>USD</Ccy></Acct>{entry}{more}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def test_a_line_whose_words_are_kept_cut_is_known_in_the_longer_print_of_the_day(inside):
    first = f"16,301,8000,0,,,LOCKBOX\n{LONG}"
    second = f"16,301,9000,0,,,COUNTER\n{LONG}"
    receive(bai2(first, second, total=17000))

    again = receive(bai2(first, second, "16,301,100,0,,,OTHER/\n", total=17100))

    assert (again.repeated, len(again.line_ids)) == (2, 1)
    assert balances()["asset:bank"] == "171.00"


def test_a_line_with_a_long_kind_of_movement_is_known_again_or_asked_about(inside):
    from cleanclaim.apps.billing.deposits.services import Equal

    long = "NTRF+166+9002/512+COLLECTIONS"
    receive(camt(long))
    later = camt(long, more="<!-- printed again -->")

    again = receive(later, equal=Equal.KNOWN)

    assert (again.repeated, again.line_ids) == (1, ())
    assert balances()["asset:bank"] == "80.00"


@pytest.mark.parametrize(
    ("on", "amount", "words"),
    [
        (date(1, 1, 1), "80.00", "0001-01-01: expected a day from 2014-01-01"),
        (date(2013, 12, 31), "-80.00", "2013-12-31: expected a day from 2014-01-01"),
        (date(9999, 12, 31), "-80.00", "9999-12-31: expected a day from 2014-01-01 to"),
        (date(2068, 1, 2), "80.00", "2068-01-02: expected a day from 2014-01-01 to"),
    ],
)
def test_a_day_that_no_bank_books_on_is_refused_with_its_place(inside, on, amount, words):
    with pytest.raises(InputError, match=f"bank.csv, line 3: booked on {words}"):
        bring((PAID_ON, "1.00", "A"), (on, amount, "B"))

    assert balances() == {}


def test_a_balance_beyond_every_account_is_refused(inside):
    huge = "1" + "0" * 16

    with pytest.raises(InputError, match=r"bank, balance 100000000000000.00 of 2026-\S+: expected"):
        receive(bai2("16,301,8000,0,,,A/\n", total=8000 + int(huge), balances=f"010,{huge},,"))

    assert balances() == {}


def test_a_files_name_is_kept_printable(inside):
    from cleanclaim.apps.billing.deposits.models import BankFile

    bring((PAID_ON, "1.00", "A"), name="a\x00b\udcff.csv")

    assert BankFile.objects.get().name == "a?b?.csv"


def test_a_payment_that_another_file_tells_of_another_day_is_asked_about(inside):
    from cleanclaim.apps.billing.deposits.services import Equal
    from cleanclaim.kernel.errors import StateError

    bring(eft("T1"))
    later = PAID_ON + timedelta(days=1)

    with pytest.raises(StateError, match=f"80.00 of {later}, is like bank line"):
        bring(eft("T1", on=later), name="month.csv")
    assert balances()["asset:bank"] == "80.00"

    found = receive(statement(eft("T1", on=later)), equal=Equal.KNOWN)
    assert (found.repeated, balances()["asset:bank"]) == (1, "80.00")


def test_a_file_of_more_lines_than_a_statement_has_values_is_taken_in(inside):
    rows = [(PAID_ON, f"{number}.00", f"COUNTER {number}") for number in range(1, 4101)]

    assert len(bring(*rows).line_ids) == 4100
