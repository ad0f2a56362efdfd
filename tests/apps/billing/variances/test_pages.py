"""The pages of contracts and variances as Dana sees them."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.variances import summit

pytestmark = pytest.mark.database_core


@pytest.fixture
def opened(database) -> Iterator[tuple[int, int]]:
    """The pharmacy with its contract, fills and received payment, committed: (organization, remittance)."""
    from cleanclaim.apps.billing.variances.fills import load_fills
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    row = find_or_add_organization(
        kind="pharmacy", name="Willow Creek Pharmacy", npi=summit.NPI, tin=summit.TIN
    )
    with tenant(row.pk):
        summit.load_contract()
        load_fills(summit.FILLS, on=summit.TODAY)
        remittance_id = summit.receive(summit.payment())
    with demo():
        yield row.pk, remittance_id


@pytest.fixture
def posted(opened) -> tuple[int, int]:
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(opened[0]):
        post_remittance(opened[1], posted_on=summit.TODAY)
        dispatch_events()
    return opened


def rows(organization_id: int) -> dict:
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        return {row.control_number: row for row in Variance.objects.all()}


def test_before_posting_the_remittance_says_what_it_brings(opened):
    organization_id, remittance_id = opened
    dana = browser(organization_id, "Pharmacy biller")

    page = dana.get(f"/variances/remittances/{remittance_id}/").content.decode()

    assert "3 exact, 1 short, 1 missing, 1 fee" in page
    assert "promised 1,120.85, received 619.55" in page
    assert (
        f"/variances/remittances/{remittance_id}/"
        in dana.get(f"/remittances/{remittance_id}/").content.decode()
    )


def test_the_list_says_the_variance_and_what_it_is_made_of(posted):
    dana = browser(posted[0], "Pharmacy biller")

    page = dana.get("/variances/").content.decode()

    for words in (
        "1,120.85", "619.55", "501.30", "short 12.40 + missing 485.55 + fee 3.35",
        "paid as AWP-22 %, contract AWP-18 % (SUM-2026 v3, brand clause)",
    ):  # fmt: skip
        assert words in page
    assert "700101" not in page  # exact: not among what is open
    assert "700101" in dana.get("/variances/?state=all").content.decode()


def test_the_export_adds_up_by_itself(posted):
    dana = browser(posted[0], "Pharmacy biller")

    sheet = ZipFile(BytesIO(dana.get("/variances/?xlsx=1").content)).read(
        "xl/worksheets/sheet1.xml"
    )
    pivot = ZipFile(BytesIO(dana.get("/variances/?xlsx=pivot").content)).read(
        "xl/worksheets/sheet1.xml"
    )

    assert b"<f>SUM(N2:N7)</f><v>501.3" in sheet
    assert b"<v>501.3" in pivot


def test_one_difference_shows_the_arithmetic_of_its_price_and_rank(posted):
    dana = browser(posted[0], "Pharmacy biller")
    row = rows(posted[0])["700103"]

    about = dana.get(f"/variances/{row.pk}/about/").content.decode()
    why = dana.get(f"/variances/{row.pk}/why/").content.decode()

    assert "The average wholesale price of 310.00 less 18 %" in about
    assert "Please pay the difference of 12.40." in about
    assert "chance, the program" in why
    assert dana.get(f"/variances/{row.pk}/").status_code == 200


def test_she_disputes_one_and_accepts_many_with_a_reason(posted):
    dana = browser(posted[0], "Pharmacy biller")
    found = rows(posted[0])
    short, fee = found["700103"].pk, next(r for r in found.values() if r.kind == "fee").pk

    dana.post("/variances/decide/", {"row": [short], "do": "dispute", "words": ""})
    refused = dana.post("/variances/decide/", {"row": [fee, short], "do": "accept", "words": ""})
    dana.post("/variances/decide/", {"row": [fee, short], "do": "accept", "words": "By contract"})

    assert refused.status_code == 400
    now = rows(posted[0])
    assert {now["700103"].state, next(r for r in now.values() if r.pk == fee).state} == {"accepted"}
    assert "By contract" in dana.get(f"/variances/{short}/about/").content.decode()


def test_contracts_are_listed_read_added_and_ended(posted):
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana = browser(posted[0], "Pharmacy biller")
    with tenant(posted[0]):
        pk = Contract.objects.get().pk

    assert "SUM-2026" in dana.get("/contracts/").content.decode()
    page = dana.get(f"/contracts/{pk}/").content.decode()
    assert "AWP-18 %" in page
    assert "Give notice of renewal or end" in page

    form = dana.get(f"/contracts/{pk}/editions/add/").content.decode()
    assert "v3 changed" in form
    wrong = dana.post(f"/contracts/{pk}/editions/add/", {"terms": "contracts: [{code: X}]"})
    assert wrong.status_code == 422
    assert "expected an edition of SUM-2026" in wrong.content.decode()
    added = dana.post(
        "/contracts/add/",
        {"terms": summit.CONTRACT.replace("SUM-2026", "SUM-2027").replace("v3", "v1")},
    )
    assert added.status_code == 302

    dana.post(f"/contracts/{pk}/end/", {"on": "2026-12-31", "reason": "Not renewed"})
    assert "Not renewed" in dana.get(f"/contracts/{pk}/").content.decode()


def test_a_fee_schedule_file_is_loaded_or_refused_whole(posted):
    from django.core.files.uploadedfile import SimpleUploadedFile

    dana = browser(posted[0], "Pharmacy biller")
    given = {"name": "mac", "release": "2026-11", "valid_from": "2026-11-01"}

    def load(text: str):
        file = SimpleUploadedFile("mac.csv", text.encode())
        return dana.post("/contracts/fees/", {**given, "file": file})

    assert load("code,modifier,amount\n99999012301,,many\n").status_code == 422
    assert load("code,modifier,amount\n99999012301,,0.51\n").status_code == 302
    assert load("code,modifier,amount\n99999012301,,0.51\n").status_code == 422
