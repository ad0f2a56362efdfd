"""What the remittance pages ask beyond the selectors: the list's totals, one claim's reading and postings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.bodies import head_of, payments_at
from cleanclaim.apps.billing.remittances.matching import candidates, match_claims
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim, State
from cleanclaim.apps.billing.remittances.plans import (
    Place,
    RemittancePlan,
    plan_place,
    plan_remittance,
    unapplied_legs,
)
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.pages.navigation import Hit
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values import remittance as values
from cleanclaim.values.accounts import ACCOUNTS
from cleanclaim.values.entry import Leg as LegValue

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class ListTotals:
    """What stands above the list: of the filtered remittances, and of those that wait.

    `superseded` of them were keyed anew: the other one is the payment, and `paid` and `waiting` count it alone.
    """

    count: int
    paid: Decimal
    waiting: int
    superseded: int = 0


def list_totals(found: QuerySet[Remittance], *, superseded: Collection[int] = ()) -> ListTotals:
    """Count and payments of a filtered list; `waiting` are those that a person has to post or look at."""
    count, twice, standing = found.count(), 0, found
    if superseded:
        aside = is_one_of("id", sorted(superseded))
        twice, standing = found.filter(aside).count(), found.exclude(aside)
    paid = standing.aggregate(paid=Sum("paid"))["paid"] or ZERO
    waiting = standing.filter(state__in=(State.RECEIVED, State.HELD)).count()
    return ListTotals(count, paid, waiting, twice)


def find_remittances(text: str, limit: int) -> list[Hit]:
    """Remittances by the start of their trace number, for the palette."""
    trace = text.removeprefix("trace").removeprefix("check").strip()
    found = Remittance.objects.defer("body").filter(trace_number__istartswith=trace)
    return [
        Hit(
            f"Remittance {row.trace_number}",
            f"{row.payer_name}, {show(row.paid)} on {row.paid_on:%b} {row.paid_on.day}, "
            f"{row.paid_on.year}",
            reverse("remittances:remittance", args=[row.pk]),
        )
        for row in found.order_by("-id")[: min(limit, MOST_FOUND)]
    ]


def claims_of(
    rows: Iterable[RemittanceClaim], said: Mapping[int, values.ClaimPayment], *, payer_id: int
) -> dict[int, Claim]:
    """{position: our claim}: the one it was posted on, else the one that posting would find."""
    rows = list(rows)
    known = Claim.objects.in_bulk([row.claim_id for row in rows if row.claim_id])
    found = {row.position: known[row.claim_id] for row in rows if row.claim_id in known}
    open_rows = [row for row in rows if row.position not in found]
    payments = [said[row.position] for row in open_rows]
    matches = match_claims(payments, candidates(payments), payer_id=payer_id)
    for row, match in zip(open_rows, matches, strict=True):
        if match.claim is not None:
            found[row.position] = match.claim
    return found


def plan_one(row: Remittance, position: int, *, posted_on: date) -> Place:
    """What posting would do with one claim payment, counting those on the same claim before it."""
    found = RemittanceClaim.objects.filter(remittance=row)
    numbers = found.values_list("control_number", "payer_control_number").get(position=position)
    named = sorted(set(numbers) - {""})
    same = found.filter(
        Q(position=position)
        | Q(is_one_of("control_number", named))
        | Q(is_one_of("payer_control_number", named))
    )
    said = payments_at(row.pk, list(same.values_list("position", flat=True)))
    places = sorted(said)
    part = replace(
        head_of(row),
        claims=tuple(said[place] for place in places),
        provider_adjustments=(),
    )
    plan = plan_remittance(row, part, posted_on=posted_on)
    wanted = places.index(position) + 1
    return next(place for place in plan.places if place.position == wanted)


def held_place(
    row: Remittance, kept: RemittanceClaim, payment: values.ClaimPayment
) -> Place | None:
    """What applying a held payment to the claim that it is about would do; None where that is not known."""
    claim = Claim.objects.filter(pk=kept.claim_id).first() if kept.claim_id else None
    if claim is None:
        return None
    today = timezone.localdate()
    return plan_place(row, payment, claim, position=kept.position, posted_on=today)


def legs_of_plan(plan: RemittancePlan, *, payer_id: int) -> list[LegValue]:
    """Every leg that posting would write, parked cash included."""
    legs = list(plan.adjustment_legs)
    for place in plan.places:
        legs += legs_of_place(place, payer_id=payer_id, trace=plan.trace)
    return legs


def legs_of_place(place: Place, *, payer_id: int, trace: str) -> tuple[LegValue, ...]:
    """One claim payment's legs; a held one parks its cash."""
    if place.plan.is_held:
        return unapplied_legs(place.payment, payer_id=payer_id, trace=trace)
    return place.legs


def by_account(legs: Iterable[LegValue]) -> list[tuple[str, Decimal]]:
    """(account's name, sum) in the order of the chart, zeros left out."""
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.account] = sums.get(leg.account, ZERO) + leg.amount
    return _named(sums)


def _named(sums: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    return [(one.name, sums[one.code]) for one in ACCOUNTS if sums.get(one.code)]


_ENTRIES = """
WITH given AS (SELECT %s::bigint AS remittance, %s::bigint AS adjustment), posted AS (
    SELECT entry_id, unapplied_entry_id FROM remittances_remittanceclaim, given
     WHERE remittance_id = remittance),
entries AS (
    SELECT entry_id AS id FROM posted WHERE entry_id <> 0
     UNION SELECT unapplied_entry_id FROM posted WHERE unapplied_entry_id <> 0
     UNION SELECT adjustment FROM given WHERE adjustment <> 0)
"""
_WHICH = f"""{_ENTRIES}
SELECT count(*), coalesce(min(id), 0), coalesce(max(id), 0) FROM entries
"""
_SUMS = f"""{_ENTRIES}
SELECT account, sum(amount) FROM ledger_leg WHERE entry_id = ANY(ARRAY(SELECT id FROM entries)) GROUP BY account
"""


@dataclass(frozen=True, slots=True)
class PostedEntries:
    """The entries of a posting that stands: how many, from which to which, and their sums by account."""

    count: int
    first_id: int
    last_id: int
    sums: tuple[tuple[str, Decimal], ...]
    adjustment_id: int


def posted_entries(row: Remittance) -> PostedEntries:
    """What posting this remittance wrote, claims and provider adjustments."""
    return _posted_entries(
        current_tenant(), row.pk, row.posting_round, row.hand_count, row.posted_at
    )


@lru_cache(maxsize=64)
def _posted_entries(
    organization_id: int,
    remittance_id: int,
    posting_round: int,
    hand_count: int,
    posted_at: datetime | None,
) -> PostedEntries:
    """Entries never change, and which ones stand only with a posting, or with what a person does to one payment.

    Of 100,000 claims it takes seconds, and the page asks again for each claim under the cursor. The organization is
    part of the key: what one was told is never told to another, whatever it asks.
    """
    adjustment = Entry.objects.filter(
        idempotency_key=f"remittance:{remittance_id}:{posting_round}:0", reversals=None
    ).first()
    given = (remittance_id, adjustment.pk if adjustment else 0)
    with connection.cursor() as cursor:
        cursor.execute(_WHICH, given)
        count, first_id, last_id = cursor.fetchone()
        cursor.execute(_SUMS, given)
        sums = tuple(_named(dict(cursor.fetchall())))
    return PostedEntries(count, first_id, last_id, sums, given[1])


def leg_lines(legs: Iterable[LegValue]) -> list[tuple[str, str, Decimal]]:
    """Legs as the postings column shows them: account, line and reason, signed amount."""
    names = {one.code: one.name for one in ACCOUNTS}
    return [
        (
            names[leg.account],
            " · ".join(
                part
                for part in (f"line {leg.line_number}" if leg.line_number else "", leg.reason)
                if part
            ),
            leg.amount,
        )
        for leg in legs
    ]
