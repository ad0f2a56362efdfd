"""How figures and days are written, on pages and in sentences."""

import re
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

NOTHING = "—"
MINUS = "−\N{THIN SPACE}"
# A day as programs write it; not what was typed (quoted), nor a part of a file's name or of a number.
_ISO_DAY = re.compile(r"(?<![\w./'\"-])(\d{4})-(\d\d)-(\d\d)(?![\w/'\"-]|\.\w)")


def money(value: Decimal | None) -> str:
    """Dollars with two decimals and thousands separated, no currency sign: `1,234.50`, `− 53.00`, `—`."""
    if value is None or (isinstance(value, str) and not value):  # Decimals take long to compare
        return NOTHING
    amount = Decimal(value)
    return f"{MINUS}{-amount:,.2f}" if amount < 0 else f"{abs(amount):,.2f}"


def count(value: int | None) -> str:
    """A whole number with thousands separated."""
    return NOTHING if value is None else f"{value:,}"


def day(value: date | datetime | None) -> str:
    """`Nov 9` in the current year, `Nov 9, 2025` in others."""
    local = _local_date(value)
    if local is None:
        return NOTHING
    if local.year == time.localtime().tm_year:  # Django makes TIME_ZONE the process's own
        return f"{local:%b} {local.day}"
    return full_day(local)


def full_day(value: date | datetime | None) -> str:
    """`Nov 9, 2026`."""
    local = _local_date(value)
    return NOTHING if local is None else f"{local:%b} {local.day}, {local.year}"


def moment(value: datetime | None) -> str:
    """`Nov 9, 2026 14:05`, local time."""
    if value is None:
        return NOTHING
    return f"{full_day(value)} {timezone.localtime(value):%H:%M}"


def said(words: Any) -> str:
    """A sentence with its days as people write them: `Due 2026-12-26 by law` is `Due Dec 26, 2026 by law`."""
    text = str(words)
    return _ISO_DAY.sub(_said_day, text) if "-" in text else text


def _said_day(found: re.Match[str]) -> str:
    try:
        return full_day(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        return found[0]


def _local_date(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def figure(value: Any) -> str:
    """A fact's or a step's value: Decimals as money, dates as days, the rest as it is."""
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return full_day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return NOTHING if value is None else said(value)
