"""Cases become decisions: in order, once, with accumulators, ledger entries and a trace."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.claim import Purpose
from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def adjudicate(**more):
    from cleanclaim.apps.payer.adjudication.services import adjudicate_cases

    return adjudicate_cases(decided_on=world.DECIDED_ON, **more)


def decisions(case):
    from cleanclaim.apps.payer.adjudication.models import CaseDecision

    return list(CaseDecision.objects.filter(case_id=case.pk).order_by("number"))


def used(member_id="W100", first_name="Ana"):
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.selectors import accumulators_of

    [year] = accumulators_of(Member.objects.get(member_id=member_id, first_name=first_name))
    return year


def account(code):
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances().get(code, Decimal("0.00"))


def test_claim_is_priced_shared_and_owed_to_the_provider():
    [case] = world.receive(world.claim())

    counts = adjudicate()

    case.refresh_from_db()
    # 200.00 charged, 80 % = 160.00 allowed; 100.00 deductible, 20 % of 60.00 = 12.00: 48.00 paid
    assert counts.pay == 1
    assert (case.state, case.allowed, case.paid) == ("decided", Decimal("160.00"), Decimal("48.00"))
    assert case.patient_owes == Decimal("112.00")
    assert account("liability:claims-payable") == Decimal("-48.00")
    assert account("expense:medical-claims") == Decimal("48.00")
    assert used().deductible == Decimal("100.00")
    assert used().out_of_pocket == Decimal("112.00")


def test_later_claim_of_the_same_batch_sees_the_deductible_used():
    _first, second = world.receive(
        world.claim("A", ["200.00"]), world.claim("B", ["50.00"], service_on=date(2026, 3, 3))
    )

    adjudicate()

    second.refresh_from_db()
    assert second.paid == Decimal("32.00")  # 80 % of 50.00 = 40.00, less 20 %
    assert used().out_of_pocket == Decimal("120.00")


def test_family_members_keep_their_own_deductible_and_share_the_family_sum():
    world.receive(world.claim("A"), world.claim("B", patient=world.LEO))

    adjudicate()

    assert used().deductible == Decimal("100.00")
    assert used(first_name="Leo").deductible == Decimal("100.00")
    assert used().family_deductible == Decimal("200.00")


def test_exact_duplicate_in_the_same_batch_is_denied():
    _, again = world.receive(world.claim("A"), world.claim("B"))

    counts = adjudicate()

    again.refresh_from_db()
    assert (counts.pay, counts.deny) == (1, 1)
    assert (again.outcome, again.paid, again.denied_lines) == ("deny", Decimal("0.00"), "1")


def test_duplicate_of_a_denied_claim_is_decided_on_its_own():
    world.receive(world.claim("A", service_on=date(2025, 12, 30)))
    adjudicate()
    [again] = world.receive(world.claim("B", service_on=date(2025, 12, 30)))

    adjudicate()

    [row] = decisions(again)
    assert row.outcome == "deny"
    assert '"reason":"18"' not in row.body


def test_second_run_decides_nothing_again():
    world.receive(world.claim())
    adjudicate()

    counts = adjudicate()

    assert counts.total == 0
    assert account("expense:medical-claims") == Decimal("48.00")


def test_limit_takes_the_oldest_first():
    first, second = world.receive(world.claim("A"), world.claim("B", subscriber=world.DANIEL))

    adjudicate(limit=1)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("decided", "received")


def test_encounter_is_informed_and_moves_no_money():
    [case] = world.receive(world.claim(purpose=Purpose.ENCOUNTER))

    counts = adjudicate()

    case.refresh_from_db()
    assert counts.inform == 1
    assert (case.outcome, case.paid) == ("inform", Decimal("0.00"))
    assert account("expense:medical-claims") == Decimal("0.00")


def test_refused_assignment_is_owed_to_the_member():
    [case] = world.receive(world.claim(benefits_assigned="N"))

    adjudicate()

    case.refresh_from_db()
    assert (case.paid, case.paid_to_member) == (Decimal("0.00"), Decimal("48.00"))
    assert account("liability:member-payable") == Decimal("-48.00")


def test_authorized_units_are_used_up_and_given_back():
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.selectors import authorizations_of
    from cleanclaim.apps.payer.members.services import authorize

    ana = Member.objects.get(member_id="W100", first_name="Ana")
    authorize(ana, number="AU1", valid_from=date(2026, 1, 1), units=Decimal(1))
    first, second = world.receive(
        world.claim("A", code="J1745"),
        world.claim("B", code="J1745", service_on=date(2026, 3, 9)),
    )

    adjudicate()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.outcome, second.outcome) == ("pay", "deny")
    assert authorizations_of([ana.pk])[ana.pk][0].units_left == 0
    [void] = world.receive(world.claim("V", frequency_code="8", original_payer_number=first.icn))
    adjudicate()
    assert authorizations_of([ana.pk])[ana.pk][0].units_left == 1
    assert void.original_id == first.pk


def test_corrected_claim_reverses_its_original_and_is_decided_as_if_that_had_never_been():
    [original] = world.receive(world.claim("A", ["200.00"]))
    adjudicate()
    [corrected] = world.receive(
        world.claim("A7", ["300.00"], frequency_code="7", original_payer_number=original.icn)
    )

    adjudicate()

    original.refresh_from_db()
    corrected.refresh_from_db()
    assert original.state == "replaced"
    # 80 % of 300.00 = 240.00, 100.00 deductible, 20 % of 140.00 = 28.00
    assert corrected.paid == Decimal("112.00")
    assert used().deductible == Decimal("100.00")
    assert used().out_of_pocket == Decimal("128.00")
    assert [(d.kind, d.paid) for d in decisions(original)] == [
        ("decision", Decimal("48.00")),
        ("reversal", Decimal("-48.00")),
    ]
    assert account("liability:claims-payable") == Decimal("-112.00")


def test_void_takes_everything_back():
    [original] = world.receive(world.claim())
    adjudicate()
    world.receive(world.claim("V", frequency_code="8", original_payer_number=original.icn))

    counts = adjudicate()

    original.refresh_from_db()
    assert counts.inform == 1
    assert original.state == "voided"
    assert used().out_of_pocket == Decimal("0.00")
    assert account("liability:claims-payable") == Decimal("0.00")


def test_original_and_its_correction_in_one_batch_are_decided_in_order():
    [original] = world.receive(world.claim())
    world.receive(
        world.claim("A7", ["300.00"], frequency_code="7", original_payer_number=original.icn)
    )

    adjudicate()

    original.refresh_from_db()
    assert original.state == "replaced"
    assert account("liability:claims-payable") == Decimal("-112.00")


def test_correction_of_an_unknown_claim_pends():
    [case] = world.receive(world.claim(frequency_code="7", original_payer_number="20260019999999"))

    counts = adjudicate()

    case.refresh_from_db()
    assert counts.pend == 1
    assert (case.state, case.pend_queue) == ("pended", "adjustment request")


class TestExaminer:
    """What a person does with a claim that no contract term prices."""

    def pended(self):
        [case] = world.receive(world.claim(code="97110", npi=world.CEDAR_NPI, tin=world.CEDAR_TIN))
        adjudicate()
        case.refresh_from_db()
        assert (case.state, case.pend_queue) == ("pended", "manual price")
        return case

    def test_pended_claim_is_work_for_a_person_and_no_money(self):
        from cleanclaim.apps.shared.work.models import WorkItem

        case = self.pended()

        item = WorkItem.objects.get(subject_kind="case", subject_id=case.pk)
        assert item.state == "open"
        assert account("expense:medical-claims") == Decimal("0.00")

    def test_manual_price_lets_the_claim_go_and_closes_the_work(self):
        from cleanclaim.apps.payer.adjudication.services import release_pend
        from cleanclaim.apps.shared.work.models import WorkItem

        case = self.pended()

        release_pend(
            case.pk,
            decided_on=world.DECIDED_ON,
            by=7,
            note="Priced like 97112",
            manual_prices={1: Decimal("150.00")},
        )

        case.refresh_from_db()
        assert (case.state, case.allowed) == ("decided", Decimal("150.00"))
        assert case.paid == Decimal("40.00")  # less 100.00 deductible and 20 % of 50.00
        assert WorkItem.objects.get(subject_kind="case", subject_id=case.pk).state == "done"
        assert [d.by for d in decisions(case)] == [None, 7]

    def test_denial_by_a_person_is_an_override_with_its_reason(self):
        from cleanclaim.apps.payer.adjudication.services import deny_pend

        case = self.pended()

        deny_pend(
            case.pk,
            reason="96",
            remark_codes=("N130",),
            words="Not a benefit.",
            decided_on=world.DECIDED_ON,
            by=7,
            note="Checked the plan document",
        )

        case.refresh_from_db()
        assert (case.state, case.outcome) == ("decided", "deny")
        assert decisions(case)[-1].kind == "override"

    def test_a_reason_that_needs_a_remark_code_is_refused_without_one(self):
        from cleanclaim.apps.payer.adjudication.services import deny_pend

        case = self.pended()

        with pytest.raises(InputError, match="remark code"):
            deny_pend(
                case.pk, reason="96", words="No.", decided_on=world.DECIDED_ON, by=7, note="x"
            )

    def test_nothing_is_decided_without_a_note(self):
        from cleanclaim.apps.payer.adjudication.services import release_pend

        case = self.pended()

        with pytest.raises(InputError, match="note"):
            release_pend(case.pk, decided_on=world.DECIDED_ON, by=7, note=" ")

    def test_a_decided_claim_cannot_be_released_again(self):
        from cleanclaim.apps.payer.adjudication.services import release_pend

        [case] = world.receive(world.claim())
        adjudicate()

        with pytest.raises(StateError, match="decided"):
            release_pend(case.pk, decided_on=world.DECIDED_ON, by=7, note="again")

    def test_override_reverses_and_decides_anew_with_its_authority(self):
        from cleanclaim.apps.payer.adjudication.services import override_decision

        [case] = world.receive(world.claim())
        adjudicate()

        override_decision(
            case.pk,
            manual_prices={1: Decimal("200.00")},
            decided_on=world.DECIDED_ON,
            by=7,
            note="Single case agreement",
            authority="L3",
        )

        case.refresh_from_db()
        rows = decisions(case)
        assert [row.kind for row in rows] == ["decision", "reversal", "override"]
        assert rows[-1].authority == "L3"
        assert case.paid == Decimal("80.00")  # 200.00 less 100.00 deductible and 20 %
        assert account("liability:claims-payable") == Decimal("-80.00")


class TestRerun:
    """The same editions give the same answer; others give a difference."""

    def test_rerun_finds_nothing_different(self):
        from cleanclaim.apps.payer.adjudication.services import rerun

        first, second = world.receive(
            world.claim("A"), world.claim("B", ["50.00"], service_on=date(2026, 3, 3))
        )
        adjudicate()

        assert rerun(first.pk) == ()
        assert rerun(second.pk) == ()

    def test_rerun_as_known_now_finds_nothing_different_while_nothing_changed(self):
        from cleanclaim.apps.payer.adjudication.services import rerun_as_known_now

        [case] = world.receive(world.claim())
        adjudicate()

        assert rerun_as_known_now(case.pk) == ()

    def test_retroactive_edition_shows_as_a_difference_in_dollars(self):
        from dataclasses import replace

        from cleanclaim.apps.payer.adjudication.services import rerun, rerun_as_known_now
        from cleanclaim.apps.payer.plans.services import save_plan

        [case] = world.receive(world.claim())
        adjudicate()
        better = replace(world.PPO, edition="Coastal PPO 2026b", deductible=Decimal("0.00"))
        save_plan(better, valid_from=date(2026, 2, 1))

        found = {d.place: d.again for d in rerun_as_known_now(case.pk)}

        assert rerun(case.pk) == ()
        assert found["lines.1.paid"] == "128.00"


def test_decisions_cannot_be_changed():
    from django.db import DatabaseError, transaction

    from cleanclaim.apps.payer.adjudication.models import CaseDecision

    world.receive(world.claim())
    adjudicate()

    with pytest.raises(DatabaseError), transaction.atomic():
        CaseDecision.objects.update(paid=0)
