"""The file pages: list, bytes and reading, upload, release by a second person."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core


@pytest.fixture
def sign_in(plan):
    """Makes browsers of demo people of the plan, by role."""
    with demo():
        yield lambda role, name: browser(plan, role, name=name)


@pytest.fixture
def examiner(sign_in) -> Client:
    """Ann, who may receive files."""
    return sign_in("Claims examiner", "Ann")


@pytest.fixture
def lead(sign_in) -> Client:
    """Bea, who may release them."""
    return sign_in("Plan lead", "Bea")


def _upload(client: Client, *files: bytes) -> object:
    sent = [SimpleUploadedFile(f"{n}.x12", data) for n, data in enumerate(files, 1)]
    return client.post("/files/upload/", {"files": sent}, follow=True)


def test_an_uploaded_file_is_shown_with_bytes_and_reading(
    examiner, practice_partner, interchange
) -> None:
    response = _upload(examiner, interchange(body="NM1*IL*1*<b>MUÑOZ"))

    page = response.content.decode()
    assert response.status_code == 200
    assert "1.x12: received, and is being read." in page
    assert "1.x12: accepted" not in page  # nobody has read it yet
    assert "NM1*IL*1*&lt;b&gt;MUÑOZ" in page
    assert "Interchange 000000001 from 1234567893 to 330000002, production" in page
    assert "Message 0001 (837)" in page


def test_a_file_that_is_being_read_asks_what_came_of_it_until_it_is_told(
    examiner, plan, practice_partner, interchange
) -> None:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import mark_refused
    from cleanclaim.apps.shared.tenancy.context import tenant

    page = _upload(examiner, interchange()).content.decode()
    with tenant(plan):
        pk = MessageFile.objects.latest("id").pk
    address = f"/files/{pk}/told/"

    assert f'hx-get="{address}"' in page
    waiting = examiner.get(address).content.decode()
    with tenant(plan):
        mark_refused(pk, reason="message 0001: SE01 is 9, expected 3")
    refused = examiner.get(address).content.decode()

    assert f'hx-get="{address}"' in waiting
    assert "hx-get" not in refused
    assert "Refused: message 0001: SE01 is 9, expected 3" in refused
    assert (
        "hx-get" not in examiner.get(f"/files/{pk}/").content.decode().split('id="told"')[1][:200]
    )


def test_what_the_reading_found_stands_at_its_segment(
    examiner, practice_partner, interchange
) -> None:
    data = interchange().replace(b"SE*3*0001", b"SE*9*0001")

    page = _upload(examiner, data).content.decode()

    assert "rejected" in page
    row = page.split('class="found"')[1].split("</tr>")[0]
    assert "<p class=" in row


def test_each_outcome_is_told(examiner, practice_partner, interchange) -> None:
    response = _upload(
        examiner, interchange(), interchange(), b"", b"Dear sirs", interchange(body="REF*1*2")
    )

    page = response.content.decode()
    assert "2.x12: duplicate. The same bytes came before in file" in page
    assert "3.x12: unreadable. The file is empty: 0 bytes" in page
    assert "byte 1: found &quot;Dea&quot;, expected ISA" in page
    assert "5.x12: held. ISA13 000000001, GS06 1, ST02 0001 came before" in page


def test_an_unreadable_file_is_shown_in_hexadecimal(examiner, practice_partner) -> None:
    page = _upload(examiner, b"Dear \x00<script>").content.decode()

    assert "44 65 61 72 20 00 3c 73 63 72 69 70 74 3e" in page
    assert "Dear ‹00›&lt;script&gt;" in page


def test_an_upload_without_a_file_says_so(examiner) -> None:
    response = examiner.post("/files/upload/", {})

    assert response.status_code == 422
    assert "Choose at least one file." in response.content.decode()


def test_a_file_above_the_limit_is_told_and_not_kept(examiner, settings_limit) -> None:
    page = _upload(examiner, b"ISA" + b"*" * 2000).content.decode()

    assert "The file has 2,003 bytes, the limit is 1,000." in page
    assert "There are no bytes to show." in page


@pytest.fixture
def settings_limit():
    """A limit of a thousand bytes."""
    with override_settings(FILE_LIMIT_BYTES=1000):
        yield


def test_a_held_file_is_released_by_a_second_person_only(
    sign_in, lead, practice_partner, interchange
) -> None:
    other = sign_in("Plan lead", "Cleo")
    _upload(lead, interchange(), interchange(body="REF*1*2"))
    held = _newest(lead)

    page = lead.get(f"/files/{held}/").content.decode()
    own = lead.post(f"/files/{held}/release/")
    second = other.post(f"/files/{held}/release/", follow=True)

    assert "You brought this file. A second person must release it." in page
    assert own.status_code == 403
    assert "A second person must release it" in own.content.decode()
    assert f"File {held} is released and will be worked on." in second.content.decode()


def test_a_held_file_is_refused_with_a_reason(
    examiner, lead, practice_partner, interchange
) -> None:
    _upload(examiner, interchange(), interchange(body="REF*1*2"))
    held = _newest(lead)

    without = lead.post(f"/files/{held}/refuse/", {"reason": " "})
    refused = lead.post(f"/files/{held}/refuse/", {"reason": "Sent in error"}, follow=True)

    assert without.status_code == 400
    assert "Sent in error (Bea)" in refused.content.decode()


def test_a_role_without_the_permission_cannot_release(
    examiner, practice_partner, interchange
) -> None:
    _upload(examiner, interchange(), interchange(body="REF*1*2"))

    assert examiner.post(f"/files/{_newest(examiner)}/release/").status_code == 403


def test_a_second_person_makes_a_stranger_a_partner_and_takes_the_file_in(
    examiner, lead, plan, interchange
) -> None:
    _upload(examiner, interchange(sender="STRANGER"))
    refused = _newest(lead)

    told = examiner.get(f"/files/{refused}/").content.decode()
    unnamed = lead.post(f"/files/{refused}/vouch/", {"name": " ", "kind": "switch"})
    taken = lead.post(
        f"/files/{refused}/vouch/", {"name": "Bay Clearing", "kind": "switch"}, follow=True
    )
    again = lead.post(f"/files/{_newest(lead)}/vouch/", {"name": "Bay Clearing", "kind": "switch"})

    assert "Ask somebody who may release files" in told
    assert unnamed.status_code == 400
    assert (
        "Bay Clearing is a partner now. The file: received, and is being read."
        in taken.content.decode()
    )
    assert _newest(lead) == refused + 1
    assert again.status_code == 409


def test_nobody_vouches_for_the_sender_of_a_file_of_their_own(lead, interchange) -> None:
    _upload(lead, interchange(sender="STRANGER"))

    page = lead.get(f"/files/{_newest(lead)}/").content.decode()
    answer = lead.post(f"/files/{_newest(lead)}/vouch/", {"name": "Bay Clearing", "kind": "switch"})

    assert "A second person must vouch for its sender." in page
    assert answer.status_code == 403


def test_the_bytes_come_back_as_they_were(examiner, practice_partner, interchange) -> None:
    _upload(examiner, interchange())

    response = examiner.get(f"/files/{_newest(examiner)}/bytes/")

    assert response.content == interchange()
    assert response["Content-Disposition"].startswith("attachment")


def test_every_look_at_bytes_is_audited_for_the_patients_in_them(
    examiner, plan, practice_partner, interchange, monkeypatch
) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.exchange import patients
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(patients, "_finders", [lambda file_id: [7, 8], lambda file_id: [8]])
    _upload(examiner, interchange())
    examiner.get(f"/files/{_newest(examiner)}/bytes/")

    with tenant(plan):
        events = AuditEvent.objects.order_by("id").values_list("action", "patient_id")
        assert list(events) == [("read", 7), ("read", 8), ("export", 7), ("export", 8)]


def test_the_list_filters_and_pages(examiner, practice_partner, interchange) -> None:
    for number in range(1, 5):
        _upload(examiner, interchange(interchange=number, group=number))
    _upload(examiner, b"junk")

    unreadable = examiner.get("/files/?state=unreadable").content.decode()
    by_number = examiner.get("/files/?q=3").content.decode()
    wrong = examiner.get("/files/?state=lost")
    sheet = examiner.get("/files/?xlsx=1")

    assert unreadable.count("data-row=") == 1
    assert "000000003" in by_number
    assert by_number.count("data-row=") == 1
    assert wrong.status_code == 400
    assert sheet["Content-Disposition"] == 'attachment; filename="files.xlsx"'


def test_a_large_file_is_shown_by_windows(examiner, practice_partner, interchange) -> None:
    body = "~".join(f"REF*D9*{n:06d}" for n in range(80_000))
    _upload(examiner, interchange(body=body))
    address = f"/files/{_newest(examiner)}/"

    first = examiner.get(address).content.decode()
    link = first.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = examiner.get(address + link).content.decode()

    assert "REF*D9*000000~" in first
    assert 'id="segment-200"' in first
    assert 'id="segment-201"' in second
    assert "REF*D9*000198~" in second
    assert "The file is large" in first


def test_the_other_tenant_gets_nothing(
    practice, plan, examiner, practice_partner, interchange
) -> None:
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.services import add_user, ensure_default_roles, join

    _upload(examiner, interchange())
    file_id = _newest(examiner)
    user = add_user(email="x@harbor.example", name="X", is_demo=True)
    membership = join(
        user, Organization.objects.get(pk=practice), ensure_default_roles()["Billing lead"]
    )
    stranger = Client(raise_request_exception=False)
    stranger.post("/demo-sign-in/", {"membership": membership.pk})

    for path in ("", "about/", "bytes/"):
        assert stranger.get(f"/files/{file_id}/{path}").status_code == 404
    for path in ("release/", "refuse/"):
        assert stranger.post(f"/files/{file_id}/{path}", {"reason": "x"}).status_code == 404


def _newest(client: Client) -> int:
    page = client.get("/files/").content.decode()
    return int(page.split('data-row="')[1].split('"')[0])
