"""What the keying page works with: the batch, its tape and the claims found, as plain objects for its script."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cleanclaim.apps.billing.charges.selectors import Line, charges_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying.entries import Keyed
from cleanclaim.apps.billing.keying.finding import Answered, Hit
from cleanclaim.apps.billing.keying.models import Batch, Entry
from cleanclaim.apps.billing.keying.selectors import standing
from cleanclaim.apps.billing.remittances.words import provider_adjustment_words
from cleanclaim.codes import adjustment_reasons
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.codec import from_json
from cleanclaim.values.remittance import LinePayment

QUICK = Path(__file__).parent / "parameters" / "quick_codes.yaml"


@cache
def quick_codes() -> dict[str, Any]:
    """{`groups`: CARC to its usual group, `provider`: number to PLB code}, as the page's script reads them."""
    raw = parameter(QUICK).values[-1][1]
    return {
        "groups": {str(code): str(group) for code, group in raw["groups"].items()},
        "words": {str(code): adjustment_reasons.words(str(code)) for code in raw["groups"]},
        "known": sorted(adjustment_reasons.codes()),
        "provider": {
            str(number): [str(code), provider_adjustment_words(str(code))]
            for number, code in raw["provider"].items()
        },
    }


def page_state(batch: Batch) -> dict[str, Any]:
    """The batch as the script begins with it."""
    entries = standing(batch.pk)
    last = Entry.objects.filter(batch_id=batch.pk).order_by("-number").first()
    return {
        "revision": batch.revision,
        "amount": str(batch.amount),
        "next": (last.number if last else 0) + 1,
        "entries": entry_rows(entries),
        "codes": quick_codes(),
    }


def entry_rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries with the words that a tape shows beside them."""
    claim_ids = sorted({entry.claim_id for entry in entries if entry.claim_id})
    claims = Claim.objects.in_bulk(claim_ids)
    lines = {line.item_id: line for own in charges_of(claim_ids).values() for line in own}
    rows = []
    for entry in entries:
        keyed = from_json(entry.body, Keyed)
        claim, line = claims.get(entry.claim_id or 0), lines.get(entry.item_id or 0)
        rows.append(
            {
                "number": entry.number,
                "kind": entry.kind,
                "claim": entry.claim_id,
                "item": entry.item_id,
                "reversal": entry.is_reversal,
                "patient": claim.patient_name if claim else "",
                "control": claim.control_number if claim else "",
                "service": _service(line) if line else "",
                "charge": str(line.charge if line else claim.charge if claim else "0.00"),
                "tape": str(entry.amount),
                "left": str(entry.left),
                **_keyed(keyed),
            }
        )
    return rows


def _keyed(keyed: Keyed) -> dict[str, Any]:
    return {
        "paid": str(keyed.paid),
        "allowed": None if keyed.allowed is None else str(keyed.allowed),
        "code": keyed.code,
        "adjustments": [
            [one.group.value, one.reason, str(one.amount)] for one in keyed.adjustments
        ],
        "reason": keyed.reason,
        "reference": keyed.reference,
        "amount": str(keyed.amount),
    }


def hit_rows(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Claims to choose from, each with its lines."""
    return [
        {
            "claim": hit.claim.pk,
            "control": hit.claim.control_number,
            "patient": hit.claim.patient_name,
            "charge": str(hit.claim.charge),
            "day": hit.claim.service_from.isoformat() if hit.claim.service_from else "",
            "reason": hit.reason,
            "lines": [_line(one) for one in hit.lines],
        }
        for hit in hits
    ]


def _line(one: Answered) -> dict[str, Any]:
    return {
        "item": one.line.item_id,
        "service": _service(one.line),
        "charge": str(one.line.charge),
        "open": str(one.open),
        "earlier": None if one.earlier is None else _earlier(one.earlier),
    }


def _earlier(paid: LinePayment) -> dict[str, Any]:
    return {
        "paid": f"{paid.paid:.2f}",
        "adjustments": [[a.group.value, a.reason, f"{a.amount:.2f}"] for a in paid.adjustments],
    }


def _service(line: Line) -> str:
    service = f"{line.procedure}-{line.modifiers}" if line.modifiers else line.procedure
    return f"{service} Rx {line.fill_words}" if line.prescription_number else service
