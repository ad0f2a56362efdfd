"""Watch what payers took back without a reversal: it is work until the reversal comes or a credit is settled by it."""

from collections.abc import Collection
from datetime import date

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment, State
from cleanclaim.apps.billing.remittances.unreversed import TAKEN, takes, unreversed


def watch_takebacks(remittance_id: int, *, on: date) -> None:
    """Look at what a remittance takes, and anew at its payer's other takebacks: it was posted, taken back, or a part of it was."""
    own = RemittanceAdjustment.objects.filter(
        remittance=remittance_id, reason=TAKEN, amount__gt=0
    ).values_list("id", flat=True)
    ids = {*own, *work.watched_takebacks()}
    if ids:
        payer_id = Remittance.objects.values_list("payer_id", flat=True).get(pk=remittance_id)
        look_again(ids, payer_id=payer_id, on=on)


def look_again(adjustment_ids: Collection[int], *, payer_id: int, on: date) -> None:
    """Open or close the work of these takebacks of one payer, as they stand now; those of others are passed over."""
    rows = takes(adjustment_ids, payer_id=payer_id)
    posted = [row for row in rows if row.remittance.state == State.POSTED]
    found = unreversed(posted, payer_id=payer_id)
    work.open_unreversed(found, on=on)
    still = {one.adjustment.pk for one in found}
    work.close_unreversed(
        [row.pk for row in posted if row.pk not in still],
        outcome="Its reversal has come, or it has settled a credit",
    )
    work.close_unreversed(
        [row.pk for row in rows if row.remittance.state != State.POSTED],
        outcome="Posting taken back",
    )
