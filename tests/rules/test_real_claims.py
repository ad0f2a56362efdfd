"""Real 837P files go the whole way: no edit holds them without cause, and every dollar is explained."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cleanclaim.edi import read_file
from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.adjudication import adjudicate, to_claim_payment
from cleanclaim.rules.edits import EditContext, run_edits
from cleanclaim.rules.posting import default_policy, payer_bucket, plan_charge, plan_posting
from cleanclaim.rules.proof import ClaimState, claim_money
from cleanclaim.values.claim import Claim
from cleanclaim.values.decision import Outcome
from cleanclaim.values.entry import Entry
from tests.rules import make

POLICY = default_policy()
DAY = date(2026, 11, 12)


def real_claims(folder: Path) -> Iterator[tuple[str, Claim]]:
    """Each claim of the files of the 5010 guides that are marked valid and that we accept."""
    with (folder / "x12" / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            is_ours = row["transaction"] == "837P" and row["version"].startswith("005010")
            if is_ours and row["status"] == "valid":
                received = read_file((folder / "x12" / row["file"]).read_bytes())
                for message in received.messages:
                    if message.is_accepted and message.is_supported:
                        for claim in message.claims():
                            yield row["file"], claim


def test_real_claims_are_held_only_for_sums_that_are_wrong(shared_data: Path) -> None:
    seen = 0
    for name, claim in real_claims(shared_data / "data"):
        seen += 1
        findings = run_edits(claim, EditContext(submit_on=DAY))
        held = {f.code for f in findings if f.severity is Severity.HOLD}
        allowed = {"claim.charge.sum"} if claim.line_total != claim.charge else set()
        assert held <= allowed, name
    assert seen > 30


def test_real_claims_add_up_from_charge_to_proof(shared_data: Path) -> None:
    for name, claim in real_claims(shared_data / "data"):
        first_day = claim.service_from or DAY
        context = make.context(
            {
                "covered": [[first_day.isoformat(), None]],
                "plan": {"deductible": 20, "filing_days": None},
            }
        )
        items = make.items(claim, payer_bucket(claim))

        decision = adjudicate(claim, context)
        charge_legs = plan_charge(claim, items, POLICY)

        if charge_legs:
            Entry("charge", "k", DAY, DAY, charge_legs)
        if decision.outcome in (Outcome.PEND, Outcome.INFORM):
            assert claim.is_encounter, name
            continue
        payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")
        plan = plan_posting(payment, items, POLICY)
        assert not plan.is_held, (name, plan.hold)
        assert claim_money(claim, ClaimState.PAID, [payment], POLICY).difference == 0, name
