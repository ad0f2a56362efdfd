"""Rules that widen what happens by itself are put in force by a second person; the database holds it by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cleanclaim.kernel.errors import PermissionRefusedError, StateError
from cleanclaim.rules.posting import PayerRule, RuleAction
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.world import DAY

pytestmark = pytest.mark.database_core
WIDE = PayerRule(0, 0, "CO-29", RuleAction.WRITE_OFF, DAY, account="contra:timely-filing")
HOLD = PayerRule(0, 0, "CO-*", RuleAction.HOLD, DAY)
ASK = PayerRule(0, 0, "CO-29", RuleAction.ASK, DAY)


def add(rule: PayerRule, by: int = 1):
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule

    return add_rule(rule, on=DAY, by=by)


def in_force() -> list[str]:
    from cleanclaim.apps.billing.remittances.payer_rules import payer_rules

    return [one.pattern for one in payer_rules(0)]


def posting_rule(by: int):
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_rule

    row = add(WIDE)
    return lambda: approve_rule(row.pk, on=DAY, by=by)


def worker_rule(by: int):
    from cleanclaim.apps.billing.remittances.services import approve_worker_rule, set_worker_rule

    row = set_worker_rule(payer_id=0, way="post", note="learned", on=DAY, by=1)
    return lambda: approve_worker_rule(row.pk, by=by)


def limit_days(by: int):
    from cleanclaim.apps.billing.adjustments.services import approve_term, set_term

    given = {"length": 1, "citation": "policy 7", "valid_from": DAY, "on": DAY}
    row = set_term("alone_days", "limits", by=by, **given)
    return lambda: approve_term(row.pk, on=DAY, by=by)


def end_of_rule(by: int):
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_end, end_rule

    row = add(HOLD)
    end_rule(row.pk, on=DAY, by=by)
    return lambda: approve_end(row.pk, on=DAY, by=by)


ACTS = {
    posting_rule: "posting_rule_second_person",
    worker_rule: "worker_rule_second_person",
    limit_days: "term_second_person",
    end_of_rule: "posting_rule_ended_by_second",
}


def first_person(act, inside: int) -> int:
    return person(inside, "Lee", "Billing lead") if act is limit_days else 1


@pytest.mark.parametrize("act", ACTS)
def test_nobody_approves_their_own_word(inside, act):
    with pytest.raises(PermissionRefusedError, match="asked for by you"):
        act(first_person(act, inside))()


@pytest.mark.parametrize(("act", "constraint"), ACTS.items())
def test_the_database_holds_the_second_person_by_itself(inside, monkeypatch, act, constraint):
    """The twin: without the program's own check the constraint refuses."""
    from cleanclaim.apps.shared.users import two_persons

    monkeypatch.setattr(two_persons, "refuse_own", lambda first, by, name: None)
    approve = act(first_person(act, inside))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        approve()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("remittances_postingrule", "action = 'write_off', account = 'contra:timely-filing'"),
        ("remittances_workerrule", "way = 'post'"),
    ],
)
def test_only_what_has_more_wait_counts_by_one_person_in_the_database_too(inside, table, change):
    from django.db import connection

    from cleanclaim.apps.billing.remittances.services import set_worker_rule

    assert add(HOLD).state == "alone"
    assert set_worker_rule(payer_id=0, way="look", note="new", on=DAY, by=1).state == "alone"

    with (
        pytest.raises(IntegrityError, match="second_person"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {change}")


def test_a_rule_counts_from_its_approval_and_not_before(inside):
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_rule

    row = add(WIDE)
    assert in_force() == []

    later = DAY + timedelta(days=3)
    assert approve_rule(row.pk, on=later, by=2).valid_from == later
    assert in_force() == ["CO-29"]


@pytest.mark.parametrize(("state", "moves"), [("proposed", 200), ("former", 0)])
def test_days_that_counted_already_keep_their_first_day_when_a_second_person_looks_at_them(
    inside, state, moves
):
    from cleanclaim.apps.billing.adjustments.models import Term
    from cleanclaim.apps.billing.adjustments.services import approve_term

    since = DAY - timedelta(days=200)
    row = Term.objects.create(
        kind="alone_days", subject="limits", length=30, citation="policy 7", valid_from=since, set_by=99,
        state=state,
    )  # fmt: skip

    approved = approve_term(row.pk, on=DAY, by=person(inside, "Lee", "Billing lead"))

    assert (approved.state, approved.valid_from) == ("approved", since + timedelta(days=moves))


def open_work_of_rules() -> list[str]:
    from cleanclaim.apps.shared.work.models import WorkItem

    found = WorkItem.objects.filter(subject_kind="posting_rule").exclude(state="done")
    return sorted("end" if "end of" in one.title else "look" for one in found)


def test_a_look_at_a_rule_leaves_the_asked_end_of_it_in_the_work_list(inside):
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_rule, end_rule

    row = add(HOLD)
    end_rule(row.pk, on=DAY, by=1)
    assert open_work_of_rules() == ["end", "look"]

    approve_rule(row.pk, on=DAY, by=2)

    assert open_work_of_rules() == ["end"]


def test_a_rule_that_was_ended_before_it_began_is_not_put_in_force(inside):
    from cleanclaim.apps.billing.remittances.models import PostingRule
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_rule, end_rule

    later = DAY + timedelta(days=9)
    row = PostingRule.objects.create(
        pattern="CO-*", action="hold", valid_from=later, valid_to=later, made_by=1, ended_by=1,
        ended_at=timezone.now(), state="former",
    )  # fmt: skip

    with pytest.raises(StateError, match="was ended"):
        approve_rule(row.pk, on=DAY, by=2)
    with pytest.raises(StateError, match="has ended"):
        end_rule(row.pk, on=DAY, by=2)


def test_a_rule_that_has_a_payment_wait_which_is_held_whole_today_is_for_two(inside):
    assert add(ASK).state == "alone"
    add(HOLD)

    assert add(ASK).state == "proposed"


def test_what_takes_amounts_off_is_ended_by_one_person(inside):
    from cleanclaim.apps.billing.remittances.services.posting_rules import approve_rule, end_rule

    row = add(WIDE)
    with pytest.raises(StateError, match="is not in force"):
        end_rule(row.pk, on=DAY, by=1)
    approve_rule(row.pk, on=DAY, by=2)

    assert end_rule(row.pk, on=DAY + timedelta(days=1), by=1).ended_by == 1


def test_a_word_that_a_newer_one_has_overtaken_is_not_put_in_force(inside):
    from cleanclaim.apps.billing.remittances.services import set_worker_rule

    approve = worker_rule(by=2)
    set_worker_rule(payer_id=0, way="look", note="new biller", on=DAY, by=1)

    with pytest.raises(StateError, match="was said of the same payer since"):
        approve()


def test_the_second_person_finds_it_in_the_work_list_and_the_auditor_both_names(inside):
    from cleanclaim.apps.billing.adjustments.services import approve_term, set_term
    from cleanclaim.apps.reports.closing.population import approvals
    from cleanclaim.apps.shared.work.models import WorkItem

    lee, max_ = (person(inside, name, "Billing lead") for name in ("Lee", "Max"))
    approve = posting_rule(by=2), worker_rule(by=2)
    term = set_term(
        "alone_days", "limits", length=1, citation="policy 7", valid_from=DAY, on=DAY, by=lee
    )
    waiting = WorkItem.objects.filter(
        subject_kind__in=("posting_rule", "worker_rule", "term")
    ).exclude(state="done")
    assert waiting.count() == 3

    for one in approve:
        one()
    approve_term(term.pk, on=DAY, by=max_)

    today = timezone.localdate()
    found = approvals(today - timedelta(days=1), today + timedelta(days=1))
    assert waiting.count() == 0
    assert {(one.kind, one.prepared_by, one.approved_by) for one in found} == {
        ("Posting rule", 1, 2), ("By itself or not", 1, 2), ("Days that count together", lee, max_),
    }  # fmt: skip
