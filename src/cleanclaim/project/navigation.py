"""What the workbench shows in its rail, finds in its palette and mounts in its addresses.

A page that does not work yet is not here. One line per page; the order is the order on the screen.
"""

from cleanclaim.apps.shared.pages.navigation import NavItem, SearchProvider
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work.selectors import open_count

# (address prefix, module of URL patterns with its own app_name)
APP_URLS: tuple[tuple[str, str], ...] = (
    ("my-day/", "cleanclaim.apps.shared.work.urls"),
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
        "Files",
        "exchange:files",
        section="Files",
        permission=Permission.FILES_READ,
        key="f",
    ),
)

SEARCH: tuple[SearchProvider, ...] = ()
