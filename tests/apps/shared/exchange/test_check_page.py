"""The page "X12 check": a file is read, shown to the person who brought it, and forgotten."""

import gzip
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

import cleanclaim.edi
from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core
SAMPLE = Path(cleanclaim.edi.__file__).parent / "hc837p" / "samples" / "encounter.edi"
LEVELS = ["1", "2", "3", "4", "5"]


@pytest.fixture
def sign_in(plan, practice):
    """Makes browsers of demo people, by organization and role."""
    with demo():
        yield lambda role, organization=practice: browser(organization, role)


@pytest.fixture
def biller(sign_in) -> Client:
    """A biller of the practice."""
    return sign_in("Practice biller")


@pytest.fixture
def good() -> bytes:
    """A claim file without a fault."""
    return SAMPLE.read_bytes()


@pytest.fixture
def faulty(good: bytes) -> bytes:
    """The same with a wrong sex code, a charge that does not fit its line, and a day that does not exist."""
    return good.replace(b"19800517*F", b"19800517*Q").replace(b"CLM*C1*125", b"CLM*C1*126")


def _check(client: Client, data: bytes, *, to: str = "", levels=LEVELS, **fields: str):
    sent = {"file": SimpleUploadedFile("from <b>here.x12", data), "level": levels, **fields}
    return client.post(f"/x12/{to}", sent)


def _page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_good_file_is_accepted_with_its_loops_by_name(biller, good) -> None:
    page = _page(_check(biller, good))

    assert "Nothing was found at these levels." in page
    assert '<dd class="good">accepted' in page or ">accepted" in page
    assert "<b>2010AA</b> billing provider" in page
    assert "<b>NM1</b>*85*2*MAPLE CLINIC*****XX*1234567893" in page


def test_each_finding_stands_at_its_segment_and_its_row_leads_there(biller, faulty) -> None:
    page = _page(_check(biller, faulty))

    segment = re.search(r'<li id="(s1-17)" class="error">.*?</li>', page)
    assert segment and "DMG" in segment[0] and "DMG03 Q" in segment[0]
    assert 'data-href="#s1-17"' in page
    assert page.count('data-href="#s1-') == page.count('<p class="note')
    assert all(f'id="{href}"' in page for href in re.findall(r'data-href="#(s1-\d+)"', page))


def test_the_levels_decide_what_is_found(biller, faulty) -> None:
    shallow, deep = (_page(_check(biller, faulty, levels=levels)) for levels in (["1"], LEVELS))

    assert "DMG03 Q" not in shallow
    assert "DMG03 Q" in deep


def test_nothing_is_kept(biller, faulty, practice) -> None:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    _check(biller, faulty)
    _check(biller, faulty, to="download/", what="1")

    with tenant(practice):
        assert MessageFile.objects.count() == 0
    assert "RIVERA" not in biller.get("/x12/").content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"Dear sirs", "expected ISA"),
        (gzip.compress(b"ISA*00*" * 500)[:30], "damaged gzip file"),
        (b"PK\x03\x04 torn", "damaged zip file"),
    ],
    ids=["empty", "words", "gzip", "zip"],
)
def test_what_cannot_be_read_is_said_with_its_place(biller, data: bytes, words: str) -> None:
    response = _check(biller, data)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_packed_file_is_unpacked(biller, good) -> None:
    assert "<b>2010AA</b> billing provider" in _page(_check(biller, gzip.compress(good)))


def test_a_file_above_the_limit_is_refused_packed_or_not(biller, good) -> None:
    with override_settings(FILE_LIMIT_BYTES=500):
        responses = [_check(biller, data) for data in (good, gzip.compress(good * 2))]

    assert [response.status_code for response in responses] == [422, 422]
    assert all("more than 500 bytes" in response.content.decode() for response in responses)


def test_a_form_without_file_or_level_is_told(biller, good) -> None:
    missing = biller.post("/x12/", {"level": LEVELS})
    without = _check(biller, good, levels=[])
    unknown = _check(biller, good, levels=["9"])

    assert [r.status_code for r in (missing, without, unknown)] == [422, 422, 422]
    assert "no file came" in missing.content.decode()


def test_what_the_file_says_cannot_harm_the_page(biller, good) -> None:
    page = _page(_check(biller, good.replace(b"MAPLE CLINIC", b"<script>x\x07")))

    assert "<script>x" not in page and "<b>here.x12" not in page
    assert "&lt;script&gt;x‹07›" in page


def test_the_filter_holds_for_the_list_and_the_spreadsheet(biller, faulty) -> None:
    page = _page(_check(biller, faulty, text="DMG03"))
    book = _check(biller, faulty, to="download/", what="findings", text="DMG03")

    with zipfile.ZipFile(BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        words = parts.read("xl/sharedStrings.xml").decode()
    assert page.count('data-href="#s1-') == 1
    assert sheet.count("<row ") == 2
    assert re.search(r'<c r="C2"[^>]*><v>17</v>', sheet)
    assert "<t>DMG</t>" in words and "<t>CLM</t>" not in words


def test_the_answers_are_shown_and_downloaded(biller, faulty) -> None:
    page = _page(_check(biller, faulty))
    response = _check(biller, faulty, to="download/", what="1")

    assert "IK5*R" in page
    assert b"ST*999*" in response.content and b"IK5*R" in response.content
    assert "from_b_here.999.x12" in response["Content-Disposition"]
    assert _check(biller, faulty, to="download/", what="7").status_code == 422


def test_claims_of_an_accepted_file_are_answered_in_a_277ca(biller, good) -> None:
    page = _page(_check(biller, good))

    assert "Download 277CA" in page and "STC*A" in page


def test_the_redacted_copy_names_nobody_and_is_still_accepted(biller, good) -> None:
    response = _check(biller, good, to="download/", what="redacted")

    copy = b"".join(response.streaming_content)
    assert b"RIVERA" not in copy and b"MAPLE" not in copy
    assert ">accepted" in _page(_check(biller, copy))


def test_a_large_file_shows_its_first_segments_and_all_with_findings(
    biller, good, monkeypatch
) -> None:
    from cleanclaim.apps.shared.exchange import check_tree

    monkeypatch.setattr(check_tree, "FIRST_SEGMENTS", 10)
    page = _page(_check(biller, good.replace(b"19800517*F", b"19800517*Q")))

    assert "11 segments shown, 13 left out, none of them with findings" in page
    assert "DMG03 Q" in page and "<b>CLM</b>" not in page


def test_same_control_numbers_in_two_interchanges_stay_apart(biller, good, faulty) -> None:
    page = _page(_check(biller, good + faulty))

    assert 'id="s2-17" class="error"' in page
    assert 'id="s1-17"' not in page


def test_every_desk_has_the_page(sign_in, plan) -> None:
    for role, organization in (("Claims examiner", plan), ("Pharmacy biller", plan)):
        page = sign_in(role, organization).get("/x12/")

        assert page.status_code == 200
        assert 'aria-current="page">X12 check' in page.content.decode()


def test_nobody_checks_without_signing_in(database, good) -> None:
    assert Client().post("/x12/", {"file": SimpleUploadedFile("x", good)}).status_code == 302
