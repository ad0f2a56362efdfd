"""Levels 3 to 7: balances, situations, code sets, kinds of claims, and the partner's own rules.

for defect in run("837P", leaves(walked, "2300"), walked.delimiters, levels=frozenset({3, 5}), on=day):
    ...

`RULES` lists every check by name with its level, messages and what it says.
"""

# Importing these modules registers their checks.
from cleanclaim.edi.checks import (  # noqa: F401
    attachment_length,
    claim_balance,
    claim_kinds,
    claim_situations,
    codes,
    coverage_situations,
    dental_situations,
    enrollment_situations,
    inquiry_situations,
    institutional_situations,
    payment_balance,
    remittance_situations,
    status_balance,
)
from cleanclaim.edi.checks.partner import PartnerRule, PartnerRules, parse_partner
from cleanclaim.edi.checks.problem import Problem
from cleanclaim.edi.checks.registry import RULES, Check
from cleanclaim.edi.checks.running import ALL_LEVELS, Checker, check_walk, run, select

__all__ = [
    "ALL_LEVELS",
    "RULES",
    "Check",
    "Checker",
    "PartnerRule",
    "PartnerRules",
    "Problem",
    "check_walk",
    "parse_partner",
    "run",
    "select",
]
