"""Which of a claim's payers a payment answers for: its bucket, the version that it had, and whether it is its turn."""

from collections.abc import Iterable

from cleanclaim.apps.billing.charges.selectors import Line
from cleanclaim.apps.billing.claims.chain import bucket_of
from cleanclaim.apps.billing.claims.models import Claim, ClaimPayer, PayerState
from cleanclaim.apps.billing.claims.states import ANSWERED
from cleanclaim.apps.billing.coverage.models import Coverage

PROCESSED_AS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}  # CLP02: as which payer


def bucket_answered(claim_id: int, *, payer_id: int, status_code: str) -> str:
    """Whose bucket a payment on a claim with several payers is for: the payer's own, else as the payment says.

    `payer_id` is the directory's row of who sent the payment.
    """
    rows = ClaimPayer.objects.filter(claim_id=claim_id).exclude(
        state__in=(PayerState.WITHDRAWN, PayerState.NONE)
    )
    ranks = dict(rows.values_list("rank", "payer_id"))
    mine = [rank for rank, one in ranks.items() if one == payer_id]
    said = PROCESSED_AS.get(status_code, 0)
    if len(mine) == 1:
        return bucket_of(mine[0])
    if said in (mine or ranks):
        return bucket_of(said)
    return bucket_of(max(mine or ranks, default=1))


def version_answered(
    claim: Claim, charges: Iterable[Line], *, payer_id: int, status_code: str
) -> int:
    """The version that a payer has: the claim's last, unless it went on to a further payer meanwhile."""
    lines = list(charges)
    if len({charge.bucket for charge in lines if charge.item_id}) < 2:
        return claim.version
    bucket = bucket_answered(claim.pk, payer_id=payer_id, status_code=status_code)
    versions = [
        claim.version if charge.last_version is None else charge.last_version
        for charge in lines
        if charge.bucket == bucket
    ]
    return max(versions, default=claim.version)


def out_of_turn(claim: Claim, *, payer_id: int, status_code: str) -> str:
    """Why a payment waits: a coverage behind the first answers a claim that, by our books, it never had; else empty.

    It would otherwise count as the answer of the payer that has the claim. A payer that sends claims on may do so
    before its own answer is here.
    """
    if payer_id == claim.payer_id or PROCESSED_AS.get(status_code, 0) < 2:
        return ""
    had = ClaimPayer.objects.filter(claim=claim, payer_id=payer_id)
    if had.exclude(state__in=(PayerState.WITHDRAWN, PayerState.NONE)).exists():
        return ""
    mine = Coverage.objects.filter(patient_id=claim.patient_id, payer_id=payer_id)
    coverage = mine.select_related("payer").first()
    if coverage is None:
        return ""
    if claim.state not in ANSWERED:
        first = f"post the answer of {claim.payer_name} first"
    else:
        first = "say on the claim's payers that it was sent on"
    return f"{coverage.payer.name} answers as a later payer, but the claim is with {claim.payer_name}: {first}, then apply this"
