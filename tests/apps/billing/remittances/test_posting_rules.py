"""The practice's own posting rules: made, previewed, carried out, ended, and taken back as they were posted."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.rules.posting import PayerRule, RuleAction
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import (
    PAID_ON,
    TYPICAL,
    claim,
    dollars,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core

LATE = ("0.00", (("CO", "29", "120.00"),))
WRITE_OFF = PayerRule(
    0, 0, "CO-29", RuleAction.WRITE_OFF, PAID_ON, account="contra:timely-filing", note="agreed"
)


def add(rule: PayerRule, on: date = PAID_ON):
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule, approve_rule

    row = add_rule(rule, on=on, by=1)
    return row if row.is_in_force else approve_rule(row.pk, on=on, by=2)


def balances():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances()


def test_a_rule_writes_off_what_the_house_would_leave_denied(desk):
    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    desk.post(remittance(pay(one, LATE), trace="T1"))
    add(WRITE_OFF)

    desk.post(remittance(pay(two, LATE, number="ICN2"), trace="T2"))

    assert balances()["contra:timely-filing"] == dollars("120.00")
    assert [item.title for item in desk.work("denial")] != []
    assert desk.buckets() == {"payer:1": dollars("120.00")}
    desk.prove()


def test_a_reversal_takes_back_what_was_posted_under_a_rule_that_has_ended(desk):
    from cleanclaim.apps.billing.remittances.services.posting_rules import end_rule

    one = claim("A1")
    desk.take(one)
    row = add(WRITE_OFF)
    desk.post(remittance(pay(one, LATE), trace="T1"))
    end_rule(row.pk, on=PAID_ON + timedelta(days=1), by=None)

    from cleanclaim.apps.billing.remittances.services import (
        post_remittance,
        receive_remittances,
    )
    from tests.apps.billing.world import receive_835

    back = remittance(pay(one, ("0.00", (("CO", "29", "-120.00"),)), status="22"), trace="T2")
    [pk] = receive_remittances(receive_835(back), received_on=PAID_ON).ids
    post_remittance(pk, posted_on=PAID_ON + timedelta(days=2))

    assert balances().get("contra:timely-filing", 0) == 0
    assert desk.buckets() == {"payer:1": dollars("120.00")}
    desk.prove()


def test_a_small_difference_comes_back_with_the_reversal(desk):
    one = claim("A1")
    desk.take(one)
    add(PayerRule(0, 0, "difference", RuleAction.WRITE_OFF, PAID_ON, limit=Decimal("0.05")))
    short = pay(one, ("80.00", (("CO", "45", "39.96"),)))
    [line_] = short.lines
    short = replace(
        short, charge=dollars("119.96"), lines=(replace(line_, charge=dollars("119.96")),)
    )
    back = replace(
        short,
        status_code="22",
        charge=-short.charge,
        paid=-short.paid,
        lines=(
            replace(
                line_,
                charge=dollars("-119.96"),
                paid=dollars("-80.00"),
                adjustments=tuple(replace(a, amount=-a.amount) for a in line_.adjustments),
            ),
        ),
    )

    desk.post(remittance(short, trace="T1"))
    written_off = balances()["contra:small-balance"]
    desk.post(remittance(back, trace="T2", plb=(("FB", "F1", "-80.00"),)))

    assert written_off == dollars("0.04")
    assert balances().get("contra:small-balance", 0) == 0
    assert desk.buckets() == {"payer:1": dollars("120.00")}
    desk.prove()


def test_a_rule_that_asks_holds_the_claim_and_a_person_answers_it(desk):
    from cleanclaim.apps.billing.remittances.services import apply_held

    one = claim("A1")
    [claim_id] = desk.take(one)
    add(PayerRule(0, 0, "CO-45", RuleAction.ASK, PAID_ON, note="look at the fee schedule"))

    [posted] = desk.post(remittance(pay(one, TYPICAL)))

    assert (posted.posted, posted.held) == (0, 1)
    assert balances()["liability:unapplied-cash"] == dollars("-80.00")
    [item] = desk.work("match")
    assert "look at the fee schedule" in item.reason
    apply_held(posted.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)
    assert balances().get("liability:unapplied-cash", 0) == 0
    assert desk.row(claim_id).state == "paid"
    desk.prove()


def test_a_rule_that_holds_has_the_whole_remittance_wait(desk):
    one, two = claim("A1"), claim("A2")
    desk.take(one, two)
    add(PayerRule(0, 0, "CO-29", RuleAction.HOLD, PAID_ON))

    [posted] = desk.post(remittance(pay(one, TYPICAL), pay(two, LATE, number="ICN2")))

    assert "claim A2 waits by posting rule" in posted.hold
    assert "asset:remit-clearing" not in balances()


def test_a_rule_of_one_payer_leaves_the_others_alone(desk):
    from cleanclaim.apps.shared.parties.models import Payer

    one = claim("A1")
    desk.take(one)
    other = Payer.objects.create(name="Other plan", payer_id="OTHER")
    add(replace(WRITE_OFF, payer_id=other.pk))

    desk.post(remittance(pay(one, LATE)))

    assert "contra:timely-filing" not in balances()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (replace(WRITE_OFF, pattern="XX-29"), "expected GROUP-REASON"),
        (replace(WRITE_OFF, pattern="*-*"), "expected GROUP-REASON"),
        (replace(WRITE_OFF, account=""), "expected one of the chart"),
        (replace(WRITE_OFF, account="income:interest"), "expected a reduction"),
        (replace(WRITE_OFF, account="receivable:patient"), "expected a reduction"),
        (replace(WRITE_OFF, action=RuleAction.PATIENT), "names no account"),
        (replace(WRITE_OFF, pattern="difference", account=""), "a limit above 0.00"),
        (replace(WRITE_OFF, pattern="PLB-CS"), "expected other, ask or hold"),
        (replace(WRITE_OFF, limit=Decimal("-1.00")), "expected 0.00 or more"),
        (replace(WRITE_OFF, valid_to=PAID_ON), "before it starts"),
        (replace(WRITE_OFF, payer_id=999_999), "not found"),
        (replace(WRITE_OFF, valid_from=PAID_ON - timedelta(days=1)), "or later"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_refused(desk, rule, words):
    with pytest.raises(InputError, match=words):
        add(rule)


def test_an_ended_rule_cannot_be_ended_again(desk):
    from cleanclaim.apps.billing.remittances.services.posting_rules import end_rule

    row = add(WRITE_OFF)
    end_rule(row.pk, on=PAID_ON + timedelta(days=3), by=None)

    with pytest.raises(StateError, match="has ended on"):
        end_rule(row.pk, on=PAID_ON + timedelta(days=4), by=None)


def test_a_rule_is_looked_at_put_in_force_and_ended_on_its_page(practice):
    from cleanclaim.apps.billing.remittances.models import PostingRule
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        one = claim("A1")
        Desk().take(one)
        Desk().post(remittance(pay(one, LATE)))
    form = {
        "payer": "0", "pattern": "co-29", "action": "write_off", "account": "contra:timely-filing",
        "limit": "", "note": "agreed", "from": "", "to": "",
    }  # fmt: skip
    with demo():
        client = browser(practice, "Practice biller")
        lead = browser(practice, "Billing lead")
        empty = client.get("/remittances/rules/").content.decode()
        looked = client.get("/remittances/rules/", form).content.decode()
        wrong = client.get("/remittances/rules/", {**form, "account": ""})
        client.post("/remittances/rules/add/", form)
        with tenant(practice):
            row = PostingRule.objects.get()
        proposed = client.get(f"/remittances/rules/{row.pk}/about/").content.decode()
        alone = client.post(f"/remittances/rules/{row.pk}/decide/approve/")
        asked = lead.get(f"/remittances/rules/{row.pk}/about/").content.decode()
        lead.post(f"/remittances/rules/{row.pk}/decide/approve/")
        about = client.get(f"/remittances/rules/{row.pk}/about/").content.decode()
        sheet = client.get("/remittances/rules/?xlsx=1")
        client.post(f"/remittances/rules/{row.pk}/end/")

    assert "No rule yet" in empty
    assert "write off: Filed too late, written off" in looked and "120.00" in looked
    assert "deny" in looked
    assert wrong.status_code == 422 and "expected one of the chart" in wrong.content.decode()
    assert (row.pattern, row.account, row.note) == ("CO-29", "contra:timely-filing", "agreed")
    assert row.made_by is not None
    assert "A second person puts it in force." in proposed and "Withdraw" in proposed
    assert alone.status_code == 403
    assert "Approve, put in force" in asked and "Refuse" in asked
    assert "Made by Practice biller" in about and "End it today" in about
    assert "Approved by Billing lead" in about
    assert sheet.status_code == 200
    with tenant(practice):
        ended = PostingRule.objects.get()
    assert ended.valid_to is not None and ended.ended_by is not None
