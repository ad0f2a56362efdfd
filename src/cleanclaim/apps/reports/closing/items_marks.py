"""Who looked at what stands out among a month's entries: a mark for each row that a test found."""

from collections.abc import Iterable

from django.db import transaction

from cleanclaim.apps.reports.closing.review_models import EntryReview
from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError

# What a test finds: a leg (of the same entered twice, the last one), or an entry as a whole.
OF_LEGS = ("placed", "unusual", "twice")
OF_ENTRIES = ("late", "hours", "near", "round")

Row = tuple[int, int, str]  # entry, leg (0 = the whole entry), test


def seen(rows: Iterable[Row]) -> dict[Row, EntryReview]:
    """Of these rows those that somebody looked at; a mark without a leg counts for every row of its entry."""
    asked = set(rows)
    marks = EntryReview.objects.filter(entry_id__in={entry_id for entry_id, _, _ in asked})
    newest = {(one.entry_id, one.leg_id, one.test): one for one in marks.order_by("id")}
    found = {}
    for entry_id, leg_id, test in asked:
        of_row = (newest.get((entry_id, leg, test)) for leg in {leg_id, 0})
        last = max((one for one in of_row if one), key=lambda one: one.pk, default=None)
        if last is not None and last.is_reviewed:
            found[entry_id, leg_id, test] = last
    return found


@transaction.atomic
def mark(
    entry_id: int, test: str, *, leg_id: int = 0, is_reviewed: bool, words: str, by: int | None
) -> None:
    """Say that somebody looked at a row that a test found, or take that back.

    Args:
        leg_id: of a test that finds legs, which one; 0 of one that finds whole entries.

    Raises:
        InputError: no such entry, leg or test, or nothing said.
        StateError: it is so already.
    """
    if test not in OF_LEGS + OF_ENTRIES:
        raise InputError(f"test {test[:20]!r}: expected one of {', '.join(OF_LEGS + OF_ENTRIES)}")
    if not Entry.objects.filter(pk=entry_id).exists():
        raise InputError(f"entry {entry_id}: not found")
    _check_leg(entry_id, leg_id, test)
    if is_reviewed and not words.strip():
        raise InputError("the words are empty", hint="Say what was seen, and why it may stand.")
    lock_names([f"entry review {entry_id}"])
    row = (entry_id, leg_id, test)
    stands = row in seen([row])
    if stands == is_reviewed:
        state = "reviewed already" if stands else "not reviewed"
        raise StateError(f"{row_words(entry_id, leg_id)} is {state}")
    EntryReview.objects.create(
        entry_id=entry_id, leg_id=leg_id, test=test, is_reviewed=is_reviewed,
        words=words.strip()[:300], by=by,
    )  # fmt: skip


def row_words(entry_id: int, leg_id: int) -> str:
    """A row as messages name it."""
    return f"entry {entry_id}, leg {leg_id}" if leg_id else f"entry {entry_id}"


def _check_leg(entry_id: int, leg_id: int, test: str) -> None:
    if test in OF_ENTRIES:
        if leg_id:
            raise InputError(f"leg {leg_id}: {test!r} is of the whole entry", hint="Name no leg.")
    elif not leg_id:
        raise InputError(
            f"entry {entry_id}: which leg? {test!r} looks at each",
            hint="Each finding names its leg.",
        )
    elif not Leg.objects.filter(entry_id=entry_id, pk=leg_id).exists():
        raise InputError(f"leg {leg_id}: not of entry {entry_id}")
