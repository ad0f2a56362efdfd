"""Remittances as tables, facts, chips and readings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import words
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    RefusedPayment,
    Remittance,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.worker_rules import is_ready
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Step, Table, Tone
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.codes import remark_codes
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import show, total
from cleanclaim.values import remittance as values
from cleanclaim.values.adjustment import Adjustment

_STATE_TONES: dict[str, Tone] = {
    State.RECEIVED: "accent",
    State.HELD: "act",
    State.POSTED: "good",
    State.REVERSED: "wait",
}
_OUTCOME_TONES: dict[str, Tone] = {
    Outcome.PAID: "good",
    Outcome.PARTIAL: "wait",
    Outcome.DENIED: "wait",
    Outcome.HELD: "act",
    Outcome.UNDONE: "wait",
}


def state_chip(row: Remittance, *, superseded: Collection[int] = ()) -> Chip:
    """The remittance's state; red where a person must act. Of one that was keyed anew the other one is the payment."""
    if row.pk in superseded:
        return Chip(f"keyed anew, {show(row.paid)} not counted", "wait")
    if row.state == State.POSTED and row.held_count:
        return Chip(f"{row.held_count} held", "act")
    if is_ready(row):
        return Chip("ready to post", "accent")
    return Chip(State(row.state).label.lower(), _STATE_TONES[row.state])


def outcome_chip(outcome: str) -> Chip:
    """What became, or would become, of one claim payment."""
    return Chip(Outcome(outcome).label.lower(), _OUTCOME_TONES.get(outcome, ""))


def remittance_table(
    rows: Sequence[Remittance],
    *,
    foot: str = "",
    is_export: bool = False,
    superseded: Collection[int] = (),
) -> Table:
    """The list; the export also says how the money comes and how many claims are held.

    Args:
        superseded: ids of those that were keyed anew: their money is the other one's, and adds to no sum.
    """
    more = (
        (
            Column("How", lambda row: words.method_words(row.method)),
            Column("Held", lambda row: row.held_count, kind="count"),
        )
        if is_export
        else ()
    )
    return Table(
        caption="Remittances, newest first",
        columns=(
            Column("Trace", lambda row: row.trace_number, kind="strong"),
            Column("Payer", lambda row: row.payer_name, flexible=True),
            Column("Paid on", lambda row: row.paid_on, kind="day"),
            *more,
            Column("Claims", lambda row: row.claim_count, kind="count"),
            Column(
                "Paid",
                lambda row: None if row.pk in superseded else row.paid,
                kind="money",
                total=True,
            ),
            Column("State", lambda row: state_chip(row, superseded=superseded), kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("remittances:remittance", row.pk),
        side=lambda row: address("remittances:about", row.pk),
        foot=foot,
    )


def refused_table(rows: Sequence[RefusedPayment]) -> Table:
    """Payments of which nothing could be kept; each leads to its file."""
    return Table(
        caption="Refused payments, newest first",
        columns=(
            Column("Trace", lambda row: row.trace_number or "not read", kind="strong"),
            Column("Payer", lambda row: row.payer_name),
            Column("Why", lambda row: row.words, flexible=True),
            Column("Refused", lambda row: row.refused_on, kind="day"),
            Column("Paid", lambda row: row.paid, kind="money"),
        ),
        rows=rows,
        href=lambda row: address("exchange:file", row.file_id),
    )


def remittance_facts(
    row: Remittance, head: values.Remittance, *, claims_paid: Decimal, posted_by: str
) -> list[Fact]:
    """The balance check first: payment = claims less provider adjustments; then where it stands."""
    plb = total(one.amount for one in head.provider_adjustments)
    difference = row.paid - (claims_paid - plb)
    return [
        Fact(
            "Payment", row.paid, note=f"{words.method_words(row.method)}, {show_day(row.paid_on)}"
        ),
        Fact("Claims paid", claims_paid, note=f"{claim_count(row)}, {show_held(row)}"),
        Fact("Provider adjustments", -plb if plb else plb, note=_plb_note(head)),
        Fact(
            "Out of balance",
            difference,
            note="payment = claims + adjustments" if not difference else "cannot be posted",
            tone="act" if difference else "",
        ),
        Fact(
            "State",
            "Ready to post" if is_ready(row) else State(row.state).label,
            note=_state_note(row, posted_by),
            tone="act" if row.state == State.HELD else "",
        ),
    ]


def claim_count(row: Remittance) -> str:
    """`37 claims`, `1 claim`."""
    return f"{row.claim_count:,} claim{'' if row.claim_count == 1 else 's'}"


def show_held(row: Remittance) -> str:
    """How many payments of a posted remittance wait for a person; of another one nobody knows yet."""
    if row.state != State.POSTED:
        return "not posted"
    return f"{row.held_count} held" if row.held_count else "none held"


def _plb_note(value: values.Remittance) -> str:
    notes = [
        f"{one.reason} {words.provider_adjustment_words(one.reason)}"
        for one in value.provider_adjustments
    ]
    return ", ".join(dict.fromkeys(notes)) or "none"


def _state_note(row: Remittance, posted_by: str) -> str:
    if row.state == State.POSTED and row.posted_on:
        return f"by {posted_by}, {_day(row.posted_on)}"
    if is_ready(row):
        return f"received {_day(row.received_on)}; rule {row.worker_rule_id} leaves it to a person"
    if row.state == State.RECEIVED:
        return f"received {_day(row.received_on)}"
    return row.hold


def _day(day: object) -> str:
    return f"{day:%b} {day.day}"  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim payment as the page lists it."""

    row: RemittanceClaim
    payment: values.ClaimPayment
    claim: Claim | None
    outcome: str

    @property
    def patient(self) -> str:
        """Our patient's name, or the one that the payer wrote."""
        if self.claim is not None:
            return self.claim.patient_name
        person = self.payment.patient
        return f"{person.last_name}, {person.first_name}".rstrip(", ") if person else ""


def claim_lines(
    rows: Sequence[RemittanceClaim],
    said: Mapping[int, values.ClaimPayment],
    claims: Mapping[int, Claim],
    planned: Mapping[int, str],
) -> list[ClaimLine]:
    """The rows with reading, our claim and outcome; `planned` are outcomes that posting would give."""
    return [
        ClaimLine(
            row,
            said[row.position],
            claims.get(row.position),
            planned.get(row.position, row.outcome)
            if row.outcome in (Outcome.WAITING, Outcome.UNDONE)
            else row.outcome,
        )
        for row in rows
    ]


def claim_table(
    lines: Sequence[ClaimLine], *, foot: str = "", query: str = "", is_export: bool = False
) -> Table:
    """The claims of a remittance; the export has all figures. `query` goes with each side pane."""
    more = (
        (
            Column("Payer's number", lambda one: one.row.payer_control_number),
            Column("Charge", lambda one: one.row.charge, kind="money", total=True),
            Column(
                "Patient owes", lambda one: one.row.patient_responsibility, kind="money", total=True
            ),
        )
        if is_export
        else ()
    )
    return Table(
        caption="Claims in this remittance",
        columns=(
            Column("Claim", lambda one: one.row.control_number, kind="strong"),
            Column("Patient", lambda one: one.patient, flexible=True),
            *more,
            Column("Paid", lambda one: one.row.paid, kind="money", total=True),
            Column("State", lambda one: outcome_chip(one.outcome), kind="chip"),
        ),
        rows=lines,
        key=lambda one: one.row.position,
        href=lambda one: subject_href("claim", one.claim.pk) if one.claim else "",
        side=lambda one: (
            address("remittances:place", one.row.remittance_id, one.row.position) + query
        ),
        foot=foot,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a claim payment, or the claim level, as arithmetic: charge less adjustments is paid."""

    title: str
    note: str
    steps: tuple[Step, ...]
    paid: Decimal
    difference: Decimal


def read_payment(payment: values.ClaimPayment) -> list[Reading]:
    """The payer's answer in words, line by line."""
    readings = []
    if payment.adjustments or not payment.lines:
        own = total(one.amount for one in payment.adjustments)
        readings.append(
            Reading(
                "Whole claim",
                "",
                (Step("Charge", payment.charge), *_steps(payment.adjustments)),
                payment.paid if not payment.lines else payment.charge - own,
                payment.difference,
            )
        )
    for number, line in enumerate(payment.lines, 1):
        day = line.service_from or payment.service_from
        remarks = tuple(
            Step(f"{code} {remark_codes.words(code)}".strip()) for code in line.remark_codes
        )
        readings.append(
            Reading(
                f"Line {number}: {line.procedure.code}{_prescription(line)}",
                _day(day) if day else "",
                (Step("Charge", line.charge), *_steps(line.adjustments), *remarks),
                line.paid,
                line.difference,
            )
        )
    return readings


def _prescription(line: values.LinePayment) -> str:
    numbers = [one.value for one in line.references if one.qualifier == "XZ"]
    return f", prescription {' '.join(numbers)}" if numbers else ""


def _steps(adjustments: Sequence[Adjustment]) -> tuple[Step, ...]:
    return tuple(
        Step(words.reason_words(one), -one.amount, note=words.group_words(one))
        for one in adjustments
    )


def balance_steps(row: Remittance, head: values.Remittance, *, claims_paid: Decimal) -> list[Step]:
    """Why the payment is what it is: claims less provider adjustments."""
    return [
        Step(claim_count(row), claims_paid),
        *(
            Step(
                f"{one.reason} {words.provider_adjustment_words(one.reason)}",
                -one.amount,
                note=one.reference,
            )
            for one in head.provider_adjustments
        ),
    ]
