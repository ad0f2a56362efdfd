"""CLP05 that is not the sum of the PR adjustments: told in the simulation, posted, or held by a rule of the practice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core

WORDS = "the payer says 55.00 is the patient's (CLP05), its PR adjustments are 10.00"


def differing(number: str):
    return replace(pay(claim(number), TYPICAL), patient_responsibility=Decimal("55.00"))


def received(*payments) -> int:
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    [pk] = receive_remittances(receive_835(remittance(*payments)), received_on=PAID_ON).ids
    return pk


def test_it_is_told_before_and_posts_by_the_adjustments(desk) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance, simulate_posting

    desk.take(claim("A1"))
    pk = received(differing("A1"))

    shown = simulate_posting(pk, posted_on=PAID_ON)
    done = post_remittance(pk, posted_on=PAID_ON, by=None)

    assert shown.findings == done.findings == (f"claim A1: {WORDS}",)
    assert shown.hold == done.hold == ""
    assert desk.buckets()["patient"] == Decimal("10.00")
    assert [item.reason for item in desk.work("other")] == [f"claim A1: {WORDS}"]
    desk.prove()


def test_many_are_told_in_one_sentence(desk) -> None:
    from cleanclaim.apps.billing.remittances.services import simulate_posting

    numbers = [f"A{n}" for n in range(8)]
    desk.take(*[claim(number) for number in numbers])
    pk = received(*[replace(differing(n), payer_control_number=f"P{n}") for n in numbers])

    [finding] = simulate_posting(pk, posted_on=PAID_ON).findings

    assert finding.count("claim A") == 5
    assert finding.endswith("; and 3 more")


@pytest.mark.parametrize(("action", "state"), [("ask", "posted"), ("hold", "held")])
def test_a_rule_has_the_payment_or_the_remittance_wait(desk, action: str, state: str) -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule
    from cleanclaim.rules.posting import PayerRule, RuleAction

    desk.take(claim("A1"), claim("A2"))
    rule = PayerRule(0, 0, "CLP05", RuleAction(action), date(2026, 1, 1))
    add_rule(rule, on=date(2026, 1, 1), by=None)
    pk = received(differing("A1"), pay(claim("A2"), TYPICAL, number="P2"))

    post_remittance(pk, posted_on=PAID_ON, by=None)

    assert Remittance.objects.get(pk=pk).state == state
    outcomes = RemittanceClaim.objects.order_by("position").values_list("outcome", flat=True)
    assert list(outcomes) == (["held", "paid"] if action == "ask" else ["waiting", "waiting"])
    if action == "ask":
        hold = RemittanceClaim.objects.get(position=1).hold
        assert hold.startswith("posting rule")
        assert hold.endswith(WORDS)
    desk.prove()


def test_the_page_says_look_and_the_rules_page_what_it_would_hold(practice: int) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        Desk().take(claim("A1"))
        pk = received(differing("A1"))
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/remittances/{pk}/").content.decode()
        preview = client.get(
            "/remittances/rules/", {"pattern": "CLP05", "action": "hold", "payer": "0"}
        ).content.decode()

    assert "<b>Look.</b> Claim A1: the payer says 55.00" in page
    assert "45.00" in preview
    assert "A1" in preview
