"""Hard tables: nothing of them is lost, and no amount becomes another one."""

from decimal import Decimal

import pytest

from cleanclaim.edi.bank import Columns, read_bank_file, read_table
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.bank import BankFile


def table(*rows: str) -> BankFile:
    return read_table(("\n".join(rows) + "\n").encode())


def amounts(file: BankFile) -> list[Decimal]:
    return [line.amount for one in file.statements for line in one.lines]


def test_an_apostrophe_opens_no_cell():
    file = table(
        "Date,Description,Amount",
        "2026-11-02,'ROUND THE CLOCK',10.00",
        "2026-11-03,'TIL DAWN,20.00",
        "2026-11-04,PAYROLL,30.00",
        "2026-11-05,'X',40.00",
    )

    assert [str(one) for one in amounts(file)] == ["10.00", "20.00", "30.00", "40.00"]


@pytest.mark.parametrize("rest", ["B,20.00", 'B,20.00\n2026-11-04,30.00,"C" CO'])
def test_a_quotation_mark_that_nobody_closes_loses_no_row(rest):
    rows = ("Date,Amount,Description", f'2026-11-02,10.00,"ACME 5\n2026-11-03,20.00,{rest}')

    with pytest.raises(InputError, match=r"statement table: line \d: .*quotation mark that begins"):
        table(*rows)


def test_a_quotation_mark_that_another_rows_one_closes_is_a_problem():
    file = table(
        "Date,Amount,Description", '2026-11-02,10.00,"ACME', '2026-11-03,20.00,B"', "2026-11-04,30.00,C"
    )  # fmt: skip

    [problem] = file.problems
    assert (problem.place, "one cell of several lines" in problem.message) == ("line 3", True)


def test_words_of_several_lines_are_words():
    file = table("Date,Amount,Description", '2026-11-02,10.00,"ACME\nUnit 5, Harbor"')

    assert (file.problems, amounts(file)) == ((), [Decimal("10.00")])


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ("Date,Amount,Description", "2026-11-02,1,234.56,DEPOSIT", "4 cells, expected 3 at most"),
        ("Date,Amount,Description,Note", "2026-11-02,1,234.56,DEPOSIT", "amount '1' before '234.56'"),
        ("Date,Credit,Balance", "2026-11-02,$1,234.56", "amount '$1' before '234.56'"),
        ("Date,Amount", "2026-11-02,(50.00", "amount '(50.00'"),
        ("Date,Amount", "2026-11-02,50.00)", "amount '50.00)'"),
        ("Date,Amount", "2026-11-02,(-50.00)", "amount '(-50.00)'"),
        ("Date,Amount", "2026-11-02,1.000", "amount '1.000'"),
        ("Date;Amount", "2026-11-02;1.234", "amount '1.234'"),
    ],
)  # fmt: skip
def test_an_amount_that_would_be_read_as_another_is_a_problem(head, row, words):
    file = table(head, row)

    [problem] = file.problems
    assert (problem.place, problem.message[: len(words)]) == ("line 2", words)


def test_a_comma_cuts_no_amount_where_cells_part_otherwise():
    assert amounts(table("Date;Amount;Balance", "2026-11-02;12;345.00")) == [Decimal("12")]


def test_empty_cells_behind_the_last_heading_are_nothing():
    assert amounts(table("Date,Amount", "2026-11-02,80.00,,")) == [Decimal("80.00")]


def test_a_column_of_words_says_what_went_out_where_no_amount_has_a_minus():
    file = table(
        "Date,Type,Amount", "2026-11-02,ACH Debit,80.00", "2026-11-02,ACH Credit,20.00", "2026-11-02,WITHDRAWAL,5.00"
    )  # fmt: skip

    assert amounts(file) == [Decimal("-80.00"), Decimal("20.00"), Decimal("-5.00")]


@pytest.mark.parametrize("word", ["CHECK", "", "Debit card refund"])
def test_a_word_that_says_neither_beside_others_that_do_is_a_problem(word):
    file = table("Date,Type,Amount", "2026-11-02,ACH Debit,80.00", f"2026-11-02,{word},20.00")

    [problem] = file.problems
    assert problem.message == (
        f"{word!r} beside 20.00: expected a word that says in or out, as other lines have"
    )


def test_signed_amounts_need_no_word():
    file = table(
        "Date,Type,Amount", "2026-11-02,ACH_DEBIT,-80.00", "2026-11-02,DEBIT_CARD,20.00", "2026-11-02,CHECK,-5.00"
    )  # fmt: skip

    assert amounts(file) == [Decimal("-80.00"), Decimal("20.00"), Decimal("-5.00")]


def test_a_heading_that_stands_twice_is_refused():
    with pytest.raises(InputError, match=r"heading .[Aa]mount. stands twice"):
        table("Date,Amount,amount", "2026-11-02,80.00,", "2026-11-02,,20.00")
    with pytest.raises(InputError, match="heading 'Wert' stands twice"):
        read_table(b"Tag,Wert,Wert\n2026-11-02,1.00,2.00\n", Columns(day="Tag", amount="Wert"))


def test_a_balance_is_no_movement():
    file = table(
        "Date,Description,Amount",
        '11/01/2026,Beginning balance as of 11/01/2026,"1,000.00"',
        "11/02/2026,DEPOSIT,5.00",
        "11/03/2026,OPENING BALANCE TRANSFER,7.00",
        "11/30/2026,Ending Balance,",
    )

    assert (file.problems, amounts(file)) == ((), [Decimal("5.00"), Decimal("7.00")])


def test_a_table_of_an_older_windows_program_keeps_its_letters():
    file = read_table("Date,Amount,Description\n2026-11-02,5.00,Café\n".encode("cp1252"))

    assert file.statements[0].lines[0].text == "Café"


@pytest.mark.parametrize(
    "data",
    [
        b"Date,Amount,Description\n2026-11-02,5.00,a\x00b\n",
        "Date,Amount\n2026-11-02,5.00\n".encode("utf-16-le"),
        b"01,B,H,261112,0700,1,80,,2/\n02,H\x00,B,1,261112,,USD,2/\n",
    ],
)
def test_a_zero_byte_is_refused_with_its_line(data):
    with pytest.raises(InputError, match=r"line \d: a zero byte, expected text"):
        read_bank_file(data)
