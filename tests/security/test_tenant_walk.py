"""Another organization's ids are no ids, at every address of the workbench that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice, product

import psycopg
import pytest
from django.test import Client, override_settings

from tests.project.api import worlds
from tests.security.routes import DEMO, Route, browser, pages

# Arguments that name a row, by address space. A pair "space:page" overrides its space.
ROWS: dict[str, dict[str, str]] = {
    "work": {"pk": "work.WorkItem"},
    "patients": {"pk": "patients.Patient", "patient_id": "patients.Patient"},
    "patients:coverage": {"pk": "coverage.Coverage"},
    "patients:coverage_end": {"pk": "coverage.Coverage"},
    "charges": {"patient_id": "patients.Patient"},
    "claims": {
        "pk": "claims.Claim",
        "entry_id": "ledger.Entry",
        "finding_id": "claims.ClaimFinding",
    },
    "submissions": {"pk": "claims.Submission"},
    "remittances": {"pk": "remittances.Remittance"},
    "remittances:repeat_about": {"pk": "remittances.RepeatedPayment"},
    "remittances:repeat_ask": {"pk": "remittances.RepeatedPayment"},
    "remittances:repeat_withdraw": {"pk": "remittances.RepeatRequest"},
    "remittances:repeat_decide": {"pk": "remittances.RepeatRequest"},
    "remittances:rule_about": {"pk": "remittances.PostingRule"},
    "remittances:rule_end": {"pk": "remittances.PostingRule"},
    "remittances:rule_withdraw": {"pk": "remittances.PostingRule"},
    "remittances:rule_decide": {"pk": "remittances.PostingRule"},
    "remittances:worker_rule_withdraw": {"pk": "remittances.WorkerRule"},
    "remittances:worker_rule_decide": {"pk": "remittances.WorkerRule"},
    "receipts": {"pk": "receipts.Receipt", "patient_id": "patients.Patient"},
    "opening": {"pk": "opening.OpeningLoad"},
    "deposits": {"pk": "deposits.DepositBatch"},
    "deposits:line": {"pk": "deposits.BankLine"},
    "deposits:about": {"pk": "deposits.BankLine"},
    "deposits:place": {"pk": "deposits.BankLine"},
    "deposits:split": {"pk": "deposits.BankLine"},
    "deposits:settle": {"pk": "deposits.BankLine"},
    "deposits:act": {"pk": "deposits.BankLine"},
    "deposits:fee": {"pk": "deposits.BankLine"},
    "deposits:reopen": {"pk": "deposits.BankLine"},
    "deposits:awaited": {"pk": "remittances.Remittance"},
    "deposits:pay_card": {"pk": "remittances.Remittance"},
    "deposits:given_back": {"pk": "remittances.Remittance"},
    "deposits:reissue": {"pk": "remittances.Remittance"},
    "deposits:undo_reissue": {"pk": "remittances.Remittance"},
    "deposits:undo": {"pk": "deposits.Deposit"},
    "keying": {"pk": "keying.Batch"},
    "keying:other_withdraw": {"pk": "keying.OtherPayment"},
    "keying:other_decide": {"pk": "keying.OtherPayment"},
    "aging:review": {"pk": "aging.AgingReview"},
    "aging:review_act": {"pk": "aging.AgingReview"},
    "closing:request": {"pk": "closing.CloseRequest"},
    "closing:decide": {"pk": "closing.CloseRequest"},
    "closing:decide_accrual": {"pk": "closing.AccrualRequest"},
    "closing:journal": {"pk": "closing.JournalExport"},
    "closing:journal_page": {"pk": "closing.JournalExport"},
    "daily_proof": {"pk": "deposits.DaySignature"},
    "adjustments": {
        "pk": "adjustments.Adjustment",
        "patient": "patients.Patient",
        "entry": "ledger.Entry",
    },
    "adjustments:lift": {"pk": "adjustments.AccountHold"},
    "credits": {"pk": "adjustments.Refund"},
    "credits:file": {"pk": "adjustments.RefundFile"},
    "credits:term_withdraw": {"pk": "adjustments.Term"},
    "credits:term_decide": {"pk": "adjustments.Term"},
    "variances": {"pk": "variances.Variance"},
    "variances:true_up": {"pk": "variances.TrueUpAgreement"},
    "variances:settle": {"pk": "variances.TrueUpAgreement"},
    "variances:end_agreement": {"pk": "variances.TrueUpAgreement"},
    "variances:ask_settlement": {"pk": "variances.TrueUpSettlement"},
    "variances:decide_settlement": {"pk": "variances.TrueUpSettlement"},
    "variances:preview": {"pk": "remittances.Remittance"},
    "contracts": {"pk": "contracts.Contract"},
    "contracts:finish_obligation": {"pk": "contracts.Obligation"},
    "contracts:document": {"pk": "contracts.ContractDocument"},
    "accounts": {"pk": "patients.Patient", "item": "ledger.Item", "entry": "ledger.Entry"},
    "ledger": {"pk": "ledger.Entry"},
    "exchange": {"pk": "exchange.MessageFile"},
    "intake": {"pk": "intake.IntakeFile", "case_id": "intake.ClaimCase"},
    "cases": {"pk": "intake.ClaimCase"},
    "cases:of_member": {"pk": "members.Member"},
    "members": {"pk": "members.Member", "plan_id": "plans.BenefitPlan"},
    "plans": {"pk": "plans.BenefitPlan"},
    "plans:contract": {"pk": "plans.Contract"},
    "plans:fees": {"pk": "plans.Contract", "edition_id": "reference.Edition"},
    "check_runs": {"pk": "disbursements.CheckRun", "line_id": "disbursements.CheckRunLine"},
    "check_runs:payment_why": {"pk": "disbursements.Payment"},
    "check_runs:payee": {"provider_id": "plans.PlanProvider"},
}
# Arguments that name no row: a line, a month, a word.
PLAIN: dict[str, object] = {
    "line": 1, "position": 1, "year": 2026, "month": 3, "name": "charge", "column": "charge",
    "amount": "paid", "kind": "deductible", "scope": "member", "verb": "take", "step": "build",
    "part": "content", "number": 202603,
}  # fmt: skip
IDS_EACH = 4
MOST_WAYS = 64


def rows_in(route: Route) -> dict[str, str]:
    """{argument: model} of the route's arguments that name rows."""
    known = {**ROWS.get(route.name.split(":")[0], {}), **ROWS.get(route.name, {})}
    return {argument: known[argument] for argument in route.converters if argument in known}


def with_rows() -> list[Route]:
    return [route for route in pages() if rows_in(route)]


def test_every_address_with_an_id_is_walked(template_database):
    """A new address with an id fails here until it is known whose row the id names."""
    unknown = [
        f"{route.name}: {argument}"
        for route in pages()
        for argument, kind in route.converters.items()
        if kind == "IntConverter" and argument not in PLAIN and argument not in rows_in(route)
    ]

    assert unknown == []
    assert len(with_rows()) > 40


@pytest.fixture
def people(practice: int, plan: int) -> Iterator[dict[str, list[Client]]]:
    """By address side: the owner of the rows, and a stranger of another organization of the same kind."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    fill(practice, plan)
    other = {
        "practice": find_or_add_organization(kind="practice", name="Other", npi="1999999984").pk,
        "plan": find_or_add_organization(kind="health_plan", name="Other plan", tin="330000009").pk,
    }
    with override_settings(**DEMO):
        yield {
            side: [
                browser(organization, role, email=f"{side}{number}@example.test")
                for number, organization in enumerate((owner, other[side]))
            ]
            for side, owner, role in (
                ("practice", practice, "Billing lead"),
                ("plan", plan, "Plan lead"),
            )
        }


def fill(practice: int, plan: int) -> None:
    """Rows behind every address: the worlds of the API's walk, a finding, a rejection and a payment."""
    from dataclasses import replace

    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.payer.disbursements.services import release_check_run
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing import world as billing
    from tests.apps.billing.keying.paper import Paper
    from tests.apps.payer import world as payer

    worlds.fill_practice(practice)
    worlds.fill_plan(plan)
    with tenant(practice):
        paper = Paper()
        paper.scan(paper.open("80.00", number="99001"))
        add_receipt()
        held = replace(billing.claim("A3"), frequency_code="7")
        import_claims([held], source_file_id=9, received_on=billing.DAY)
        add_deposits()
        add_posting_rule()
        add_refund()
    with tenant(plan):
        add_fees()
        release_check_run(CheckRun.objects.get().pk)
        payer.take_in(payer.deliver(payer.claim("P9", subscriber=payer.STRANGER)))


def add_posting_rule() -> None:
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule
    from cleanclaim.rules.posting import PayerRule, RuleAction

    day = date(2026, 1, 1)
    add_rule(PayerRule(0, 0, "CO-45", RuleAction.ASK, day), on=day, by=None)


def add_receipt() -> None:
    """A prepayment of some patient."""
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.billing.receipts.services import take
    from tests.apps.billing.world import DAY

    patient_id = Patient.objects.order_by("id")[0].pk
    take(patient_id, amount=Decimal("5.00"), kind="prepayment", method="cash", on=DAY, by=1)


def add_deposits() -> None:
    """A batch with an item, and a day that was signed."""
    from cleanclaim.apps.billing.deposits.daily import sign_day
    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import NewItem, add_items, open_batch
    from cleanclaim.apps.shared.users.services import add_user
    from tests.apps.billing.world import PAID_ON

    batch = open_batch(
        kind=BatchKind.COUNTER, name="", batch_on=PAID_ON, count=2, total=Decimal("9.00"), by=None
    )
    add_items(batch.pk, [NewItem(Decimal("4.00"), "1")])
    signer = add_user(email="signer@harbor.example", name="Signer")
    sign_day(PAID_ON, by=signer.pk, organization_name="Harbor", today=PAID_ON)


def add_refund() -> None:
    """An account with legal, a credit that was identified, and a file of checks."""
    from cleanclaim.apps.billing.adjustments.models import AccountHold, Refund, RefundFile
    from cleanclaim.apps.billing.patients.models import Patient
    from tests.apps.billing.world import PAID_ON

    patient = Patient.objects.order_by("id")[0].pk
    AccountHold.objects.create(
        patient_id=patient, kind="legal", words="court", set_by=1, set_on=PAID_ON
    )
    Refund.objects.create(
        account="receivable:patient", patient_id=patient, amount=Decimal("5.00"), cause="patient",
        words="paid too much", owner="patient", owner_id=patient, payee={"name": "A", "lines": []},
        program="patient", identified_by=1, identified_on=PAID_ON, due_on=PAID_ON, citation="own",
        clock="own",
    )  # fmt: skip
    RefundFile.objects.create(
        method="check", name="checks.csv", content=b"check", sha256="0" * 64, count=1,
        amount=Decimal("5.00"), made_by=1, made_on=PAID_ON,
    )  # fmt: skip


def add_fees() -> None:
    """A fee schedule, and a contract that pays by it."""
    from cleanclaim.apps.payer.plans.services import save_contract
    from cleanclaim.apps.shared.reference.services import Fee, load_fees
    from cleanclaim.rules.pricing import Contract, Term

    first = date(2026, 1, 1)
    load_fees(
        [Fee("A0425", Decimal("7.50"))],
        name="own",
        release="1",
        publisher="us",
        licence="own",
        valid_from=first,
    )
    terms = (Term("fee_schedule", schedule="own", rate=Decimal(100)),)
    save_contract(Contract("own", "Own", edition="own 1", terms=terms), valid_from=first)


def ids_of(model: str, organization_id: int) -> list[int]:
    from django.apps import apps

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        rows = apps.get_model(model).objects.order_by("-pk").values_list("pk", flat=True)
        return list(rows[:IDS_EACH])


def addresses(route: Route, organization_id: int) -> list[str]:
    """The route's addresses for the organization's rows, in all ways that its arguments go together."""
    rows = rows_in(route)
    plain = {name: PLAIN[name] for name in route.converters if name in PLAIN and name not in rows}
    ways = product(*(ids_of(model, organization_id) for model in rows.values()))
    return [
        route.address(**plain, **dict(zip(rows, way, strict=True)))
        for way in islice(ways, MOST_WAYS)
    ]


def ask(client: Client, address: str) -> int:
    """The status of GET, or of POST where only that is served."""
    status = client.get(address).status_code
    return client.post(address).status_code if status == 405 else status


def test_a_stranger_finds_nothing_where_the_owner_finds_a_row(people, practice, plan):
    leaks, unproved, walked = {}, [], set()
    for side, organization_id in (("practice", practice), ("plan", plan)):
        owner, stranger = people[side]
        for route in with_rows():
            ways = addresses(route, organization_id)
            answers = {address: ask(stranger, address) for address in ways}
            if not ways or set(answers.values()) == {403}:
                continue  # of the other side: no rows here, or no right to call it at all
            walked.add(route.name)
            leaks |= {address: status for address, status in answers.items() if status != 404}
            if all(ask(owner, way) == 404 for way in ways):
                unproved.append(route.name)

    assert leaks == {}
    assert unproved == [], "the owner finds nothing there either, so the walk proves nothing"
    assert {route.name for route in with_rows()} - walked == set()


def test_the_walk_sees_a_table_that_lost_its_policy(people, practice, database):
    _, stranger = people["practice"]
    [route] = [route for route in pages() if route.name == "claims:about"]
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE claims_claim DISABLE ROW LEVEL SECURITY")

    assert {ask(stranger, address) for address in addresses(route, practice)} != {404}
