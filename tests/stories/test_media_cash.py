"""S3-C steps 1 and 8, and S0-23: a media house's bank file and close, a pharmacy's day; through the pages, by two people.

The customers' remittances come by the real door (`post_files`), the bank's file is dropped on the page, and what the general
ledger outside gets is added up from the file itself.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.billing.deposits.bank import PAYER_TRACE_ID
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, bytes_835, claim, line, pay, remittance

# Six name their remittance; the seventh, 20,000.00, pays 7,500.00 of Media's and 12,500.00 of Films'.
BY_TRACE = {
    "NM1": "41437.50", "NM2": "38250.00", "NM3": "27612.50", "NM4": "25000.00", "NM5": "19520.00", "NM6": "12500.00",
}  # fmt: skip
BY_HAND = ("NM7", "7500.00")
FILE = "184320.00"
MEDIA, FILMS = "171820.00", "12500.00"
BOTH = {"liability:unidentified-cash", "asset:due-from-entity"}


@pytest.fixture
def media(database) -> int:
    """Northlight Media; Films is its other entity."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    return find_or_add_organization(
        kind="practice", name="Northlight Media", npi="1234567893", tin="310000001"
    ).pk


@pytest.fixture
def people(media: int) -> Iterator[list[Client]]:
    """Colin of A/R, and two leads."""
    with demo():
        yield [
            browser(media, role, name=name)
            for role, name in (
                ("Practice biller", "Colin"), ("Billing lead", "Ada"), ("Billing lead", "Bea"),
            )
        ]  # fmt: skip


def remitted(organization: int, payments: dict[str, str]) -> None:
    """A charge for each payment, and the customers' remittances of all, posted."""
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    claims = {trace: claim(trace, line(charge=paid)) for trace, paid in payments.items()}
    with tenant(organization):
        Desk().take(*claims.values())
    values = [
        remittance(pay(claims[trace], (paid, ())), trace=trace) for trace, paid in payments.items()
    ]
    files = [Incoming("customers.835", bytes_835(*values))]
    reports = post_files(organization, files, posted_on=PAID_ON, received_on=PAID_ON)
    assert [one.state for report in reports for one in report.payments] == ["posted"] * len(values)


def bai2(*lines: tuple[str, str]) -> bytes:
    """(amount, words) each, as the bank's BAI2 file of the day."""
    cents = [int(Decimal(amount) * 100) for amount, _ in lines]
    rows = [
        f"16,142,{amount},0,BK{place},,{words}"
        for place, (amount, (_, words)) in enumerate(zip(cents, lines, strict=True), 1)
    ]
    count, sum_ = len(rows), sum(cents)
    head = f"01,121000000,NORTH,{PAID_ON:%y%m%d},0700,1,80,,2/\n02,NORTH,121000000,1,{PAID_ON:%y%m%d},,USD,2/\n"
    account = "03,0098765432,,015,0,,/\n"
    foot = f"49,{sum_},{count + 2}/\n98,{sum_},1,{count + 4}/\n99,{sum_},1,{count + 6}/\n"
    return (head + account + "".join(f"{row}/\n" for row in rows) + foot).encode()


def bank_file() -> bytes:
    named = [(paid, f"HCCLAIMPMT TRN*1*{trace}*{PAYER_TRACE_ID}~") for trace, paid in BY_TRACE.items()]  # fmt: skip
    return bai2(*named, ("20000.00", "WIRE NORTHLIGHT"))


def drop(client: Client, data: bytes, name: str = "bank.bai"):
    return client.post("/deposits/upload/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def inside(organization: int, ask):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization):
        return ask()


def by_entity(organization: int) -> dict[str, str]:
    """What each entity has of the bank's money, from the legs: Films' share is owed, the rest is Media's."""
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    found = inside(organization, account_balances)
    films = found.get("asset:due-from-entity", Decimal("0.00"))
    return {
        "Northlight Media": f"{found['asset:bank'] - films:.2f}",
        "Northlight Films": f"{films:.2f}",
    }


def bank_day(media: int, colin: Client) -> int:
    """Step 1: the file is dropped, the seventh line placed by hand; returns its id."""
    from cleanclaim.apps.billing.deposits.models import BankLine
    from cleanclaim.apps.billing.remittances.models import Remittance

    remitted(media, {**BY_TRACE, BY_HAND[0]: BY_HAND[1]})
    assert "7 bank lines, 6 deposits placed." in text(drop(colin, bank_file()))
    [wire] = inside(media, lambda: list(BankLine.objects.filter(state="open")))
    seventh = inside(media, lambda: Remittance.objects.get(trace_number=BY_HAND[0]).pk)

    placed = colin.post(f"/deposits/lines/{wire.pk}/place/", {"remittance": seventh}, follow=True)
    handed = colin.post(
        f"/deposits/lines/{wire.pk}/split/", {"entity": "Northlight Films", "amount": FILMS}, follow=True
    )  # fmt: skip

    assert "Placed 7,500.00" in text(placed)
    assert "Handed over" in text(handed)
    return wire.pk


def test_the_bank_file_is_matched_and_split_between_two_entities(media, people) -> None:
    from cleanclaim.apps.billing.deposits.models import BankLine, Deposit
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove

    colin = people[0]
    bank_day(media, colin)

    rows = inside(media, lambda: list(BankLine.objects.all()))
    how = inside(media, lambda: list(Deposit.objects.order_by("id").values_list("how", flat=True)))
    balances = inside(media, account_balances)
    assert f"{sum(row.amount for row in rows):.2f}" == f"{balances['asset:bank']:.2f}" == FILE
    assert {(row.state, f"{row.left:.2f}") for row in rows} == {("placed", "0.00")}
    assert how == ["trace"] * 6 + ["hand", "entity"]
    assert by_entity(media) == {"Northlight Media": MEDIA, "Northlight Films": FILMS}
    assert not balances.get("asset:remit-clearing")
    assert inside(media, prove).differences == ()
    assert drop(colin, bank_file()).status_code == 409  # the same file again books nothing
    assert inside(media, account_balances) == balances


def test_what_was_handed_over_in_error_comes_back(media, people) -> None:
    from cleanclaim.apps.billing.deposits.models import Deposit

    colin = people[0]
    bank_day(media, colin)
    wrong = inside(media, lambda: Deposit.objects.get(how="entity").pk)

    colin.post(f"/deposits/{wrong}/undo/", {"reason": "it is Media's"})

    assert by_entity(media) == {"Northlight Media": FILE, "Northlight Films": "0.00"}


def close_month(media: int, ada: Client, bea: Client, **waivers: str):
    """Ada asks, Bea approves."""
    from cleanclaim.apps.reports.closing.models import CloseRequest

    where = f"/close/{PAID_ON.year}-{PAID_ON.month}/ask/"
    asked = ada.post(where, {"verb": "close", "reason": "month-end", **waivers})
    if asked.status_code != 302:
        return asked
    pk = inside(media, lambda: CloseRequest.objects.latest("id").pk)
    assert ada.post(f"/close/requests/{pk}/approve/").status_code == 409  # not her own
    return bea.post(f"/close/requests/{pk}/approve/", follow=True)


def sign_day(*signers: Client) -> str:
    """Each signs the day of the bank file; returns the last page."""
    page = ""
    for client in signers:
        digest = json.loads(text(client.get(f"/daily-proof/?day={PAID_ON}&json=1")))["digest"]
        page = text(
            client.post("/daily-proof/sign/", {"day": str(PAID_ON), "digest": digest}, follow=True)
        )
    return page


def test_the_month_is_closed_and_the_interface_file_equals_the_ledger(media, people) -> None:
    from cleanclaim.apps.shared.ledger.selectors import account_balances, is_closed
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.kernel.errors import CleanclaimError
    from cleanclaim.values.entry import Entry, Leg

    colin, ada, bea = people
    bank_day(media, colin)
    early = close_month(media, ada, bea)
    assert (early.status_code, "approved? 1 day without" in text_of(early)) == (400, True)
    sign_day(colin, ada)
    tasks = f"/close/{PAID_ON.year}-{PAID_ON.month}/tasks/"
    ticked = [
        text_of(colin.post(f"{tasks}{name}/tick/", {"words": words}, follow=True))
        for name, words in (("files", ""), ("cash", "Films places its own"), ("days", ""))
    ]
    assert all(": done." in page for page in ticked)
    # Films has its cash as unidentified until its own desk places it: told, with the reason why the month may close.
    done = close_month(media, ada, bea, **{"waive-unidentified": "of Northlight Films, whose desk places it"})  # fmt: skip

    assert "takes no entries from now on" in text(done)
    made = text(
        ada.post(
            "/close/journals/make/", {"month": f"{PAID_ON:%Y-%m}", "form": "oracle"}, follow=True
        )
    )
    [pk] = set(re.findall(r"/close/journals/(\d+)/", made))
    assert inside(media, done_tasks) == {"files", "cash", "days", "ask", "close", "journal"}
    rows = list(csv.DictReader(io.StringIO(ada.get(f"/close/journals/{pk}/").content.decode())))
    control = json.loads(ada.get(f"/close/journals/{pk}/?control=1").content)
    sums: dict[str, Decimal] = {}
    for row in rows:
        moved = Decimal(row["ENTERED_DR"] or 0) - Decimal(row["ENTERED_CR"] or 0)
        sums[row["SEGMENT2"]] = sums.get(row["SEGMENT2"], Decimal(0)) + moved
    ledger = {code: amount for code, amount in inside(media, account_balances).items() if amount}
    assert {code: amount for code, amount in sums.items() if amount} == ledger
    for side, column in (("debit", "ENTERED_DR"), ("credit", "ENTERED_CR")):
        assert Decimal(control[side]) == sum(Decimal(row[column] or 0) for row in rows)
    assert control["debit"] == control["credit"]
    films = {row["SEGMENT2"] for row in rows if row["SEGMENT1"] == "Northlight Films"}
    assert films == BOTH

    answer = f"BATCH_NAME,STATUS,LINES,ENTERED_DR,ENTERED_CR\njournal-{pk}-oracle.csv,POSTED,{control['lines']},{control['debit']},{control['credit']}\n"
    came = SimpleUploadedFile("answer.csv", answer.encode())
    assert f"journal {pk}: accepted." in text(ada.post("/close/journals/answers/", {"file": came}, follow=True))  # fmt: skip
    assert inside(media, lambda: is_closed(PAID_ON))
    legs = (Leg("asset:bank", Decimal("1.00")), Leg("income:interest", Decimal("-1.00")))
    with pytest.raises(CleanclaimError, match="closed"):
        inside(media, lambda: post_entries([Entry("late", "late:1", PAID_ON, PAID_ON, legs)]))


def done_tasks() -> set[str]:
    """Of the close calendar in the month of the bank file."""
    from cleanclaim.apps.reports.closing.tasks import month_tasks

    found = month_tasks(PAID_ON.replace(day=1), on=PAID_ON)
    return {one.task.name for one in found if one.is_done}


def text_of(response) -> str:
    return response.content.decode()


def test_a_pharmacys_day_is_proved_itemised_and_signed_by_two(practice) -> None:
    """S0-23: posted = 835 = bank 619.55; a sum that nobody knows is itemised; PDF and data are kept."""
    from cleanclaim.apps.billing.deposits.models import DaySignature
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        one = claim("RX", line(charge="622.90"))
        desk = Desk()
        desk.take(one)
        fee = (("AH", "NETWORK FEE", "3.35"),)
        desk.post(remittance(pay(one, ("622.90", ())), trace="778120045", plb=fee))
    with demo():
        dana, lee = (
            browser(practice, "Practice biller", name="Dana"),
            browser(practice, "Billing lead", name="Lee"),
        )
        words = f"HCCLAIMPMT TRN*1*778120045*{PAYER_TRACE_ID}~"
        drop(dana, bai2(("619.55", words), ("33.00", "COUNTER")))
        seen = json.loads(text(dana.get(f"/daily-proof/?day={PAID_ON}&json=1")))
        sign_day(dana)
        assert dana.post("/daily-proof/sign/", {"day": str(PAID_ON)}).status_code == 403
        done = sign_day(lee)
        kept = done.split('href="/daily-proof/signed/')[1].split('"')[0]
        pdf = lee.get(f"/daily-proof/signed/{kept}").content

    assert (seen["remitted"], seen["posted"], seen["bank"]) == ("619.55", "619.55", "652.55")
    assert "unidentified" in done and "33.00" in done and "Prepared and approved." in done
    assert pdf.startswith(b"%PDF")
    rows = inside(practice, lambda: list(DaySignature.objects.order_by("id")))
    assert [(row.by_name, row.place) for row in rows] == [("Dana", "prepared"), ("Lee", "approved")]
    assert [row.figures["bank"] for row in rows] == ["652.55", "652.55"]
    assert {row.digest for row in rows} == {seen["digest"]}
