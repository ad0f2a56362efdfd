"""T04: an 835 that comes twice is stopped at the door or at its trace; nothing moves, and the first one is named.

The same bytes, the same control numbers with other bytes, the same payer and trace in a new envelope. Each control has
a twin that takes it away.
"""

import pytest

from cleanclaim.kernel.errors import PermissionRefusedError
from tests.apps.billing.remittances.written import written
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, bytes_835, claim, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def people(database) -> dict[str, int]:
    from cleanclaim.apps.shared.users.services import add_user

    return {
        name: add_user(email=f"{name.lower()}@harbor.example", name=name).pk
        for name in ("Ann", "Bea")
    }


@pytest.fixture
def bring(practice, people):
    """Bring files as a person, post what may be posted, and prove the books; one report a file."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)

    def work(data: bytes, name: str, by: str):
        [report] = post_files(
            practice,
            [Incoming(name, data)],
            posted_on=PAID_ON,
            received_on=PAID_ON,
            by=people[by],
        )
        with tenant(practice):
            assert prove().balanced
        return report

    return work


def money(practice: int) -> dict:
    """Every row that posting may write, but for the work that tells people."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return {name: rows for name, rows in written().items() if name != "WorkItem"}


def states(practice: int) -> list[str]:
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        found = FileState.objects.filter(file__direction="in").order_by("file_id")
        return list(found.values_list("state", flat=True))


PAYMENT = remittance(pay(claim("A1"), TYPICAL))
FIRST = '"monday.835" of 2026-07-08, received by Ann'


def test_the_same_bytes_post_nothing_and_name_the_first_file_its_day_and_user(bring, practice):
    data = bytes_835(PAYMENT)
    bring(data, "monday.835", "Ann")
    before = money(practice)

    report = bring(data, "tuesday.835", "Bea")

    assert FIRST in report.message
    assert [one.state for one in report.payments] == ["already"]
    assert money(practice) == before
    assert states(practice) == ["processed", "duplicate"]


def test_without_the_look_at_the_bytes_the_database_refuses_them(bring, monkeypatch):
    """The twin: the door does not look, and then the unique key speaks."""
    from django.db import IntegrityError

    from cleanclaim.apps.shared.exchange.services import receiving

    data = bytes_835(PAYMENT)
    bring(data, "monday.835", "Ann")
    monkeypatch.setattr(receiving, "firsts_of", lambda wave: {})
    monkeypatch.setattr(receiving, "seen_numbers", lambda wave: {})

    with pytest.raises(IntegrityError, match="message_file_bytes_once"):
        bring(data, "tuesday.835", "Bea")


def with_other_bytes(data: bytes) -> bytes:
    """Another payment under the same control numbers."""
    changed = data.replace(b"*T1*", b"*T2*")
    assert changed != data
    return changed


def test_the_same_numbers_with_other_bytes_wait_for_a_second_person(bring, practice, people):
    from cleanclaim.apps.shared.exchange.models import FileEvent
    from cleanclaim.apps.shared.exchange.services import release_held_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    data = bytes_835(PAYMENT)
    bring(data, "monday.835", "Ann")
    before = money(practice)

    report = bring(with_other_bytes(data), "tuesday.835", "Bea")

    assert "came before with other bytes" in report.message
    assert FIRST in report.message
    assert report.payments == ()
    assert money(practice) == before
    assert states(practice) == ["processed", "held"]
    with pytest.raises(PermissionRefusedError, match="was received by you"), tenant(practice):
        release_held_file(report.file_id, people["Bea"])
    with tenant(practice):
        release_held_file(report.file_id, people["Ann"])
        events = FileEvent.objects.filter(file_id=report.file_id).order_by("id")
        told = [(one.by, one.words) for one in events]
    assert told[-1] == (people["Ann"], "Released")
    assert [one.state for one in bring(with_other_bytes(data), "again.835", "Bea").payments] == [
        "posted"
    ]


def test_without_the_look_at_the_numbers_the_other_bytes_are_posted(bring, monkeypatch):
    """The twin."""
    from cleanclaim.apps.shared.exchange.services import receiving

    data = bytes_835(PAYMENT)
    bring(data, "monday.835", "Ann")
    monkeypatch.setattr(receiving, "seen_numbers", lambda wave: {})

    report = bring(with_other_bytes(data), "tuesday.835", "Bea")

    assert [one.state for one in report.payments] == ["posted"]


def test_a_known_trace_in_a_new_envelope_is_refused_and_the_first_file_named(bring, practice):
    bring(bytes_835(PAYMENT), "monday.835", "Ann")
    before = money(practice)

    report = bring(bytes_835(PAYMENT), "tuesday.835", "Bea")

    [refused] = report.payments
    assert (refused.state, FIRST in refused.hold) == ("refused", True)
    assert refused.hold.endswith("Nothing was posted")
    assert money(practice) == before
    assert states(practice) == ["processed", "processed"]


def test_a_known_trace_with_another_amount_is_to_be_looked_into(bring, practice):
    """It may be another payment, so that it is posted; nobody is told that all is well."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    with tenant(practice):
        import_claims([claim("A2")], source_file_id=8, received_on=DAY)
    bring(bytes_835(PAYMENT), "monday.835", "Ann")
    changed = remittance(pay(claim("A2"), ("79.00", (("CO", "45", "41.00"),))))

    report = bring(bytes_835(changed), "tuesday.835", "Bea")

    assert not report.is_clean
    [finding] = report.payments[0].findings
    assert finding.startswith("trace T1 of this payer came before, as remittance 1 of 80.00 on")
    with tenant(practice):
        assert WorkItem.objects.filter(title="Look into trace T1").count() == 1


def test_without_the_look_at_the_trace_the_database_refuses_it(bring, monkeypatch):
    """The twin: the unique key is the second wall."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.remittances.services import receiving

    bring(bytes_835(PAYMENT), "monday.835", "Ann")
    monkeypatch.setattr(receiving, "find_known", lambda value: None)

    with pytest.raises(IntegrityError, match="remittance_once"):
        bring(bytes_835(PAYMENT), "tuesday.835", "Bea")
