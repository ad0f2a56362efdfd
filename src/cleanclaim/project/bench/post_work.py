"""What `bench post` measures: an 835 received, read, answered, matched, planned and posted, in a process of its own.

python -m cleanclaim.project.bench.post_work --home DIR --file 835
"""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.project.setup import open_django

POSTED_ON = date(2025, 11, 24)


def main() -> int:
    """Print seconds by stage and what was posted, as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    args = parser.parse_args()
    with open_django(args.home, role="worker"):
        print(json.dumps(receive_and_post(args.file.read_bytes())))
    return 0


def receive_and_post(data: bytes) -> dict[str, Any]:
    """Take the file in and post its payments, each in a transaction of its own.

    Raises:
        InvariantError: a payment was refused or held.
    """
    from cleanclaim.apps.billing.remittances import services as remittances
    from cleanclaim.apps.shared.exchange import services as exchange
    from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_piece
    from cleanclaim.apps.shared.tenancy.models import Organization

    organization = Organization.objects.get()
    start = time.perf_counter()
    with tenant(organization.pk):
        partner = exchange.find_or_add_partner(
            slug="payer",
            name="Payer",
            kind="health_plan",
            our_id="SEEDWRITER",
            their_id="FILEDOOR",
            usage="T",
        )
        receipt = exchange.receive_file(
            data, partner=partner, name="bench.835", received_on=POSTED_ON
        )
        if not receipt.is_accepted:
            raise InvariantError(f"the 835 was refused: {receipt.message}")
    with tenant_in_one_piece(organization.pk):
        file = exchange.lock_received_file(receipt.file_id)
        if file is None:
            raise InvariantError("the 835 is gone")
        received = remittances.receive_remittances(file, received_on=POSTED_ON)
        exchange.mark_all_processed({file.pk: "Processed"})
    read = time.perf_counter()
    posted, held = 0, 0
    for remittance_id in received.ids:
        with tenant_in_one_piece(organization.pk):
            done = remittances.post_remittance(remittance_id, posted_on=POSTED_ON)
        if done.hold:
            raise InvariantError(f"the payment was held: {done.hold}")
        posted, held = posted + done.posted, held + done.held
    end = time.perf_counter()
    return {
        "posted": posted,
        "held": held,
        "reading_seconds": round(read - start, 2),
        "posting_seconds": round(end - read, 2),
        "seconds": round(end - start, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
