"""Targets of KPIs: those that a person set from a day on, else those that come with the program."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction

from cleanclaim.apps.reports.kpis.definitions import BY_NAME
from cleanclaim.apps.reports.kpis.models import KpiTarget
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.parameters import parameter

_GIVEN = Path(__file__).parent / "parameters" / "targets.yaml"
LARGEST = Decimal("99999.99")


def targets(*, on: date, known: datetime | None = None) -> Mapping[str, Decimal]:
    """{KPI: what it should be} on a day, as it was known at a moment (None: now)."""
    return targets_by_day([on], known=known)[on]


def targets_by_day(
    days: Sequence[date], *, known: datetime | None = None
) -> Mapping[date, Mapping[str, Decimal]]:
    """`targets` on each of several days; what people set is read once."""
    rows = KpiTarget.objects.filter(starts_on__lte=max(days))
    if known is not None:
        rows = rows.filter(set_at__lte=known)
    ordered = list(rows.order_by("starts_on", "id"))
    return {on: _in_force(ordered, on) for on in days}


def _in_force(rows: Sequence[KpiTarget], on: date) -> Mapping[str, Decimal]:
    given = parameter(_GIVEN).value(on=on)
    found = {name: Decimal(text) for name, text in given.items()}
    for row in rows:  # the last one of a name stays
        if row.starts_on > on:
            break
        if row.target is None:
            found.pop(row.name, None)
        else:
            found[row.name] = Decimal(f"{row.target.normalize():f}")  # 40, not 4E+1
    return found


@transaction.atomic
def set_target(
    name: str, target: Decimal | None, *, starts_on: date, words: str = "", by: int
) -> KpiTarget:
    """Say what a KPI should be from a day on; None: nothing.

    Raises:
        InputError: no such KPI, or a figure that no target can be.
    """
    if name not in BY_NAME:
        raise InputError(f"KPI {name[:40]!r}: expected of {', '.join(BY_NAME)}")
    if target is not None and not (0 <= target <= LARGEST and target == round(target, 2)):
        raise InputError(f"target {target}: expected 0 to {LARGEST}, two decimals at most")
    checked_day(starts_on, "from")
    return KpiTarget.objects.create(
        name=name, target=target, starts_on=starts_on, words=words.strip()[:200], set_by=by
    )


def read_target(text: str) -> Decimal | None:
    """A typed target; empty or `none`: no target.

    Raises:
        InputError: it is no figure.
    """
    typed = text.replace(",", "").replace("%", "").strip()
    if typed.lower() in ("", "none"):
        return None
    try:
        found = Decimal(typed)
    except InvalidOperation as error:
        raise InputError(f"target {text[:20]!r}: expected a figure like 38.5, or none") from error
    if not found.is_finite():
        raise InputError(f"target {text[:20]!r}: expected a figure like 38.5, or none")
    return found
