"""What the workbench shows in its rail, finds in its palette and mounts in its addresses.

A page that does not work yet is not here. One line per page; the order is the order on the screen. By which
other words people look for a page stands in `other_names`.
"""

from dataclasses import replace

from cleanclaim.apps.billing.adjustments.questions import waiting_requests
from cleanclaim.apps.billing.claims.questions import open_claims, ready_claims
from cleanclaim.apps.billing.claims.search import find_claims, find_patients
from cleanclaim.apps.billing.deposits.selectors import open_lines
from cleanclaim.apps.billing.keying.selectors import open_batches
from cleanclaim.apps.billing.remittances.questions import find_remittances
from cleanclaim.apps.billing.remittances.selectors import to_post
from cleanclaim.apps.billing.variances.selectors import open_variances
from cleanclaim.apps.payer.adjudication.questions import pended_cases
from cleanclaim.apps.payer.adjudication.search import find as find_cases
from cleanclaim.apps.payer.disbursements.questions import waiting_lines
from cleanclaim.apps.payer.members.search import find as find_plan_members
from cleanclaim.apps.shared.ledger.questions import find_entries
from cleanclaim.apps.shared.pages.navigation import NavItem, SearchProvider
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work.selectors import open_items
from cleanclaim.project.other_names import OTHER_NAMES

# (address prefix, module of URL patterns with its own app_name)
APP_URLS: tuple[tuple[str, str], ...] = (
    ("my-day/", "cleanclaim.apps.shared.work.urls"),
    ("patients/", "cleanclaim.apps.billing.claims.patient_urls"),
    ("charges/", "cleanclaim.apps.billing.claims.entry_urls"),
    ("claims/", "cleanclaim.apps.billing.claims.urls"),
    ("submissions/", "cleanclaim.apps.billing.claims.submission_urls"),
    ("receipts/", "cleanclaim.apps.billing.receipts.urls"),
    ("remittances/", "cleanclaim.apps.billing.remittances.urls"),
    ("deposits/", "cleanclaim.apps.billing.deposits.urls"),
    ("paper-eobs/", "cleanclaim.apps.billing.keying.urls"),
    ("daily-proof/", "cleanclaim.apps.billing.deposits.daily_urls"),
    ("adjustments/", "cleanclaim.apps.billing.adjustments.urls"),
    ("credits/", "cleanclaim.apps.billing.adjustments.credit_urls"),
    ("variances/", "cleanclaim.apps.billing.variances.urls"),
    ("contracts/", "cleanclaim.apps.billing.contracts.urls"),
    ("accounts/", "cleanclaim.apps.billing.accounts.urls"),
    ("aging/", "cleanclaim.apps.reports.aging.urls"),
    ("kpis/", "cleanclaim.apps.reports.kpis.urls"),
    ("ledger/", "cleanclaim.apps.shared.ledger.urls"),
    ("opening/", "cleanclaim.apps.billing.opening.urls"),
    ("close/", "cleanclaim.apps.reports.closing.urls"),
    ("intake/", "cleanclaim.apps.payer.intake.urls"),
    ("cases/", "cleanclaim.apps.payer.adjudication.urls"),
    ("check-runs/", "cleanclaim.apps.payer.disbursements.urls"),
    ("members/", "cleanclaim.apps.payer.members.urls"),
    ("plans/", "cleanclaim.apps.payer.plans.urls"),
    ("files/", "cleanclaim.apps.shared.exchange.urls"),
    ("x12/", "cleanclaim.apps.shared.exchange.check_urls"),
)

SECTIONS: tuple[str, ...] = (
    "",
    "Front",
    "Claims",
    "Money",
    "Decide",
    "Pay",
    "Files",
    "Look",
    "Keep",
)

_PAGES: tuple[NavItem, ...] = (
    NavItem("My day", "work:queue", permission=Permission.WORK_READ, count=open_items, key="d"),
    NavItem(
        "Patients",
        "patients:list",
        section="Front",
        permission=Permission.PATIENTS_READ,
        kinds=("practice", "pharmacy"),
        key="p",
    ),
    NavItem(
        "Charge entry",
        "charges:start",
        section="Claims",
        permission=Permission.CHARGES_ENTER,
        kinds=("practice",),
        key="e",
    ),
    NavItem(
        "Claims",
        "claims:list",
        section="Claims",
        permission=Permission.CLAIMS_READ,
        kinds=("practice", "pharmacy"),
        count=open_claims,
        key="c",
    ),
    NavItem(
        "Submissions",
        "submissions:list",
        section="Claims",
        permission=Permission.CLAIMS_READ,
        kinds=("practice",),
        count=ready_claims,
        key="s",
    ),
    NavItem(
        "Remittances",
        "remittances:list",
        section="Money",
        permission=Permission.REMITTANCES_READ,
        kinds=("practice", "pharmacy"),
        count=to_post,
        key="r",
    ),
    NavItem(
        "Deposits",
        "deposits:list",
        section="Money",
        permission=Permission.REMITTANCES_READ,
        kinds=("practice", "pharmacy"),
        count=open_lines,
        key="t",
    ),
    NavItem(
        "Paper EOB",
        "keying:list",
        section="Money",
        permission=Permission.REMITTANCES_READ,
        kinds=("practice", "pharmacy"),
        count=open_batches,
        key="k",
    ),
    NavItem(
        "Daily proof",
        "daily_proof:day",
        section="Money",
        permission=Permission.REMITTANCES_READ,
        kinds=("practice", "pharmacy"),
        key="y",
    ),
    NavItem(
        "Receipts",
        "receipts:list",
        section="Money",
        permission=Permission.PATIENTS_READ,
        kinds=("practice", "pharmacy"),
        key="q",
    ),
    NavItem(
        "Variances",
        "variances:list",
        section="Money",
        permission=Permission.VARIANCES_READ,
        kinds=("practice", "pharmacy"),
        count=open_variances,
        key="v",
    ),
    NavItem(
        "Accounts",
        "accounts:list",
        section="Money",
        permission=Permission.PATIENTS_READ,
        kinds=("practice", "pharmacy"),
        key="a",
    ),
    NavItem(
        "Adjustments",
        "adjustments:list",
        section="Money",
        permission=Permission.ADJUSTMENTS_READ,
        kinds=("practice", "pharmacy"),
        count=waiting_requests,
        key="w",
    ),
    NavItem(
        "Credits",
        "credits:list",
        section="Money",
        permission=Permission.ADJUSTMENTS_READ,
        kinds=("practice", "pharmacy"),
        key="u",
    ),
    NavItem(
        "Aging",
        "aging:aging",
        section="Money",
        permission=Permission.ACCOUNTS_READ,
        kinds=("practice", "pharmacy"),
        key="b",
    ),
    NavItem(
        "KPIs",
        "kpis:list",
        section="Look",
        permission=Permission.ACCOUNTS_READ,
        kinds=("practice", "pharmacy"),
        key="n",
    ),
    NavItem(
        "Intake",
        "intake:list",
        section="Decide",
        permission=Permission.CASES_READ,
        kinds=("health_plan",),
        key="i",
    ),
    NavItem(
        "Claims",
        "cases:list",
        section="Decide",
        permission=Permission.CASES_READ,
        kinds=("health_plan",),
        key="c",
    ),
    NavItem(
        "Pended",
        "cases:pended",
        section="Decide",
        permission=Permission.CASES_READ,
        kinds=("health_plan",),
        count=pended_cases,
        key="p",
    ),
    NavItem(
        "Check runs",
        "check_runs:list",
        section="Pay",
        permission=Permission.CHECK_RUNS_READ,
        kinds=("health_plan",),
        count=waiting_lines,
        key="r",
    ),
    NavItem(
        "Contracts",
        "contracts:list",
        section="Keep",
        permission=Permission.CONTRACTS_READ,
        kinds=("practice", "pharmacy"),
        key="g",
    ),
    NavItem(
        "Members",
        "members:list",
        section="Keep",
        permission=Permission.MEMBERS_READ,
        kinds=("health_plan",),
        key="b",
    ),
    NavItem(
        "Plans",
        "plans:list",
        section="Keep",
        permission=Permission.PLANS_READ,
        kinds=("health_plan",),
        key="a",
    ),
    NavItem(
        "Providers",
        "plans:providers",
        section="Keep",
        permission=Permission.PLANS_READ,
        kinds=("health_plan",),
        key="v",
    ),
    NavItem(
        "Files",
        "exchange:files",
        section="Files",
        permission=Permission.FILES_READ,
        key="f",
    ),
    NavItem("X12 check", "x12:check", section="Files", permission=Permission.FILES_READ, key="x"),
    NavItem(
        "Trial balance",
        "ledger:trial",
        section="Look",
        permission=Permission.ACCOUNTS_READ,
        key="l",
    ),
    NavItem("Proof", "ledger:proof", section="Look", permission=Permission.ACCOUNTS_READ, key="o"),
    NavItem(
        "Opening balances",
        "opening:list",
        section="Keep",
        permission=Permission.ACCOUNTS_READ,
        kinds=("practice", "pharmacy"),
        key="i",
    ),
    NavItem(
        "Close",
        "closing:list",
        section="Keep",
        permission=Permission.ACCOUNTS_READ,
        kinds=("practice", "pharmacy", "health_plan"),
        key="z",
    ),
    NavItem(
        "Months", "ledger:months", section="Keep", permission=Permission.ACCOUNTS_READ, key="m"
    ),
)

NAVIGATION = tuple(replace(item, also=OTHER_NAMES.get(item.url_name, ())) for item in _PAGES)

SEARCH: tuple[SearchProvider, ...] = (
    SearchProvider(
        "Patients",
        find_patients,
        permission=Permission.PATIENTS_READ,
        kinds=("practice", "pharmacy"),
    ),
    SearchProvider(
        "Claims", find_claims, permission=Permission.CLAIMS_READ, kinds=("practice", "pharmacy")
    ),
    SearchProvider(
        "Remittances",
        find_remittances,
        permission=Permission.REMITTANCES_READ,
        kinds=("practice", "pharmacy"),
    ),
    SearchProvider(
        "Members", find_plan_members, permission=Permission.MEMBERS_READ, kinds=("health_plan",)
    ),
    SearchProvider("Claims", find_cases, permission=Permission.CASES_READ, kinds=("health_plan",)),
    SearchProvider("Entries", find_entries, permission=Permission.ACCOUNTS_READ),
)
