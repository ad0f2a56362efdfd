"""Bank statements in their three forms: what they say, and what is wrong with them, located."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.edi.bank import Columns, read_bank_file, read_camt053, read_table
from cleanclaim.kernel.errors import InputError

DAY = date(2026, 11, 12)
# 800.00 of an ACH credit with its addenda, a check of 82.00 with a value day, a fee of 12.50; balances besides.
BAI2 = """01,121000000,HARBOR,261112,0700,1,80,,2/
02,HARBOR,121000000,1,261112,,USD,2/
03,0012345678,,010,100000,,,015,186950,,/
16,142,80000,0,BK1,,HCCLAIMPMT
88,TRN*1*12345*1999999999~/
16,301,8200,V,261113,,BK2,000000998877,LOCKBOX/
16,698,1250,Z,,,SERVICE CHARGE/
49,376400,6/
98,376400,1,8/
99,376400,1,10/
"""


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S1</Id>
<Acct><Id><Othr><Id>0012345678</Id></Othr></Id><Ccy>USD</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="USD">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-11</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="USD">1869.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-12</Dt></Dt></Bal>
<Ntry><Amt Ccy="USD">882.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-12</Dt></BookgDt>
<BkTxCd><Prtry><Cd>142</Cd></Prtry></BkTxCd><NtryDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="USD">800.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>TRN*1*12345*1999999999~</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><ChqNb>998877</ChqNb></Refs><Amt Ccy="USD">82.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="USD">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-11-12T08:00:00</DtTm></BookgDt><AddtlNtryInf>SERVICE CHARGE</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="USD">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-11-12</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
TABLE = """Date,Description,Credit,Debit,Check Number
11/12/2026,"HCCLAIMPMT TRN*1*12345*1999999999~","$800.00",,
11/12/2026,LOCKBOX,82.00,,998877
11/12/2026,SERVICE CHARGE,,12.50,
"""


@pytest.mark.parametrize("sent", [BAI2, CAMT, TABLE], ids=["bai2", "camt", "csv"])
def test_all_forms_say_the_same(sent):
    file = read_bank_file(sent.encode())

    (statement,) = file.statements
    assert file.problems == ()
    assert [(one.amount, one.booked_on) for one in statement.lines] == [
        (Decimal("800.00"), DAY), (Decimal("82.00"), DAY), (Decimal("-12.50"), DAY),
    ]  # fmt: skip
    eft, check, fee = statement.lines
    assert (eft.trace_number, eft.payer_trace_id) == ("12345", "1999999999")
    assert check.references[-1].lstrip("0") == "998877"
    assert "SERVICE CHARGE" in fee.text


@pytest.mark.parametrize("sign, total", [("CRDT", "882.00"), ("DBIT", "-882.00")])
def test_camt_transactions_without_a_sign_have_their_entrys(sign, total):
    entry, *transactions = CAMT.split("<TxDtls>")
    plain = [one.replace("<CdtDbtInd>CRDT</CdtDbtInd>", "", 1) for one in transactions]
    entry = entry.replace('USD">882.00</Amt><CdtDbtInd>CRDT', f'USD">882.00</Amt><CdtDbtInd>{sign}')
    sent = "<TxDtls>".join([entry, *plain])

    file = read_camt053(sent.encode())

    assert not [one for one in file.problems if "transactions" in one.message]
    [statement] = file.statements
    assert sum(line.amount for line in statement.lines[:2]) == Decimal(total)


def test_camt_that_does_not_add_up_is_a_problem():
    file = read_camt053(CAMT.replace("1869.50", "1869.00").encode())

    (one,) = file.problems
    assert (one.place, "make 1869.50, closing says 1869.00" in one.message) == ("statement 1", True)


def test_camt_transactions_that_do_not_add_up_stay_one_line():
    file = read_camt053(CAMT.replace(">82.00<", ">81.00<").encode())

    assert [one.amount for one in file.statements[0].lines] == [
        Decimal("882.00"),
        Decimal("-12.50"),
    ]
    assert "do not add up to 882.00" in file.problems[0].message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty file"),
        (b"\xef\xbb\xbf \n", "empty file"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document/>", "document type or entity"),
        (CAMT.encode("utf-16"), "no heading|headings|UTF-8"),
        (b"<Document><a></Document>", "not well-formed"),
        (b"<html/>", "not a camt.053 file"),
        (b"hello", "expected one for the day"),
        (b"%PDF-1.4\n%abc\n", "^this is a PDF document, expected a bank statement"),
        (b"PK\x03\x04abc", "a ZIP archive or an Excel workbook"),
        (b"ISA*00*          *00*", "an X12 file, expected a bank statement"),
        (b"Date,What\n2026-11-12,x\n", "one for amounts"),
        (b"Date,Amount\n2026-11-12,1.00\n2026-11-12," + b"1" * 200_000, "line 3: field larger"),
    ],
)
def test_what_is_no_statement_is_refused(data, words):
    with pytest.raises(InputError, match=words):
        read_bank_file(data)


def test_rows_of_a_table_that_cannot_be_read_are_located():
    file = read_table(b"Date,Amount\n2026-11-12,1.00\n11.13.2026,1.00\n2026-11-12,1.0.0\n\n")

    assert [(one.place, one.message.split(":")[0]) for one in file.problems] == [
        ("line 3", "day '11.13.2026'"), ("line 4", "amount '1.0.0'"),
    ]  # fmt: skip
    assert len(file.statements[0].lines) == 1


def test_columns_may_be_named_and_signs_are_read():
    data = b"Buchung;Wert;Konto\n2026-11-12;(1,234.50);A\n2026-11-12;-2.00;B\n"
    file = read_table(data, Columns(day="Buchung", amount="Wert", account="Konto"))

    assert [(one.account, one.lines[0].amount) for one in file.statements] == [
        ("A", Decimal("-1234.50")), ("B", Decimal("-2.00")),
    ]  # fmt: skip
    with pytest.raises(InputError, match="no column 'Soll'"):
        read_table(data, Columns(day="Buchung", debit="Soll"))


@given(st.one_of(
    st.binary(max_size=200),
    st.tuples(st.integers(0, len(BAI2) - 1), st.text(max_size=6), st.integers(0, 20)).map(
        lambda c: (BAI2[: c[0]] + c[1] + BAI2[c[0] + c[2] :]).encode()
    ),
    st.tuples(st.integers(0, len(CAMT) - 1), st.text(max_size=6), st.integers(0, 20)).map(
        lambda c: (CAMT[: c[0]] + c[1] + CAMT[c[0] + c[2] :]).encode()
    ),
    st.tuples(st.integers(0, len(TABLE) - 1), st.text(max_size=6), st.integers(0, 20)).map(
        lambda c: (TABLE[: c[0]] + c[1] + TABLE[c[0] + c[2] :]).encode()
    ),
))  # fmt: skip
def test_no_bytes_break_the_readers(data):
    with suppress(InputError):
        read_bank_file(data)


def test_a_minus_among_a_tables_credits_is_money_that_went_back():
    table = "Date,Credit,Debit\n11/12/2026,-50.00,\n11/12/2026,,(12.50)\n11/12/2026,80.00,\n"

    (statement,) = read_bank_file(table.encode()).statements

    assert [one.amount for one in statement.lines] == [
        Decimal("-50.00"), Decimal("-12.50"), Decimal("80.00"),
    ]  # fmt: skip


def csv(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode()


@pytest.mark.parametrize(
    ("rows", "amount"),
    [
        (("Date,Amount,CR/DR,Description", "2026-11-12,80.00,DR,CHECK"), "-80.00"),
        (("Date,Amount,CR/DR,Description", "2026-11-12,80.00,CR,CHECK"), "80.00"),
        (("Posting Date,Type,Amount", "2026-11-12,DEBIT,-80.00"), "-80.00"),
        (("Posting Date,Type,Amount", "2026-11-12,ACH_CREDIT,80.00"), "80.00"),
        (("Date,Amount", "2026-11-12,80.00-"), "-80.00"),
        (("Date,Amount", "2026-11-12,80.00 DR"), "-80.00"),
        (("Date;Amount", '2026-11-12;"1.234,56"'), "1234.56"),
        (("Date;Amount", "2026-11-12;-80,00"), "-80.00"),
        (("Date,Amount", '2026-11-12,"1,234"'), "1234"),
        (("Posted Date,Money In,Money Out", "2026-11-12,,5.00"), "-5.00"),
        (("Date;Amount", "12.11.2026;-1.234,56"), "-1234.56"),
        (("Date;Amount", "2026-11-12;+1 234,56"), "1234.56"),
        (("Date,Amount", "2026-11-12,\u221280.00"), "-80.00"),
        (("Date,Amount", "2026-11-12,1'234.56"), "1234.56"),
        (("Date,Amount", "2026-11-12,USD -80.00"), "-80.00"),
        (("Account: 12345678", "Period: November", "", "Date,Amount", "2026-11-12,80.00"), "80.00"),
    ],
)
def test_tables_say_money_out_in_many_ways(rows, amount):
    [statement] = read_table(csv(*rows)).statements

    assert [one.amount for one in statement.lines] == [Decimal(amount)]


def test_a_table_in_another_currency_says_so():
    file = read_table(csv("Date,Amount,Currency", "2026-11-12,80.00,USD", "2026-11-12,9.00,eur"))

    assert [(one.currency, len(one.lines)) for one in file.statements] == [("USD", 1), ("EUR", 1)]


def test_a_table_in_wide_characters_is_read():
    data = "Date,Amount\n2026-11-12,80.00\n".encode("utf-16")

    assert read_bank_file(data).statements[0].lines[0].amount == Decimal("80.00")


def test_a_credit_below_zero_is_not_guessed():
    file = read_table(csv("Date,Amount,CR/DR", "2026-11-12,-80.00,CR"))

    assert [one.place for one in file.problems] == ["line 2"]


def test_a_batch_in_camt_whose_transactions_tell_their_amount_inside_is_split():
    part = '<TxDtls><AmtDtls><TxAmt><Amt Ccy="USD">{}</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>TRN*1*{}*1999999999</Ustrd></RmtInf></TxDtls>'
    entry = (
        '<Ntry><Amt Ccy="USD">80.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        "<BookgDt><Dt>2026-11-12</Dt></BookgDt><NtryDtls>"
        + part.format("50.00", "A1") + part.format("30.00", "A2") + "</NtryDtls></Ntry>"
    )  # fmt: skip
    [statement] = read_camt053(camt_of(entry)).statements

    assert [(one.trace_number, one.amount) for one in statement.lines] == [
        ("A1", Decimal("50.00")), ("A2", Decimal("30.00")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("money", "words"),
    [('Ccy="EUR">80.00', "in EUR: expected USD"), ('Ccy="USD">-80.00', "amount '-80.00' 'CRDT'")],
)
def test_an_entry_that_no_bank_sends_is_a_problem(money, words):
    entry = f"<Ntry><Amt {money}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-12</Dt></BookgDt></Ntry>"

    [problem] = read_camt053(camt_of(entry)).problems

    assert problem.message.startswith(words)


def test_the_closing_balance_of_the_day_before_proves_the_lines_too():
    bent = CAMT.replace("OPBD", "PRCD").replace("1000.00", "1000.01")

    assert "opening 1000.01 and lines" in read_camt053(bent.encode()).problems[0].message


def camt_of(entry: str) -> bytes:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>USD</Ccy></Acct>{entry}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def test_a_row_with_a_debit_and_a_credit_is_not_netted():
    file = read_table(csv("Date,Debit,Credit", "2026-11-12,82.00,82.00", "2026-11-12,0.00,9.00"))

    assert [one.place for one in file.problems] == ["line 2"]
    assert [one.amount for one in file.statements[0].lines] == [Decimal("9.00")]


def test_a_camt_batch_that_reverses_another_has_its_entrys_sign():
    sent = (
        CAMT.replace('USD">882.00</Amt><CdtDbtInd>CRDT', 'USD">882.00</Amt><CdtDbtInd>DBIT')
        .replace("<Sts><Cd>BOOK</Cd></Sts>", "<RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>", 1)
        .replace("1869.50", "105.50")
    )  # fmt: skip

    file = read_camt053(sent.encode())

    assert file.problems == ()
    assert [one.amount for one in file.statements[0].lines] == [
        Decimal("-800.00"), Decimal("-82.00"), Decimal("-12.50"),
    ]  # fmt: skip


def test_a_camt_transaction_is_taken_in_its_entrys_currency():
    inside = (
        '<Amt Ccy="EUR">700.00</Amt><AmtDtls><TxAmt><Amt Ccy="USD">800.00</Amt></TxAmt></AmtDtls>'
    )
    sent = CAMT.replace('<Amt Ccy="USD">800.00</Amt>', inside)

    file = read_camt053(sent.encode())

    assert file.problems == ()
    assert file.statements[0].lines[0].amount == Decimal("800.00")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<CdtDbtInd>DBIT</CdtDbtInd>", "", "no CdtDbtInd: expected CRDT or DBIT"),
        ("<Sts>BOOK</Sts>", "<Sts>BOOKED</Sts>", "status 'BOOKED': expected BOOK, PDNG"),
        ("<Sts>BOOK</Sts>", "<Sts><Prtry>done</Prtry></Sts>", "status 'done': expected BOOK"),
    ],
)
def test_a_camt_entry_of_which_nobody_can_tell_what_it_did_is_a_problem(before, after, words):
    file = read_camt053(CAMT.replace(before, after).encode())

    assert [one.message[: len(words)] for one in file.problems if "entry 2" in one.place] == [words]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("<TtlNtries><NbOfNtries>4</NbOfNtries><Sum>899.50</Sum></TtlNtries>", "TtlNtries: says '4' entries, counted 3"),
        ("<TtlNtries><NbOfNtries>3</NbOfNtries><Sum>900.50</Sum></TtlNtries>", "TtlNtries: says '900.50', its entries make 899.50"),
        ("<TtlCdtNtries><NbOfNtries>1</NbOfNtries></TtlCdtNtries>", "TtlCdtNtries: says '1' entries, counted 2"),
        ("<TtlDbtNtries><Sum>1e1</Sum></TtlDbtNtries>", "TtlDbtNtries: says '1e1', its entries make 12.50"),
    ],
)  # fmt: skip
def test_camt_control_totals_that_lie_are_a_problem(said, words):
    right = "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>899.50</Sum></TtlNtries></TxsSummry><Ntry>"
    assert read_camt053(CAMT.replace("<Ntry>", right, 1).encode()).problems == ()

    bent = CAMT.replace("<Ntry>", f"<TxsSummry>{said}</TxsSummry><Ntry>", 1)
    [problem] = read_camt053(bent.encode()).problems

    assert problem.message == f"TxsSummry, {words}"


def test_a_document_type_in_wide_characters_is_refused_too():
    data = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "80">]><Document/>'

    with pytest.raises(InputError, match="document type or entity"):
        read_bank_file(data.encode("utf-16-le"))
