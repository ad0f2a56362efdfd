"""Whether anything was recorded at all by the moment as of which somebody asks what was known."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from cleanclaim.apps.reports.aging.view import AgingRow, View
from cleanclaim.apps.shared.ledger.selectors import first_recorded_at


def recorded_only_since(view: View, rows: Sequence[AgingRow]) -> datetime | None:
    """Of a view from before anything was recorded here: when the first entry was. None of any other view.

    An empty aging as known then is true, and says nothing about what was owed.
    """
    if rows or view.known is None:
        return None
    first = first_recorded_at()
    return first if first is not None and first > view.known else None


def only_since_words(view: View, first: datetime) -> str:
    """That nothing was recorded by the view's moment, and since when something is."""
    assert view.known is not None
    known, since = timezone.localtime(view.known), timezone.localtime(first)
    return (
        f"Nothing was recorded here by {_moment(known)}: the first entry was recorded {_moment(since)}. "
        f"This says nothing about what was owed on {view.on}."
    )


def _moment(at: datetime) -> str:
    is_end = (at.hour, at.minute) == (23, 59)
    return f"the end of {at:%Y-%m-%d}" if is_end else f"{at:%Y-%m-%d %H:%M}"
