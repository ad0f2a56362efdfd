"""The daily proof's page: looked at, taken home as PDF, JSON and spreadsheet, signed by two people of two roles."""

import json

import pytest
from django.test import Client

from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

WHERE = "/daily-proof/"
DAY = f"{WHERE}?day={PAID_ON}"


@pytest.fixture
def people(practice: int) -> list[Client]:
    """A biller and two leads of a practice that posted 80.00 and has it at the bank."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        bring(eft("T1"), (PAID_ON, "33.00", "COUNTER"))
    with demo():
        yield [
            browser(practice, "Practice biller", name="Dana"),
            browser(practice, "Practice biller", name="Omar"),
            browser(practice, "Billing lead", name="Lee"),
        ]


def text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def test_a_day_is_prepared_by_one_and_approved_by_a_lead(people):
    dana, omar, lee = people
    seen = json.loads(text(dana.get(DAY + "&json=1")))
    form = {"day": str(PAID_ON), "digest": seen["digest"]}

    assert "every difference explained" in text(dana.get(DAY)) and "unidentified" in text(
        dana.get(DAY)
    )
    assert dana.post(WHERE + "sign/", {**form, "digest": "0" * 64}).status_code == 409
    assert "Prepared: the proof" in text(dana.post(WHERE + "sign/", form, follow=True))
    assert "a second person approves it" in text(dana.get(DAY))
    assert dana.post(WHERE + "sign/", form).status_code == 403  # not the second person
    assert omar.post(WHERE + "sign/", form).status_code == 403  # may not approve
    done = text(lee.post(WHERE + "sign/", form, follow=True))

    assert "Prepared and approved." in done and "Approved by Lee" in done
    kept = done.split('href="/daily-proof/signed/')[1].split('"')[0]
    assert lee.get(f"{WHERE}signed/{kept}").content.startswith(b"%PDF")


def test_a_change_after_signing_is_said(people, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana = people[0]
    dana.post(WHERE + "sign/", {"day": str(PAID_ON)})
    with tenant(practice):
        bring((PAID_ON, "5.00", "FOUND LATER"), name="late.csv")

    page = text(dana.get(DAY))

    assert "The figures changed after the day was signed." in page
    assert "the figures changed since" in page


def test_the_day_is_taken_home(people):
    dana = people[0]

    assert dana.get(DAY + "&pdf=1").content.startswith(b"%PDF")
    assert dana.get(DAY + "&xlsx=1").content[:2] == b"PK"
    assert json.loads(text(dana.get(DAY + "&json=1")))["difference"] == "0.00"
    assert "Nothing was remitted" in text(dana.get(f"{WHERE}?day=2026-01-05"))


def test_every_pdf_of_a_day_names_who_signed_it(people, monkeypatch):
    from cleanclaim.apps.billing.deposits.daily import document

    dana, _, lee = people
    headings = []
    monkeypatch.setattr(
        document, "pdf_document", lambda **said: headings.append(said["subtitle"]) or b"%PDF"
    )

    dana.get(DAY + "&pdf=1")
    dana.post(WHERE + "sign/", {"day": str(PAID_ON)})
    dana.get(DAY + "&pdf=1")
    lee.post(WHERE + "sign/", {"day": str(PAID_ON)})
    lee.get(DAY + "&pdf=1")

    signed = [one.partition("0.00. ")[2] for one in headings]
    assert signed[0] == "Not signed."
    assert signed[1].startswith("Prepared by Dana, ")
    assert signed[2] == "Prepared by Dana."
    assert signed[3].startswith("Prepared by Dana; approved by Lee, ")
    assert signed[4] == "Prepared by Dana; approved by Lee."


@pytest.mark.parametrize("day", ["soon", "1999-01-01", "2999-01-01"])
def test_days_that_have_no_proof(people, day):
    assert people[0].get(f"{WHERE}?day={day}").status_code == 400
    assert people[0].post(WHERE + "sign/", {"day": day}).status_code == 400


def test_money_out_that_nobody_explained_is_signed_with_words_alone(people, practice, monkeypatch):
    from cleanclaim.apps.billing.deposits.daily import document
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana, _, lee = people
    with tenant(practice):
        bring((PAID_ON, "-45.00", "DEPOSITED ITEM RETURNED"), name="out.csv")
    headings = []
    monkeypatch.setattr(
        document, "pdf_document", lambda **said: headings.append(said["subtitle"]) or b"%PDF"
    )
    form = {"day": str(PAID_ON), "not_explained": "45.00"}
    why = {**form, "reason": "the bank was  called"}

    asked = text(dana.get(DAY))
    refused = [
        dana.post(WHERE + "sign/", one).status_code for one in (form, {**form, "reason": " x "})
    ]
    moved = dana.post(WHERE + "sign/", {**why, "not_explained": "44.00"}).status_code
    odd = dana.post(WHERE + "sign/", {**why, "not_explained": "soon"}).status_code
    signed = text(dana.post(WHERE + "sign/", why, follow=True))
    alone = lee.post(WHERE + "sign/", form).status_code  # the second person says why, too
    done = text(
        lee.post(WHERE + "sign/", {**form, "reason": "seen, ask again Monday"}, follow=True)
    )
    told = json.loads(text(lee.get(DAY + "&json=1")))["signatures"]
    lee.get(DAY + "&pdf=1")

    assert "Why it is signed with 45.00 not explained" in asked
    assert (refused, moved, odd, alone) == ([400, 400], 409, 400, 400)
    assert "Prepared by Dana, with 45.00 not explained: the bank was called" in signed
    assert "Approved by Lee, with 45.00 not explained: seen, ask again Monday" in done
    assert [(one["place"], one["not_explained"], one["reason"]) for one in told] == [
        ("prepared", "45.00", "the bank was called"),
        ("approved", "45.00", "seen, ask again Monday"),
    ]
    assert (
        "Prepared by Dana, " in headings[0] and "not explained: the bank was called" in headings[0]
    )
    assert headings[-1].endswith("with 45.00 not explained: seen, ask again Monday.")


def test_where_all_is_explained_no_reason_is_asked_or_taken(people):
    dana = people[0]

    asked = text(dana.get(DAY))
    refused = dana.post(WHERE + "sign/", {"day": str(PAID_ON), "reason": "to be sure"})

    assert 'name="reason"' not in asked
    assert refused.status_code == 400
    assert dana.post(WHERE + "sign/", {"day": str(PAID_ON)}).status_code == 302
