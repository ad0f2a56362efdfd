"""Claims, lines, batches and patients as tables, facts and chips."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from cleanclaim.apps.billing.claims.drafts import show_diagnosis
from cleanclaim.apps.billing.claims.models import (
    Claim,
    Submission,
    SubmissionClaim,
    SubmissionState,
)
from cleanclaim.apps.billing.claims.questions import Answer, Balance, SendingFacts, answer_words
from cleanclaim.apps.billing.claims.selectors import LineView
from cleanclaim.apps.billing.claims.states import ANSWERED, State
from cleanclaim.apps.billing.contracts.selectors import LineExpectation
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.exchange.selectors import MissingAnswer
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table, Tone
from cleanclaim.kernel.money import ZERO
from cleanclaim.kernel.words import counted
from cleanclaim.values.claim import Claim as ClaimValue

STATE_WORDS = {
    State.HELD: "held",
    State.READY: "ready",
    State.SENT: "sent",
    State.ACCEPTED: "accepted",
    State.REJECTED: "rejected",
    State.PAID: "paid",
    State.PARTIAL: "partly denied",
    State.DENIED: "denied",
    State.CLOSED: "closed",
    State.VOID: "void",
    State.DRAFT: "draft",
}
TONES: dict[str, Tone] = {
    State.HELD: "act",
    State.READY: "accent",
    State.SENT: "wait",
    State.ACCEPTED: "wait",
    State.REJECTED: "act",
    State.PAID: "good",
    State.PARTIAL: "act",
    State.DENIED: "act",
    State.CLOSED: "good",
}


def state_chip(claim: Claim) -> Chip:
    """The claim's state; red only where somebody must act."""
    return Chip(STATE_WORDS[State(claim.state)], TONES.get(claim.state, ""))


def claim_table(
    claims: Sequence[Claim], *, foot: str = "", selectable: bool = True, with_patient: bool = True
) -> Table:
    """The list of claims, of all patients or of one."""
    patient = (Column("Patient", lambda c: c.patient_name),) if with_patient else ()
    return Table(
        caption="Claims, newest first",
        columns=(
            Column("Claim", lambda c: c.control_number, kind="strong"),
            *patient,
            Column("Service", lambda c: c.service_from, kind="day"),
            Column("Payer", lambda c: c.payer_name, flexible=True),
            Column("Charge", lambda c: c.charge, kind="money", total=True, why=_why("charge")),
            Column("Paid", lambda c: c.paid, kind="money", total=True, why=_why("paid")),
            Column(
                "Patient owes",
                lambda c: c.patient_owes,
                kind="money",
                total=True,
                why=_why("patient_owes"),
            ),
            Column(
                "Open", lambda c: c.open_amount, kind="money", total=True, why=_why("open_amount")
            ),
            Column("State", state_chip, kind="chip"),
        ),
        rows=claims,
        href=lambda c: address("claims:page", c.pk),
        side=lambda c: address("claims:about", c.pk),
        foot=foot,
        selectable=selectable,
    )


def _why(name: str) -> Any:
    def why(claim: Claim) -> str:
        return address("claims:why", claim.pk, name) if getattr(claim, name) else ""

    return why


def allowed(view: LineView) -> Decimal | None:
    """What the payer let stand of a line; None before it answered."""
    amounts = view.amounts
    if amounts.open_amount == amounts.charge:
        return None
    return amounts.paid + amounts.prior_paid + amounts.patient_owes + amounts.patient_paid


def line_chip(claim: Claim, view: LineView, denied_lines: frozenset[int]) -> Chip:
    """A line's own state."""
    if not view.is_live:
        return Chip("replaced")
    if claim.state not in ANSWERED:
        return state_chip(claim)
    if view.charge.line_number in denied_lines:
        return Chip("denied", "act")
    if view.amounts.open_amount > ZERO:
        return Chip("open", "wait")
    return Chip("paid", "good")


def _service(view: LineView) -> str:
    charge = view.charge
    return f"{charge.procedure}-{charge.modifiers}" if charge.modifiers else charge.procedure


def _diagnoses(value: ClaimValue, *, is_drug: bool) -> tuple[Column, ...]:
    """The column of what each line is for; none where the lines are drugs that name nothing."""
    found = {
        line.number: " ".join(
            show_diagnosis(value.diagnoses[place - 1].code)
            for place in line.pointers
            if place <= len(value.diagnoses)
        )
        for line in value.lines
    }
    if is_drug and not any(found.values()):
        return ()
    return (
        Column(
            "Diagnosis",
            lambda v: found.get(v.charge.line_number, "") if v.is_live else "",
        ),
    )


def line_table(
    claim: Claim, views: Sequence[LineView], value: ClaimValue, denied_lines: frozenset[int]
) -> Table:
    """The lines of a claim; every amount opens its trace."""
    days = {view.charge.service_from for view in views}  # one day stands in the header already
    own_day = (Column("Day", lambda v: v.charge.service_from, kind="day"),) if len(days) > 1 else ()

    is_drug = any(view.charge.prescription_number for view in views)
    fills = (Column("Rx-fill", lambda v: v.charge.fill_words),) if is_drug else ()

    def why(name: str) -> Any:
        return lambda view: address("claims:why_line", claim.pk, view.charge.line_number, name)

    return Table(
        caption="Lines",
        columns=(
            Column("#", lambda v: str(v.charge.line_number), kind="id"),
            Column("Service", _service, kind="strong"),
            *own_day,
            *fills,
            *_diagnoses(value, is_drug=is_drug),
            Column(
                "Charge", lambda v: v.amounts.charge, kind="money", total=True, why=why("charge")
            ),
            Column("Allowed", allowed, kind="money", total=True, why=why("allowed")),
            Column("Paid", lambda v: v.amounts.paid, kind="money", total=True, why=why("paid")),
            Column(
                "Adjusted",
                lambda v: v.amounts.contractual + v.amounts.other,
                kind="money",
                total=True,
                why=why("adjusted"),
            ),
            Column(
                "Patient",
                lambda v: v.amounts.patient_owes,
                kind="money",
                total=True,
                why=why("patient_owes"),
            ),
            Column(
                "Open",
                lambda v: v.amounts.open_amount,
                kind="money",
                total=True,
                why=why("open_amount"),
            ),
            Column("State", lambda v: line_chip(claim, v, denied_lines), kind="chip"),
        ),
        rows=views,
        key=lambda v: v.charge.item_id,
        side=lambda v: address(
            "claims:why_line", claim.pk, v.charge.line_number, first_question(claim, v)
        ),
        foot="Total",
    )


def first_question(claim: Claim, view: LineView) -> str:
    """What a person asks first of a line: why it is open where the payer denied it, else what was paid."""
    if claim.state not in ANSWERED:
        return "charge"
    return "open_amount" if view.amounts.open_amount else "paid"


def submission_chip(row: Submission) -> Chip:
    """How a batch fared as a whole."""
    if row.state == SubmissionState.REFUSED:
        return Chip("refused", "act")
    if row.rejected_count:
        return Chip(f"{row.rejected_count} rejected", "act")
    if row.state == SubmissionState.ANSWERED:
        return Chip("answered", "good")
    return Chip("format accepted" if row.state == SubmissionState.RECEIVED else "sent", "wait")


def expected_table(found: Sequence[LineExpectation]) -> Table:
    """What the lines should bring under the contract, the patient's part included, line by line and in all."""
    return Table(
        caption="Expected",
        columns=(
            Column("#", lambda one: str(one.line_number), kind="id"),
            Column("Contract pays", lambda one: one.words, flexible=True, wraps=True),
            Column("Clause", lambda one: one.contract, kind="soft", wraps=True),
            Column("Expected", lambda one: one.amount, kind="money", total=True),
        ),
        rows=found,
        key=lambda one: f"expected-{one.line_number}",
    )


def submission_table(
    rows: Sequence[Submission],
    *,
    partners: Mapping[int, str],
    answers: Mapping[int, Mapping[str, Answer]],
    overdue: Mapping[int, Sequence[MissingAnswer]],
) -> Table:
    """The batches that went out, each with its answers."""

    def answer(kind: str) -> Any:
        def value(row: Submission) -> Chip:
            found = answers.get(row.file_id, {}).get(kind)
            if found is not None:
                return Chip(f"{found.on:%b} {found.on.day}", "good")
            late = any(one.wanted == kind for one in overdue.get(row.file_id, ()))
            return Chip("overdue", "act") if late else Chip("waiting", "wait")

        return value

    return Table(
        caption="Batches, newest first",
        columns=(
            Column("Batch", lambda r: r.batch_reference, kind="strong"),
            Column("Sent", lambda r: r.submitted_on, kind="day"),
            Column("To", lambda r: partners.get(r.partner_id, ""), flexible=True, wraps=True),
            Column("Claims", lambda r: r.claim_count, kind="count"),
            Column("Charge", lambda r: r.charge, kind="money", total=True),
            Column("999", answer("999"), kind="chip"),
            Column("277CA", answer("277CA"), kind="chip"),
            Column("Accepted", lambda r: r.accepted_count, kind="count", minor=True),
            Column("Rejected", lambda r: r.rejected_count, kind="count", minor=True),
            Column("State", submission_chip, kind="chip"),
        ),
        rows=rows,
        href=lambda r: address("submissions:page", r.pk),
        side=lambda r: address("submissions:about", r.pk),
        foot=f"{len(rows)} shown",
    )


def batch_table(
    places: Sequence[tuple[SubmissionClaim, Claim]], reasons: Mapping[int, str]
) -> Table:
    """The claims of a batch, rejected ones first."""
    ordered = sorted(places, key=lambda one: (one[1].pk not in reasons, one[0].position))
    return Table(
        caption="Claims of the batch, rejected first",
        columns=(
            Column("Claim", lambda p: p[1].control_number, kind="strong"),
            Column("Patient", lambda p: p[1].patient_name),
            Column("Billed", lambda p: p[1].billed, kind="money", total=True),
            Column("Answer", lambda p: p[0].answer, kind="id"),
            Column(
                "What it says",
                lambda p: reasons.get(p[1].pk) or answer_words(p[0].answer),
                flexible=True,
            ),
            Column("Payer's number", lambda p: p[1].payer_control_number, kind="id", minor=True),
            Column("Now", lambda p: state_chip(p[1]), kind="chip"),
        ),
        rows=ordered,
        key=lambda p: p[0].pk,
        href=lambda p: reverse("claims:page", args=[p[1].pk]),
        side=lambda p: reverse("claims:about", args=[p[1].pk]),
        foot=counted(len(places), "claim"),
    )


def sending_facts(found: SendingFacts) -> list[Fact]:
    """The strip above the batches."""

    def claims(count: int) -> str:
        return f"{count:,} claim" if count == 1 else f"{count:,} claims"

    listing = reverse("claims:list")
    return [
        Fact(
            "Ready to send", found.ready_charge, claims(found.ready), href=f"{listing}?state=ready"
        ),
        Fact(
            "Waiting for an answer",
            found.waiting_charge,
            claims(found.waiting),
            href=f"{listing}?state=sent",
        ),
        Fact(
            "Rejected, not yet corrected",
            found.rejected_charge,
            claims(found.rejected),
            tone="act" if found.rejected else "",
            href=f"{listing}?state=rejected",
        ),
    ]


def patient_table(
    rows: Sequence[Patient],
    *,
    balances: Mapping[int, Balance],
    covers: Mapping[int, Coverage],
    foot: str = "",
) -> Table:
    """The list of patients with what is open."""

    def cover(patient: Patient) -> str:
        row = covers.get(patient.pk)
        return f"{row.member_id} · {row.payer.name}" if row else ""

    return Table(
        caption="Patients by name",
        columns=(
            Column("Patient", lambda p: p.full_name, kind="strong"),
            Column("Born", lambda p: p.born_on, kind="day"),
            Column("Coverage", cover, flexible=True, minor=True),
            Column("Claims", lambda p: balances[p.pk].claims, kind="count"),
            Column("Payers owe", lambda p: balances[p.pk].payer, kind="money", total=True),
            Column("Patient owes", lambda p: balances[p.pk].patient, kind="money", total=True),
            Column(
                "In all",
                lambda p: balances[p.pk].payer + balances[p.pk].patient,
                kind="money",
                total=True,
            ),
        ),
        rows=rows,
        href=lambda p: address("patients:page", p.pk),
        side=lambda p: address("patients:about", p.pk),
        foot=foot,
    )
