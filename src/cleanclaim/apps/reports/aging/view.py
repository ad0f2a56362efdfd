"""What can be asked of aging: on which day, as known when, by what groups, with ages from which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import total
from cleanclaim.values.accounts import BY_CODE

LIMITS_DAYS = (30, 60, 90, 120)
OLD_DAYS = 90  # what is over so many is old
Sums = tuple[list[int], int, int]  # cents by age, cents owed back, items
Groups = dict[tuple[str, ...], Sums]


class Measure(StrEnum):
    """From which day an item's age is counted."""

    BUCKET = "bucket"  # since whoever is responsible now became so
    SERVICE = "service"
    SUBMITTED = "submitted"  # the service day where it was never sent
    POSTED = "posted"  # the accounting day of its charge


class Who(StrEnum):
    """Whose debts are shown."""

    ALL = "all"
    INSURANCE = "insurance"
    PATIENT = "patient"  # also where an agency collects


# Groups that an item's claim decides: the name in addresses and commands, and the SQL of its value. Of a claim that went
# on to another payer, the payer is the one of the view's day and the item's bucket (`then`); the others are as they are now.
OF_CLAIM: Mapping[str, str] = {
    "payer": "coalesce(claim.payer_name, '')",
    "provider": "coalesce(nullif(claim.billing_npi, ''), claim.billing_tin, '')",
    "facility": "coalesce(claim.facility, '')",
    "collector": "coalesce(collector.owner::text, '')",
    "state": "coalesce(claim.state, '')",
}
# All groups; bucket and entity are of the item's legs.
DIMENSIONS: tuple[str, ...] = ("bucket", *OF_CLAIM, "entity")
# Who works a claim: the owner of its work that ranks highest among what is not done.
COLLECTOR_JOIN = """
    LEFT JOIN (
        SELECT DISTINCT ON (work.subject_id) work.subject_id, work.owner
          FROM work_workitem AS work
         WHERE work.subject_kind = 'claim' AND work.state <> 'done' AND work.owner IS NOT NULL
         ORDER BY work.subject_id, work.rank DESC, work.id
    ) AS collector ON collector.subject_id = claim.id"""


def first_old(limits_days: Sequence[int]) -> int:
    """The place of the first age that is old."""
    return sum(days <= OLD_DAYS for days in limits_days)


@dataclass(frozen=True, slots=True)
class View:
    """What is asked: items open on a day, as known at a moment (None: now), grouped, with ages from a measure."""

    on: date
    known: datetime | None = None
    by: tuple[str, ...] = ("bucket",)
    measure: Measure = Measure.BUCKET
    limits_days: tuple[int, ...] = LIMITS_DAYS
    who: Who = Who.ALL

    def __post_init__(self) -> None:
        checked_day(self.on, "as of")
        unknown = [name for name in self.by if name not in DIMENSIONS]
        if unknown or not self.by:
            raise InputError(
                f"by {unknown[0] if unknown else ''!r}: expected one or more of {', '.join(DIMENSIONS)}"
            )

    @property
    def by_day(self) -> bool:
        """Whether what a claim says depends on the day."""
        return "payer" in self.by or self.measure is Measure.SUBMITTED

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets whose debts are shown."""
        patient = ("patient", "agency")
        every = tuple(account.bucket for account in BY_CODE.values() if account.bucket)
        if self.who is Who.ALL:
            return every
        return tuple(one for one in every if (one in patient) == (self.who is Who.PATIENT))


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One group: what is owed by age (youngest first), what is owed back (negative), and how many items.

    Credits are never netted against what others owe, nor shown by age.
    """

    group: tuple[str, ...]
    bands: tuple[Decimal, ...]
    credit: Decimal
    items: int

    @property
    def open(self) -> Decimal:
        """What is owed, credits apart."""
        return total(self.bands)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of an aging: a value by dimension as `AgingRow.group` says it, one age or all, owed or owed back."""

    group: Mapping[str, str]
    band: int | None = None
    credits: bool = False
