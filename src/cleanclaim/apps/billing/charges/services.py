"""Book charges: open items, post the entries, keep the lines in columns."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanclaim.apps.billing.charges import booking as plans
from cleanclaim.apps.billing.charges.booking import Booking
from cleanclaim.apps.billing.charges.models import Charge, Price
from cleanclaim.apps.billing.contracts.expecting import Booked, expect
from cleanclaim.apps.billing.contracts.selectors import expected_of
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import is_whole_cents
from cleanclaim.rules.posting import fill_of, payer_bucket
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.entry import Entry, Leg

_COLUMNS = (
    "item_id",
    "claim_id",
    "patient_id",
    "line_number",
    "procedure",
    "modifiers",
    "charge",
    "quantity",
    "unit",
    "service_from",
    "service_to",
    "place_of_service",
    "control_number",
    "prescription_number",
    "fill_number",
    "ndc",
    "bucket",
    "first_version",
)


@transaction.atomic
def book_charges(
    bookings: Sequence[Booking], *, booked_on: date, by: int | None = None
) -> dict[int, tuple[int, ...]]:
    """Open an item and post the charge of each new line; an encounter's lines are only kept.

    Returns {claim id: item ids in line order} (0 for encounters). The lines must be bookable
    (`booking.unbookable`). Entries: one of charges per claim, one more where an earlier payer paid.
    """
    new = [(b, place) for b in bookings for place in b.new_places]
    money = [(b, place) for b, place in new if not b.claim.asks_no_payment]
    ids = iter(ledger.open_items([_new_item(b, place, booked_on) for b, place in money]))
    by_claim: dict[int, list[int]] = {
        b.claim_id: list(b.kept or [0] * len(b.claim.lines)) for b in bookings
    }
    rows = []
    for b, place in new:
        item_id = 0 if b.claim.asks_no_payment else next(ids)
        by_claim[b.claim_id][place] = item_id
        rows.append(_charge_row(b, b.claim.lines[place], item_id))
    insert_rows(Charge, _COLUMNS, rows)
    entries: list[Entry] = []
    for b in bookings:
        legs = plans.booking_legs(b, by_claim[b.claim_id])
        entries.extend(plans.booking_entries(b, legs, booked_on=booked_on))
    _age_as_taken_over(bookings, by_claim, ledger.post_entries(entries, by=by), entries)
    # Of lines that are kept the price may hang on those that are new, as in a case rate.
    kept = [item_id for b in bookings for item_id in b.kept if item_id]
    known = expected_of(kept) if kept else {}
    expect([_booked(b, by_claim[b.claim_id]) for b in bookings], priced_on=booked_on, known=known)
    return {claim_id: tuple(item_ids) for claim_id, item_ids in by_claim.items()}


def _age_as_taken_over(
    bookings: Sequence[Booking],
    items: dict[int, list[int]],
    entry_ids: Sequence[int],
    entries: Sequence[Entry],
) -> None:
    """Age items from the days that the former system said, by the first entry of their claim: so aging can pack them."""
    by_claim: dict[int, int] = {}
    for entry_id, entry in zip(entry_ids, entries, strict=True):
        by_claim.setdefault(entry.legs[0].claim_id, entry_id)
    moves = [
        ledger.BucketMove(
            item_id, bucket, since, booking.taken_over.as_of, by_claim.get(booking.claim_id)
        )
        for booking in bookings
        if booking.taken_over
        for item_id, bucket, since in zip(
            items[booking.claim_id],
            booking.taken_over.buckets,
            booking.taken_over.since,
            strict=True,
        )
        if item_id and since
    ]
    ledger.move_items(moves)


def _booked(booking: Booking, item_ids: Sequence[int]) -> Booked:
    items = dict(enumerate(item_ids))
    return Booked(booking.claim_id, booking.version, booking.payer_id, booking.claim, items)


def _new_item(booking: Booking, place: int, booked_on: date) -> ledger.NewItem:
    line = booking.claim.lines[place]
    return ledger.NewItem(
        claim_id=booking.claim_id,
        line_number=line.number,
        patient_id=booking.patient_id,
        charge=line.charge,
        service_on=line.service_from or booked_on,
        bucket=booking.bucket(place),
        procedure=(str(line.procedure) or line.revenue_code)[:48],
    )


def _charge_row(booking: Booking, line: ServiceLine, item_id: int) -> tuple[Any, ...]:
    fill = fill_of(line)
    return (
        item_id,
        booking.claim_id,
        booking.patient_id,
        line.number,
        line.billed_code[:48],
        "-".join(line.procedure.modifiers)[:20],
        line.charge,
        line.quantity,
        line.unit[:2],
        line.service_from,
        line.service_to,
        (line.place_of_service or booking.claim.place_of_service)[:2],
        line.control_number[:50],
        fill.prescription[:50],
        fill.number,
        fill.ndc[:48],
        payer_bucket(booking.claim),
        booking.version,
    )


@transaction.atomic
def retire_charges(
    claim_id: int,
    claim: Claim,
    *,
    payer_id: int,
    version: int,
    keep: Sequence[int],
    on: date,
    by: int | None,
) -> None:
    """Take back the live charges of a claim but for the items in `keep`; they leave after `version`.

    `claim` is the claim as those charges were booked. What was paid on them stays there as a credit
    until the payer takes it back.
    """
    live = live_charges([claim_id]).get(claim_id, [])
    gone = [charge for charge in live if charge.item_id not in set(keep)]
    if not gone:
        return
    legs = _legs_of(claim, live, gone, payer_id=payer_id)
    entry = plans.void_entry(claim_id, version, legs, on=on)
    if entry:
        ledger.post_entries([entry], by=by)
    Charge.objects.filter(pk__in=[charge.pk for charge in gone]).update(last_version=version)


def hand_on(claim_id: int, *, bucket: str, version: int) -> None:
    """From `version` on the claim's charges are for another payer to answer; items and revenue stay as they are."""
    live = live_charges([claim_id]).get(claim_id, [])
    rows = [
        tuple(
            {"bucket": bucket, "first_version": version}.get(name, getattr(charge, name))
            for name in _COLUMNS
        )
        for charge in live
    ]
    Charge.objects.filter(pk__in=[charge.pk for charge in live]).update(last_version=version - 1)
    insert_rows(Charge, _COLUMNS, rows)


def _legs_of(
    claim: Claim, live: Sequence[Charge], gone: Sequence[Charge], *, payer_id: int
) -> tuple[Leg, ...]:
    """The legs that booked the charges in `gone`, worked out again."""
    booked = Booking(
        claim_id=gone[0].claim_id,
        version=0,
        patient_id=gone[0].patient_id,
        payer_id=payer_id,
        claim=claim,
    )
    items = {charge.item_id for charge in gone if charge.item_id}
    legs = plans.booking_legs(booked, items_by_place(claim, live))
    return tuple(leg for leg in legs if leg.item_id in items)


def items_by_place(claim: Claim, live: Sequence[Charge]) -> list[int]:
    """The item of each line of the claim; `live` are its charges in the order of line numbers."""
    places = sorted(range(len(claim.lines)), key=lambda place: claim.lines[place].number)
    by_place = {place: row.item_id for place, row in zip(places, live, strict=True)}
    return [by_place[place] for place in range(len(claim.lines))]


def live_charges(claim_ids: Sequence[int]) -> dict[int, list[Charge]]:
    """{claim id: the lines now on it}, in line order."""
    found: dict[int, list[Charge]] = {}
    rows = Charge.objects.filter(claim_id__in=claim_ids, last_version=None)
    for charge in rows.order_by("claim_id", "line_number", "id"):
        found.setdefault(charge.claim_id, []).append(charge)
    return found


@transaction.atomic
def save_price(
    *, procedure: str, charge: Decimal, valid_from: date, modifiers: str = "", words: str = ""
) -> Price:
    """Set what the practice charges for a service from a day on; the price before ends there.

    Raises:
        InputError: no code, or an amount that is not whole cents of zero or more.
    """
    if not procedure.strip() or charge < 0 or not is_whole_cents(charge):
        raise InputError(f"price of {procedure!r}: {charge}, expected a code and whole cents")
    same = Price.objects.filter(procedure=procedure, modifiers=modifiers)
    same.filter(valid_from__lt=valid_from, valid_to=None).update(valid_to=valid_from)
    row, _ = same.update_or_create(
        procedure=procedure,
        modifiers=modifiers,
        valid_from=valid_from,
        defaults={"charge": charge, "words": words[:120]},
    )
    return row
