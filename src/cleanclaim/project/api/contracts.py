"""Contracts and variances: what lines should bring, what they brought, and what is done about it."""

from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.charges.selectors import charges_of, of_version
from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
from cleanclaim.apps.billing.contracts import selectors as contracts
from cleanclaim.apps.billing.contracts.loading import load_contract, read_yaml
from cleanclaim.apps.billing.contracts.models import Contract as ContractRow
from cleanclaim.apps.billing.variances import deciding, selectors
from cleanclaim.apps.billing.variances.fills import load_fills
from cleanclaim.apps.billing.variances.models import State
from cleanclaim.apps.billing.variances.models import Variance as VarianceRow
from cleanclaim.apps.billing.variances.previewing import preview
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import total
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.types import (
    PLAIN,
    Answer,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    page_of,
)
from cleanclaim.rules.pricing import clause_words, term_words
from cleanclaim.rules.variance import Kind

router = Router(tags=["contracts"])
AnyState = Annotated[State, Inline(State)]
AnyKind = Annotated[Kind, Inline(Kind)]


class Term(Answer):
    """One price term in words."""

    clause: str
    method: str
    pays: str


class Clause(Answer):
    """What a contract says beside its terms: modifiers, multiple_procedures or stop_loss."""

    clause: str
    kind: str
    about: str
    pays: str


class Edition(Answer):
    """A contract's terms from a day on; `valid_to` is excluded."""

    edition: str
    valid_from: Day
    valid_to: Day | None
    terms: list[Term]
    clauses: list[Clause]


class Contract(Answer):
    """What we agreed with a payer."""

    id: int
    payer_id: int
    payer_name: str
    code: str
    name: str
    tolerance: Money
    ended_on: Day | None
    editions: list[Edition]


class Loaded(Answer):
    """What a file brought."""

    ids: list[int]


class Variance(Answer):
    """One line's promise against its payments, or a fee: variance = promised - received."""

    id: int
    kind: AnyKind
    state: AnyState
    payer_id: int
    payer_name: str
    claim_id: int | None
    patient_id: int | None
    control_number: str
    line_number: int
    service_from: Day | None
    promised: Money
    received: Money
    amount: Money
    contract: str
    term: str
    implied: str
    clause: str
    words: str
    remittance_id: int | None
    rank: Money

    patient_field: ClassVar[str] = "patient_id"


class KindSum(Answer):
    """The sum of one kind."""

    kind: str
    amount: Money


class Summary(Answer):
    """promised - received = variance = the sum of `by_kind`."""

    promised: Money
    received: Money
    variance: Money
    by_kind: list[KindSum]


class PreviewLine(Answer):
    """What posting would show of one line or fee."""

    control_number: str
    patient_id: int | None
    kind: AnyKind
    promised: Money
    received: Money
    amount: Money
    words: str

    patient_field: ClassVar[str] = "patient_id"


class Preview(Answer):
    """What posting a remittance would show; nothing is written."""

    hold: str
    promised: Money
    received: Money
    lines: list[PreviewLine]


class ExpectedLine(Answer):
    """What one line should bring; no amount where no contract in force prices it."""

    line_number: int
    allowed: Money | None
    promised: Money | None
    pays: str
    contract: str
    share_group: int
    steps: list[str]


class ExpectedClaim(Answer):
    """What a claim should bring from its first payer, the patient's part included; lines of one group share an amount."""

    claim_id: int
    patient_id: int
    expected: Money
    lines: list[ExpectedLine]

    patient_field: ClassVar[str] = "patient_id"


class VarianceFilter(Paging):
    """Which comparisons; empty = all, exact ones too."""

    state: AnyState | None = None
    kind: AnyKind | None = None
    payer_id: Annotated[int, Field(ge=0)] = 0


class VarianceDecision(Request):
    """What is done about some differences; all or none. A dispute without words sends our own."""

    ids: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=200)]
    action: Text40
    words: Annotated[str, Field(max_length=1000, pattern=PLAIN)] = ""


_FIELDS = (
    "kind", "state", "payer_id", "payer_name", "claim_id", "patient_id", "control_number",
    "line_number", "service_from", "promised", "received", "amount", "contract", "term", "implied",
    "clause", "words", "remittance_id", "rank",
)  # fmt: skip


@operation(router, "GET", "/contracts", scope=Permission.CONTRACTS_READ, answer=Page[Contract])
def list_contracts(request: HttpRequest, filters: Query[Paging]) -> Page[Contract]:
    """Contracts with their editions, by id."""
    return page_of(ContractRow.objects.all(), _contract, filters, order=("id",))


def _contract(row: ContractRow) -> Contract:
    [chain] = contracts.editions_of([row]).values()
    return Contract(
        id=row.pk,
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        code=row.code,
        name=row.name,
        tolerance=row.tolerance,
        ended_on=row.ended_on,
        editions=[
            Edition(
                edition=one.terms.edition,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                terms=[
                    Term(clause=term.clause, method=term.method, pays=term_words(term))
                    for term in one.terms.terms
                ],
                clauses=[
                    Clause(clause=said.clause, kind=said.kind, about=said.about, pays=said.pays)
                    for said in clause_words(one.terms)
                ],
            )
            for one in chain
        ],
    )


@operation(
    router,
    "POST",
    "/contracts",
    scope=Permission.CONTRACTS_CHANGE,
    answer=Loaded,
    status=201,
    takes_file=True,
)
def load_contracts(request: HttpRequest, idempotency_key: IdempotencyKey) -> Loaded:
    """Put contracts on record: the body is a YAML file as `cleanclaim contracts load` takes it, all of it or nothing."""
    raws = read_yaml(_body_text(request))
    kept = [load_contract(raw, on=timezone.localdate(), by=request.auth.user_id) for raw in raws]
    return Loaded(ids=[one.contract_id for one in kept])


@operation(
    router,
    "POST",
    "/pharmacy-claims",
    scope=Permission.CLAIMS_CHANGE,
    answer=Loaded,
    status=201,
    takes_file=True,
)
def load_pharmacy_claims(request: HttpRequest, idempotency_key: IdempotencyKey) -> Loaded:
    """Open claims that were answered at the counter, with their promise: the body is CSV, all of it or nothing."""
    ids = load_fills(_body_text(request), on=timezone.localdate(), by=request.auth.user_id)
    return Loaded(ids=ids)


def _body_text(request: HttpRequest) -> str:
    try:
        return str(request.upload.data.decode("utf-8-sig"))  # type: ignore[attr-defined]
    except UnicodeDecodeError as error:
        raise InputError(f"body: byte {error.start} is no UTF-8 text") from error


@operation(router, "GET", "/variances", scope=Permission.VARIANCES_READ, answer=Page[Variance])
def list_variances(request: HttpRequest, filters: Query[VarianceFilter]) -> Page[Variance]:
    """Comparisons, the one best worth asking for first."""
    return page_of(_filtered(filters), _variance, filters, order=("-rank", "id"))


@operation(router, "GET", "/variances/summary", scope=Permission.VARIANCES_READ, answer=Summary)
def sum_variances(request: HttpRequest, payer_id: RowId | None = None) -> Summary:
    """Promised, received, and the variance by kind, of one payer or of all."""
    sums = selectors.totals(selectors.variances(selectors.Filters(payer_id=payer_id or 0)))
    return Summary(
        promised=sums.promised,
        received=sums.received,
        variance=sums.amount,
        by_kind=[KindSum(kind=kind, amount=amount) for kind, amount in sums.by_kind.items()],
    )


@operation(router, "POST", "/variances/decide", scope=Permission.VARIANCES_DECIDE, answer=Loaded)
def decide_variances(
    request: HttpRequest, body: VarianceDecision, idempotency_key: IdempotencyKey
) -> Loaded:
    """Dispute, accept, close or reopen differences; all or none. No money moves."""
    deciding.decide(
        body.ids, body.action, words=body.words, on=timezone.localdate(), by=request.auth.user_id
    )
    return Loaded(ids=body.ids)


@operation(
    router,
    "GET",
    "/claims/{claim_id}/expected",
    scope=Permission.VARIANCES_READ,
    answer=ExpectedClaim,
)
def expected_of_claim(request: HttpRequest, claim_id: RowId) -> ExpectedClaim:
    """What the lines now on a claim should bring under the contract, with the arithmetic."""
    row = ClaimRow.objects.get(pk=claim_id)
    charges = of_version(charges_of([claim_id]).get(claim_id, []), 0)
    items = {one.line_number: one.item_id for one in charges if one.item_id}
    found = contracts.claim_expectations(items, payer_id=row.payer_id)
    return ExpectedClaim(
        claim_id=claim_id,
        patient_id=row.patient_id,
        expected=total(one.amount for one in found if one.amount is not None),
        lines=[_expected_line(one) for one in found],
    )


def _expected_line(one: contracts.LineExpectation) -> ExpectedLine:
    kept = one.expected
    return ExpectedLine(
        line_number=one.line_number,
        allowed=kept.allowed if kept else None,
        promised=kept.promised if kept else None,
        pays=one.words,
        contract=one.contract,
        share_group=kept.share_group if kept else 0,
        steps=[words for words, _ in kept.steps] if kept else [],
    )


@operation(
    router,
    "GET",
    "/remittances/{remittance_id}/variances",
    scope=Permission.VARIANCES_READ,
    answer=Preview,
)
def preview_variances(request: HttpRequest, remittance_id: RowId) -> Preview:
    """What posting the remittance would show against contracts and promises; nothing is written."""
    found = preview(remittance_id, on=timezone.localdate())
    return Preview(
        hold=found.hold,
        promised=found.promised,
        received=found.received,
        lines=[
            PreviewLine(
                control_number=one.control_number,
                patient_id=one.patient_id,
                kind=one.verdict.kind,
                promised=one.verdict.promised,
                received=one.verdict.received,
                amount=one.verdict.amount,
                words=one.words,
            )
            for one in found.rows
        ],
    )


def _filtered(filters: VarianceFilter) -> Any:
    return selectors.variances(
        selectors.Filters(
            payer_id=filters.payer_id,
            kind=filters.kind.value if filters.kind else "",
            state=filters.state.value if filters.state else "",
        )
    )


def _variance(row: VarianceRow) -> Variance:
    return Variance(id=row.pk, **{name: getattr(row, name) for name in _FIELDS})
