"""Questions about remittances."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.remittances.bodies import payments_at, whole
from cleanclaim.apps.billing.remittances.message_text import (
    Outline,
    SegmentLine,
    lines_around,
    lines_of,
    outline,
)
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    RefusedPayment,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.parts import PLACES_AT_ONCE
from cleanclaim.apps.billing.remittances.posting_order import in_posting_order
from cleanclaim.apps.shared.exchange.selectors import content_of, content_part
from cleanclaim.apps.shared.ledger.selectors import EntryView, entry_view
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.posting import Action, default_policy
from cleanclaim.values import remittance as values


def open_remittance_ids() -> list[int]:
    """Remittances that the worker has not looked at yet, in the order to post them; none that it left to a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, file_id FROM remittances_remittance "
            "WHERE state = 'received' AND worker_rule_id IS NULL ORDER BY id"
        )
        waiting = cursor.fetchall()
    return in_posting_order(waiting)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which remittances a list shows; empty = all. `text` is a trace number or the start of the payer's name."""

    state: str = ""
    paid_from: date | None = None
    paid_to: date | None = None
    posted_from: date | None = None  # posted, and still so
    posted_to: date | None = None
    has_held: bool = False
    is_ready: bool = False  # the worker left it to a person
    text: str = ""


def remittances(filters: Filters) -> QuerySet[Remittance]:
    """The filtered remittances without their bodies; page them by key (`order=("-id",)`)."""
    found = Remittance.objects.defer("body")
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.paid_from is not None:
        found = found.filter(paid_on__gte=filters.paid_from)
    if filters.paid_to is not None:
        found = found.filter(paid_on__lte=filters.paid_to)
    if filters.posted_from is not None:
        found = found.filter(state=State.POSTED, posted_on__gte=filters.posted_from)
    if filters.posted_to is not None:
        found = found.filter(state=State.POSTED, posted_on__lte=filters.posted_to)
    if filters.is_ready:
        found = found.filter(state=State.RECEIVED, worker_rule_id__isnull=False)
    if filters.has_held:
        found = found.filter(held_count__gt=0)
    if text := filters.text.strip():
        by_trace = found.filter(trace_number=text)
        begins = Q(trace_number__istartswith=text) | Q(payer_name__istartswith=text)
        found = by_trace if by_trace.exists() else found.filter(begins)
    return found


def places(row: Remittance, *, text: str = "", outcome: str = "") -> QuerySet[RemittanceClaim]:
    """The claims of a remittance by the start of our number or the payer's, and by outcome; page them by position.

    Raises:
        InputError: there is no such outcome.
    """
    found = RemittanceClaim.objects.defer("body").filter(remittance=row)
    if text:
        found = found.filter(
            Q(control_number__istartswith=text) | Q(payer_control_number__istartswith=text)
        )
    if outcome:
        if outcome not in Outcome.values:
            known = ", ".join(Outcome.values)
            raise InputError(f"outcome {outcome[:20]!r}: expected one of {known}")
        found = found.filter(outcome=outcome)
    return found


@dataclass(frozen=True, slots=True)
class Fitting:
    """The claims of a remittance that fit a search: the query that pages them, how many, and what they pay."""

    places: QuerySet[RemittanceClaim]
    count: int
    paid: Decimal


MOST_NAMED = 2_000  # claims that fit; the first of more are found by going on from the top


def fitting(row: Remittance, *, text: str, outcome: str) -> Fitting:
    """As `places`, read once: of 100,000 claims each reading takes some tenths of a second.

    No index helps: a comparison by letters may not look at rows before row-level security has.
    """
    found = places(row, text=text, outcome=outcome)
    hits = list(found.order_by().values_list("position", "paid"))
    if len(hits) <= MOST_NAMED:
        named = is_one_of("position", sorted(position for position, _ in hits))
        found = RemittanceClaim.objects.defer("body").filter(named, remittance=row)
    return Fitting(found, len(hits), total(paid for _, paid in hits))


def to_post() -> QuerySet[Remittance]:
    """Remittances that a person has to post or to look at, counted on the rail."""
    return Remittance.objects.filter(state__in=(State.RECEIVED, State.HELD))


def ready_to_post() -> QuerySet[Remittance]:
    """Remittances that the worker left to a person, by the practice's own word, and nobody has posted yet."""
    return Remittance.objects.filter(state=State.RECEIVED, worker_rule_id__isnull=False)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One claim payment three ways: as read, as kept, as posted."""

    row: RemittanceClaim
    payment: values.ClaimPayment


@dataclass(frozen=True, slots=True)
class RemittanceView:
    """Bytes, reading and postings of one remittance, for its page."""

    row: Remittance
    value: values.Remittance
    places: tuple[PlaceView, ...]
    adjustments: tuple[RemittanceAdjustment, ...]

    @property
    def posted(self) -> Decimal:
        """The sum of what was posted on claims."""
        done = (Outcome.PAID, Outcome.PARTIAL, Outcome.DENIED, Outcome.REVERSED)
        return sum(
            (place.row.paid for place in self.places if place.row.outcome in done), Decimal("0.00")
        )


def remittance_view(remittance_id: int) -> RemittanceView:
    """One remittance with its claims.

    Raises:
        Remittance.DoesNotExist: no such remittance in this tenant.
    """
    row = Remittance.objects.get(pk=remittance_id)
    value = whole(row)
    rows = RemittanceClaim.objects.filter(remittance=row).order_by("position")
    places = tuple(
        PlaceView(place, payment) for place, payment in zip(rows, value.claims, strict=True)
    )
    adjustments = RemittanceAdjustment.objects.filter(remittance=row).order_by("position")
    return RemittanceView(row, value, places, tuple(adjustments))


def segment_lines(row: Remittance, position: int) -> list[SegmentLine]:
    """The remittance's own message as it came: its head, the claim at a position, its end."""
    if row.claim_count <= PLACES_AT_ONCE:
        text = content_of(row.file_id).decode("utf-8", "replace")
        return lines_around(text, message=row.position, position=position)
    found = _outline(current_tenant(), row.file_id, row.position, row.trace_number)
    return lines_of(found, position=position, read=partial(_part, current_tenant(), row.file_id))


@lru_cache(maxsize=8)
def _outline(organization_id: int, file_id: int, message: int, trace_number: str) -> Outline | None:
    """Of a large file, which never changes: 40 MB are not read again for each claim under the cursor.

    The organization is part of the key: what one was told is never told to another, whatever it asks.
    """
    return outline(content_of(file_id).decode("latin-1"), message=message)  # one character a byte


@lru_cache(maxsize=64)
def _part(organization_id: int, file_id: int, start: int, stop: int) -> str:
    """Head and end are shown with each claim; the database unpacks the file up to the part that is asked for."""
    return content_part(file_id, start, stop).decode("utf-8", "replace")


def posting_of(place: RemittanceClaim) -> list[EntryView]:
    """The entries of one claim payment: posted, or parked as unapplied."""
    ids = [entry_id for entry_id in (place.unapplied_entry_id, place.entry_id) if entry_id]
    return [view for view in map(entry_view, ids) if view is not None]


def answers_of(claim_id: int) -> list[RemittanceClaim]:
    """Every answer of payers to a claim, oldest first, each with its remittance."""
    return _answers(claim_id=claim_id)


@prepared
def _answers(claim_id: Any) -> QuerySet[RemittanceClaim]:
    found = RemittanceClaim.objects.filter(claim_id=claim_id).select_related("remittance")
    return found.defer("remittance__body").order_by("id")


RESTATES = "23"  # OA-23 repeats earlier payers, whose part was booked with the charge


def memo_amounts(claim_ids: Collection[int]) -> dict[int, Decimal]:
    """{claim id: what its posted answers explain without posting it (OA-94), earlier payers' part left out}.

    Read from the messages as they came, not from the ledger: the two are compared.
    """
    found: dict[int, Decimal] = {}
    places = (
        RemittanceClaim.objects.filter(is_one_of("claim_id", sorted(claim_ids)))
        .exclude(outcome__in=(Outcome.WAITING, Outcome.HELD, Outcome.UNDONE, Outcome.SETTLED))
        .order_by("remittance_id", "position")
        .values_list("remittance_id", "position", "claim_id")
    )
    for remittance_id, group in groupby(places, key=lambda place: place[0]):
        claim_of = {position: claim_id for _, position, claim_id in group}
        posted_on = Remittance.objects.values_list("posted_on", flat=True).get(pk=remittance_id)
        policy = default_policy(posted_on)
        for position, payment in payments_at(remittance_id, claim_of).items():
            claim_id = claim_of[position]
            memos = total(
                one.amount
                for one in payment.all_adjustments
                if one.reason != RESTATES
                and policy.action(one, is_line_allowed=True) is Action.MEMO
            )
            found[claim_id] = found.get(claim_id, ZERO) + memos
    return found


def refused_lately(today: date) -> list[RefusedPayment]:
    """The newest payments of the last 90 days of which nothing could be kept, newest first; 20 at most."""
    since = today - timedelta(days=90)
    return list(RefusedPayment.objects.filter(refused_on__gte=since).order_by("-id")[:20])
