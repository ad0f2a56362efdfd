"""Which of a claim's payers a payment answers for: its bucket, the version that it had, and whether it is its turn."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cleanclaim.apps.billing.charges.selectors import Line
from cleanclaim.apps.billing.claims.chain import bucket_of
from cleanclaim.apps.billing.claims.models import Claim, ClaimPayer, PayerState
from cleanclaim.apps.billing.claims.states import ANSWERED
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.shared.tenancy.prepared import is_one_of

PROCESSED_AS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}  # CLP02: as which payer


@dataclass(frozen=True, slots=True)
class KnownPayers:
    """Who else may answer some claims, read for all of them at once.

    Attributes:
        billed: {claim id: {place in the order: payer}} of those that a claim was billed to, once there are several.
        covering: {patient id: name} of a coverage with the payer that answers now.
    """

    billed: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    covering: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, claim_ids: Collection[int], *, patient_ids: Collection[int], payer_id: int
    ) -> "KnownPayers":
        """Of these claims, and of these patients' coverages with one payer; asks nothing about none."""
        billed: dict[int, dict[int, int]] = {}
        covering: dict[int, str] = {}
        if claim_ids:
            rows = ClaimPayer.objects.filter(is_one_of("claim_id", sorted(claim_ids))).exclude(
                state__in=(PayerState.WITHDRAWN, PayerState.NONE)
            )
            for claim_id, rank, one in rows.values_list("claim_id", "rank", "payer_id"):
                billed.setdefault(claim_id, {})[rank] = one
        if patient_ids:
            mine = Coverage.objects.filter(is_one_of("patient_id", sorted(patient_ids)))
            mine = mine.filter(payer_id=payer_id)
            covering = dict(mine.values_list("patient_id", "payer__name"))
        return cls(billed, covering)


def bucket_answered(ranks: Mapping[int, int], *, payer_id: int, status_code: str) -> str:
    """Whose bucket a payment on a claim with several payers is for: the payer's own, else as the payment says.

    `ranks` are the claim's payers by their place; `payer_id` is the directory's row of who sent the payment.
    """
    mine = [rank for rank, one in ranks.items() if one == payer_id]
    said = PROCESSED_AS.get(status_code, 0)
    if len(mine) == 1:
        return bucket_of(mine[0])
    if said in (mine or ranks):
        return bucket_of(said)
    return bucket_of(max(mine or ranks, default=1))


def has_several(charges: Iterable[Line]) -> bool:
    """Whether the lines of a claim were billed to several payers."""
    return len({charge.bucket for charge in charges if charge.item_id}) > 1


def version_answered(
    claim: Claim, charges: Sequence[Line], known: KnownPayers, *, payer_id: int, status_code: str
) -> int:
    """The version that a payer has: the claim's last, unless it went on to a further payer meanwhile."""
    if not has_several(charges):
        return claim.version
    ranks = known.billed.get(claim.id, {})
    bucket = bucket_answered(ranks, payer_id=payer_id, status_code=status_code)
    versions = [
        claim.version if charge.last_version is None else charge.last_version
        for charge in charges
        if charge.bucket == bucket
    ]
    return max(versions, default=claim.version)


def out_of_turn(claim: Claim, known: KnownPayers, *, payer_id: int, status_code: str) -> str:
    """Why a payment waits: a coverage behind the first answers a claim that, by our books, it never had; else empty.

    It would otherwise count as the answer of the payer that has the claim. A payer that sends claims on may do so
    before its own answer is here.
    """
    if payer_id == claim.payer_id or PROCESSED_AS.get(status_code, 0) < 2:
        return ""
    if payer_id in known.billed.get(claim.id, {}).values():
        return ""
    name = known.covering.get(claim.patient_id)
    if name is None:
        return ""
    if claim.state not in ANSWERED:
        first = f"post the answer of {claim.payer_name} first"
    else:
        first = "say on the claim's payers that it was sent on"
    return f"{name} answers as a later payer, but the claim is with {claim.payer_name}: {first}, then apply this"
