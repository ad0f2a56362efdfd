"""T04's override: a payment refused as a repeat is let in by a second person, never by the one who asked, and its story is kept."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.remittances.test_received_twice import people  # noqa: F401
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, bytes_835, claim, pay, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def live():
    """Pages at which demo people sign in."""
    from tests.apps.billing.desks import demo

    with demo():
        yield


TODAY = date(2026, 7, 10)


@pytest.fixture
def refused(practice, people):  # noqa: F811
    """A payment that came twice, in files of their own: another check of the payer under the same number. Its row's id."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.models import RepeatedPayment
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        import_claims([claim("A1"), claim("A2")], source_file_id=7, received_on=DAY)
    first = bytes_835(remittance(pay(claim("A1"), TYPICAL)))
    second = bytes_835(remittance(pay(claim("A2"), TYPICAL, number="ICN2")))
    for name, data in (("monday.835", first), ("tuesday.835", second)):
        post_files(
            practice,
            [Incoming(name, data)],
            posted_on=PAID_ON,
            received_on=PAID_ON,
            by=people["Ann"],
        )
    with tenant(practice):
        return RepeatedPayment.objects.get().pk


@pytest.fixture
def desk(practice, refused, people):  # noqa: F811
    from cleanclaim.apps.billing.remittances import services
    from cleanclaim.apps.billing.remittances.models import Remittance, RepeatedPayment
    from cleanclaim.apps.shared.ledger.selectors import prove, trial_balance
    from cleanclaim.apps.shared.tenancy.context import tenant

    class Repeats:
        def ask(self, by: str = "Ann", reason: str = "two checks, one number: the payer says so"):
            with tenant(practice):
                return services.ask_for_repeat(refused, reason=reason, by=people[by])

        def approve(self, request_id: int, by: str = "Bea"):
            with tenant(practice):
                return services.approve_repeat(request_id, on=TODAY, by=people[by], words="seen")

        def refuse(self, request_id: int, words: str = "it is the same"):
            with tenant(practice):
                services.refuse_repeat(request_id, by=people["Bea"], words=words)

        def withdraw(self, request_id: int, by: str):
            with tenant(practice):
                services.withdraw_repeat(request_id, by=people[by])

        def post(self, remittance_id: int):
            with tenant(practice):
                return services.post_remittance(remittance_id, posted_on=TODAY)

        def count(self) -> int:
            with tenant(practice):
                return Remittance.objects.count()

        def row(self) -> RepeatedPayment:
            with tenant(practice):
                return RepeatedPayment.objects.get()

        def story(self) -> list[tuple[str, int, int | None]]:
            with tenant(practice):
                found = RepeatedPayment.objects.get().requests.order_by("id")
                return list(found.values_list("state", "requested_by", "decided_by"))

        def clearing(self) -> Decimal:
            with tenant(practice):
                assert prove().balanced
                return {row.account: row.debit - row.credit for row in trial_balance()}[
                    "asset:remit-clearing"
                ]

    return Repeats()


def test_a_second_person_lets_it_in_and_it_posts(desk, refused, people):  # noqa: F811
    before = desk.clearing()
    asked = desk.ask()

    remittance_id = desk.approve(asked)
    posted = desk.post(remittance_id)

    assert (posted.posted, posted.held, posted.hold) == (1, 0, "")
    assert desk.clearing() == before * 2
    assert desk.row().remittance_id == remittance_id
    assert desk.story() == [("approved", people["Ann"], people["Bea"])]


def test_who_asked_does_not_let_it_in(desk):
    asked = desk.ask()

    with pytest.raises(StateError, match="made by you"):
        desk.approve(asked, by="Ann")

    assert desk.count() == 1


def test_without_the_look_at_who_asked_the_database_refuses(desk, monkeypatch):
    """The twin: the service takes anybody for another person, and the constraint speaks."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.remittances.services import repeats

    class Anybody(int):
        def __eq__(self, other):
            return False

        __hash__ = int.__hash__

    asked = desk.ask()
    waiting = repeats._waiting

    def blind(request_id):
        found = waiting(request_id)
        found.requested_by = Anybody(found.requested_by)
        return found

    monkeypatch.setattr(repeats, "_waiting", blind)

    with pytest.raises(IntegrityError, match="repeat_request_second_person"):
        desk.approve(asked, by="Ann")
    assert desk.count() == 1


def test_it_is_let_in_once(desk):
    asked = desk.ask()
    desk.approve(asked)

    with pytest.raises(StateError, match="decided"):
        desk.approve(asked)
    with pytest.raises(StateError, match="let in already"):
        desk.ask()

    assert desk.count() == 2


def test_what_was_refused_and_withdrawn_stays_in_its_story(desk, people):  # noqa: F811
    ann, bea = people["Ann"], people["Bea"]
    desk.refuse(desk.ask())
    mine = desk.ask(by="Bea")
    with pytest.raises(StateError, match="not yours"):
        desk.withdraw(mine, by="Ann")
    desk.withdraw(mine, by="Bea")
    last = desk.ask()
    with pytest.raises(StateError, match="waits for its decision"):
        desk.ask()
    desk.approve(last)

    assert desk.story() == [("refused", ann, bea), ("withdrawn", bea, bea), ("approved", ann, bea)]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_wanted(desk, reason):
    with pytest.raises(InputError, match="reason is empty"):
        desk.ask(reason=reason)
    with pytest.raises(InputError, match="reason is empty"):
        desk.refuse(desk.ask(), words=reason)


def test_what_was_let_in_is_refused_when_it_comes_a_third_time(desk, practice, people):  # noqa: F811
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files

    desk.approve(desk.ask())
    third = bytes_835(remittance(pay(claim("A2"), TYPICAL, number="ICN2")))

    [report] = post_files(
        practice,
        [Incoming("w.835", third)],
        posted_on=PAID_ON,
        received_on=PAID_ON,
        by=people["Ann"],
    )

    assert [one.state for one in report.payments] == ["refused"]
    assert desk.count() == 2


def test_by_the_pages_two_people_let_it_in(live, practice, refused):
    from tests.apps.billing.desks import browser

    biller = browser(practice, "Practice biller")
    lead = browser(practice, "Billing lead")
    pane = f"/remittances/repeats/{refused}/about/"

    assert b"T1" in biller.get("/remittances/repeats/").content
    biller.post(f"/remittances/repeats/{refused}/ask/", {"reason": "another check"})
    assert b"A second person must approve it" in biller.get(pane).content

    [address] = re.findall(r'action="([^"]+/decide/)"', lead.get(pane).content.decode())
    assert biller.post(address, {"verb": "approve"}).status_code == 403
    answer = lead.post(address, {"verb": "approve"})

    assert answer.status_code == 302
    assert b"A2" in lead.get(answer["Location"]).content
    assert b"let in" in lead.get("/remittances/repeats/").content


def test_the_auditor_finds_the_refused_payment_and_who_let_it_in(desk, practice):
    from cleanclaim.apps.reports.closing.population import approvals, population
    from cleanclaim.apps.shared.tenancy.context import tenant

    def found():
        with tenant(practice):
            return [(one.status, one.trace_number) for one in population(PAID_ON, PAID_ON)]

    assert found() == [("posted", "T1"), ("refused", "T1")]

    desk.approve(desk.ask())

    assert found() == [("posted", "T1"), ("waiting", "T1")]
    with tenant(practice):
        kinds = [
            (one.kind, one.is_apart)
            for one in approvals(timezone.localdate(), timezone.localdate())
        ]
    assert ("Payment let in", True) in kinds


@pytest.mark.parametrize("segments", ["no such message", "a message that is refused today"])
def test_what_can_no_longer_be_read_is_told_in_words_and_changes_nothing(
    desk, practice, refused, segments, monkeypatch
):
    """Its reading may be stricter than on the day on which it was refused as a repeat."""
    from cleanclaim.apps.billing.remittances.services import receiving

    read = receiving.read_traded

    def today(data):
        if segments == "no such message":
            return read(data.replace(b"~ST*835*", b"~ST*999*"))
        return read(data.replace(b"~BPR*", b"~XYZ*"))

    asked = desk.ask()
    monkeypatch.setattr(receiving, "read_traded", today)

    with pytest.raises(
        StateError, match=r"can no longer be read: (the file has|message .* segment)"
    ):
        desk.approve(asked)
    assert desk.count() == 1
    assert [state for state, *_ in desk.story()] == ["requested"]
