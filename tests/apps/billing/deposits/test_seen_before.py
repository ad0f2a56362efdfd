"""The same money told by two files is booked once; where nobody can tell, a person says."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.deposits.bank import balances, bring, eft
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core


def bai2(trace: str = "T1", cents: int = 8000, text: str = "") -> bytes:
    """One credit of the day, as BAI2."""
    words = text or f"HCCLAIMPMT TRN*1*{trace}*1330000002~"
    return (
        f"01,BANK,HARBOR,{PAID_ON:%y%m%d},0700,1,80,,2/\n02,HARBOR,BANK,1,{PAID_ON:%y%m%d},,USD,2/\n"
        f"03,0012345678,,015,{cents},,/\n16,142,{cents},0,,,{words}\n49,{2 * cents},3/\n98,{2 * cents},1,5/\n99,{2 * cents},1,7/\n"
    ).encode()


def receive(data: bytes, **more: object):
    from cleanclaim.apps.billing.deposits.services import receive_statement

    return receive_statement(data, name="bank", received_on=PAID_ON, **more)


def test_the_same_day_as_bai2_and_as_csv_books_once(inside):
    first = receive(bai2())

    second = bring(eft("T1"))

    assert (len(first.line_ids), second.line_ids, second.repeated) == (1, (), 1)
    assert balances()["asset:bank"] == "80.00"


def test_another_trace_of_the_same_amount_and_day_is_new(inside):
    receive(bai2())

    assert bring(eft("T2")).repeated == 0
    assert balances()["asset:bank"] == "160.00"


def test_equal_lines_without_a_number_are_asked_about_and_a_person_says(inside):
    from cleanclaim.apps.billing.deposits.models import BankFile
    from cleanclaim.apps.billing.deposits.services import Equal

    bring((PAID_ON, "80.00", "COUNTER"))
    # Another file of the day, also with a counter deposit of 80.00.
    later = b"Date,Amount,Description\n%s,80.00,COUNTER\n%s,9.00,COUNTER\n" % (
        (f"{PAID_ON}".encode(),) * 2
    )

    with pytest.raises(StateError, match=r"1 line may have come before.*is like bank line"):
        receive(later)
    assert (BankFile.objects.count(), balances()["asset:bank"]) == (1, "80.00")

    found = receive(later, equal=Equal.NEW)
    assert (len(found.line_ids), found.repeated) == (2, 0)
    assert balances()["asset:bank"] == "169.00"

    known = receive(later + b"\n", equal=Equal.KNOWN)
    assert (known.line_ids, known.repeated) == ((), 2)


def test_the_page_asks_and_takes_the_answer(practice):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.shared.tenancy.context import tenant

    clerk = browser(practice, "Practice biller")

    def drop(data: bytes, **more: str):
        file = SimpleUploadedFile("bank.txt", data)
        with demo():
            return clerk.post("/deposits/upload/", {"file": file, **more})

    drop(bai2(text="COUNTER"))
    csv = f"Date,Amount,Description\n{PAID_ON},80.00,Counter deposit\n".encode()
    asked = drop(csv)
    assert asked.status_code == 409
    assert b"may have come before" in asked.content
    assert drop(csv, equal="nonsense").status_code == 400

    assert drop(csv, equal="new").status_code == 302
    with tenant(practice):
        assert BankLine.objects.count() == 2


def test_without_looking_at_earlier_files_the_money_is_booked_twice(inside, monkeypatch):
    """The twin: where nothing is recognised, two forms of one day are two sums."""
    from cleanclaim.apps.billing.deposits.services import receiving
    from cleanclaim.rules.reconciliation import Known, Recognised

    monkeypatch.setattr(receiving, "recognise", lambda _: [Recognised(Known.NEW)])
    receive(bai2())
    bring(eft("T1"))

    assert balances()["asset:bank"] == "160.00"


def camt(*parts: str) -> bytes:
    """A batch of the day with these parts, as camt.053."""
    details = "".join(
        f'<TxDtls><Amt Ccy="USD">{one}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>' for one in parts
    )
    whole = sum(Decimal(one) for one in parts)
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>'
        "<Acct><Id><Othr><Id>0012345678</Id></Othr></Id><Ccy>USD</Ccy></Acct>"
        f'<Ntry><Amt Ccy="USD">{whole}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{PAID_ON}</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


def test_a_batch_as_one_sum_and_as_its_parts_is_asked_about(inside):
    from cleanclaim.apps.billing.deposits.services import Equal

    bring((PAID_ON, "80.00", "CARD BATCH 7"))

    with pytest.raises(StateError, match=r"2 lines may have come before.*part of a batch"):
        receive(camt("50.00", "30.00"))
    assert balances()["asset:bank"] == "80.00"

    found = receive(camt("50.00", "30.00"), equal=Equal.KNOWN)
    assert (found.line_ids, found.repeated) == ((), 2)
    assert balances()["asset:bank"] == "80.00"


def test_the_parts_first_and_the_sum_after_is_asked_about_too(inside):
    receive(camt("50.00", "30.00"))

    with pytest.raises(StateError, match=r"1 line may have come before.*the sum of it"):
        bring((PAID_ON, "80.00", "CARD BATCH 7"))

    assert balances()["asset:bank"] == "80.00"
