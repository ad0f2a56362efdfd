"""What the pages ask beyond the selectors: partners, renderers, prices, versions, answers, alarms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.billing.charges.selectors import price_of
from cleanclaim.apps.billing.claims.models import (
    BillingProfile,
    Claim,
    ClaimEvent,
    ClaimFinding,
    ClaimVersion,
    Submission,
    SubmissionClaim,
)
from cleanclaim.apps.billing.claims.states import ANSWERED, State
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.ordering import in_force, ordered
from cleanclaim.apps.billing.coverage.selectors import coverages_of
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.patients.selectors import by_name
from cleanclaim.apps.shared.exchange.models import FileAnswer, MessageFile, Partner
from cleanclaim.apps.shared.exchange.selectors import MissingAnswer, missing_acknowledgements
from cleanclaim.apps.shared.parties.convert import to_provider
from cleanclaim.apps.shared.parties.models import Payer as PayerRow
from cleanclaim.apps.shared.parties.selectors import practitioners
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared
from cleanclaim.codes import claim_status, claim_status_categories
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values import claim as values
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Provider, Role

NEWEST_VERSIONS = 100
DIRECTORY_ROWS = 100


def partner_of(claims: Collection[Claim]) -> Partner:
    """To whom these claims go: the partner with the payer's id, or the only one there is.

    Raises:
        StateError: no partner or several fit.
    """
    found = list(Partner.objects.order_by("id")[:50])
    if len(found) == 1:
        return found[0]
    rows = {one.payer_id for one in claims}
    numbers = set(PayerRow.objects.filter(pk__in=rows).values_list("payer_id", flat=True))
    fitting = [one for one in found if one.their_id in numbers]
    if len(fitting) == 1 and len(numbers) == 1:
        return fitting[0]
    raise StateError(
        f"{len(fitting)} trading partners fit these claims, expected one",
        hint="Send the claims of one payer at a time, or add the payer's trading partner.",
    )


def ready_by_partner() -> list[tuple[Partner, list[int]]]:
    """All ready claims by where they go; claims without a partner are left out."""
    found: dict[int, tuple[Partner, list[int]]] = {}
    ready = Claim.objects.filter(state=State.READY).order_by("id")
    by_payer: dict[int, list[Claim]] = {}
    for claim in ready.only("id", "payer_id"):
        by_payer.setdefault(claim.payer_id, []).append(claim)
    for claims in by_payer.values():
        try:
            partner = partner_of(claims)
        except StateError:
            continue
        found.setdefault(partner.pk, (partner, []))[1].extend(one.pk for one in claims)
    return list(found.values())


def billing_provider() -> Provider:
    """How the practice names itself: the profile that claims showed last, or what the organization knows."""
    row = BillingProfile.objects.order_by("-id").first()
    if row is not None:
        return from_json(row.body, Provider)
    organization = Organization.objects.get(pk=current_tenant())
    return Provider(Role.BILLING, organization.name, npi=organization.npi, tin=organization.tin)


def renderers() -> list[Provider]:
    """Who may have treated: the directory, and those whom the newest claims name; by name."""
    found = {row.npi: to_provider(row) for row in practitioners(limit=DIRECTORY_ROWS)}
    bodies = ClaimVersion.objects.order_by("-id").values_list("body", flat=True)
    for body in bodies[:NEWEST_VERSIONS]:
        for provider in from_json(body, values.Claim).providers:
            if provider.role is Role.RENDERING and provider.npi:
                found.setdefault(provider.npi, provider)
    return sorted(found.values(), key=lambda one: (one.last_name, one.first_name, one.npi))


def price(code: str, modifiers: str, on: date) -> Decimal | None:
    """What the practice charges for one unit on the day."""
    row = price_of(code, on=on, modifiers=modifiers)
    return row.charge if row else None


def usable_coverages(patient_id: int, *, on: date) -> list[Coverage]:
    """Coverages that a new claim may go to: not ended, the subscriber known; first payer first, as `order_of` says."""
    found = [
        one
        for one in coverages_of(patient_id)
        if one.subscriber and (one.valid_to is None or one.valid_to > on)
    ]
    if len(found) < 2:
        return found
    order = ordered(patient_id, [one for one in found if in_force(one, on)], on=on)
    decides = order.override is not None or (order.is_decided and not order.for_injuries)
    places = [one.pk for one in order.coverages] if decides else []
    return sorted(found, key=lambda one: places.index(one.pk) if one.pk in places else len(places))


def versions(claim_id: int) -> list[ClaimVersion]:
    """The claim's versions, newest first, without their bodies."""
    return _versions(claim_id=claim_id)


@prepared
def _versions(claim_id: Any) -> QuerySet[ClaimVersion]:
    return ClaimVersion.objects.filter(claim_id=claim_id).defer("body").order_by("-number")


def file_kinds(file_ids: Collection[int]) -> dict[int, str]:
    """{file id: kind of message}."""
    return dict(_kinds(file_ids=list(file_ids))) if file_ids else {}


@prepared
def _kinds(file_ids: Any) -> QuerySet[Any, Any]:
    return MessageFile.objects.filter(is_one_of("id", file_ids)).values_list("pk", "kind")


@prepared
def payers() -> QuerySet[PayerRow]:
    """The first 200 payers by name, for the filter of a list."""
    return PayerRow.objects.order_by("name", "id")[:200]


def settled_findings(claim_id: int) -> list[ClaimFinding]:
    """Findings of earlier runs of the edits, oldest first."""
    return list(
        ClaimFinding.objects.filter(claim_id=claim_id, cleared_at__isnull=False).order_by("id")
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """What is open on a patient's claims."""

    claims: int = 0
    payer: Decimal = ZERO
    patient: Decimal = ZERO


def balances(patient_ids: Sequence[int]) -> dict[int, Balance]:
    """{patient id: what payers and the patient owe now}."""
    rows = (
        Claim.objects.filter(patient_id__in=list(patient_ids))
        .values("patient_id")
        .annotate(count=Count("id"), payer=Sum("open_amount"), owes=Sum("patient_owes"))
    )
    found = {row["patient_id"]: Balance(row["count"], row["payer"], row["owes"]) for row in rows}
    return {patient_id: found.get(patient_id, Balance()) for patient_id in patient_ids}


def first_coverages(patient_ids: Sequence[int]) -> dict[int, Coverage]:
    """{patient id: the coverage that is asked first}."""
    found: dict[int, Coverage] = {}
    rows = Coverage.objects.filter(patient_id__in=list(patient_ids), valid_to=None)
    order = "PSTABCDEFGHU"
    for row in sorted(
        rows.select_related("payer"), key=lambda c: (order.find(c.payer_order), c.pk)
    ):
        found.setdefault(row.patient_id, row)
    return found


def patients(text: str) -> QuerySet[Patient]:
    """Patients by the start of `last, first`, by number in another system, or by member id; unordered."""
    found = Patient.objects.all()
    if not text:
        return found
    if "," in text:
        return found.filter(by_name(text))
    by_member = Coverage.objects.filter(member_id__iexact=text).values("patient_id")
    return found.filter(
        by_name(text) | Q(first_name__istartswith=text) | Q(external_id=text) | Q(pk__in=by_member)
    )


def patient_events(patient_id: int, *, limit: int = 20) -> list[ClaimEvent]:
    """What happened last to any claim of the patient, newest first."""
    ids = Claim.objects.filter(patient_id=patient_id).values("id")
    return list(ClaimEvent.objects.filter(claim_id__in=ids).order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class SendingFacts:
    """The strip above the batches."""

    ready: int
    ready_charge: Decimal
    waiting: int
    waiting_charge: Decimal
    rejected: int
    rejected_charge: Decimal


def sending_facts() -> SendingFacts:
    """Claims that are ready, that wait for the payer's first answer, and that were rejected."""
    rows = Claim.objects.filter(state__in=(State.READY, State.SENT, State.REJECTED)).values("state")
    found = {
        row["state"]: (row["count"], row["billed"])
        for row in rows.annotate(count=Count("id"), billed=Sum("billed"))
    }
    nothing = (0, ZERO)
    return SendingFacts(
        *found.get(State.READY, nothing),
        *found.get(State.SENT, nothing),
        *found.get(State.REJECTED, nothing),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A file that answers a batch."""

    file_id: int
    kind: str
    on: date


def answers_of_files(file_ids: Sequence[int]) -> dict[int, dict[str, Answer]]:
    """{sent file: {kind: its newest answer of that kind}}."""
    found: dict[int, dict[str, Answer]] = {file_id: {} for file_id in file_ids}
    rows = FileAnswer.objects.filter(question_id__in=list(file_ids)).order_by("id")
    for question, answer, kind, on in rows.values_list(
        "question_id", "answer_id", "kind", "answer__dated_on"
    ):
        found[question][kind] = Answer(answer, kind, on)
    return found


def overdue_answers(as_of: datetime) -> dict[int, list[MissingAnswer]]:
    """{sent file: the answers that should be here and are not}, oldest first."""
    found: dict[int, list[MissingAnswer]] = {}
    for one in missing_acknowledgements(as_of):
        found.setdefault(one.file_id, []).append(one)
    return found


def answer_words(answer: str) -> str:
    """A 277CA's codes (`A7:562:85`) in words."""
    parts = answer.split(":")
    if not answer:
        return ""
    said = [claim_status_categories.words(parts[0])]
    if len(parts) > 1:
        said.append(claim_status.words(parts[1]))
    return ": ".join(one for one in said if one)


def reasons_of(places: Sequence[SubmissionClaim], *, file_ids: Collection[int]) -> dict[int, str]:
    """{claim id: why the payer rejected it}, in the words of the timeline without the codes."""
    rows = ClaimEvent.objects.filter(
        claim_id__in=[one.claim_id for one in places],
        kind="rejected",
        file_id__in=list(file_ids),
    ).order_by("id")
    found = {}
    for claim_id, words in rows.values_list("claim_id", "words"):
        _, _, reason = words.partition("). ")
        found[claim_id] = reason or words
    return found


def batches_of(claim_id: int) -> list[tuple[Submission, str]]:
    """The batches that a claim went out in, newest first, each with the payer's answer."""
    return [(row.submission, row.answer) for row in _places(claim_id=claim_id)]


@prepared
def _places(claim_id: Any) -> QuerySet[SubmissionClaim]:
    found = SubmissionClaim.objects.filter(claim_id=claim_id).select_related("submission")
    return found.order_by("-id")


def open_claims() -> QuerySet[Claim]:
    """Claims that somebody must act on, counted on the rail."""
    return Claim.objects.filter(
        state__in=(State.HELD, State.READY, State.REJECTED, State.DENIED, State.PARTIAL)
    )


def ready_claims() -> QuerySet[Claim]:
    """Claims that wait to be sent, counted on the rail."""
    return Claim.objects.filter(state=State.READY)


def typed_claims() -> QuerySet[Claim]:
    """Claims that were typed in at the desk and have not gone out yet, unordered."""
    return Claim.objects.filter(
        source_file_id=None, state__in=(State.DRAFT, State.HELD, State.READY)
    )


def may_correct(claim: Claim) -> bool:
    """Whether a corrected claim can go out: the payer has it and told its number."""
    answered = claim.state in (*ANSWERED, State.ACCEPTED, State.REJECTED)
    return answered and bool(claim.payer_control_number)
