"""T14: a large payment tells how far it has come; cancelled at any part, it leaves no row, and is posted whole later.

The twin commits each part by itself; then what was cancelled stands.
"""

import pytest

from tests.apps.billing.remittances.written import written
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, bytes_835, claim, pay, remittance

pytestmark = pytest.mark.database_core
NAMES = [f"A{number}" for number in range(7)]


@pytest.fixture
def bring(practice, monkeypatch):
    """Post a payment of seven claims in parts of two, as `cleanclaim post` does; `listener` hears of each part."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances import parts, progress
    from cleanclaim.apps.billing.remittances.services import intake
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(parts, "PLACES_AT_ONCE", 2)
    monkeypatch.setattr(intake, "MOST_LISTED", 2)
    with tenant(practice):
        import_claims([claim(name) for name in NAMES], source_file_id=7, received_on=DAY)
    payments = (pay(claim(name), TYPICAL, number=f"I{name}") for name in NAMES)
    data = bytes_835(remittance(*payments, plb=(("L6", "interest", "-3.50"),)))

    def work(listener):
        with progress.listening(listener):
            files = [intake.Incoming("large.835", data)]
            [report] = intake.post_files(practice, files, posted_on=PAID_ON)
        return [one.state for one in report.payments]

    return work


def rows(practice: int) -> dict:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return written()


def cancel_at(claims: int):
    """A person presses Ctrl-C once so many claims are written."""

    def listener(trace: str, done: int, of: int) -> None:
        if done >= claims:
            raise KeyboardInterrupt

    return listener


def test_a_large_payment_tells_how_far_it_has_come(bring):
    told = []

    assert bring(lambda *words: told.append(words)) == ["posted"]

    assert told == [("T1", done, 7) for done in (0, 2, 4, 6, 7)]


def test_cancelled_at_any_part_it_leaves_no_row_and_is_posted_later(bring, practice):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with pytest.raises(KeyboardInterrupt):
        bring(cancel_at(0))
    taken_in = rows(practice)  # the file is here, of its posting there is nothing
    assert not [one for one in taken_in["Entry"] if "remittance" in str(one)]

    for claims in (2, 4, 6, 7):
        with pytest.raises(KeyboardInterrupt):
            bring(cancel_at(claims))
        assert rows(practice) == taken_in, claims

    assert bring(cancel_at(8)) == ["posted"]
    with tenant(practice):
        assert prove().balanced


def test_a_posting_that_commits_its_parts_leaves_rows_when_cancelled(bring, practice, monkeypatch):
    """The twin."""
    from django.db import connection

    from cleanclaim.apps.billing.remittances.services import posting

    write = posting._Posting.write

    def write_and_commit(self, plan):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('cleanclaim.tenant')")
            [organization] = cursor.fetchone()
            try:
                write(self, plan)
            finally:
                cursor.execute("COMMIT")
                cursor.execute("BEGIN")
                cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [organization])

    monkeypatch.setattr(posting._Posting, "write", write_and_commit)

    with pytest.raises(KeyboardInterrupt):
        bring(cancel_at(4))

    entries = [one for one in rows(practice)["Entry"] if "remittance" in str(one)]
    assert len(entries) == 5  # four claims, and the provider adjustment
