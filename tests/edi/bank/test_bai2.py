"""Odd files of BAI2: notes, balances, continuations, funds types."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.edi.bank import read_bai2
from tests.edi.bank.test_bank import BAI2


def test_bai2_balances_value_days_and_places():
    (statement,) = read_bai2(BAI2.encode()).statements

    assert (statement.account, statement.currency) == ("0012345678", "USD")
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("1869.50"))
    assert statement.lines[1].value_on == date(2026, 11, 13)
    assert [one.place for one in statement.lines] == ["line 4", "line 6", "line 7"]


@pytest.mark.parametrize("status", ["2", "4"])
def test_a_bai2_group_that_is_a_test_or_takes_one_back_is_a_problem(status):
    sent = BAI2.replace("02,HARBOR,121000000,1,", f"02,HARBOR,121000000,{status},")

    [problem] = read_bai2(sent.encode()).problems

    assert problem.place == "line 2" and f"status {status}" in problem.message


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ("49,376400,6/", "49,376401,6/", "line 8", "sum of the account's amounts: says '376401', counted 376400"),
        ("49,376400,6/", "49,376400,5/", "line 8", "records of the account: says '5', counted 6"),
        ("98,376400,1,8/", "98,376400,2,8/", "line 9", "accounts of the group: says '2', counted 1"),
        ("99,376400,1,10/\n", "", "end", "without its trailer"),
        ("16,142,80000", "16,142,800.00", "line 4", "amount '800.00': expected digits without a point"),
        ("16,142,", "16,799,", "line 4", "type '799': expected 100 to 399"),
        ("16,698", "17,698", "line 7", "record '17': expected one of 01"),
        ("261112,,USD", "269912,,USD", "line 2", "day '269912': expected YYMMDD"),
        ("49,376400,6/\n", "", "line 8", "has no trailer (49)"),
        ("0,BK1", "Q,BK1", "line 4", "funds type 'Q'"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_bai2_is_located(before, after, place, words):
    file = read_bai2(BAI2.replace(before, after, 1).encode())

    assert any(one.place == place and words in one.message for one in file.problems), file.problems


def test_a_bai2_group_without_its_trailer_is_a_problem():
    sent = "01,B,H,261112,0700,1,80,,2/\n02,H,B,1,261112,,USD,2/\n03,1,USD,,,,/\n16,142,8000,Z,R1,,X\n49,8000,3/\n99,0,0,6/\n"

    assert read_bai2(sent.encode()).problems[-1].message == "99: the last group has no trailer (98)"


def test_a_bai2_note_without_money_is_no_line():
    sent = "01,B,H,261112,0700,1,80,,2/\n02,H,B,1,261112,,USD,2/\n03,1,USD,,,,/\n16,890,,,,,HELLO/\n49,0,3/\n98,0,1,5/\n99,0,1,7/\n"

    file = read_bai2(sent.encode())

    assert (file.problems, file.statements[0].lines) == ((), ())


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("015,186950", "015,186951", "closing (015) says 1869.51"),
        ("010,100000", "010,99999", "opening (010) 999.99 and lines 869.50 make 1869.49"),
    ],
)
def test_bai2_balances_that_the_lines_do_not_explain_are_a_problem(before, after, words):
    sent = BAI2.replace(before, after)
    total = 376400 + int(after[4:]) - int(before[4:])

    file = read_bai2(sent.replace("376400", str(total)).encode())

    (problem,) = file.problems
    assert problem.place == "line 8"
    assert words in problem.message


@pytest.mark.parametrize("told", ["010,100000,,,", "015,186950,,"])
def test_one_balance_of_bai2_alone_says_nothing_of_the_lines(told):
    amount = int(told[4:10])
    sent = BAI2.replace(told, "").replace("376400", str(376400 - amount))

    assert read_bai2(sent.encode()).problems == ()


@pytest.mark.parametrize(
    "cut",
    [
        "16,142,80000,0,BK1,,HCCLAIMPMT TRN*1*123\n88,45*1999999999~/",
        "16,142,80000,0,BK1,,HCCLAIMPMT TRN*1*12345*19999\n88,99999~/",
        "16,142,80000,0,BK1,,HCCLAIMPMT TRN*1*12345*1999999999~\n88,MORE/",
        "16,142,80000,0,BK1,,HCCLAIMPMT TR\n88,N*1*12345*1999999999~/",
    ],
)
def test_a_trace_that_a_bai2_continuation_cuts_in_two_is_read_whole(cut):
    sent = BAI2.replace("16,142,80000,0,BK1,,HCCLAIMPMT\n88,TRN*1*12345*1999999999~/", cut)

    file = read_bai2(sent.encode())

    assert file.problems == ()
    line = file.statements[0].lines[0]
    assert (line.trace_number, line.payer_trace_id) == ("12345", "1999999999")


@pytest.mark.parametrize(
    ("cut", "trace", "payer"),
    [
        ("TRN*1*12\n88,AB34~/", "12AB34", ""),
        ("TR\n88,N*1*12AB34~/", "12AB34", ""),
        ("TRN*1*12\n88,AB34*1999999999~/", "12AB34", "1999999999"),
        ("TRN 1 12\n88,AB34 1999999999/", "12AB34", "1999999999"),
        ("TRN*1*12345\n88,ACME CLINIC/", "12345", ""),  # words of their own
        (
            "TRN*1*12345\n88,ORIG 1999999999 PPD/",
            "12345",
            "",
        ),  # so are these: another mark before the number
        ("TRN*1*12345~\n88,ACME~/", "12345", ""),
    ],
)
def test_a_continuation_that_begins_with_letters_is_part_of_the_trace_only_where_that_is_known(
    cut, trace, payer
):
    sent = BAI2.replace("HCCLAIMPMT\n88,TRN*1*12345*1999999999~/", f"HCCLAIMPMT {cut}")

    line = read_bai2(sent.encode()).statements[0].lines[0]

    assert (line.trace_number, line.payer_trace_id) == (trace, payer)


@pytest.mark.parametrize(
    "funds", ["S,10000,20000,50000", "V,261113,1200", "v,261113,", "D,2,0,30000,1,50000"]
)
def test_bai2_funds_types_leave_the_references_where_they_are(funds):
    sent = BAI2.replace("16,142,80000,0,BK1", f"16,142,80000,{funds},BK1")

    line = read_bai2(sent.encode()).statements[0].lines[0]

    assert (line.amount, line.references, line.trace_number) == (
        Decimal("800.00"), ("BK1",), "12345",
    )  # fmt: skip
    assert line.value_on == (date(2026, 11, 13) if funds[0] in "Vv" else None)


def test_a_bai2_credit_below_zero_is_money_out():
    sent = (
        BAI2.replace("16,301,8200", "16,301,-8200").replace("015,186950", "015,170550")
        .replace("376400", "343600")
    )  # fmt: skip

    file = read_bai2(sent.encode())

    assert (file.problems, file.statements[0].lines[1].amount) == ((), Decimal("-82.00"))


def test_two_bai2_files_in_one_are_a_problem():
    file = read_bai2((BAI2 * 2).encode())

    assert file.problems[0].message.startswith("01: another file begins here")


@pytest.mark.parametrize(("code", "sign"), [("920", 1), ("959", 1), ("960", -1), ("999", -1)])
def test_a_banks_own_kinds_of_movement_have_their_direction(code, sign):
    file = read_bai2(BAI2.replace("16,301,8200", f"16,{code},8200").encode())

    assert file.statements[0].lines[1].amount == sign * Decimal("82.00")


def test_bai2_words_are_not_cut_at_odd_characters():
    file = read_bai2(BAI2.replace("SERVICE CHARGE", "SERVICE\x0cCHARGE").encode() + b"\x1a")

    assert file.problems == ()
    assert file.statements[0].lines[2].text == "SERVICE\x0cCHARGE"
