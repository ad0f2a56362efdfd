"""The pages of keyed batches: refused headers, scans, saves from elsewhere, the list and its spreadsheet."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.keying.paper import PNG, Paper
from tests.apps.billing.world import PAYER, claim


@pytest.fixture
def world(practice):
    """A claim, an open batch of its check, and the biller's browser."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(claim("H-20377"))
        paper = Paper(desk)
        batch = paper.open("80.00")
        item = paper.items(claim_id)[0]
    client = browser(practice, "Practice biller")
    with demo():
        yield client, batch, claim_id, item


def header(**more) -> dict[str, str]:
    return {
        "payer": PAYER.payer_id,
        "trace_number": "20001",
        "amount": "171.80",
        "paid_on": "2026-07-08",
        "method": "CHK",
    } | more


def save(client, batch: int, claim_id: int, item: int, *, revision: int = 0):
    entry = {"kind": "line", "claim": claim_id, "item": item, "paid": "80", "reversal": False,
             "adjustments": [["CO", "45", "40"]], "allowed": None, "code": ""}  # fmt: skip
    body = {"revision": revision, "number": 1, "entry": entry}
    return client.post(
        f"/paper-eobs/{batch}/save/", json.dumps(body), content_type="application/json"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"payer": "Nobody"}, "not found"),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "0"}, "does not go with Check"),
        ({"trace_number": "10482", "amount": "80.00"}, "already"),
        ({"paid_on": "soon"}, "valid date"),
    ],
)
def test_a_header_that_cannot_be_right_is_shown_again(world, more, said):
    client, *_ = world

    answer = client.post("/paper-eobs/new/", header(**more))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_that_is_no_scan_is_refused_and_no_batch_begins(world):
    client, *_ = world
    file = SimpleUploadedFile("eob.png", b"MZ this is no picture")

    answer = client.post("/paper-eobs/new/", header(scan=file))

    assert answer.status_code == 422
    assert "expected a PDF, PNG, JPEG or TIFF" in answer.content.decode()
    assert "20001" not in client.get("/paper-eobs/").content.decode()


@pytest.mark.parametrize(
    ("more", "focused"),
    [
        ({"payer": "Nobody"}, "payer"),
        ({"amount": "0"}, "amount"),
        ({"paid_on": "soon", "amount": "-1"}, "amount"),
        ({"trace_number": "10482", "amount": "80.00"}, "other_payment"),
        ({"scan": "no picture"}, "scan"),
    ],
)
def test_a_refused_header_has_the_cursor_where_it_is_refused(world, more, focused):
    client, *_ = world
    scan = SimpleUploadedFile("eob.png", more.get("scan", "").encode() or PNG)

    page = client.post("/paper-eobs/new/", header(**more | {"scan": scan})).content.decode()

    [tag] = re.findall(r"<(?:input|select)[^>]*autofocus[^>]*>", page)
    assert f'name="{focused}"' in tag
    assert "The scan has to be chosen again" in page


def test_the_script_keeps_the_chosen_file_and_is_told_where_to_go(world):
    client, *_ = world
    part = {"HX-Request": "true"}

    def send(**more):
        file = SimpleUploadedFile("eob.png", PNG)
        return client.post("/paper-eobs/new/", header(scan=file, **more), headers=part)

    refused, begun = send(amount="0"), send()

    page = refused.content.decode()
    assert refused.status_code == 422 and "has to be chosen again" not in page
    assert re.search(r'<input type="file"[^>]*hx-preserve="true"[^>]*id="id_scan"', page)
    assert (begun.status_code, begun.content) == (204, b"")
    assert client.get(begun["HX-Redirect"]).status_code == 200


def test_the_same_scan_again_is_told_and_kept_once(world):
    client, *_ = world
    for number in ("20001", "20002"):
        file = SimpleUploadedFile("eob.png", PNG)
        answer = client.post("/paper-eobs/new/", header(trace_number=number, scan=file))

    page = client.get(answer["Location"]).content.decode()
    scan = client.get(f"{answer['Location']}scan/")

    assert "This scan was here before" in page and "20001" in page
    assert (scan.content, scan["Content-Type"]) == (PNG, "image/png")
    assert scan["X-Frame-Options"] == "SAMEORIGIN"


def test_what_is_saved_is_on_the_page_and_noted_as_read(world, practice):
    client, batch, claim_id, item = world

    answer = save(client, batch, claim_id, item)
    page = client.get(f"/paper-eobs/{batch}/").content.decode()

    assert answer.json()["left"] == "0.00"
    assert "H-20377" in page
    assert ("read", "keyed EOB", 1) in reads(practice)


def test_a_save_from_before_a_change_is_a_conflict_in_words(world):
    client, batch, claim_id, item = world
    save(client, batch, claim_id, item)

    answer = save(client, batch, claim_id, item)

    assert answer.status_code == 409
    assert "changed elsewhere" in answer.json()["message"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"revision": 0, "number": 1, "entry": 3}', "{"])
def test_a_broken_save_is_refused(world, body):
    client, batch, *_ = world

    answer = client.post(f"/paper-eobs/{batch}/save/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_post_without_zero_says_why(world):
    client, batch, *_ = world

    page = client.post(f"/paper-eobs/{batch}/post/", follow=True).content.decode()

    assert "Not posted: batch" in page and "nothing is keyed" in page


def test_a_simulation_that_no_longer_holds_stops_the_posting(world):
    client, batch, claim_id, item = world
    save(client, batch, claim_id, item)

    page = client.post(
        f"/paper-eobs/{batch}/post/", {"shown": "0000; held 0"}, follow=True
    ).content.decode()

    assert "would not do what was shown" in page
    assert "Being keyed" in page


def test_a_posted_batch_leads_to_its_remittance_and_is_read_only(world):
    client, batch, claim_id, item = world
    save(client, batch, claim_id, item)

    page = client.post(f"/paper-eobs/{batch}/post/", follow=True).content.decode()
    remittance = client.get("/remittances/").content.decode()

    assert "Posted: 1 of 1 claim" in page
    assert 'id="pad"' not in page
    assert "10482" in remittance
    assert save(client, batch, claim_id, item, revision=2).status_code == 409
    for address in ("/remittances/1/", "/files/"):
        assert client.get(address).status_code == 200


def test_the_list_finds_and_exports(world):
    from zipfile import ZipFile

    client, *_ = world

    found = client.get("/paper-eobs/?q=10482&state=open").content.decode()
    missed = client.get("/paper-eobs/?q=99999").content.decode()
    sheet = client.get("/paper-eobs/?xlsx=1")
    words = ZipFile(BytesIO(sheet.content)).read("xl/sharedStrings.xml").decode()

    assert "10482" in found
    assert "No batch fits these filters" in missed
    assert "10482" in words
    assert client.get("/paper-eobs/?state=lost").status_code == 400


def test_a_hold_ends_after_a_quarter_of_an_hour(world, practice):
    from django.utils import timezone

    from cleanclaim.apps.billing.keying.models import Batch
    from cleanclaim.apps.shared.tenancy.context import tenant

    client, batch, claim_id, item = world
    with tenant(practice):
        Batch.objects.filter(pk=batch).update(holder_id=77, held_at=timezone.now())
    held = client.get(f"/paper-eobs/{batch}/").content.decode()
    refused = save(client, batch, claim_id, item)
    with tenant(practice):
        idle = timezone.now() - timedelta(minutes=16)
        Batch.objects.filter(pk=batch).update(holder_id=77, held_at=idle)

    assert "user 77 is keying this batch" in held
    assert refused.status_code == 409
    assert save(client, batch, claim_id, item).status_code == 200


def test_a_dropped_batch_makes_room_for_the_same_check(world):
    client, batch, *_ = world

    client.post(f"/paper-eobs/{batch}/drop/")

    again = client.post("/paper-eobs/new/", header(trace_number="10482", amount="80.00"))
    assert again.status_code == 302


def test_a_batch_is_exported_with_its_lines_and_noted(world, practice):
    from zipfile import ZipFile

    client, batch, claim_id, item = world
    save(client, batch, claim_id, item)

    sheet = client.get(f"/paper-eobs/{batch}/?xlsx=1")
    book = ZipFile(BytesIO(sheet.content))
    words = book.read("xl/sharedStrings.xml").decode()

    assert sheet.status_code == 200
    assert "H-20377" in words
    assert "CO-45 40.00" in words
    assert "<f>SUM(J2:J2)</f><v>80.00</v>" in book.read("xl/worksheets/sheet1.xml").decode()
    assert "export" in [action for action, what, _ in reads(practice) if what == "keyed EOB"]
