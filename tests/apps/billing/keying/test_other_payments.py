"""Paper under a number, amount and day that are here: another payment where two persons say so, never by one."""

import re

import pytest
from django.utils import timezone

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.remittances.test_received_twice import people  # noqa: F401  a fixture
from tests.apps.billing.world import DAY, PAID_ON, claim, dollars

pytestmark = pytest.mark.database_core
WHY = "two checks of one run carry this number: the payer says so"


class Twice:
    """Check 10482 of 80.00 was keyed and posted; another one with its number, amount and day is in the hand."""

    def __init__(self, practice: int, who: dict[str, int]) -> None:
        from cleanclaim.apps.billing.claims.services import import_claims
        from cleanclaim.apps.shared.tenancy.context import tenant

        self.practice, self.people, self.paper = practice, who, Paper()
        with tenant(practice):
            taken = import_claims([claim("A1"), claim("A2")], source_file_id=7, received_on=DAY)
            self.claims = taken.claim_ids
            first = self.paper.open("80.00", by=who["Ann"])
            self.key(first, 0)
            self.paper.post(first, by=who["Ann"])

    def key(self, batch: int, which: int) -> None:
        adjusted = ["CO", "45", "40"]
        self.paper.line(batch, self.claims[which], "80", adjusted, by=self.people["Ann"])

    def begin(self, why: str = WHY, by: str = "Ann") -> int:
        """The second batch, keyed to zero."""
        from cleanclaim.apps.billing.keying.services import Header, open_batch
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            header = Header(self.paper.payer_id(), "10482", dollars("80.00"), PAID_ON)
            batch = open_batch(header, by=self.people[by], other_payment=why)
            self.key(batch.pk, 1)
            return batch.pk

    def asked(self, batch: int) -> int:
        from cleanclaim.apps.billing.keying.models import OtherPayment
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            return OtherPayment.objects.get(batch_id=batch, state="requested").pk

    def do(self, name: str, *args, **more):
        from cleanclaim.apps.billing.keying import services
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            return getattr(services, name)(*args, **more)

    def post(self, batch: int):
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            return self.paper.post(batch, by=self.people["Ann"])

    def books(self):
        from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.practice):
            proof = prove()
            assert proof.balanced, proof.differences
            return account_balances()

    def work(self) -> list[str]:
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.apps.shared.work.models import WorkItem

        with tenant(self.practice):
            found = WorkItem.objects.filter(subject_kind="paper_eob").exclude(state="done")
            return list(found.values_list("title", flat=True))


@pytest.fixture
def twice(practice, people):  # noqa: F811
    return Twice(practice, people)


def test_without_a_word_it_is_refused_and_the_way_named(twice):
    with pytest.raises(StateError, match="is batch") as refused:
        twice.begin(why=" ")

    assert "say why this is another payment" in refused.value.hint


def test_it_is_keyed_at_once_and_posts_when_a_second_person_agrees(twice, people):  # noqa: F811
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    batch = twice.begin()
    assert twice.work() == ["Another payment under 10482?"]
    with pytest.raises(StateError, match="waits for a second person"):
        twice.post(batch)

    twice.do("approve_other", twice.asked(batch), by=people["Bea"])
    twice.post(batch)

    assert twice.work() == []
    assert twice.books()["asset:remit-clearing"] == dollars("160.00")
    with tenant(twice.practice):
        repeats = list(Remittance.objects.order_by("id").values_list("trace_number", "repeat"))
    assert repeats == [("10482", 0), ("10482", 1)]


def test_the_auditor_finds_who_let_it_in(twice, people):  # noqa: F811
    from cleanclaim.apps.reports.closing.population import approvals
    from cleanclaim.apps.shared.tenancy.context import tenant

    batch = twice.begin()
    twice.do("approve_other", twice.asked(batch), by=people["Bea"])

    with tenant(twice.practice):
        found = [
            (one.kind, one.subject, one.is_apart)
            for one in approvals(timezone.localdate(), timezone.localdate())
        ]
    assert ("Payment let in", f"batch {batch}", True) in found


def test_who_said_so_does_not_agree(twice, people):  # noqa: F811
    batch = twice.begin()

    with pytest.raises(StateError, match="made by you"):
        twice.do("approve_other", twice.asked(batch), by=people["Ann"])
    with pytest.raises(StateError, match="second person"):
        twice.post(batch)


def test_without_the_look_at_who_said_so_the_database_refuses(twice, people, monkeypatch):  # noqa: F811
    """The twin: the service takes anybody for another person, and the constraint speaks."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.keying import other_payments

    class Anybody(int):
        def __eq__(self, other):
            return False

        __hash__ = int.__hash__

    waiting = other_payments._waiting

    def blind(asked_id):
        found = waiting(asked_id)
        found.requested_by = Anybody(found.requested_by)
        return found

    asked = twice.asked(twice.begin())
    monkeypatch.setattr(other_payments, "_waiting", blind)

    with pytest.raises(IntegrityError, match="other_payment_second_person"):
        twice.do("approve_other", asked, by=people["Ann"])


def test_without_the_look_at_what_was_decided_it_would_post(twice, monkeypatch):
    """The twin: that nothing posts before a second person agrees is this one look."""
    from cleanclaim.apps.billing.keying import other_payments

    batch = twice.begin()
    monkeypatch.setattr(other_payments, "require_approved", lambda batch: None)

    assert twice.post(batch).posted == 1


@pytest.mark.parametrize("how", ["refuse", "withdraw"])
def test_what_was_refused_or_withdrawn_never_posts(twice, people, how):  # noqa: F811
    batch = twice.begin()
    asked = twice.asked(batch)
    if how == "refuse":
        with pytest.raises(InputError, match="reason is empty"):
            twice.do("refuse_other", asked, by=people["Bea"], words=" ")
        twice.do("refuse_other", asked, by=people["Bea"], words="the same check")
    else:
        with pytest.raises(StateError, match="not yours"):
            twice.do("withdraw_other", asked, by=people["Bea"])
        twice.do("withdraw_other", asked, by=people["Ann"])

    with pytest.raises(StateError, match="another payment under its number"):
        twice.post(batch)
    with pytest.raises(StateError, match="is decided"):
        twice.do("approve_other", asked, by=people["Bea"])
    assert twice.books()["asset:remit-clearing"] == dollars("80.00")


def test_what_was_agreed_on_is_of_just_this_check(twice, people):  # noqa: F811
    from cleanclaim.apps.billing.keying.services import Header
    from cleanclaim.apps.shared.tenancy.context import tenant

    batch = twice.begin()
    with tenant(twice.practice):
        other = Header(twice.paper.payer_id(), "10483", dollars("80.00"), PAID_ON)

    with pytest.raises(StateError, match="just this check"):
        twice.do("change_batch", batch, other, by=people["Ann"])


def test_keyed_anew_after_it_was_taken_back_it_needs_no_third_person(twice, people):  # noqa: F811
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.tenancy.context import tenant

    batch = twice.begin()
    twice.do("approve_other", twice.asked(batch), by=people["Bea"])
    twice.post(batch)
    with tenant(twice.practice):
        pk = twice.paper.row(batch).remittance_id
        reverse_posting(pk, on=PAID_ON, reason="mistyped", by=people["Ann"])

    anew = twice.do("correct_batch", batch, by=people["Ann"])
    twice.post(anew.pk)

    assert twice.books()["asset:remit-clearing"] == dollars("160.00")


def test_by_the_pages_two_people_let_it_in(twice, practice):
    with demo():
        biller = browser(practice, "Practice biller")
        lead = browser(practice, "Billing lead")
        header = {
            "payer": "CAHP1", "trace_number": "10482", "amount": "80.00",
            "paid_on": str(PAID_ON), "method": "CHK",
        }  # fmt: skip
        assert b"Why it is another payment" not in biller.get("/paper-eobs/new/").content
        asked = biller.post("/paper-eobs/new/", header)
        assert b"Why it is another payment" in asked.content
        begun = biller.post("/paper-eobs/new/", {**header, "other_payment": WHY})
        page = begun["Location"]

        assert b"a second person must approve it before it posts" in biller.get(page).content
        seen = lead.get(page).content.decode()
        [address] = re.findall(r'action="([^"]+/decide/)"', seen)
        assert WHY in seen
        assert biller.post(address, {"verb": "approve"}).status_code == 403
        assert lead.post(address, {"verb": "approve"}).status_code == 302
        assert b"Let in by Billing lead" in lead.get(page).content
