"""What the workbench shows in its rail, finds in its palette and mounts in its addresses.

A page that does not work yet is not here. One line per page; the order is the order on the screen.
"""

from cleanclaim.apps.billing.remittances.questions import find_remittances
from cleanclaim.apps.billing.remittances.selectors import to_post_count
from cleanclaim.apps.shared.ledger.questions import find_entries
from cleanclaim.apps.shared.pages.navigation import NavItem, SearchProvider
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work.selectors import open_count

# (address prefix, module of URL patterns with its own app_name)
APP_URLS: tuple[tuple[str, str], ...] = (
    ("my-day/", "cleanclaim.apps.shared.work.urls"),
    ("remittances/", "cleanclaim.apps.billing.remittances.urls"),
    ("accounts/", "cleanclaim.apps.billing.accounts.urls"),
    ("ledger/", "cleanclaim.apps.shared.ledger.urls"),
    ("files/", "cleanclaim.apps.shared.exchange.urls"),
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

NAVIGATION: tuple[NavItem, ...] = (
    NavItem("My day", "work:queue", permission=Permission.WORK_READ, count=open_count, key="d"),
    NavItem(
        "Remittances",
        "remittances:list",
        section="Money",
        permission=Permission.REMITTANCES_READ,
        kinds=("practice",),
        count=to_post_count,
        key="r",
    ),
    NavItem(
        "Accounts",
        "accounts:list",
        section="Money",
        permission=Permission.PATIENTS_READ,
        kinds=("practice",),
        key="a",
    ),
    NavItem(
        "Files",
        "exchange:files",
        section="Files",
        permission=Permission.FILES_READ,
        key="f",
    ),
    NavItem(
        "Trial balance",
        "ledger:trial",
        section="Look",
        permission=Permission.ACCOUNTS_READ,
        key="l",
    ),
    NavItem("Proof", "ledger:proof", section="Look", permission=Permission.ACCOUNTS_READ, key="o"),
    NavItem(
        "Months", "ledger:months", section="Keep", permission=Permission.ACCOUNTS_READ, key="m"
    ),
)

SEARCH: tuple[SearchProvider, ...] = (
    SearchProvider(
        "Remittances",
        find_remittances,
        permission=Permission.REMITTANCES_READ,
        kinds=("practice",),
    ),
    SearchProvider("Entries", find_entries, permission=Permission.ACCOUNTS_READ),
)
