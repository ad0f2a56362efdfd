"""Hypothesis strategies: claims, contexts and answers of all kinds, many of them odd."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.rules import make

DAYS = st.integers(min_value=-40, max_value=340).map(
    lambda days: (date(2026, 1, 1) + timedelta(days)).isoformat()
)
CODES = st.sampled_from(
    ["99213", "99214", "99214-25", "20610", "80053", "71046", "J3301", "D9972", "70551"]
)


def cents(low: int = 0, high: int = 500_000) -> st.SearchStrategy[str]:
    """Dollars as text, whole cents."""
    return st.integers(low, high).map(lambda c: f"{Decimal(c) / 100:.2f}")


@st.composite
def prior_answers(draw: st.DrawFn, charge: Decimal) -> dict[str, Any]:
    """What an earlier payer may have done with a line: mostly balanced, sometimes not."""
    whole = int(charge * 100)
    paid = draw(st.integers(0, whole))
    contractual = draw(st.integers(0, whole - paid))
    patient = whole - paid - contractual if draw(st.booleans()) else 0
    group, reason = draw(st.sampled_from([("CO", "45"), ("CO", "27"), ("PI", "45"), ("OA", "23")]))
    rows = [(group, reason, contractual), ("PR", "2", patient)]
    return {
        "paid": str(Decimal(paid) / 100),
        "adjustments": [[g, r, str(Decimal(a) / 100)] for g, r, a in rows if a],
    }


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    """A claim as a mapping for `make.claim`."""
    lines: list[dict[str, Any]] = []
    is_secondary = draw(st.booleans())
    has_detail = draw(st.booleans())
    for _ in range(draw(st.integers(1, 5))):
        charge = draw(cents())
        line: dict[str, Any] = {
            "code": draw(CODES),
            "charge": charge,
            "units": draw(st.integers(1, 4)),
            "day": draw(DAYS),
        }
        if is_secondary and has_detail and draw(st.booleans()):
            line["prior"] = [draw(prior_answers(Decimal(charge)))]
        lines.append(line)
    claim: dict[str, Any] = {
        "lines": lines,
        "benefits_assigned": draw(st.sampled_from(["Y", "Y", "Y", "N"])),
        "frequency": draw(st.sampled_from(["1", "1", "1", "7"])),
        "original_number": "X-1",
    }
    if is_secondary:
        claim["order"] = draw(st.sampled_from(["S", "T", "P"]))
        other: dict[str, Any] = {}
        if draw(st.booleans()):
            other["paid"] = draw(cents())
        if draw(st.booleans()):
            other["adjustments"] = [["CO", "45", draw(cents())], ["PR", "1", draw(cents())]]
        claim["others"] = [other]
    return claim


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    """A context as a mapping for `make.context`."""
    used = sorted(draw(st.lists(st.integers(0, 3000), min_size=4, max_size=4)))
    plan: dict[str, Any] = {
        "coinsurance": draw(st.integers(0, 100)),
        "deductible": draw(st.integers(0, 2000)),
        "family_deductible": draw(st.none() | st.integers(0, 4000)),
        "out_of_pocket": draw(st.none() | st.integers(0, 5000)),
        "family_out_of_pocket": draw(st.none() | st.integers(0, 9000)),
        "aggregate": draw(st.booleans()),
        "copay_order": draw(
            st.sampled_from(
                ["excludes_deductible", "copay_before_deductible", "deductible_before_copay"]
            )
        ),
        "cob_method": draw(
            st.sampled_from(["standard", "non_duplication", "maintenance_of_benefits"])
        ),
        "cob_pays_above_balance": draw(st.booleans()),
        "categories": [
            {"name": "office", "codes": ["99202-99215"], "copay": draw(st.integers(0, 60))}
        ],
        "not_covered": ["D*"],
        "authorization_required": ["70551"],
    }
    return {
        "plan": plan,
        "used": {2026: used, 2025: used},
        "received_on": "2026-10-01",
        "covered": [["2026-01-01", "2026-11-01"]],
        "contract": {"pays_lesser_of_charge": draw(st.booleans())},
        "authorizations": [{"number": "A-1", "from": "2026-01-01", "units": 2}],
        "prior_lines": [{"code": "80053", "charge": "31.20", "day": "2026-02-01"}],
        "original": {"payer_control_number": "X-1"},
    }


def world(claim: dict[str, Any], context: dict[str, Any]) -> tuple[Any, Any]:
    """The values of both mappings."""
    return make.claim(claim), make.context(context)
