"""How far the worker is with a large remittance, and what it found."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.large import found_from_json
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.values.accounts import ACCOUNTS


@requires(Permission.REMITTANCES_READ)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress, asked for every second; the whole page comes anew once it is at its end."""
    row = get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    context = run_context(row)
    answer = render(request, "remittances/_run.html", {"row": row, **context})
    if not context["is_under_way"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


def run_context(row: Remittance) -> dict[str, Any]:
    """The latest run of a large remittance; its sums only while they can still be posted by."""
    run = services.last_run(row.pk)
    context: dict[str, Any] = {"is_large": True, "run": run, "is_under_way": False}
    if run is None:
        return context
    steps = row.claim_count * (2 if run.is_posting else 1)
    context["is_under_way"] = run.is_open
    context["percent"] = min(99, 100 * run.done_count // max(1, steps))
    stands = run.posting_round == row.posting_round and row.state != State.POSTED
    if run.result and stands:
        found = found_from_json(run.result)
        names = {one.code: one.name for one in ACCOUNTS}
        context |= {
            "stop": found.hold,
            "seal": "" if found.hold else found.seal,
            "sums": [(names[account], amount) for account, amount in found.sums],
            "held_places": found.held,
            "reasons": found.reasons,
            "findings": found.findings,
        }
    return context
