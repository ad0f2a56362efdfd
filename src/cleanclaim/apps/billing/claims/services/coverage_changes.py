"""When a coverage is entered, changed or ended after payers have answered: who is to look, and what follows by itself.

What the law keeps from the patient follows at once. A claim whose next payer turned up late is not billed by itself: it
may be years old, so a person is asked. Until then nothing of it is billed to the patient (`owing.pending`).
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cleanclaim.apps.billing.claims import handing, next_work
from cleanclaim.apps.billing.claims.chain import Chain, chain_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services.following import was_sent
from cleanclaim.apps.billing.claims.services.next_payer import outlook
from cleanclaim.apps.billing.claims.services.patient_part import correct_patient_part
from cleanclaim.apps.billing.claims.services.versions import lock_claim
from cleanclaim.apps.billing.claims.states import ANSWERED, UNSENT
from cleanclaim.apps.billing.claims.using_up import Uses
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.ordering import in_force
from cleanclaim.apps.shared.ledger import services as ledger


def after_coverage_change(payload: dict[str, Any]) -> None:
    """Look at the patient's claims again (event `coverage.changed`)."""
    look_again(payload["patient_id"], on=timezone.localdate())


@transaction.atomic
def look_again(patient_id: int, *, on: date) -> None:
    """Ask about, and correct, those of the patient's claims that a coverage may change."""
    mine = Claim.objects.filter(patient_id=patient_id)
    answered = mine.filter(state__in=ANSWERED).exclude(patient_owes=0, denied=0, other=0)
    waiting = mine.filter(Q(state__in=UNSENT) & ~Q(payer_order="P"))
    for claim_id in (answered | waiting).order_by("id").values_list("id", flat=True):
        row = lock_claim(claim_id)
        ledger.lock_claims([claim_id])
        chain = chain_of(row)
        if row.state in ANSWERED:
            _answered(chain, on=on)
        elif row.state in UNSENT:
            _waiting(chain, on=on)


def _answered(chain: Chain, *, on: date) -> None:
    row = chain.claim
    found = outlook(chain, on=on)
    if found.asks:
        next_work.open_question(row, found.asks, on=on)
    elif found.coverage is None:
        next_work.close(row.pk, outcome="No further payer is in force on the day of service")
    elif found.is_ready and handing.left_of(chain, chain.rank):
        name = found.coverage.payer.name
        words = f"{name} was entered after {row.payer_name} had answered, and comes next: bill it, or say that nobody comes"
        next_work.open_question(row, words, on=on, about=f"coverage:{found.coverage.pk}")
    correct_patient_part(chain, Uses(row.patient_id), on=on, by=None)


def _waiting(chain: Chain, *, on: date) -> None:
    """A claim that has not gone out to a further payer whose coverage is no longer in force on the day of service."""
    row = chain.claim
    coverage_id = chain.payers[chain.rank].coverage_id if chain.rank in chain.payers else 0
    coverage = Coverage.objects.filter(pk=coverage_id).first()
    if coverage is None or in_force(coverage, row.service_from) or was_sent(chain):
        return
    words = f"{row.payer_name} is not in force on {row.service_from} any more: take the claim back from it"
    next_work.open_question(row, words, on=on, about=f"coverage:{coverage_id}")
