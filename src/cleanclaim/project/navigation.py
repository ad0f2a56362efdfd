"""What the workbench shows in its rail, finds in its palette and mounts in its addresses.

A page that does not work yet is not here. One line per page; the order is the order on the screen.
"""

from cleanclaim.apps.shared.pages.navigation import NavItem, SearchProvider

# (address prefix, module of URL patterns with its own app_name)
APP_URLS: tuple[tuple[str, str], ...] = ()

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

NAVIGATION: tuple[NavItem, ...] = ()

SEARCH: tuple[SearchProvider, ...] = ()
