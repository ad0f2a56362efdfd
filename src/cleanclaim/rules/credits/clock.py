"""By when a credit must be given back, and when it falls to the state.

Medicare and Medicaid: within 60 days after the overpayment was identified (42 U.S.C. 1320a-7k(d)(2)). For Medicare
parts A to D, from 2025 it is identified when the person knowingly receives or retains it (42 CFR 401.305(a)(2)), and
the 60 days stand still while a timely, good-faith investigation runs, for 180 days at most from its beginning
(401.305(b)(3)); one that begins after they are over holds nothing up. Other payers: their contract; a patient: the state. Those rows are starting values to be replaced.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cleanclaim.rules.parameters import parameter

REFUND_DAYS = Path(__file__).parent / "parameters" / "refund_days.yaml"
STALE_MONTHS = Path(__file__).parent / "parameters" / "stale_months.yaml"
ESCHEAT_YEARS = Path(__file__).parent / "parameters" / "escheat_years.yaml"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day, whose rule it is, and how it comes about."""

    day: date
    citation: str
    words: str


def due_on(
    program: str,
    *,
    identified_on: date,
    investigated: tuple[date, date | None] | None = None,
    days: int | None = None,
    citation: str = "",
) -> Due:
    """The last day on which money of this program is to be given back.

    Args:
        program: medicare, medicaid, patient or commercial.
        investigated: first and last day of the investigation; None as last day = it still runs.
        days: the contract's own term with its `citation`, in place of the program's.
    """
    row = parameter(REFUND_DAYS).value(on=identified_on)
    rule = row.get(program) or row["commercial"]
    term = int(rule["days"]) if days is None else days
    words = f"{term} days after {identified_on}"
    suspended = 0
    if investigated and rule.get("suspension_days"):
        began, ended = investigated
        last = began + timedelta(days=int(rule["suspension_days"]))
        # It stands still from the later of identification and the investigation's first day.
        start = max(began, identified_on)
        stopped = min(ended, last) if ended else last
        # What begins when the days are over already holds nothing up.
        is_timely = start <= identified_on + timedelta(days=term)
        suspended = max(0, (stopped - start).days) if is_timely else 0
        words += f", {suspended} days suspended by the investigation from {began}"
    return Due(
        identified_on + timedelta(days=term + suspended),
        citation or str(rule["citation"]),
        words,
    )


def escheat_on(state: str, *, since: date, years: int | None = None) -> date:
    """The day on which money that nobody claimed since `since` is to be reported to the state."""
    table = parameter(ESCHEAT_YEARS).value(on=since)
    after = years if years is not None else int(table.get(state, table["other"]))
    try:
        return since.replace(year=since.year + after)
    except ValueError:  # Feb 29
        return since.replace(year=since.year + after, day=28)


def stale_on(issued_on: date) -> date:
    """The last day on which a bank must pay a check of this day; from the next on it may refuse it."""
    months = issued_on.month - 1 + int(parameter(STALE_MONTHS).value(on=issued_on))
    first = issued_on.replace(year=issued_on.year + months // 12, month=months % 12 + 1, day=1)
    return min(first + timedelta(days=issued_on.day - 1), _last_of(first))


def _last_of(first: date) -> date:
    following = first.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)
