"""A practice and a plan with something behind every address of the API; ids by parameter name."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.apps.billing import world as billing
from tests.apps.billing.deposits import bank
from tests.apps.billing.keying.paper import Paper
from tests.apps.payer import world as payer

if TYPE_CHECKING:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from tests.project.api.conftest import Api

Ids = dict[str, int]


def fill_practice(practice: int) -> Ids:
    """Two claims: one with the payer and answered by an 835 to be posted, one ready to be sent."""
    from cleanclaim.apps.billing.claims.models import Submission
    from cleanclaim.apps.billing.claims.services import (
        apply_claim_acknowledgement,
        import_claims,
        submit_ready_claims,
    )
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.billing.remittances.services import ask_run, receive_remittances
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.tenancy.context import tenant

    one, two = billing.claim("A1"), billing.claim("A2")
    with tenant(practice):
        [claim_id] = import_claims([one], source_file_id=7, received_on=billing.DAY).claim_ids
        submit_ready_claims(partner=billing.partner(), submit_on=billing.DAY, usage="T")
        batch = Submission.objects.get().batch_reference
        ack = billing.accepted(batch, ("A1", str(one.charge), "ICN1"))
        apply_claim_acknowledgement(ack, file=billing.answer_file())
        [ready_id] = import_claims([two], source_file_id=8, received_on=billing.DAY).claim_ids
        add_contract()  # before the payment is here: what lies here is not missing
        file = billing.receive_835(billing.remittance(billing.pay(one, billing.TYPICAL)))
        [remittance_id] = receive_remittances(file, received_on=billing.PAID_ON).ids
        ask_run(remittance_id, is_posting=False, by=1)
        awaited = billing.remittance(
            billing.pay(two, ("70.00", (("CO", "45", "50.00"),))), trace="T2"
        )
        later = billing.PAID_ON + timedelta(days=1)
        receive_remittances(billing.receive_835(awaited), received_on=later)
        banked = bank.bring(bank.eft("T1"), (billing.PAID_ON, "12.00", "COUNTER"))
        return {
            **_true_up(),
            "batch_id": _paper_eob(ready_id),
            "other_payment_id": _other_payment(),
            "line_id": banked.line_ids[1],
            "deposit_id": banked.deposit_ids[0],
            "file_id": file.pk,
            "claim_id": claim_id,
            "remittance_id": remittance_id,
            "position": 1,
            "patient_id": Patient.objects.get().pk,
            "coverage_id": Coverage.objects.get().pk,
            "entry_id": Entry.objects.earliest("id").pk,
            "item_id": _work("denial", "claim", claim_id, Patient.objects.get().pk),
            **_repeated(file, remittance_id),
            "posting_rule_id": _posting_rule(),
            "limit_days_id": _limit_days(),
            "adjustment_id": _adjustment(Patient.objects.get().pk),
            **_close(),
            "review_id": _aging_review(),
            **_given_back(Patient.objects.get().pk),
        }


def _true_up() -> Ids:
    """A guarantee of the contract, and a month of it that waits to be posted."""
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.variances.settlements import prepare_settlement
    from cleanclaim.apps.billing.variances.true_ups import agree

    first = date(2026, 1, 1)
    row = agree(
        Contract.objects.get().pk, "ger", percent=Decimal(85), fee=Decimal(1), period="month", clause="",
        valid_from=first, by=1,
    )  # fmt: skip
    settled = prepare_settlement(
        row.pk, period_from=first, amount=Decimal("-5.00"), account="liability:payer-takeback",
        settled_on=date(2026, 2, 20), words="letter", on=date(2026, 2, 20), by=1,
    )  # fmt: skip
    return {"agreement_id": row.pk, "settlement_id": settled}


def _aging_review() -> int:
    """An aging that is to be looked through."""
    from cleanclaim.apps.reports.aging import reviews

    return reviews.prepare(reviews.month_view(billing.PAID_ON), by=1)


def _repeated(file: "MessageFile", remittance_id: int) -> Ids:
    """A payment that was refused as a repeat, and somebody's word that it is another one."""
    from cleanclaim.apps.billing.remittances.models import RepeatedPayment, Way
    from cleanclaim.apps.billing.remittances.services import ask_for_repeat, set_worker_rule

    row = RepeatedPayment.objects.create(
        file_id=file.pk, position=1, first_id=remittance_id, payer_name=billing.PAYER.name, payer_trace_id="1",
        trace_number="T1", paid=Decimal("80.00"), paid_on=billing.PAID_ON, words="received before",
        refused_on=billing.PAID_ON,
    )  # fmt: skip
    asked = ask_for_repeat(row.pk, reason="another check", by=1)
    rule = set_worker_rule(payer_id=0, way=Way.POST, note="as before", on=billing.DAY, by=1)
    return {"repeated_id": row.pk, "repeat_request_id": asked, "worker_rule_id": rule.pk}


def _given_back(patient_id: int) -> Ids:
    """A prepayment, a credit that somebody identified, and a file that refunds left in."""
    from cleanclaim.apps.billing.adjustments.models import Refund, RefundFile
    from cleanclaim.apps.billing.receipts.services import take

    given = {
        "amount": Decimal("5.00"),
        "kind": "prepayment",
        "method": "check",
        "reference": "1001",
    }
    receipt = take(patient_id, on=billing.DAY, by=1, **given)
    refund = Refund.objects.create(
        account="receivable:patient", patient_id=patient_id, amount=Decimal("5.00"), cause="patient",
        words="paid too much", owner="patient", owner_id=patient_id, payee={"name": "A", "lines": []},
        program="patient", identified_by=1, identified_on=billing.PAID_ON, due_on=billing.PAID_ON,
        citation="own", clock="own",
    )  # fmt: skip
    file = RefundFile.objects.create(
        method="check", name="checks.csv", content=b"number", sha256="0" * 64, count=1,
        amount=Decimal("5.00"), made_by=1, made_on=billing.PAID_ON,
    )  # fmt: skip
    return {"receipt_id": receipt.pk, "refund_id": refund.pk, "refund_file_id": file.pk}


def _posting_rule() -> int:
    """A rule for a reason that nobody gives."""
    from cleanclaim.apps.billing.remittances.models import PostingRule

    rule = {"pattern": "CO-ZZZ", "action": "ask", "valid_from": billing.DAY, "made_by": 1}
    return int(PostingRule.objects.create(**rule).pk)


def _limit_days() -> int:
    """Days that somebody proposed to count together for limits."""
    from cleanclaim.apps.billing.adjustments.models import Term

    given = {"kind": "alone_days", "subject": "limits", "length": 40, "citation": "policy 7"}
    return int(Term.objects.create(valid_from=billing.DAY, set_by=1, **given).pk)


def _paper_eob(claim_id: int) -> int:
    """A batch with a line keyed, not yet posted."""
    paper = Paper()
    batch_id = paper.open("80.00", number="55001")
    paper.line(batch_id, claim_id, "80.00", ["CO", "45", "30.00"], ["PR", "2", "10.00"])
    return batch_id


def _other_payment() -> int:
    """Somebody's word that a second batch is another payment than the first one."""
    from cleanclaim.apps.billing.keying.models import OtherPayment
    from cleanclaim.apps.billing.keying.services import Header, open_batch

    header = Header(Paper().payer_id(), "55001", Decimal("80.00"), billing.PAID_ON)
    batch = open_batch(header, by=1, other_payment="another check")
    return OtherPayment.objects.get(batch=batch).pk


def _close() -> Ids:
    """A request to close a month, a journal that went out, a load that waits, and a KPI's target."""
    from cleanclaim.apps.reports.closing.models import AccrualRequest, CloseRequest, JournalExport
    from cleanclaim.apps.reports.kpis.targets import set_target
    from tests.apps.billing.opening.test_opening import load
    from tests.apps.reports.closing import cases

    cases.fill()
    set_target("dso", Decimal("40.00"), starts_on=billing.PAID_ON, by=1)
    return {
        "close_request_id": CloseRequest.objects.get().pk,
        "accrual_id": AccrualRequest.objects.get().pk,
        "journal_id": JournalExport.objects.get().pk,
        "load_id": load(),
    }


def _adjustment(patient_id: int) -> int:
    """A request that waits."""
    from cleanclaim.apps.billing.adjustments.models import Adjustment

    row = Adjustment.objects.create(
        kind="write_off", reason="courtesy", patient_id=patient_id, amount=Decimal("5.00"),
        line_count=1, note="agreed", requested_by=1, requested_on=billing.PAID_ON,
    )  # fmt: skip
    return row.pk


def add_contract() -> None:
    """A contract with an obligation and a document, and a line that it says is missing."""
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.contracts.services import keep_document
    from cleanclaim.apps.billing.variances.chances import set_chance
    from cleanclaim.apps.billing.variances.pricing import reprice_contract
    from cleanclaim.apps.billing.variances.services import find_missing
    from tests.apps.billing.contracts.record import put_on_record

    put_on_record(obligations=[{"words": "Report", "due_on": "2026-12-01"}])
    row = Contract.objects.get()
    keep_document(row.pk, name="signed.pdf", content=b"signed")
    reprice_contract(row.pk, on=date(2026, 11, 1))
    assert find_missing(on=date(2026, 11, 1)) > 0
    set_chance("missing", Decimal("0.80"), starts_on=date(2026, 1, 1), on=date(2026, 11, 1), by=1)


def fill_plan(plan: int) -> Ids:
    """One claim decided and on a prepared check run, one that pends."""
    from cleanclaim.apps.payer.adjudication.services import adjudicate_cases
    from cleanclaim.apps.payer.disbursements.services import prepare_check_run
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        payer.set_up_plan()
    with tenant(plan):
        [case] = payer.receive(payer.claim("P1"))
        [pended] = payer.receive(
            payer.claim("P2", code="J7030", npi=payer.CEDAR_NPI, tin=payer.CEDAR_TIN)
        )
        adjudicate_cases(decided_on=payer.DECIDED_ON)
        run = prepare_check_run(pay_on=datetime.now(UTC).date() + timedelta(days=3))
        case.refresh_from_db()
        pended.refresh_from_db()
        return {
            "case_id": pended.pk,
            "decision_id": case.decision_id,
            "member_row_id": case.member_id,
            "run_id": run.pk,
            "entry_id": Entry.objects.earliest("id").pk,
            "item_id": _work("pended_claim", "case", case.pk, case.member_id),
            "file_id": _file(),
        }


def _work(kind: str, subject_kind: str, subject_id: int, patient_id: int) -> int:
    from cleanclaim.apps.shared.work.rank import kinds
    from cleanclaim.apps.shared.work.services import NewWork, open_work

    chosen = kind if kind in kinds(on=billing.DAY) else kinds(on=billing.DAY)[0]
    request = NewWork(
        chosen,
        subject_kind,
        subject_id,
        "Look at this",
        "It was denied",
        opened_on=billing.DAY,
        patient_id=patient_id,
    )
    return open_work([request])[0]


def _file() -> int:
    from cleanclaim.apps.shared.exchange.services import receive_file

    receipt = receive_file(b"no file", partner=None, name="x", received_on=billing.DAY)
    return receipt.file_id


def operations() -> dict[str, tuple[str, str]]:
    """{operation: (method, path below /api/v1)} of the whole API."""
    from cleanclaim.project.api.addresses import api

    return {
        one["operationId"]: (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, one in methods.items()
    }


def with_ids(path: str, ids: Ids) -> str | None:
    """The path with ids filled in; None where the world has none for it."""
    try:
        return path.format(**ids)
    except KeyError:
        return None


def call(api: "Api", method: str, path: str, body: object = None, *, key: str = "") -> object:
    """One call with whatever it needs."""
    if method == "GET":
        return api.get(path)
    return api.post(path, body, key=key or "key-00000000")
