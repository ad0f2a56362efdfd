"""What goes back to a card adds up to no more than the card paid; a check's number is asked of the newest file."""

import threading
from contextlib import suppress
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_refund_once import by_each
from tests.apps.billing.adjustments.test_refunds import (  # noqa: F401
    DAY,
    account_sums,
    approved,
    bank,
    found,
    issue,
    paid_twice,
    people,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line

pytestmark = pytest.mark.database_core


def take(by: int, amount: str, reference: str, method: str = "card"):
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.billing.receipts.services import take

    return take(
        Patient.objects.get().pk, amount=Decimal(amount), kind="prepayment", method=method,
        reference=reference, on=DAY, by=by,
    )  # fmt: skip


def to_give_back(who, trace: str = "", amount: str | None = None):
    """An approved refund of the prepayment that lies under this trace."""
    from cleanclaim.apps.billing.adjustments import services

    key = next(row.key for row in found() if row.trace == trace)
    part = Decimal(amount) if amount else None
    row = services.identify_credit(key, on=DAY, by=who["ana"], amount=part)
    services.request_refund(row.pk, on=DAY, by=who["ana"])
    return services.approve_refund(row.pk, on=DAY, by=who["lee"])


def send(rows, number: str, by: int, method: str = "card"):
    from cleanclaim.apps.billing.adjustments.services import issue_refunds

    accounts = {row.pk: {"account": number} for row in rows}
    return issue_refunds([row.pk for row in rows], method=method, bank=bank(), on=DAY, by=by, accounts=accounts)  # fmt: skip


@pytest.fixture
def receipts(desk, people):  # noqa: F811
    """30.00 by card and 30.00 by check of one patient; nothing is owed."""
    desk.take(claim("A1", line(charge="50.00")))
    by_card = take(people["ana"], "30.00", "AUTH77")
    by_check = take(people["ana"], "30.00", "8", method="check")
    return by_card, by_check


def test_a_card_that_got_its_money_back_gets_no_more(people, receipts):  # noqa: F811
    by_card, by_check = receipts
    first = to_give_back(people, f"receipt {by_card.pk}")
    other = to_give_back(people, f"receipt {by_check.pk}")

    send([first], "AUTH77", people["max"])
    with pytest.raises(InputError, match=r"30\.00 to a card that paid 30\.00, of which 30\.00"):
        send([other], "AUTH77", people["max"])

    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.receipt_id, other.state) == (by_card.pk, "approved")


def test_two_refunds_of_one_file_add_up_too(people, receipts):  # noqa: F811
    by_card, by_check = receipts
    rows = [to_give_back(people, f"receipt {one.pk}") for one in (by_card, by_check)]

    with pytest.raises(InputError, match="of which"):
        send(rows, "AUTH77", people["max"])

    assert account_sums() == {"refund-payable": Decimal("60.00")}


def test_parts_up_to_the_cent_go_back(people, receipts):  # noqa: F811
    by_card, _ = receipts
    parts = [to_give_back(people, f"receipt {by_card.pk}", part) for part in ("10.00", "20.00")]

    send(parts[:1], "AUTH77", people["max"])
    send(parts[1:], str(by_card.pk), people["max"])

    assert account_sums() == {"refund-checks-outstanding": Decimal("30.00")}


def test_what_left_by_check_is_no_longer_the_cards(people, receipts):  # noqa: F811
    by_card, by_check = receipts
    send([to_give_back(people, f"receipt {by_card.pk}")], "", people["max"], method="check")
    other = to_give_back(people, f"receipt {by_check.pk}")

    with pytest.raises(InputError, match="of which"):
        send([other], "AUTH77", people["max"])


def test_a_stopped_refund_leaves_the_card_free_again(people, receipts):  # noqa: F811
    from cleanclaim.apps.billing.adjustments.services import cancel_refund, stop_refund

    by_card, by_check = receipts
    first = to_give_back(people, f"receipt {by_card.pk}")
    send([first], "AUTH77", people["max"])
    stop_refund(first.pk, words="the card is closed", on=DAY, by=people["max"])
    cancel_refund(first.pk, words="not now", on=DAY, by=people["lee"])

    send([to_give_back(people, f"receipt {by_check.pk}")], "AUTH77", people["max"])


@pytest.fixture
def two_refunds(practice):
    """Approved refunds of two checks of a patient who paid 30.00 by card as well, committed; who issues."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        names = {"ana": "Practice biller", "lee": "Billing lead", "max": "Billing lead"}
        who = {name: person(practice, name.title(), role) for name, role in names.items()}
        Desk().take(claim("A1", line(charge="50.00")))
        take(who["ana"], "30.00", "AUTH77")
        checks = [take(who["ana"], "30.00", number, method="check") for number in ("8", "9")]
        return [to_give_back(who, f"receipt {row.pk}") for row in checks], who["max"]


def issued_at_once(practice, two_refunds, monkeypatch) -> Decimal:
    """Both refunds are sent to the card at once: each looks before either has written, where no lock keeps it off."""
    from cleanclaim.apps.billing.adjustments.services import issuing
    from cleanclaim.apps.shared.tenancy.context import tenant

    rows, by = two_refunds
    waiting = iter(rows)
    both_have_looked = threading.Barrier(2)
    look = issuing._given_to_card

    def look_together(*args):
        gone = look(*args)
        with suppress(threading.BrokenBarrierError):  # where the other one waits for the lock
            both_have_looked.wait(2)
        return gone

    monkeypatch.setattr(issuing, "_given_to_card", look_together)
    by_each(practice, lambda: send([next(waiting)], "AUTH77", by), 2)
    with tenant(practice):
        return account_sums()["refund-checks-outstanding"]


def test_two_files_at_the_same_moment_add_up(practice, two_refunds, monkeypatch):
    assert issued_at_once(practice, two_refunds, monkeypatch) == Decimal("30.00")


def test_without_the_locks_two_files_give_the_card_twice_what_it_paid(
    practice, two_refunds, monkeypatch
):
    """The twin."""
    from cleanclaim.apps.billing.adjustments.services import issuing, refund_entries

    monkeypatch.setattr(issuing, "lock_names", lambda names: None)
    monkeypatch.setattr(refund_entries, "lock_names", lambda names: None)

    assert issued_at_once(practice, two_refunds, monkeypatch) == Decimal("60.00")


def test_only_the_newest_check_file_is_asked_for_its_number(desk, people, paid_twice):  # noqa: F811
    """A file of years ago is not read, so that the thousandth run is as quick as the first."""
    from cleanclaim.apps.billing.adjustments.models import RefundFile

    for content in (b"head\r\nanother form\r\nend\r\n", b'h\r\n"1700"\r\nTOTAL,1,1.00\r\n'):  # fmt: skip
        RefundFile.objects.create(
            method="check", name="old", content=content, sha256="", count=1, amount=1,
            made_by=1, made_on=DAY,
        )  # fmt: skip

    row = approved(people)
    issue(row, people["max"])
    row.refresh_from_db()

    assert row.reference == "1701"
