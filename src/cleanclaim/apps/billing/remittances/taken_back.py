"""When a remittance's posting was taken back: until then it counts."""

from datetime import date

from django.db.models import Max

from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry


def last_taken_back(remittance_id: int) -> date | None:
    """The last day up to which entries of a remittance count that were taken back; None where none was."""
    back = Entry.objects.filter(under(f"remittance:{remittance_id}:", "reverses__idempotency_key"))
    found: date | None = back.aggregate(last=Max("effective_on"))["last"]
    return found
