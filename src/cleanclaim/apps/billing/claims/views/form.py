"""What charge entry and correction share: choices of the form, and what the edits say before it is kept."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cleanclaim.apps.billing.claims import drafts
from cleanclaim.apps.billing.claims.services.adding import check
from cleanclaim.codes import place_of_service
from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.edits import Stage, attestation, fix
from cleanclaim.values import claim as values
from cleanclaim.values.party import Provider


def form_context(renderers: Sequence[Provider], draft: drafts.Draft) -> dict[str, Any]:
    """The choices of the boxes."""
    today = timezone.localdate()
    places = [
        (code, f"{code} {place_of_service.words(code)}".strip())
        for code in sorted(place_of_service.codes())
        if place_of_service.is_valid(code, on=today)
    ]
    people = [(one.npi, one.full_name) for one in renderers]
    if draft.rendering and draft.rendering not in {npi for npi, _ in people}:
        people.append((draft.rendering, draft.rendering))
    return {"places": places, "renderers": people, "today": today}


def checked(claim: values.Claim | None, draft: drafts.Draft) -> dict[str, Any]:
    """The side pane of a form: total, what the edits say, and what each ready fix would change."""
    if claim is None:
        return {"total": ZERO, "findings": [], "draft": draft, "is_empty": True}
    findings = check(claim, stage=Stage.ENTRY, on=timezone.localdate()) if claim.lines else ()
    shown = []
    for finding in findings:
        fixed = fix(claim, finding)
        changes = {}
        if fixed is not None and fixed != claim:
            changes = drafts.changed_fields(draft, drafts.draft_of(fixed, spare_lines=0))
        shown.append((finding, finding.severity is Severity.HOLD, changes, attestation(finding)))
    return {
        "total": claim.charge,
        "findings": shown,
        "draft": draft,
        "is_empty": not claim.lines,
        "held": any(holds for _, holds, *_ in shown),
    }
