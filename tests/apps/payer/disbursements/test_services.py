"""Check runs: what is on the list, what is held, and that nothing is paid twice."""

import threading
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.values.claim import Purpose
from tests.apps.payer import world


def lines(run):
    return list(run.lines.order_by("id"))


def prepare(**more):
    from cleanclaim.apps.payer.disbursements.services import prepare_check_run

    return prepare_check_run(pay_on=world.PAY_ON, **more)


def release(run):
    from cleanclaim.apps.payer.disbursements.services import release_check_run

    return release_check_run(run.pk)


def balance(code):
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return account_balances().get(code, Decimal("0.00"))


@pytest.mark.usefixtures("coastal")
class TestPreCheckList:
    def test_lists_what_is_decided_with_flags(self):
        world.take_in(
            world.deliver(
                world.claim("A"),
                world.claim("B"),
                world.claim(
                    "C", purpose=Purpose.CHARGEABLE, subscriber=world.DANIEL, charges=["50.00"]
                ),
            )
        )
        world.adjudicate()

        run = prepare()

        flags = [set(line.flags.split(",")) for line in lines(run)]
        assert (run.line_count, run.amount) == (3, Decimal("48.00"))
        assert flags == [{"new-payee"}, {"denied", "new-payee"}, {"zero-paid", "new-payee"}]

    def test_encounters_and_pends_are_not_on_it(self):
        world.take_in(world.deliver(world.claim("A", purpose=Purpose.ENCOUNTER)))
        world.take_in(
            world.deliver(world.claim("B", code="97110", npi=world.CEDAR_NPI, tin=world.CEDAR_TIN))
        )
        world.adjudicate()

        assert prepare().line_count == 0

    def test_prepared_run_takes_up_what_was_decided_since(self):
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        first = prepare()
        world.take_in(world.deliver(world.claim("B", subscriber=world.DANIEL)))
        world.adjudicate()

        second = prepare()

        assert second.pk == first.pk
        assert second.line_count == 2

    def test_held_line_stays_out_and_comes_again_in_the_next_run(self):
        from cleanclaim.apps.payer.disbursements.services import hold_line

        world.take_in(world.deliver(world.claim("A"), world.claim("B", subscriber=world.DANIEL)))
        world.adjudicate()
        run = prepare()

        hold_line(lines(run)[0].pk, note="Check the modifier", by=7)
        released = release(run)

        assert released.amount == Decimal("48.00")
        assert [c.control_number for c in world.remittances()[0].claims] == ["B"]
        assert [line.case_id for line in lines(prepare())] == [lines(run)[0].case_id]

    def test_holding_a_reversal_holds_the_claim_that_replaces_it(self):
        from cleanclaim.apps.payer.disbursements.services import hold_line, release_line

        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        world.pay()
        icn = world.remittances()[0].claims[0].payer_control_number
        world.take_in(
            world.deliver(
                world.claim("A", ["300.00"], frequency_code="7", original_payer_number=icn)
            )
        )
        world.adjudicate()
        run = prepare()

        held = hold_line(lines(run)[0].pk, note="Ask the provider", by=7)

        assert held == 2
        with pytest.raises(StateError, match="earlier decision"):
            release_line(lines(run)[1].pk)

    def test_hold_needs_a_note(self):
        from cleanclaim.apps.payer.disbursements.services import hold_line

        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()

        with pytest.raises(InputError, match="note"):
            hold_line(lines(prepare())[0].pk, note="", by=7)


@pytest.mark.usefixtures("coastal")
class TestRelease:
    def test_one_835_per_payee_each_under_its_own_trace(self):
        world.take_in(
            world.deliver(
                world.claim("A"),
                world.claim("B", npi=world.CEDAR_NPI, tin=world.CEDAR_TIN, subscriber=world.DANIEL),
            )
        )
        world.adjudicate()

        released = world.pay()

        sent = world.remittances()
        assert (released.payments, released.files) == (2, 2)
        assert len({r.trace_number for r in sent}) == 2
        assert {r.payer_trace_id for r in sent} == {"1330000002"}
        assert [r.payee.npi for r in sent] == [world.HARBOR_NPI, world.CEDAR_NPI]
        assert balance("liability:payments-outstanding") == Decimal("-96.00")
        assert balance("liability:claims-payable") == Decimal("0.00")

    def test_zero_payment_is_told_by_a_notice_without_money(self):
        world.take_in(world.deliver(world.claim("A", ["50.00"])))  # 40.00 all to the deductible
        world.adjudicate()

        world.pay()

        [remittance] = world.remittances()
        assert (remittance.method, remittance.handling) == ("NON", "H")
        assert remittance.paid == Decimal("0.00")
        assert remittance.claims[0].patient_responsibility == Decimal("40.00")

    def test_ach_goes_to_the_account_on_file(self):
        from cleanclaim.apps.payer.plans.models import PlanProvider

        PlanProvider.objects.filter(npi=world.HARBOR_NPI).update(
            pays_by="ACH", bank_routing="121042882", bank_account="987654321"
        )
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()

        world.pay()

        [remittance] = world.remittances()
        assert remittance.method == "ACH"
        assert remittance.payee_bank == ("121042882", "DA", "987654321")

    def test_second_release_is_told_and_pays_nothing(self):
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        run = prepare()
        release(run)

        with pytest.raises(StateError, match="released"):
            release(run)

        assert balance("liability:payments-outstanding") == Decimal("-48.00")

    def test_nobody_pays_a_large_run_that_they_prepared(self, monkeypatch):
        from cleanclaim.apps.payer.disbursements.services import release_check_run, releasing

        monkeypatch.setattr(
            releasing, "own_touch_limit", lambda own, on: min(own, Decimal("47.99"))
        )
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        run = prepare(by=1)

        with pytest.raises(PermissionRefusedError, match=r"48\.00 is above the limit for work"):
            release_check_run(run.pk, by=1, alone_up_to=Decimal(100000))

        assert release_check_run(run.pk, by=2, alone_up_to=Decimal(100000)).amount == 48

    def test_next_run_has_nothing_left(self):
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        world.pay()

        assert world.pay(date(2026, 4, 5)).payments == 0

    def test_void_of_a_member_payment_is_made_up_for_by_the_next_one(self):
        from cleanclaim.apps.payer.intake.models import ClaimCase

        world.take_in(world.deliver(world.claim("A", benefits_assigned="N")))
        world.adjudicate()
        assert world.pay().member_amount == Decimal("48.00")
        icn = ClaimCase.objects.get().icn
        world.take_in(
            world.deliver(world.claim("A", frequency_code="8", original_payer_number=icn))
        )
        world.adjudicate()
        assert world.pay(date(2026, 4, 5)).member_amount == Decimal("0.00")
        world.take_in(world.deliver(world.claim("B", ["300.00"], benefits_assigned="N")))
        world.adjudicate()

        third = world.pay(date(2026, 4, 12))

        # 240.00 allowed, 100.00 and 28.00 to the patient: 112.00 less the 48.00 that was sent for A
        assert third.member_amount == Decimal("64.00")
        assert balance("liability:member-payable") == Decimal("0.00")

    def test_provider_999_is_noted_on_the_payment(self):
        from cleanclaim.apps.payer.disbursements.models import Payment
        from cleanclaim.apps.payer.disbursements.services import apply_syntax_acknowledgements
        from cleanclaim.apps.shared.exchange.models import MessageFile
        from cleanclaim.apps.shared.exchange.services import receive_file
        from cleanclaim.edi import Envelope, read_file, syntax_acknowledgements, write_999

        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        world.pay()
        sent = next(f for f in world.sent_files() if f.kind == "835")
        received = read_file(bytes(sent.content)).interchanges[0]
        data = write_999(
            syntax_acknowledgements(received),
            envelope=Envelope(
                "ZZ",
                "HARBOR",
                "ZZ",
                "COASTAL",
                500,
                500,
                1,
                "T",
                world.PAY_ON,
                "0900",
                "HARBOR",
                "COASTAL",
            ),
        )
        receipt = receive_file(
            data, partner=world.partner(), name="999.x12", received_on=world.PAY_ON
        )
        file = MessageFile.objects.get(pk=receipt.file_id)
        [message] = read_file(data).messages

        noted = apply_syntax_acknowledgements([(message.acknowledgement(), file)])

        assert noted == 1
        assert Payment.objects.get().syntax_outcome == "accepted"


@pytest.mark.usefixtures("coastal")
class TestPayeeWithoutPartner:
    """Nobody gets the 835: the remittance goes on paper, as work, and the proof names the payment."""

    def pay_cedar(self):
        from cleanclaim.apps.payer.plans.models import PlanProvider

        world.take_in(world.deliver(world.claim("A", npi=world.CEDAR_NPI, tin=world.CEDAR_TIN)))
        PlanProvider.objects.update(partner_id=None)
        world.adjudicate()
        return world.pay()

    def test_it_is_paid_and_becomes_work(self):
        from cleanclaim.apps.shared.work.models import WorkItem

        done = self.pay_cedar()

        item = WorkItem.objects.get(kind="paper_remittance")
        assert (done.payments, done.files, world.remittances()) == (1, 0, [])
        assert (item.subject_kind, item.subject_id) == ("check_run", done.run_id)
        assert item.amount == Decimal("48.00")
        assert "no trading partner" in item.reason

    def test_the_proof_names_it(self):
        from cleanclaim.apps.payer.disbursements.selectors import plan_money

        self.pay_cedar()

        [words] = plan_money().untold
        assert "48.00 to Cedar Clinic has no 835" in words


def test_two_releases_at_once_pay_once(plan):
    from django.db import connection

    from cleanclaim.apps.payer.disbursements.models import Payment
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        world.set_up_plan()
        world.take_in(world.deliver(world.claim("A")))
        world.adjudicate()
        run = prepare()
    outcomes = []

    def work():
        try:
            with tenant(plan):
                outcomes.append(release(run).payments)
        except StateError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [1, "told"]
    with tenant(plan):
        assert Payment.objects.count() == 1


def test_two_workers_decide_each_claim_once(plan):
    from django.db import connection

    from cleanclaim.apps.payer.adjudication.models import CaseDecision
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        world.set_up_plan()
        world.receive(*(world.claim(f"A{n}", [f"{n}0.00"]) for n in range(1, 9)))

    def work():
        with tenant(plan):
            world.adjudicate()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant(plan):
        assert CaseDecision.objects.count() == 8
