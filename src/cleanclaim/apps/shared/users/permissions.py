"""What a role can be allowed to do, and the roles that come with each desk.

A permission is a code name in the list that a role keeps. Pages ask `request.can(Permission.X)`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Desk(StrEnum):
    """Where a person sits; a role belongs to one desk."""

    PRACTICE = "practice"
    PHARMACY = "pharmacy"
    CARE = "care"
    HEALTH_PLAN = "health_plan"
    RECEIVABLES = "receivables"
    LEAD = "lead"


DESK_NAMES: dict[Desk, str] = {
    Desk.PRACTICE: "Practice billing",
    Desk.PHARMACY: "Pharmacy billing",
    Desk.CARE: "Care coordination",
    Desk.HEALTH_PLAN: "Health plan",
    Desk.RECEIVABLES: "Receivables",
    Desk.LEAD: "Lead",
}


class Permission(StrEnum):
    """Every code name. `<noun>_read` opens pages; the other verbs change something."""

    WORK_READ = "work.read"
    WORK_ASSIGN = "work.assign"
    EXPORT = "export"
    FILES_READ = "files.read"
    FILES_RECEIVE = "files.receive"
    FILES_RELEASE = "files.release"  # the second person who lets a held file in
    ACCOUNTS_READ = "accounts.read"
    PERIODS_CLOSE = "periods.close"
    RULES_APPROVE = "rules.approve"  # the second person of posting rules and of what limits mean
    REPORTS_READ = "reports.read"
    AUDIT_READ = "audit.read"
    PEOPLE_MANAGE = "people.manage"
    API_TOKENS = "api.tokens"
    # provider side
    PATIENTS_READ = "patients.read"
    PATIENTS_CHANGE = "patients.change"
    CHARGES_ENTER = "charges.enter"
    CLAIMS_READ = "claims.read"
    CLAIMS_CHANGE = "claims.change"
    CLAIMS_SUBMIT = "claims.submit"
    REMITTANCES_READ = "remittances.read"
    REMITTANCES_POST = "remittances.post"
    ACCOUNTS_ADJUST = "accounts.adjust"  # write-offs up to the role's money limit
    ADJUSTMENTS_READ = "adjustments.read"  # write-offs, credits and refunds of everybody
    REFUNDS_ISSUE = "refunds.issue"
    CONTRACTS_READ = "contracts.read"
    CONTRACTS_CHANGE = "contracts.change"
    VARIANCES_READ = "variances.read"
    VARIANCES_DECIDE = "variances.decide"
    # payer side
    MEMBERS_READ = "members.read"
    MEMBERS_CHANGE = "members.change"
    PLANS_READ = "plans.read"
    PLANS_CHANGE = "plans.change"
    CASES_READ = "cases.read"
    CASES_DECIDE = "cases.decide"
    CHECK_RUNS_READ = "check_runs.read"
    CHECK_RUNS_PREPARE = "check_runs.prepare"
    CHECK_RUNS_RELEASE = "check_runs.release"


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A role that every home starts with; `money_limit` is dollars a person may move alone."""

    name: str
    desk: Desk
    permissions: frozenset[Permission]
    money_limit: Decimal


_P = Permission
_EVERY_DESK = frozenset({_P.WORK_READ, _P.EXPORT, _P.FILES_READ, _P.ACCOUNTS_READ})
_BILLER = _EVERY_DESK | {
    _P.FILES_RECEIVE,
    _P.PATIENTS_READ,
    _P.PATIENTS_CHANGE,
    _P.CHARGES_ENTER,
    _P.CLAIMS_READ,
    _P.CLAIMS_CHANGE,
    _P.CLAIMS_SUBMIT,
    _P.REMITTANCES_READ,
    _P.REMITTANCES_POST,
    _P.ACCOUNTS_ADJUST,
    _P.ADJUSTMENTS_READ,
    _P.CONTRACTS_READ,
    _P.VARIANCES_READ,
    _P.VARIANCES_DECIDE,
    _P.API_TOKENS,
}
# Takes in the money and posts it; charges, claims and write-offs are other people's.
_CASH_POSTER = _EVERY_DESK | {
    _P.FILES_RECEIVE,
    _P.PATIENTS_READ,
    _P.CLAIMS_READ,
    _P.REMITTANCES_READ,
    _P.REMITTANCES_POST,
}
# Reads everything of the practice, the evidence included, and changes nothing: not even a list of work.
_AUDITOR = (_EVERY_DESK - {_P.WORK_READ}) | {
    _P.PATIENTS_READ,
    _P.CLAIMS_READ,
    _P.REMITTANCES_READ,
    _P.ADJUSTMENTS_READ,
    _P.CONTRACTS_READ,
    _P.VARIANCES_READ,
    _P.REPORTS_READ,
    _P.AUDIT_READ,
}
# A pharmacy's insurance specialist keeps its contracts, too.
_PHARMACY_BILLER = _EVERY_DESK | {
    _P.FILES_RECEIVE,
    _P.PATIENTS_READ,
    _P.PATIENTS_CHANGE,
    _P.CLAIMS_READ,
    _P.REMITTANCES_READ,
    _P.REMITTANCES_POST,
    _P.ACCOUNTS_ADJUST,
    _P.ADJUSTMENTS_READ,
    _P.CONTRACTS_READ,
    _P.CONTRACTS_CHANGE,
    _P.VARIANCES_READ,
    _P.VARIANCES_DECIDE,
    _P.API_TOKENS,
}
_EXAMINER = _EVERY_DESK | {
    _P.FILES_RECEIVE,
    _P.MEMBERS_READ,
    _P.PLANS_READ,
    _P.CASES_READ,
    _P.CASES_DECIDE,
    _P.CHECK_RUNS_READ,
    _P.CHECK_RUNS_PREPARE,
    _P.API_TOKENS,
}
_LEAD = frozenset(
    {
        _P.WORK_ASSIGN,
        _P.FILES_RELEASE,
        _P.PERIODS_CLOSE,
        _P.RULES_APPROVE,
        _P.REPORTS_READ,
        _P.AUDIT_READ,
        _P.PEOPLE_MANAGE,
    }
)

ROLE_TEMPLATES: tuple[RoleTemplate, ...] = (
    RoleTemplate("Practice biller", Desk.PRACTICE, _BILLER, Decimal("250.00")),
    RoleTemplate("Cash poster", Desk.PRACTICE, _CASH_POSTER, Decimal("0.00")),
    RoleTemplate("Auditor", Desk.PRACTICE, _AUDITOR, Decimal("0.00")),
    RoleTemplate("Pharmacy biller", Desk.PHARMACY, _PHARMACY_BILLER, Decimal("250.00")),
    RoleTemplate("Claims examiner", Desk.HEALTH_PLAN, _EXAMINER, Decimal("5000.00")),
    RoleTemplate(
        "Billing lead",
        Desk.LEAD,
        _BILLER | _LEAD | {_P.REFUNDS_ISSUE, _P.CONTRACTS_CHANGE},
        Decimal("10000.00"),
    ),
    RoleTemplate(
        "Plan lead",
        Desk.LEAD,
        _EXAMINER | _LEAD | {_P.MEMBERS_CHANGE, _P.PLANS_CHANGE, _P.CHECK_RUNS_RELEASE},
        Decimal("100000.00"),
    ),
)
