"""Money out on the pages, by API, by command, and in each form of a bank's file."""

import argparse
import json
import re
from contextlib import nullcontext

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, lines_of, statement
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import PAID_ON, claim
from tests.project.api.conftest import add_person

DAY = f"{PAID_ON:%y%m%d}"
BAI2 = f"""01,121000000,HARBOR,{DAY},0700,1,80,,2/
02,HARBOR,121000000,1,{DAY},,USD,2/
03,0012345678,,,,,/
16,555,8200,Z,,,DEPOSITED ITEM RETURNED
88,CHECK 998877/
49,8200,4/
98,8200,1,6/
99,8200,1,8/
"""
CAMT = f"""<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>
<Acct><Id><Othr><Id>0012345678</Id></Othr></Id><Ccy>USD</Ccy></Acct>
<Ntry><Amt Ccy="USD">82.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{PAID_ON}</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><ChqNb>998877</ChqNb></Refs></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""
TABLE = f"Date,Description,Credit,Debit,Check Number\n{PAID_ON},RETURNED ITEM,,82.00,998877\n"


def patient_of(desk: Desk) -> int:
    [claim_id] = desk.take(claim("A1"))
    return desk.row(claim_id).patient_id


@pytest.mark.parametrize("sent", [BAI2, CAMT, TABLE], ids=["bai2", "camt", "csv"])
def test_a_return_is_settled_from_each_form_of_a_banks_file(desk, sent):
    from cleanclaim.apps.billing.deposits.services import receive_statement
    from cleanclaim.apps.billing.receipts.services import return_receipt

    row = take(patient_of(desk), "82.00", reference="998877")
    return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)

    found = receive_statement(sent.encode(), name="bank", received_on=PAID_ON)

    assert found.settled_ids == found.line_ids
    [line] = lines_of(found.line_ids)
    assert "the bank names 998877" in line.reason
    desk.prove()


@pytest.fixture
def world(practice: int):
    """A receipt of 82.00 that stands, and two lines of money out; (practice, receipt's id, lines' ids)."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        receipt = take(patient_of(Desk()), "82.00", reference="998877")
        ids = bring((PAID_ON, "-82.00", "RETURNED ITEM 998877"), (PAID_ON, "-9.00", "ODD")).line_ids
    return practice, receipt.pk, ids


def of(practice: int, line_id: int):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [row] = lines_of([line_id])
    return row


def test_the_return_is_booked_and_undone_by_keys_on_the_pages(world):
    practice, receipt_id, (back, odd) = world
    with demo():
        biller = browser(practice, "Practice biller")
        page = biller.get(f"/deposits/lines/{back}/").content.decode()
        before_proof = biller.get(f"/daily-proof/?day={PAID_ON}").content.decode()
        wide = biller.get(f"/deposits/lines/{odd}/?days=abc").status_code
        booked = biller.post(
            f"/deposits/lines/{back}/act/",
            {"desk": "receipt", "subject": receipt_id, "kind": "nsf", "fee": "0.00"},
        )
        settled = of(practice, back)
        after = biller.get(booked["Location"]).content.decode()
        undone = biller.post(f"/deposits/lines/{back}/reopen/", {"reason": "undone at once"})
        again = biller.get(f"/deposits/lines/{back}/").content.decode()
        [entry] = re.findall(r'type="hidden" name="entry" value="(\d+)"', again)
        biller.post(f"/deposits/lines/{back}/settle/", {"entry": entry})
        fee = biller.post(f"/deposits/lines/{odd}/fee/")
        listed = biller.get("/deposits/").content.decode()
        after_proof = biller.get(f"/daily-proof/?day={PAID_ON}").content.decode()

    assert "91.00 left the bank up to this day" in before_proof
    assert "91.00 left the bank" not in after_proof and "explained: returned" in after_proof
    assert "of the day; 91.00 left the bank unexplained" in before_proof
    assert "every difference has its reason" in after_proof
    assert 'data-key="r"' in page and "the bank names 998877" in page and "Chidi" in page
    assert (booked.status_code, settled.state) == (302, "settled")
    assert f'action="/deposits/lines/{back}/reopen/"' in after and 'data-key="z"' in after
    assert (undone.status_code, of(practice, back).state) == (302, "settled")
    assert (fee.status_code, of(practice, odd).state, wide) == (302, "settled", 400)
    assert "Every bank line is placed" in listed


def test_all_likely_lines_are_accepted_at_once(world):
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.tenancy.context import tenant

    practice, receipt_id, (back, odd) = world
    with tenant(practice):
        return_receipt(receipt_id, kind="nsf", on=PAID_ON, by=1)
    with demo():
        biller = browser(practice, "Practice biller")
        biller.post("/deposits/selected/", {"do": "all"})

    assert (of(practice, back).state, of(practice, odd).state) == ("settled", "open")


@pytest.fixture
def run(world, monkeypatch, capsys):
    """Run `reconcile` in the world; answers (exit status, output)."""
    from cleanclaim.project import setup
    from cleanclaim.project.cli import reconcile

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    add_person(world[0], "Billing lead", email="lead@harbor.example")

    def command(*words: object) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        reconcile.add_arguments(parser)
        given = parser.parse_args([str(word) for word in words])
        return reconcile.run(given), capsys.readouterr().out

    return command


def test_the_command_lists_settles_and_reopens(world, run):
    _, receipt_id, (back, odd) = world
    by = ("--by", "lead@harbor.example")

    status, words = run("--out")
    found = json.loads(run("--out", "--json")[1])
    booked = run("--settle", back, "--receipt", receipt_id, "--kind", "nsf", *by)
    fee = run("--settle", odd, "--bank-fee", *by)
    none = run("--out")
    reopened = run("--reopen", odd, "--reason", "it was not", *by)

    assert (status, "2 lines of money out not explained, -91.00" in words) == (1, True)
    assert f"not booked: receipt {receipt_id} nsf" in words
    assert (found["total"], found["open"][0]["acts"][0]["desk"]) == ("-91.00", "receipt")
    assert (booked[0], fee[0], none[0]) == (0, 0, 0)
    assert "its fee is taken back by entry" in reopened[1]
    with pytest.raises(InputError, match="nothing is likely enough"):
        run("--settle", odd, *by)
    with pytest.raises(InputError, match="no --by"):
        run("--settle", odd)


def test_a_statement_names_what_it_explained(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.tenancy.context import tenant

    practice, receipt_id, _ = world
    today = timezone.localdate()  # the page looks at the last quarter's lines only
    with tenant(practice):
        bring((today, "-82.00", "RETURNED ITEM 998877"), on=today)
        return_receipt(receipt_id, kind="nsf", on=today, by=1)
    with demo():
        biller = browser(practice, "Practice biller")
        file = SimpleUploadedFile("b.csv", statement((PAID_ON, "5.00", "X")))
        page = biller.post("/deposits/upload/", {"file": file}, follow=True).content.decode()

    assert "1 line of money out explained" in page


def test_a_card_batch_less_its_fee_is_matched_by_one_key(practice):
    from decimal import Decimal

    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import (
        NewItem,
        add_items,
        close_batch,
        open_batch,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        batch = open_batch(
            kind=BatchKind.CARD, name="Cards", batch_on=PAID_ON, count=1, total=Decimal("80.00"),
            by=None,
        )  # fmt: skip
        add_items(batch.pk, [NewItem(Decimal("80.00"), "AUTH1")])
        close_batch(batch.pk, on=PAID_ON, by=None)
        [line_id] = bring((PAID_ON, "77.60", "MERCHANT SETTLEMENT")).line_ids
    with demo():
        biller = browser(practice, "Practice biller")
        page = biller.get(f"/deposits/lines/{line_id}/about/").content.decode()
        form = page[page.index('class="choice"') : page.index("</form>")]
        fields = dict(re.findall(r'type="hidden" name="(batch|kept_back)" value="([^"]+)"', form))
        biller.post(f"/deposits/lines/{line_id}/place/", fields)

    assert "a fee of 3.00 %" in form and 'data-key="m"' in form
    assert fields == {"batch": str(batch.pk), "kept_back": "expense:card-fees"}
    assert of(practice, line_id).state == "placed"
