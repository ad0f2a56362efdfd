"""What the door does with each file, and what the person reads."""

import threading

import pytest
from django.conf import settings

from cleanclaim.kernel.errors import PermissionRefusedError, StateError
from tests.apps.shared.exchange.conftest import DAY

pytestmark = pytest.mark.database_core


@pytest.fixture
def receive(plan: int, practice_partner):
    """Bring bytes to the plan's door as the practice (or whoever `partner` is)."""
    from cleanclaim.apps.shared.exchange.services import receive_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    def bring(data: bytes, *, partner=practice_partner, name: str = "claims.x12", by=None):
        with tenant(plan):
            return receive_file(data, partner=partner, name=name, received_on=DAY, by=by)

    return bring


@pytest.fixture
def people(database) -> tuple[int, int]:
    """Two users' ids."""
    from cleanclaim.apps.shared.users.services import add_user

    return (
        add_user(email="ann@example.test", name="Ann Abel").pk,
        add_user(email="bea@example.test", name="Bea Benn").pk,
    )


def _rows(plan: int):
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        return list(FileState.objects.order_by("file_id").values_list("state", flat=True))


def _content(plan: int, file_id: int) -> bytes:
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        return content_of(file_id)


def test_a_good_file_is_accepted_and_kept_byte_by_byte(plan, receive, interchange) -> None:
    data = interchange(body="NM1*IL*1*MUÑOZ")

    receipt = receive(data)

    assert receipt.is_accepted
    assert receipt.message == "Received."
    assert _content(plan, receipt.file_id) == data
    assert _rows(plan) == ["received"]


def test_the_same_bytes_again_are_refused_and_the_first_is_named(
    plan, receive, interchange, people
) -> None:
    first = receive(interchange(), name="monday.x12", by=people[0])

    second = receive(interchange(), name="tuesday.x12", by=people[1])

    assert second.outcome == "duplicate"
    assert second.first_id == first.file_id
    assert second.message == (
        f'The same bytes came before in file {first.file_id} "monday.x12" of 2026-03-02, '
        "received by Ann Abel. Nothing was changed."
    )
    assert _rows(plan) == ["received", "duplicate"]
    assert _content(plan, second.file_id) == interchange()


def test_a_refused_file_may_come_again_once_its_partner_is_known(
    plan, receive, interchange, practice_partner
) -> None:
    from cleanclaim.apps.shared.exchange.models import Partner
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        Partner.objects.update(their_id="SOMEBODY")
    refused = [receive(interchange(), partner=None).outcome for _ in range(2)]
    with tenant(plan):
        Partner.objects.update(their_id=practice_partner.their_id)

    accepted = receive(interchange(), partner=None)
    again = receive(interchange(), partner=None)

    assert refused == ["refused", "refused"]
    assert accepted.outcome == "accepted"
    assert (again.outcome, again.first_id) == ("duplicate", accepted.file_id)


def test_an_unreadable_file_again_is_unreadable_again(plan, receive) -> None:
    assert [receive(b"no X12 at all").outcome for _ in range(3)] == ["unreadable"] * 3


def test_the_same_bytes_through_another_door_are_the_same(plan, receive, interchange) -> None:
    first = receive(interchange())

    second = receive(interchange(), partner=None)  # an upload: ISA06 names the partner

    assert (second.outcome, second.first_id) == ("duplicate", first.file_id)


def test_known_numbers_with_other_bytes_are_held_until_a_second_person_releases_them(
    plan, receive, interchange, people
) -> None:
    from cleanclaim.apps.shared.exchange.services import lock_received_file, release_held_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    first = receive(interchange(body="REF*D9*1"))

    held = receive(interchange(body="REF*D9*2"), by=people[0])

    assert (held.outcome, held.first_id) == ("held", first.file_id)
    assert held.message.startswith(
        "ISA13 000000001, GS06 1, ST02 0001 came before with other bytes"
    )
    assert f"file {first.file_id}" in held.message
    with tenant(plan):
        assert lock_received_file(held.file_id) is None
    with (
        pytest.raises(PermissionRefusedError, match="A second person must"),
        tenant(plan),
    ):
        release_held_file(held.file_id, people[0])
    assert _rows(plan) == ["received", "held"]
    with tenant(plan):
        release_held_file(held.file_id, people[1])
        assert lock_received_file(held.file_id) is not None
    assert _rows(plan) == ["received", "received"]


def test_a_held_file_is_released_or_refused_once(plan, receive, interchange, people) -> None:
    from cleanclaim.apps.shared.exchange.services import refuse_held_file, release_held_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    receive(interchange(body="REF*D9*1"))
    held = receive(interchange(body="REF*D9*2"), by=people[0])
    with tenant(plan):
        refuse_held_file(held.file_id, reason="Sent in error, by phone", by=people[1])

    with pytest.raises(StateError, match="is refused, expected held"), tenant(plan):
        release_held_file(held.file_id, people[1])

    assert _rows(plan) == ["received", "refused"]


def test_other_numbers_of_the_same_sender_pass(receive, interchange) -> None:
    receive(interchange(interchange=1, group=1))

    assert receive(interchange(interchange=2, group=2)).is_accepted


def test_numbers_of_a_refused_file_may_come_again(plan, receive, interchange, monkeypatch) -> None:
    monkeypatch.setattr(settings, "KIND", "production")
    refused = receive(interchange(usage="T"))

    again = receive(interchange(usage="P"))

    assert refused.outcome == "refused"
    assert again.is_accepted


def test_a_test_file_is_refused_by_a_production_world(
    plan, receive, interchange, monkeypatch
) -> None:
    monkeypatch.setattr(settings, "KIND", "production")

    receipt = receive(interchange(usage="T"))

    assert receipt.outcome == "refused"
    assert receipt.message.startswith("ISA15: found T (test), expected P in a production world.")
    assert _content(plan, receipt.file_id) == interchange(usage="T")


def test_a_test_file_behind_a_production_one_in_the_same_file_is_seen(
    receive, interchange, monkeypatch
) -> None:
    monkeypatch.setattr(settings, "KIND", "production")

    receipt = receive(interchange(interchange=1) + interchange(interchange=2, usage="T"))

    assert receipt.outcome == "refused"


def test_a_test_file_is_welcome_in_a_test_world(receive, interchange) -> None:
    assert receive(interchange(usage="T")).is_accepted


def test_an_empty_file_is_kept_and_located(plan, receive) -> None:
    receipt = receive(b"")

    assert receipt.outcome == "unreadable"
    assert receipt.message.startswith("The file is empty: 0 bytes")
    assert _content(plan, receipt.file_id) == b""


def test_text_that_is_no_x12_is_kept_and_located(plan, receive) -> None:
    receipt = receive(b"Dear sirs, \xff\x00 claims enclosed")

    assert receipt.outcome == "unreadable"
    assert receipt.message.startswith('byte 1: found "Dea", expected ISA (the file is not X12).')
    assert _content(plan, receipt.file_id) == b"Dear sirs, \xff\x00 claims enclosed"


def test_a_stranger_is_refused_at_the_upload(receive, interchange) -> None:
    receipt = receive(interchange(sender="STRANGER"), partner=None)

    assert receipt.outcome == "refused"
    assert receipt.message.startswith("ISA06: ZZ:STRANGER is not one of our partners.")


def test_a_stranger_in_a_partners_folder_is_held(receive, interchange) -> None:
    receipt = receive(interchange(sender="STRANGER"))

    assert receipt.outcome == "held"
    assert receipt.message.startswith("ISA06: ZZ:STRANGER, expected ZZ:1234567893 from Harbor")


def test_the_file_door_serves_strangers(database, interchange) -> None:
    from cleanclaim.apps.shared.exchange.services import receive_file
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    door = find_or_add_organization(kind="switch", name="File door").pk
    with tenant(door):
        receipt = receive_file(
            interchange(sender="STRANGER"), partner=None, name="a.x12", received_on=DAY
        )

    assert receipt.is_accepted


def test_a_file_above_the_limit_is_noted_and_refused(plan, receive, monkeypatch) -> None:
    monkeypatch.setattr(settings, "FILE_LIMIT_BYTES", 10, raising=False)

    receipt = receive(b"ISA*0000000")

    assert receipt.outcome == "refused"
    assert receipt.message.startswith("The file has 11 bytes, the limit is 10. Ask the sender to")
    assert _content(plan, receipt.file_id) == b""


def test_names_hold_whatever_people_type(plan, receive, interchange) -> None:
    receipt = receive(interchange(), name="../../etc/\x00pass\udcffwd" + "x" * 300)

    from cleanclaim.apps.shared.exchange.selectors import file_detail
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        assert file_detail(receipt.file_id).name.startswith("../../etc/?pass?wdx")


def test_two_threads_with_the_same_bytes_enter_once(
    plan, practice_partner, receive, interchange
) -> None:
    from django.db import connection

    data, outcomes = interchange(), []
    start = threading.Barrier(8)

    def bring() -> None:
        try:
            start.wait()
            outcomes.append(receive(data).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["accepted"] + ["duplicate"] * 7
    assert sorted(_rows(plan)) == ["duplicate"] * 7 + ["received"]


def test_without_the_lock_the_database_still_lets_the_bytes_in_once(
    plan, receive, interchange, monkeypatch
) -> None:
    """The twin of the test above: the unique key is the second wall."""
    from django.db import IntegrityError

    from cleanclaim.apps.shared.exchange.services import receiving

    receive(interchange())
    monkeypatch.setattr(receiving, "firsts_of", lambda wave: {})
    monkeypatch.setattr(receiving, "seen_numbers", lambda wave: {})

    with pytest.raises(IntegrityError, match="message_file_bytes_once"):
        receive(interchange())


def test_of_two_workers_one_gets_the_file(plan, receive, interchange) -> None:
    from cleanclaim.apps.shared.exchange.services import lock_received_file, mark_processed
    from cleanclaim.apps.shared.tenancy.context import tenant

    receipt = receive(interchange())
    with tenant(plan):
        assert lock_received_file(receipt.file_id) is not None
        mark_processed(receipt.file_id)

    with tenant(plan):
        assert lock_received_file(receipt.file_id) is None
    with pytest.raises(StateError, match="is processed, expected received"), tenant(plan):
        mark_processed(receipt.file_id)


def test_kept_bytes_cannot_be_changed(plan, receive, interchange, database) -> None:
    import psycopg

    receive(interchange())

    with psycopg.connect(database.owner) as owner:
        owner.execute("SELECT set_config('cleanclaim.tenant', %s, false)", [str(plan)])
        for statement in (
            "UPDATE exchange_messagefile SET content = 'x'",
            "DELETE FROM exchange_messagefile",
            "TRUNCATE exchange_messagefile CASCADE",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation), owner.transaction():
                owner.execute(statement)


def test_the_other_tenant_sees_no_file(practice, receive, interchange) -> None:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    receive(interchange())

    with tenant(practice):
        assert not MessageFile.objects.exists()


@pytest.mark.slow
def test_a_hundred_megabytes_of_junk_are_kept_and_told(plan, receive) -> None:
    junk = b"\x9f\x00junk ~*:" * 10_000_000

    receipt = receive(junk)

    assert receipt.outcome == "unreadable"
    assert receipt.message.startswith("byte 1: found 9f 00 6a, expected ISA (the file is not X12).")
    assert len(_content(plan, receipt.file_id)) == 100_000_000
