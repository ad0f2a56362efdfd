"""Which charges a claim books, and how a newer version's differ. Pure: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import CHARGE_LIMIT, is_whole_cents, show
from cleanclaim.rules.cob import prior_shares
from cleanclaim.rules.posting import OpenItem, default_policy, fill_of, payer_bucket, plan_charge
from cleanclaim.values.accounts import OPENING_BALANCE, OPENING_SETTLED, RECEIVABLE_BY_BUCKET
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.entry import Entry, Leg

CHARGE = "charge"
PRIOR = "prior-payment"
VOID = "charge-void"
QUANTITY_LIMIT = 10**9
_EXPECTED = f"whole cents, zero or more, below {show(CHARGE_LIMIT)}"


def unbookable(claim: Claim) -> str:
    """Why the claim's charges cannot be booked as they are; empty if they can."""
    if not claim.lines:
        return "the claim has no lines, expected one or more"
    for line in claim.lines:
        if not (0 <= line.charge < CHARGE_LIMIT and is_whole_cents(line.charge)):
            return f"line {line.number}: charge {line.charge}, expected {_EXPECTED}"
        if not 0 <= line.quantity < QUANTITY_LIMIT:
            return f"line {line.number}: quantity {line.quantity}, expected zero or more, in reason"
    for amount in (claim.charge, claim.line_total):
        if not 0 <= amount < CHARGE_LIMIT:
            return f"charge {amount}, expected {_EXPECTED}"
    for share in prior_shares(claim):
        amounts = (share.paid, *(a.amount for a in share.reductions))
        wrong = [a for a in amounts if not is_whole_cents(a) or abs(a) >= CHARGE_LIMIT]
        if wrong:
            return (
                f"line {share.line_number}: earlier payer's {wrong[0]}, expected whole cents "
                f"below {show(CHARGE_LIMIT)}"
            )
    return ""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a former system says of a claim's lines, in line order, on the day they are taken over.

    Attributes:
        open: dollars still owed on each line; below zero = a credit.
        buckets: who is asked for each: `payer:1`, `patient`, ...
        since: the day from which each ages there; None = its service day.
    """

    as_of: date
    open: tuple[Decimal, ...]
    buckets: tuple[str, ...]
    since: tuple[date | None, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """A claim's lines to be booked. `kept` are items of an earlier version by place in the lines, else 0."""

    claim_id: int
    version: int
    patient_id: int
    payer_id: int
    claim: Claim
    kept: tuple[int, ...] = ()
    taken_over: TakenOver | None = None

    def bucket(self, place: int) -> str:
        """The bucket that the item of the line at this place, from 0, is opened in."""
        return self.taken_over.buckets[place] if self.taken_over else payer_bucket(self.claim)

    @property
    def new_places(self) -> list[int]:
        """The places, from 0, of the lines without an item."""
        if not self.kept:
            return list(range(len(self.claim.lines)))
        return [place for place, item_id in enumerate(self.kept) if not item_id]


def open_item(
    claim: Claim, line: ServiceLine, *, item_id: int, claim_id: int, patient_id: int
) -> OpenItem:
    """The line as the posting rules read it."""
    fill = fill_of(line)
    return OpenItem(
        item_id=item_id,
        line_number=line.number,
        claim_id=claim_id,
        patient_id=patient_id,
        procedure=line.billed_code,
        charge=line.charge,
        modifiers=line.procedure.modifiers,
        bucket=payer_bucket(claim),
        service_from=line.service_from,
        control_number=line.control_number,
        prescription_number=fill.prescription,
        fill_number=fill.number,
        ndc=fill.ndc,
    )


def booking_legs(booking: Booking, item_ids: Sequence[int]) -> tuple[Leg, ...]:
    """The legs of the new lines; `item_ids` has an item for every line, kept or new."""
    claim = booking.claim
    if booking.taken_over:
        return _taken_over_legs(booking, booking.taken_over, item_ids)
    items = [
        open_item(
            claim,
            line,
            item_id=item_id,
            claim_id=booking.claim_id,
            patient_id=booking.patient_id,
        )
        for line, item_id in zip(claim.lines, item_ids, strict=True)
    ]
    legs = plan_charge(claim, items, default_policy(), payer_id=booking.payer_id)
    if not booking.kept:
        return legs
    kept = set(booking.kept)
    return tuple(leg for leg in legs if leg.item_id not in kept)


def _taken_over_legs(
    booking: Booking, taken: TakenOver, item_ids: Sequence[int]
) -> tuple[Leg, ...]:
    """Each charge against the balances taken over, and what a former system had settled of it."""
    legs: list[Leg] = []
    for place, (line, item_id) in enumerate(zip(booking.claim.lines, item_ids, strict=True)):
        receivable = RECEIVABLE_BY_BUCKET[taken.buckets[place]].code
        settled = line.charge - taken.open[place]
        for account, amount, reason in (
            (receivable, line.charge, ""),
            (OPENING_BALANCE.code, -line.charge, ""),
            (OPENING_SETTLED.code, settled, "settled before"),
            (receivable, -settled, "settled before"),
        ):
            if amount:
                legs.append(
                    Leg(
                        account,
                        amount,
                        item_id,
                        booking.claim_id,
                        line.number,
                        booking.patient_id,
                        booking.payer_id,
                        reason,
                    )
                )
    return tuple(legs)


def booking_entries(booking: Booking, legs: Sequence[Leg], *, booked_on: date) -> list[Entry]:
    """The charge entry, and an entry of its own for what earlier payers did."""
    service_from = booking.claim.service_from
    effective_on = min(service_from, booked_on) if service_from else booked_on
    if (
        booking.taken_over
    ):  # who takes a balance over knows it on that day, and not how it came about
        effective_on = booking.taken_over.as_of
    parts = (
        (CHARGE, tuple(leg for leg in legs if not leg.reason)),
        (PRIOR, tuple(leg for leg in legs if leg.reason)),
    )
    return [
        Entry(
            kind=kind,
            idempotency_key=f"{kind}:{booking.claim_id}:{booking.version}",
            effective_on=effective_on,
            accounting_on=booked_on,
            legs=part,
        )
        for kind, part in parts
        if part
    ]


def void_entry(claim_id: int, version: int, legs: Sequence[Leg], *, on: date) -> Entry | None:
    """The entry that takes the legs of charges back; None if there are none."""
    if not legs:
        return None
    return Entry(
        kind=VOID,
        idempotency_key=f"{VOID}:{claim_id}:{version}",
        effective_on=on,
        accounting_on=on,
        legs=tuple(replace(leg, amount=-leg.amount) for leg in legs),
    )


def kept_places(old: Claim, new: Claim, *, with_prior: bool = True) -> dict[int, int]:
    """{place in the new lines: place in the old lines} of lines whose money is the same.

    `with_prior`: earlier payers' part belongs to it, because it was booked with the charge.
    """
    if payer_bucket(old) != payer_bucket(new) or old.asks_no_payment != new.asks_no_payment:
        return {}
    before = {_money_key(old, place, with_prior): place for place in range(len(old.lines))}
    found = {}
    for place in range(len(new.lines)):
        old_place = before.get(_money_key(new, place, with_prior))
        if old_place is not None:
            found[place] = old_place
    return found


def _money_key(claim: Claim, place: int, with_prior: bool) -> tuple[object, ...]:
    line = claim.lines[place]
    shares = prior_shares(claim) if with_prior else ()
    return (
        line.number,
        line.billed_code,
        line.procedure.modifiers,
        line.charge,
        line.service_from,
        shares[place] if shares else None,
    )


def line_total(claim: Claim) -> Decimal:
    """What the lines book; nothing for an encounter."""
    return Decimal("0.00") if claim.asks_no_payment else claim.line_total
