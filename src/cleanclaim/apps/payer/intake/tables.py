"""Files taken in, their messages and rejected claims as tables and facts."""

from collections.abc import Sequence

from cleanclaim.apps.payer.intake.models import ClaimCase, IntakeFile, IntakeMessage
from cleanclaim.apps.payer.intake.questions import TakenFile
from cleanclaim.apps.payer.intake.selectors import claim_of
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Step, Table, Tone
from cleanclaim.codes import claim_status, claim_status_categories
from cleanclaim.values.claim import Claim

_FILE_CHIPS: dict[str, tuple[str, Tone]] = {
    "accepted": ("accepted", "good"),
    "partial": ("some rejected", "wait"),
    "rejected": ("nothing accepted", "act"),
    "refused": ("refused", "act"),
}
# Entity codes of a 277CA that the front end uses: whom the status is about.
_ENTITIES = {
    "IL": "subscriber",
    "QC": "patient",
    "85": "billing provider",
    "PR": "payer",
}


def outcome_chip(outcome: str) -> Chip:
    """How a file or a message fared."""
    words, tone = _FILE_CHIPS.get(outcome, (outcome.replace("_", " "), "wait"))
    return Chip(words, tone)


def file_table(files: Sequence[TakenFile], *, foot: str) -> Table:
    """Files taken in, newest first."""
    return Table(
        caption="Files taken in, newest first",
        columns=(
            Column("File", lambda taken: taken.name, kind="strong", flexible=True),
            Column("Received", lambda taken: taken.intake.received_on, kind="day"),
            Column("From", lambda taken: taken.partner, flexible=True),
            Column("Claims", lambda taken: taken.intake.claims_in, kind="count", total=True),
            Column("Rejected", lambda taken: taken.intake.claims_rejected or None, kind="count"),
            Column("Charge", lambda taken: taken.intake.charge, kind="money", total=True),
            Column("Outcome", lambda taken: outcome_chip(taken.intake.outcome), kind="chip"),
        ),
        rows=files,
        href=lambda taken: address("intake:file", taken.pk),
        side=lambda taken: address("intake:about", taken.pk),
        foot=foot,
    )


def message_table(messages: Sequence[IntakeMessage]) -> Table:
    """The 837 messages of one file."""
    return Table(
        caption="Messages",
        columns=(
            Column(
                "Group · message", lambda m: f"{m.group_control} · {m.message_control}", "strong"
            ),
            Column("Guide", lambda m: m.guide),
            Column("Batch", lambda m: m.batch_reference, kind="soft", flexible=True),
            Column("Claims", lambda m: m.claims_in, kind="count"),
            Column("Accepted", lambda m: m.claims_accepted, kind="count"),
            Column("Syntax (999)", lambda m: outcome_chip(m.outcome), kind="chip"),
        ),
        rows=messages,
        key=lambda m: f"message-{m.pk}",
    )


def patient_name(claim: Claim) -> str:
    """The patient as the claim names them."""
    person = claim.patient_person
    return ", ".join(part for part in (person.last_name, person.first_name) if part)


def rejected_table(cases: Sequence[ClaimCase], *, intake_id: int) -> Table:
    """Claims turned away, with the status that the 277CA told the provider."""
    claims = {case.pk: claim_of(case) for case in cases}
    return Table(
        caption="Rejected claims",
        columns=(
            Column("Claim", lambda case: case.control_number, kind="strong"),
            Column("Patient", lambda case: patient_name(claims[case.pk])),
            Column("Status", status_code, kind="id"),
            Column("Why", lambda case: case.reject_words, flexible=True),
            Column("Charge", lambda case: case.charge, kind="money", total=True),
        ),
        rows=cases,
        href=lambda case: address("cases:page", case.pk),
        side=lambda case: address("intake:rejected", intake_id, case.pk),
        why=lambda case: address("intake:rejected", intake_id, case.pk),
    )


def status_code(case: ClaimCase) -> str:
    """Category, status and entity as they stand in the 277CA: `A3 33 IL`."""
    parts = (case.reject_category, case.reject_status, case.reject_entity)
    return " ".join(part for part in parts if part)


def rejection_steps(case: ClaimCase, claim: Claim) -> list[Step]:
    """What the 277CA said about one claim, code by code, and what was compared."""
    steps = [
        Step("Patient", "", patient_name(claim)),
        Step("Member id on the claim", claim.subscriber.person.member_id or "none"),
        Step("Billing NPI · tax number", "", f"{claim.billing.npi_key} · {claim.billing.tin_key}"),
        Step(
            "Category",
            case.reject_category,
            claim_status_categories.words(case.reject_category),
        ),
        Step("Status", case.reject_status, claim_status.words(case.reject_status)),
    ]
    if case.reject_entity:
        steps.append(
            Step("About", case.reject_entity, _ENTITIES.get(case.reject_entity, "entity code"))
        )
    return steps


def file_facts(intake: IntakeFile) -> list[Fact]:
    """The strip under the heading of a file's page."""
    return [
        Fact("Received on", intake.received_on),
        Fact("Claims in", intake.claims_in),
        Fact("Accepted", intake.claims_accepted),
        Fact("Rejected", intake.claims_rejected, tone="act" if intake.claims_rejected else ""),
        Fact("Charge", intake.charge),
    ]
