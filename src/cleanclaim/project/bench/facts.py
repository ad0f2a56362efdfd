"""What a world holds after the loop, as figures that a crash must not change.

python -m cleanclaim.project.bench.facts --home DIR
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from cleanclaim.project.setup import open_django

OPEN_STATES = ("queued", "received")


def main() -> int:
    """Print the facts of the home as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    with open_django(parser.parse_args().home, role="worker"):
        print(json.dumps(gather()))
    return 0


def gather() -> dict[str, Any]:
    """Files, claims, cases, entries and differences over all organizations, one tenant at a time."""
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    sent: Counter[tuple[str, str, str]] = Counter()
    received: Counter[tuple[str, str, str]] = Counter()
    totals: Counter[str] = Counter()
    differences: list[str] = []
    slugs = dict(Organization.objects.values_list("id", "slug"))
    for organization_id, slug in slugs.items():
        with tenant(organization_id):
            _count_files(slug, sent, received, totals)
            _count_rows(totals)
            differences += [f"{slug}: {one}" for one in prove().differences]
    known = set(slugs.values())
    between = {key: count for key, count in sent.items() if key[1] in known}
    return {
        "sent_not_received": sum(1 for key in between if received[key] != between[key]),
        "received_twice": sum(1 for count in received.values() if count > 1),
        "ledger_differences": differences,
        **dict(sorted(totals.items())),
    }


def _count_files(
    slug: str,
    sent: Counter[tuple[str, str, str]],
    received: Counter[tuple[str, str, str]],
    totals: Counter[str],
) -> None:
    """Files by (from, to, SHA-256); a file that came again and was refused as such is not counted."""
    from cleanclaim.apps.shared.exchange.models import MessageFile

    rows = MessageFile.objects.filter(same_as=None).values_list(
        "direction", "partner__slug", "sha256", "kind", "state__state"
    )
    for direction, partner, sha256, kind, state in rows:
        totals[f"files_{direction}_{kind}"] += 1
        totals["files_open"] += state in OPEN_STATES
        if direction == "out":
            sent[slug, partner, sha256] += 1
        else:
            received[partner, slug, sha256] += 1


def _count_rows(totals: Counter[str]) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.shared.ledger.models import Entry

    claims = list(Claim.objects.values_list("control_number", flat=True))
    totals["claims"] += len(claims)
    totals["claims_twice"] += len(claims) - len(set(claims))
    totals["cases"] += ClaimCase.objects.count()
    totals["remittances"] += Remittance.objects.count()
    totals["entries"] += Entry.objects.count()


if __name__ == "__main__":
    sys.exit(main())
