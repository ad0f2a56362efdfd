"""Questions about editions: which one holds on a day, and what it says."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from cleanclaim.apps.shared.reference.models import Edition, FeeRow
from cleanclaim.kernel.errors import ReferenceDataError
from cleanclaim.rules.pricing import table


@dataclass(frozen=True, slots=True)
class FeeInForce:
    """Dollars per unit on the day that was asked for, with its edition."""

    amount: Decimal
    edition_id: int
    edition: str


@dataclass(frozen=True, slots=True)
class EditionSpan:
    """The days on which an edition is the one in force; `valid_to` is excluded."""

    edition: Edition
    valid_from: date
    valid_to: date | None


def edition_spans(kind: str, names: Collection[str] | None = None) -> list[EditionSpan]:
    """Every edition with the days on which it is in force, by name and day.

    A later edition of the same name ends the one before it; of two that begin on the same day the
    one loaded later counts and the other is in force on no day.
    """
    found = Edition.objects.filter(kind=kind)
    if names is not None:
        found = found.filter(name__in=names)
    editions = list(found.order_by("name", "valid_from", "id"))
    spans = []
    followings: list[Edition | None] = [*editions[1:], None] if editions else []
    for edition, following in zip(editions, followings, strict=True):
        end = edition.valid_to
        if following is not None and following.name == edition.name:
            end = min(end, following.valid_from) if end else following.valid_from
        if end is None or end > edition.valid_from:
            spans.append(EditionSpan(edition, edition.valid_from, end))
    return spans


def edition_in_force(kind: str, name: str, *, on: date) -> Edition:
    """The one edition of the table that is in force on the day.

    Raises:
        ReferenceDataError: none is.
    """
    for span in edition_spans(kind, [name]):
        if span.valid_from <= on and (span.valid_to is None or on < span.valid_to):
            return span.edition
    raise ReferenceDataError(
        f"{kind} {name}: 0 editions in force on {on}, expected 1",
        hint="Load an edition that covers this day.",
    )


def fees_in_force(
    edition_ids: Collection[int], codes: Collection[str], *, on: date
) -> dict[tuple[int, str, str], FeeInForce]:
    """Fees by (edition id, code, modifier) on the day, in one query; what has no fee is left out."""
    rows = (
        FeeRow.objects.filter(edition_id__in=edition_ids, code__in=codes, valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .select_related("edition")
    )
    return {
        (row.edition_id, row.code, row.modifier): FeeInForce(
            row.amount, row.edition_id, str(row.edition)
        )
        for row in rows
    }


def fee_rows(
    names: Collection[str],
    codes: Collection[str] | None = None,
    *,
    first_on: date,
    last_on: date,
) -> list[table.FeeRow]:
    """Fees of these schedules that hold on any day from `first_on` to `last_on` (both included).

    Each row's span is cut to the days on which its edition is in force, so that a day has one price.
    Two queries, however many codes.
    """
    spans = {
        span.edition.pk: span
        for span in edition_spans("fees", names)
        if span.valid_from <= last_on and (span.valid_to is None or span.valid_to > first_on)
    }
    found = FeeRow.objects.filter(edition_id__in=spans, valid_from__lte=last_on)
    if codes is not None:
        found = found.filter(code__in=codes)
    values = found.values_list(
        "edition_id", "code", "modifier", "amount", "valid_from", "valid_to"
    ).order_by("id")
    cut = (_cut(spans[edition_id], *rest) for edition_id, *rest in values.iterator())
    return [row for row in cut if row is not None]


def _cut(
    span: EditionSpan,
    code: str,
    modifier: str,
    amount: Decimal,
    valid_from: date,
    valid_to: date | None,
) -> table.FeeRow | None:
    first = max(valid_from, span.valid_from)
    ends = [end for end in (valid_to, span.valid_to) if end is not None]
    end = min(ends) if ends else None
    if end is not None and end <= first:
        return None
    return table.FeeRow(
        schedule=span.edition.name,
        code=code,
        amount=amount,
        edition=str(span.edition),
        valid_from=first,
        valid_to=end,
        modifier=modifier,
    )


def fee_table(
    names: Collection[str],
    codes: Collection[str] | None = None,
    *,
    first_on: date,
    last_on: date,
) -> table.FeeTable:
    """The fees of `fee_rows`, ready for `rules.pricing`."""
    return table.FeeTable(fee_rows(names, codes, first_on=first_on, last_on=last_on))


def editions(kind: str = "fees") -> Iterable[Edition]:
    """All editions of a kind, by name and day."""
    return Edition.objects.filter(kind=kind).order_by("name", "valid_from", "id")
