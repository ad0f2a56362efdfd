"""Filters and tags of every template: `|money`, `|day`, `|count`, `{% chip %}`, `{% asset %}`."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cleanclaim.apps.shared.pages.parts import Cell, Chip

register = template.Library()

NOTHING = "—"
MINUS = "−\N{THIN SPACE}"


@register.filter
def money(value: Decimal | None) -> str:
    """Dollars with two decimals and thousands separated, no currency sign: `1,234.50`, `− 53.00`, `—`."""
    if value is None or value == "":
        return NOTHING
    amount = f"{abs(Decimal(value)):,.2f}"
    return f"{MINUS}{amount}" if Decimal(value) < 0 else amount


@register.filter
def count(value: int | None) -> str:
    """A whole number with thousands separated."""
    return NOTHING if value is None else f"{value:,}"


@register.filter
def day(value: date | datetime | None) -> str:
    """`Nov 9` in the current year, `Nov 9, 2025` in others."""
    local = _local_date(value)
    if local is None:
        return NOTHING
    if local.year == timezone.localdate().year:
        return f"{local:%b} {local.day}"
    return full_day(local)


@register.filter
def full_day(value: date | datetime | None) -> str:
    """`Nov 9, 2026`."""
    local = _local_date(value)
    return NOTHING if local is None else f"{local:%b} {local.day}, {local.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """`Nov 9, 2026 14:05`, local time."""
    if value is None:
        return NOTHING
    return f"{full_day(value)} {timezone.localtime(value):%H:%M}"


def _local_date(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def figure(value: Any) -> str:
    """A fact's or a step's value: Decimals as money, dates as days, the rest as it is."""
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return full_day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return NOTHING if value is None else str(value)


@register.filter
def cell(value: Cell) -> str | SafeString:
    """A table cell's text, by the kind of its column."""
    kind = value.column.kind
    if value.value is None or value.value == "":
        return NOTHING if value.column.is_number or kind == "day" else ""
    if kind == "money":
        return money(value.value)
    if kind == "count":
        return count(value.value)
    if kind == "day":
        return day(value.value)
    if kind == "chip":
        return chip(value.value)
    return str(value.value)


@register.simple_tag
def chip(words: str | Chip, tone: str = "") -> SafeString:
    """A state chip: `{% chip "paid" "good" %}` or `{% chip claim.chip %}`."""
    if isinstance(words, Chip):
        words, tone = words.words, words.tone
    return format_html('<span class="chip {}">{}</span>', tone, words)


@register.simple_tag
def asset(path: str) -> str:
    """A static file's address with a digest of its content, so that browsers may keep it."""
    return f"{static(path)}?v={_digest(path)}"


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"static file {path}: not found")
    return sha256(Path(found).read_bytes()).hexdigest()[:12]


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None takes one away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"
