"""Runs every cases.yaml that lies beside a rule: the cases are the proof, this is only the reader."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import cleanclaim.rules
from cleanclaim.kernel.findings import Finding
from cleanclaim.rules.adjudication import adjudicate, to_claim_payment
from cleanclaim.rules.benefits import Used, cost_share, left
from cleanclaim.rules.benefits.load import plan_from
from cleanclaim.rules.cob import prior_shares
from cleanclaim.rules.edits import EDITS, EditContext, Stage, fix, run_edits
from cleanclaim.rules.posting import default_policy, plan_posting, plan_provider_adjustments
from cleanclaim.rules.proof import MONEY_KEYS, ClaimState, claim_money
from cleanclaim.rules.variance import Answer, judge
from tests.rules import credits, make
from tests.rules.cob import cases as cob_cases
from tests.rules.pricing import cases as pricing
from tests.rules.reconciliation_cases import check_deposits

RULES = Path(cleanclaim.rules.__file__).parent
CENT = Decimal("0.01")


def cases() -> Iterator[Any]:
    """Each case with the folder that it lies in."""
    for path in sorted(RULES.rglob("cases.yaml")):
        folder = path.parent.relative_to(RULES).as_posix()
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(folder, case, id=f"{folder}: {case['name']}")


@pytest.mark.parametrize(("folder", "case"), list(cases()))
def test_case(folder: str, case: Mapping[str, Any]) -> None:
    kind = folder.split("/")[0]
    RUNNERS[kind](folder, case)


def money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT)


def check_edit(folder: str, case: Mapping[str, Any]) -> None:
    module = folder.split("/")[1]
    edit = next(e for e in EDITS if e.check.__module__.split(".")[-2] == module)
    stage = Stage(case.get("stage", "submission"))
    claim = make.claim(case["given"])

    findings = [
        f
        for f in run_edits(claim, EditContext(make.day("2026-11-12")), stage=stage)
        if f.code == edit.code
    ]

    assert [[f.place, f.severity.value] for f in findings] == case["then"]
    assert all(f.message and f.hint for f in findings)
    if "fixed" in case:
        check_fix(case, claim, findings[0], stage)


def check_fix(case: Mapping[str, Any], claim: Any, finding: Finding, stage: Stage) -> None:
    mended = fix(claim, finding)
    if case["fixed"] is None:
        assert mended is None
        return
    assert mended is not None
    assert [str(line.procedure) for line in mended.lines] == case["fixed"]
    context = EditContext(make.day("2026-11-12"))
    assert finding.code not in {f.code for f in run_edits(mended, context, stage=stage)}


def check_benefit(folder: str, case: Mapping[str, Any]) -> None:
    plan = plan_from({**make.PLAN, "coinsurance": 0, **case["plan"]})
    used = Used(*(Decimal(amount) for amount in case.get("used", ())))
    category = plan.category(case.get("code", "99999"), "11")
    allowed = Decimal(case["allowed"])

    share = cost_share(allowed, plan, category, left(plan, used), owes_copay=True)

    then = case["then"]
    assert share.amount == money(then["member"])
    for part in ("deductible", "copay", "coinsurance"):
        assert getattr(share, part) == money(then.get(part, 0)), part
    if share.steps:
        assert share.steps[-1].balance == allowed - share.amount
        assert sum(step.amount or 0 for step in share.steps) == -share.amount


def check_cob(folder: str, case: Mapping[str, Any]) -> None:
    part = folder.partition("/")[2]
    {"": check_prior, **cob_cases.RUNNERS}[part](folder, case)


def check_prior(folder: str, case: Mapping[str, Any]) -> None:
    claim = make.claim(case["claim"])

    shares = prior_shares(claim)

    assert [{"paid": s.paid, "reduced": s.reduced, "patient": s.patient_owes} for s in shares] == [
        {
            "paid": money(row["paid"]),
            "reduced": money(row["reduced"]),
            "patient": None if row["patient"] is None else money(row["patient"]),
        }
        for row in case["then"]
    ]


def check_decision(folder: str, case: Mapping[str, Any]) -> None:
    claim, then = make.claim(case["claim"]), case["then"]

    decision = adjudicate(claim, make.context(case.get("context")))

    assert decision.outcome.value == then["outcome"]
    assert decision.takes_back == then.get("takes_back", decision.takes_back)
    assert len(decision.lines) == len(then["lines"])
    for line, expected in zip(decision.lines, then["lines"], strict=True):
        found = [[a.group.value, a.reason, a.amount] for a in line.adjustments]
        assert found == [[g, r, money(a)] for g, r, a in expected["adjustments"]]
        assert line.paid == money(expected["paid"])
        assert line.allowed == money(expected.get("allowed", 0))
        assert list(line.remark_codes) == expected.get("remarks", [])
        assert line.difference == 0
    assert [p.code for p in decision.pends] == then.get("pends", [])
    assert decision.paid_to_member == money(then.get("to_member", 0))
    if "patient" in then:
        assert decision.patient_responsibility == money(then["patient"])
    check_use(decision, then)
    if then["outcome"] in ("pay", "deny"):
        payment = to_claim_payment(claim, decision, payer_control_number="ICN-1")
        assert payment.difference == 0
        assert payment.status_code == then.get("status", payment.status_code)


def check_use(decision: Any, then: Mapping[str, Any]) -> None:
    uses = [[u.number, u.line_number, u.units] for u in decision.authorizations]
    assert uses == [[n, line, Decimal(units)] for n, line, units in then.get("authorizations", [])]
    if "used" not in then:
        return
    for scope in ("member", "family"):
        sums: dict[str, Decimal] = {}
        for change in decision.accumulators:
            if change.scope == scope:
                sums[change.kind] = sums.get(change.kind, Decimal(0)) + change.amount
        assert sums == {kind: money(amount) for kind, amount in then["used"].items()}


def check_provider_adjustments(case: Mapping[str, Any]) -> None:
    """Every code with both signs: positive reduces the payment and debits the account, negative credits it."""
    rules = make.payer_rules(case.get("rules", ()))
    for sign in (1, -1):
        amounts = [(r, ref, sign * money(a)) for r, ref, a in case["provider"]]

        plan = plan_provider_adjustments(make.plb(amounts), rules=rules)

        sums: dict[str, Decimal] = {}
        for leg in plan.legs:
            sums[leg.account] = sums.get(leg.account, Decimal(0)) + leg.amount
        assert case["then"].get("hold", "") in plan.hold
        assert bool(plan.hold) == ("hold" in case["then"])
        assert {k: v for k, v in sums.items() if v} == {
            k: sign * money(v) for k, v in case["then"].get("accounts", {}).items()
        }


def check_posting(folder: str, case: Mapping[str, Any]) -> None:
    if "provider" in case:
        check_provider_adjustments(case)
        return
    claim, then = make.claim(case["claim"]), case["then"]
    bucket = case.get("bucket", "payer:1")
    items = make.items(claim, bucket, balance=case.get("balance"))

    policy = default_policy().with_rules(make.payer_rules(case.get("rules", ())))

    plan = plan_posting(make.payment(case["payment"]), items, policy, trace="1999:T1")

    accounts: dict[str, Decimal] = {}
    per_item: dict[int, Decimal] = {}
    for leg in plan.legs:
        accounts[leg.account] = accounts.get(leg.account, Decimal(0)) + leg.amount
        if leg.account == f"receivable:{bucket}":
            per_item[leg.item_id] = per_item.get(leg.item_id, Decimal(0)) + leg.amount
    assert plan.outcome.value == then["outcome"]
    assert {k: v for k, v in accounts.items() if v} == {
        k: money(v) for k, v in then["accounts"].items()
    }
    assert plan.patient_amount == money(then.get("patient", 0))
    assert plan.denied == money(then.get("denied", 0))
    assert plan.is_held == (then["outcome"] == "held")
    assert then.get("hold", "") in plan.hold
    assert plan.stops == then.get("stops", False)
    for words in then.get("notes", ()):
        assert any(words in note for note in plan.notes), plan.notes
    work = [[w.kind, w.reason, w.amount] for w in plan.work]
    assert work == [[kind, reason, money(a)] for kind, reason, a in then.get("work", [])]
    assert all(w.suggestion for w in plan.work)
    if "items" in then:
        assert per_item == {item: money(amount) for item, amount in then["items"].items()}


def check_money(folder: str, case: Mapping[str, Any]) -> None:
    payments = [make.payment(raw) for raw in case.get("payments", ())]
    state = ClaimState(case.get("state", "paid"))

    found = claim_money(make.claim(case["claim"]), state, payments, default_policy())

    assert found.as_text() == {key: str(money(case["then"].get(key, 0))) for key in MONEY_KEYS}
    assert found.difference == 0


def check_variance(folder: str, case: Mapping[str, Any]) -> None:
    given, then = {k: money(v) for k, v in case["given"].items()}, case["then"]
    answer = None
    if "paid" in given:
        parts = {
            "patient": "patient",
            "other": "other",
            "open": "left_open",
            "sequestered": "sequestered",
        }
        more = {name: given[key] for key, name in parts.items() if key in given}
        answer = Answer(given["paid"], **more)

    found = judge(
        allowed=given.get("allowed"),
        promised=given.get("promised"),
        answer=answer,
        tolerance=given.get("tolerance", money(0)),
    )

    assert found.kind == then["kind"]
    assert (found.promised, found.received) == (money(then["promised"]), money(then["received"]))
    assert found.amount == money(then["amount"]) == found.promised - found.received
    assert found.payer_allowed == (money(then["price"]) if "price" in then else None)


RUNNERS = {
    "variance": check_variance,
    "reconciliation": check_deposits,
    "edits": check_edit,
    "pricing": pricing.check,
    "benefits": check_benefit,
    "cob": check_cob,
    "credits": credits.check,
    "adjudication": check_decision,
    "posting": check_posting,
    "proof": check_money,
}
