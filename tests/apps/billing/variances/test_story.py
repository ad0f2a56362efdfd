"""Dana's morning with Summit's payment: what was promised, what came, and what she does about the rest."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.variances.summit import TODAY, payment, receive

pytestmark = pytest.mark.database_core


def dispatch() -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events

    dispatch_events()


@pytest.fixture
def posted(pharmacy) -> int:
    from cleanclaim.apps.billing.remittances.services import post_remittance

    remittance_id = receive(payment())
    done = post_remittance(remittance_id, posted_on=TODAY)
    assert (done.posted, done.held, done.hold) == (4, 0, "")
    dispatch()
    return remittance_id


def rows() -> dict:
    from cleanclaim.apps.billing.variances.models import Variance

    return {row.control_number: row for row in Variance.objects.all()}


def test_what_lies_here_to_be_posted_is_nobodys_call(pharmacy):
    """Summit has answered four of the five; until that is posted, only the fifth is missing."""
    from cleanclaim.apps.billing.variances.services import find_missing

    receive(payment())

    find_missing(on=TODAY)

    assert [number for number, row in rows().items() if row.kind == "missing"] == ["700105"]


def test_the_fills_are_open_with_what_was_promised(pharmacy):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.contracts.models import ExpectedLine
    from cleanclaim.apps.shared.work.models import WorkItem

    expected = ExpectedLine.objects.order_by("line_number", "claim_id")
    allowed = [one.allowed for one in expected]

    assert [str(a) for a in allowed] == ["427.15", "19.00", "254.95", "14.20", "525.55"]
    assert sum(one.promised for one in expected) == Decimal("1120.85")
    assert {one.clause for one in expected} == {"brand clause", "generic clause"}
    assert set(Claim.objects.values_list("state", flat=True)) == {"accepted"}
    assert not WorkItem.objects.filter(kind="hold").exists()


def test_before_posting_she_sees_what_it_would_bring(pharmacy):
    from cleanclaim.apps.billing.variances.models import Variance
    from cleanclaim.apps.billing.variances.previewing import preview
    from cleanclaim.apps.shared.ledger.models import Entry

    remittance_id = receive(payment())
    before = Entry.objects.count()

    seen = preview(remittance_id, on=TODAY)

    assert seen.counts == {"exact": 3, "short": 1, "missing": 1, "fee": 1}
    assert (seen.promised, seen.received) == (Decimal("1120.85"), Decimal("619.55"))
    assert (Entry.objects.count(), Variance.objects.count()) == (before, 0)


def test_after_posting_every_dollar_of_the_difference_has_a_kind(posted):
    from cleanclaim.apps.billing.variances.selectors import Filters, totals, variances

    found = totals(variances(Filters()))

    assert (found.promised, found.received) == (Decimal("1120.85"), Decimal("619.55"))
    assert found.amount == Decimal("501.30")
    assert found.by_kind == {
        "short": Decimal("12.40"),
        "missing": Decimal("485.55"),
        "fee": Decimal("3.35"),
    }


def test_the_short_fill_says_how_it_was_priced(posted):
    assert rows()["700103"].words == (
        "paid as AWP-22 %, contract AWP-18 % (SUM-2026 v3, brand clause)"
    )


def test_the_missing_fill_is_a_call_to_make_tomorrow(posted):
    from cleanclaim.apps.shared.work.models import WorkItem

    [call] = WorkItem.objects.filter(kind="missing_payment")

    assert rows()["700105"].words == "promised 16 days ago, not remitted"
    assert call.reason.startswith("Promised 16 days ago, not remitted. Help desk 800-555-0142.")
    assert (call.due_on, call.amount) == (date(2026, 11, 24), Decimal("485.55"))


def test_what_is_most_worth_asking_for_comes_first(posted):
    from cleanclaim.apps.billing.variances.selectors import Filters, variances

    ranked = variances(Filters(state="open")).order_by("-rank")

    assert [row.control_number for row in ranked][:2] == ["700105", "700103"]
    # 485.55 x 0.90 / 8 minutes
    assert ranked[0].rank == Decimal("54.62")
    assert ranked[0].rank_steps[-1][1] == "54.62"


def test_she_appeals_with_the_clause_in_the_letter(posted):
    from cleanclaim.apps.billing.variances.deciding import decide
    from cleanclaim.apps.shared.work.models import WorkItem

    decide([rows()["700103"].pk], "dispute", words="", on=TODAY, by=None)

    [appeal] = WorkItem.objects.filter(kind="appeal")
    assert rows()["700103"].state == "disputed"
    assert "AWP-18 % (SUM-2026 v3, brand clause)" in appeal.reason
    assert "Please pay the difference of 12.40." in appeal.reason


def test_comparing_again_keeps_her_decision_until_the_figure_changes(posted):
    from cleanclaim.apps.billing.variances.deciding import decide
    from cleanclaim.apps.billing.variances.services import compare_remittance

    decide([rows()["700103"].pk], "accept", words="Too small to ask for", on=TODAY, by=None)
    compare_remittance(posted, on=TODAY)

    assert rows()["700103"].state == "accepted"
    with pytest.raises(StateError, match="is accepted: cannot dispute"):
        decide([rows()["700103"].pk], "dispute", words="", on=TODAY, by=None)


def test_taking_the_posting_back_takes_the_comparison_with_it(posted):
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    reverse_posting(posted, on=TODAY, reason="wrong day", by=None)
    dispatch()

    # 700105 was missing before and still is; the answers to the others are gone.
    assert set(rows()) == {"700105"}

    post_remittance(posted, posted_on=TODAY)
    dispatch()
    assert len(rows()) == 6


def test_a_changed_contract_prices_anew_beside_the_old_figure(posted):
    from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml
    from cleanclaim.apps.billing.contracts.models import ExpectedLine
    from tests.apps.billing.variances.summit import CONTRACT

    amended = CONTRACT.replace("edition: v3", "edition: v4").replace("discount: 18", "discount: 22")
    [raw] = read_yaml(amended.replace("valid_from: 2026-01-01", "valid_from: 2026-11-01"))
    load_contract(raw, on=TODAY)
    dispatch()

    lines = ExpectedLine.objects.filter(claim_id=rows()["700103"].claim_id).order_by("id")
    assert [(one.edition, str(one.allowed)) for one in lines] == [
        ("v3", "254.95"),
        ("v4", "242.55"),
    ]
    # The payer's own promise stands, whatever the contract says now.
    assert rows()["700103"].amount == Decimal("12.40")
