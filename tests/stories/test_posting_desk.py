"""S1 step 4 and S3-A step 9: a day's payments of payers and patients, and a check that stood on the wrong account; by page.

The figures are the scenario's: 1,146.20 = 65.60 + 108.80 + 171.80 + 800.00, each line's charge accounted for to the cent.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import (
    CHIDI,
    PAID_ON,
    bytes_835,
    claim,
    line,
    partner,
    pay,
    remittance,
)

# Charge, paid, CO-45, patient's parts.
ANSWERS = {
    "H-20391": [
        ("99214", "185.00", "65.60", "53.00", (("1", "50.00"), ("2", "16.40"))),
        ("20610", "210.00", "108.80", "74.00", (("2", "27.20"),)),
    ],
    "H-20377": [("99213", "240.00", "171.80", "68.20", ())],
    "H-20380": [("29881", "1250.00", "800.00", "250.00", (("2", "200.00"),))],
}
PEOPLE = {"H-20391": "Delgado", "H-20377": "Farah", "H-20380": "Kerr"}


@pytest.fixture
def marcus(practice: int) -> Iterator[Client]:
    with demo():
        yield browser(practice, "Practice biller", name="Marcus")


def _charged(number: str):
    person = replace(CHIDI, last_name=PEOPLE[number], member_id=f"M{number[2:]}")
    lines = [
        line(place, code, charge) for place, (code, charge, *_) in enumerate(ANSWERS[number], 1)
    ]
    return claim(number, *lines, person=person)


def _answered(number: str):
    answers = [
        (paid, (("CO", "45", contract), *(("PR", reason, part) for reason, part in patient)))
        for _, _, paid, contract, patient in ANSWERS[number]
    ]
    return pay(_charged(number), *answers, number=f"ICN{number[2:]}")


def _inside(practice: int, ask):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return ask()


def _patients(practice: int) -> dict[str, int]:
    from cleanclaim.apps.billing.patients.models import Patient

    return _inside(practice, lambda: dict(Patient.objects.values_list("last_name", "pk")))


def _text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def _upload(practice: int, marcus: Client) -> int:
    """The 835 by the upload page, read as the worker reads it; its remittance."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import mark_processed
    from tests.apps.billing.conftest import Desk

    def open_claims() -> None:
        partner()
        Desk().take(*map(_charged, ANSWERS))

    _inside(practice, open_claims)
    data = bytes_835(remittance(*map(_answered, ANSWERS), trace="778120"))
    sent = marcus.post(
        "/files/upload/", {"files": SimpleUploadedFile("era.835", data)}, follow=True
    )
    file_id = int(re.search(r"/files/(\d+)/", sent.redirect_chain[-1][0])[1])

    def read() -> int:
        file = MessageFile.objects.get(pk=file_id)
        [pk] = receive_remittances(file, received_on=PAID_ON).ids
        mark_processed(file_id)
        return pk

    pk = _inside(practice, read)
    assert f'href="/remittances/{pk}/"' in _text(marcus.get(f"/files/{file_id}/"))
    return pk


def test_a_days_payments_of_payers_and_patients(practice: int, marcus: Client) -> None:
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove

    pk = _upload(practice, marcus)

    seen = _text(marcus.get(f"/remittances/{pk}/"))
    seal = re.search(r'name="shown" value="([^"]+)"', seen)[1]
    done = _text(marcus.post(f"/remittances/{pk}/post/", {"round": 0, "shown": seal}, follow=True))
    why = [
        " ".join(re.sub(r"<[^>]+>", " ", _text(marcus.get(f"/remittances/{pk}/claims/{n}/"))).split())
        for n in (1, 2, 3)
    ]  # fmt: skip

    assert "1,146.20" in seen and "nothing is posted yet" in seen
    assert "none held" in done and "Posted" in done
    for lines, words in zip(ANSWERS.values(), why, strict=True):
        for _, charge, paid, contract, patient in lines:
            assert Decimal(charge) == sum(map(Decimal, (paid, contract, *(p for _, p in patient))))
            for amount in (charge, paid, contract, *(part for _, part in patient)):
                assert f"{Decimal(amount):,.2f}" in words
    balances = _inside(practice, account_balances)
    assert balances["asset:remit-clearing"] == Decimal("1146.20")
    assert balances["receivable:patient"] == Decimal("293.60")  # 66.40 + 27.20 + 200.00
    assert not balances.get("receivable:payer:1")

    patients = _patients(practice)
    batch = marcus.post(
        "/deposits/batches/open/",
        {"kind": "counter", "name": "Mail of the day", "count": "2", "total": "133.60"},
    )["Location"]

    def receive(who: str, amount: str, number: str) -> None:
        form = {"amount": amount, "kind": "payment", "method": "check", "reference": number}
        _text(marcus.post(f"/receipts/patients/{patients[who]}/", form, follow=True))
        _text(marcus.post(f"{batch}receipts/", follow=True))

    receive("Delgado", "93.60", "1021")
    short = marcus.post(f"{batch}close/")
    receive("Kerr", "40.00", "1022")
    closed = _text(marcus.post(f"{batch}close/", follow=True))
    slip = _text(marcus.get(f"{batch}slip/"))

    assert short.status_code == 409 and b"93.60, its cover says 2 of 133.60" in short.content
    assert "awaits its deposit" in closed
    assert "1021" in slip and "1022" in slip and "133.60" in slip
    after = _inside(practice, account_balances)
    assert after["receivable:patient"] == Decimal("160.00")  # Kerr's 200.00 less 40.00
    assert after["asset:deposits-in-transit"] == Decimal("133.60")
    assert "160.00" in _text(marcus.get(f"/accounts/{patients['Kerr']}/"))
    assert _inside(practice, prove).differences == ()


def test_a_check_that_stood_on_one_account_is_split_over_two_with_its_sheet(
    practice: int, marcus: Client
) -> None:
    """S3-A step 9: check 10482 of 500.00, all on A; A keeps 320.00, B gets 180.00, and both stories stay."""
    from cleanclaim.apps.shared.ledger.selectors import prove
    from tests.apps.billing.conftest import Desk

    one, other = (
        claim(number, line(charge="900.00"), person=replace(CHIDI, last_name=who, member_id=who))
        for number, who in (("A1", "Adams"), ("B1", "Baker"))
    )

    def owe() -> None:
        Desk().take(one, other)
        Desk().post(
            remittance(
                pay(one, ("400.00", (("PR", "1", "500.00"),)), number="IA"),
                pay(other, ("720.00", (("PR", "1", "180.00"),)), number="IB"),
            )
        )

    _inside(practice, owe)
    patients = _patients(practice)
    adams, baker = (f"/accounts/{patients[who]}/" for who in ("Adams", "Baker"))
    form = {"amount": "500.00", "kind": "payment", "method": "check", "reference": "10482"}
    receipt = _text(marcus.post(f"/receipts/patients/{patients['Adams']}/", form, follow=True))
    entry = re.search(r"/ledger/entries/(\d+)/", receipt)[1]
    where = f"/adjustments/payment/{patients['Adams']}/{entry}/"

    asked = {"other": patients["Baker"], "step": "look", "note": "half of it was Baker's"}
    page = _text(marcus.post(where, asked))
    off = re.search(r'name="(off-[^"]+)"', page)[1]
    on = re.search(r'name="(on-[^"]+)"[^>]*of claim B1', page)[1]
    moved = {**asked, off: "180.00", on: "180.00"}
    sheet = _text(marcus.post(where, {**moved, "step": "preview"}))
    done = _text(marcus.post(where, {**moved, "step": "post"}, follow=True))

    table = sheet.split("Reconciliation sheet")[2].split("</table>")[0]
    assert _figures(table, "Adams") == ["0.00", "180.00", "180.00"]  # before, moved, after
    assert _figures(table, "Baker") == ["180.00", "180.00", "0.00"]
    assert "320.00" in _text(marcus.get(where))  # what the check still has on Adams
    assert "180.00" in done
    # Adams owed 500.00 and keeps 320.00 of the check; Baker's 180.00 are paid.
    assert [_owed(_text(marcus.get(page))) for page in (adams, baker)] == ["180.00", "0.00"]
    ledger = _text(marcus.get(adams))
    assert "500.00" in ledger and "Payment re-applied" in ledger
    for whose in (
        ledger,
        _text(marcus.get(baker)),
    ):  # the check passed from one to the other: nobody's is on hand
        assert "waits for claim" not in whose and "Prepayment" not in whose
    assert _inside(practice, prove).differences == ()


def _figures(table: str, who: str) -> list[str]:
    """The amounts in the row of this account, without their signs."""
    [row] = [one for one in table.split("<tr") if who in one]
    return re.findall(r"[\d,]+\.\d\d(?=</td>)", row)


def _owed(page: str) -> str:
    """The account's figure of what the patient owes."""
    fact = page.split("<dt>Patient owes</dt>")[1].split("</dd>")[0]
    return re.search(r"[\d,]+\.\d\d", fact)[0]
