"""Tell the apps above that answers moved."""

from datetime import date

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.services.corrections import watch_corrections
from cleanclaim.apps.billing.remittances.services.watching import watch_takebacks
from cleanclaim.apps.shared.outbox.services import emit

MOVED = "remittances.moved"


def announce(remittance_id: int, *, on: date) -> None:
    """A remittance was posted, taken back, or one of its held payments applied: it waits for nobody to post it."""
    work.close_ready(remittance_id, outcome="Posted")
    watch_corrections(remittance_id, on=on)
    watch_takebacks(remittance_id, on=on)
    emit(MOVED, {"remittance_id": remittance_id, "on": on.isoformat()})
