"""What the frame around every page needs: rail, organization, point of view, theme."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.counting import MOST_SHOWN, count_together
from cleanclaim.apps.shared.pages.navigation import NavItem
from cleanclaim.project.navigation import NAVIGATION, SECTIONS

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class RailLine:
    """One line of the rail as shown."""

    label: str
    href: str
    is_current: bool
    count: str
    key: str


def visible_items(request: HttpRequest) -> list[NavItem]:
    """The lines of the rail that this person may see in this organization."""
    access = getattr(request, "access", None)
    if access is None:
        return []
    return [item for item in NAVIGATION if _is_visible(item, access)]


def _is_visible(item: NavItem, access: Any) -> bool:
    if item.permission and not access.can(item.permission):
        return False
    return not item.kinds or access.membership.organization.kind in item.kinds


def rail(request: HttpRequest) -> list[tuple[str, list[RailLine]]]:
    """The rail by section."""
    items = visible_items(request)
    hrefs = {item.url_name: address(item.url_name) for item in items}
    current = _current(request.path, hrefs.values())
    counts = _counts(items)
    shown = []
    for section in SECTIONS:
        lines = [
            RailLine(
                label=item.label,
                href=hrefs[item.url_name],
                is_current=hrefs[item.url_name] == current,
                count=counts.get(item, ""),
                key=item.key,
            )
            for item in items
            if item.section == section
        ]
        if lines:
            shown.append((section, lines))
    return shown


def _counts(items: list[NavItem]) -> dict[NavItem, str]:
    asked = {item: item.count for item in items if item.count}
    found = count_together(tuple(asked.values()))
    return {item: _shown(number) for item, number in zip(asked, found, strict=True)}


def _shown(count: int) -> str:
    """Nothing to do needs no figure."""
    if count > MOST_SHOWN:
        return f"{MOST_SHOWN:,}+"
    return f"{count:,}" if count else ""


def _current(path: str, hrefs: Iterable[str]) -> str:
    """The rail's address that the page lies under: the longest that its path starts with."""
    return max((href for href in hrefs if path.startswith(href)), key=len, default="")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. The rail is worked out when a full page asks for it."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "access": getattr(request, "access", None),
        "as_of": getattr(request, "as_of", None),
        "theme": theme if theme in THEMES else "auto",
        "rail": lambda: rail(request),
        "memberships": lambda: getattr(request, "memberships", []),
    }
