"""Look through an aging: prepare its figures, say something about each group that asks for it, have it signed."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cleanclaim.apps.reports.aging.questions import AgingRow, Measure, View, Who, aging, tie
from cleanclaim.apps.reports.aging.review_models import (
    AgingComment,
    AgingGuideline,
    AgingReview,
    ReviewState,
)
from cleanclaim.apps.reports.aging.view import LIMITS_DAYS, OLD_DAYS, first_old
from cleanclaim.apps.shared.ledger.selectors import has_entries_between
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.work.services import NewWork, close_key, open_work
from cleanclaim.kernel.dates import business_day_of, business_days_between
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.kernel.words import counted

MOST_ROWS = 5_000
MONTHS_BACK = 3
KIND = "aging_review"
MONTH = "aging_month"
LOCK = "aging review"  # of all that makes a review wait to be signed


@dataclass(frozen=True, slots=True)
class Line:
    """A group of a review. `before` is the same group in the former review; `needs` why it needs a comment, else empty."""

    place: int
    group: tuple[str, ...]
    row: AgingRow
    old: Decimal
    before: Decimal | None
    needs: str
    comment: AgingComment | None
    said_before: str

    @property
    def is_missing(self) -> bool:
        """Whether a comment is still to be made."""
        return bool(self.needs) and self.comment is None


def guideline() -> AgingGuideline:
    """The practice's own, or the one that it may start from (unsaved)."""
    return AgingGuideline.objects.first() or AgingGuideline()


@transaction.atomic
def save_guideline(
    *,
    old_amount: Decimal,
    old_percent: int,
    credit_amount: Decimal,
    business_day: int,
    by: int | None,
) -> None:
    """Set when a group needs a comment, and the business day of the review; reviews that are prepared keep theirs.

    Raises:
        InputError: a figure out of its range.
    """
    if old_amount < 0 or credit_amount < 0:
        raise InputError("an amount below zero", hint="0.00 asks for a comment on every group.")
    if not 0 <= old_percent <= 100:
        raise InputError(f"percent {old_percent}: expected 0 to 100")
    if not 1 <= business_day <= 30:
        raise InputError(f"business day {business_day}: expected 1 to 30")
    lock_names(["aging guideline"])
    row = guideline()
    row.old_amount, row.credit_amount = old_amount, credit_amount
    row.old_percent, row.business_day = old_percent, business_day
    row.changed_by = by
    row.save()
    follow(on=timezone.localdate())


@transaction.atomic
def prepare(view: View, *, by: int | None) -> int:
    """Keep the aging as it stands now, to be looked through; returns the review's id.

    Raises:
        InputError: nobody owes anything on the day, it is to come, or there are too many groups to look through.
        StateError: one of the same day and groups waits to be signed.
    """
    if view.on > timezone.localdate():
        raise InputError(f"as of {view.on}: this day is to come")
    lock_names([LOCK])
    same = AgingReview.objects.filter(
        by_groups=list(view.by), who=view.who.value, measure=view.measure.value
    )
    if same.filter(on=view.on, state=ReviewState.PREPARED).exists():
        raise StateError(f"a review of {view.on} by {', '.join(view.by)} waits to be signed")
    rows = aging(view)
    if not rows:
        raise InputError(f"nobody owes anything on {view.on}")
    if len(rows) > MOST_ROWS:
        raise InputError(
            f"{len(rows):,} groups: a review has at most {MOST_ROWS:,}", hint="Choose fewer groups."
        )
    found, rule = tie(view, rows), guideline()
    former = same.filter(on__lt=view.on, state=ReviewState.SIGNED).order_by("-on", "-id").first()
    row = AgingReview.objects.create(
        on=view.on,
        by_groups=list(view.by),
        who=view.who.value,
        measure=view.measure.value,
        rows=[_written(one) for one in rows],
        tie={
            "aging": f"{found.aging:.2f}",
            "books": f"{found.books:.2f}",
            "booked_elsewhere": f"{found.named:.2f}",
            "difference": f"{found.difference:.2f}",
        },
        guideline={
            "old_amount": f"{rule.old_amount:.2f}",
            "old_percent": rule.old_percent,
            "credit_amount": f"{rule.credit_amount:.2f}",
        },
        former_id=former.pk if former else 0,
        due_on=business_day_of(view.on.replace(day=1), rule.business_day),
        prepared_by=by,
    )
    return int(row.pk)


@transaction.atomic
def comment(review_id: int, place: int, words: str, *, by: int | None) -> None:
    """Say something about the group at a place of a review; what was said before stays in its story.

    Raises:
        InputError: no words, or no such group.
        StateError: the review is signed or withdrawn.
    """
    row = open_review(review_id)
    if not words.strip():
        raise InputError(
            "the comment is empty", hint="Say why it is old, and what is done about it."
        )
    if not 1 <= place <= len(row.rows):
        raise InputError(f"group {place}: the review has {counted(len(row.rows), 'group')}")
    AgingComment.objects.create(
        review=row, group=row.rows[place - 1]["group"], words=words.strip()[:500], by=by
    )


@transaction.atomic
def sign(review_id: int, *, by: int | None, words: str = "") -> None:
    """Sign a review as the second person: nothing of it changes afterwards.

    Raises:
        StateError: it is signed, signed by nobody or whoever prepared it, or a group still needs a comment.
    """
    row = open_review(review_id)
    if by is None:
        raise StateError("a review is signed by nobody", hint="A second person must sign it.")
    if by == row.prepared_by:
        raise StateError(
            f"review {review_id} was prepared by you", hint="A second person must sign it."
        )
    if row.tie["difference"] != "0.00" and not words.strip():
        raise StateError(
            f"review {review_id} does not tie to the books: {row.tie['difference']}",
            hint="Look at the proof first; or say why it is signed all the same.",
        )
    if missing := [one for one in lines(row) if one.is_missing]:
        raise StateError(
            f"{counted(len(missing), 'group')} of review {review_id} need a comment: "
            + ", ".join(" ".join(one.group) or "all" for one in missing[:5]),
            hint="Say why it is old, and what is done about it.",
        )
    AgingReview.objects.filter(pk=row.pk).update(
        state=ReviewState.SIGNED, signed_by=by, signed_at=Now(), words=words.strip()[:300]
    )
    if _is_of_month(row):
        close_key(f"{KIND}:{row.on}", outcome="Signed")


def same_as(row: AgingReview) -> QuerySet[AgingReview]:
    """Reviews of the same groups, by the same measure, whatever their day."""
    return AgingReview.objects.filter(by_groups=row.by_groups, who=row.who, measure=row.measure)


def lines(row: AgingReview) -> list[Line]:
    """Its groups: first those that need a comment, then the oldest money."""
    said = _comments(row)
    former = AgingReview.objects.filter(pk=row.former_id).first() if row.former_id else None
    before = {tuple(one["group"]): _read(one) for one in former.rows} if former else {}
    said_before = _comments(former) if former else {}
    found = []
    for place, raw in enumerate(row.rows, 1):
        one = _read(raw)
        earlier = before.get(one.group)
        words = said_before.get(one.group)
        found.append(
            Line(
                place,
                one.group,
                one,
                _old(one),
                (earlier.open if earlier else ZERO) if former else None,
                _needs(one, row.guideline),
                said.get(one.group),
                words.words if words else "",
            )
        )
    return sorted(found, key=lambda line: (not line.needs, -line.old, line.place))


def _needs(one: AgingRow, rule: dict[str, Any]) -> str:
    """Why a comment is needed; empty where none is."""
    reasons = []
    old, least = _old(one), Decimal(rule["old_amount"])
    if old and old >= least and old * 100 >= one.open * rule["old_percent"]:
        reasons.append(f"{old:,.2f} over {OLD_DAYS} days")
    if one.credit and -one.credit >= Decimal(rule["credit_amount"]):
        reasons.append(f"{-one.credit:,.2f} owed back")
    return ", ".join(reasons)


def _old(one: AgingRow) -> Decimal:
    return total(one.bands[first_old(LIMITS_DAYS) :])


def _comments(row: AgingReview) -> dict[tuple[str, ...], AgingComment]:
    found = AgingComment.objects.filter(review=row).order_by("id")
    return {tuple(one.group): one for one in found}


def _written(one: AgingRow) -> dict[str, Any]:
    return {
        "group": list(one.group),
        "bands": [f"{amount:.2f}" for amount in one.bands],
        "credit": f"{one.credit:.2f}",
        "items": one.items,
    }


def _read(raw: dict[str, Any]) -> AgingRow:
    return AgingRow(
        tuple(raw["group"]),
        tuple(Decimal(one) for one in raw["bands"]),
        Decimal(raw["credit"]),
        raw["items"],
    )


def open_review(review_id: int) -> AgingReview:
    """A review that waits to be signed, locked.

    Raises:
        StateError: it is signed or withdrawn.
    """
    row = AgingReview.objects.select_for_update().get(pk=review_id)
    if row.state != ReviewState.PREPARED:
        raise StateError(
            f"review {review_id} is {ReviewState(row.state).label.lower()}",
            hint="Prepare another one; it shows a signed one beside, and one put aside can be brought back.",
        )
    return row


@dataclass(frozen=True, slots=True)
class Due:
    """A month's end with its deadline, and the review that is signed for it."""

    month_end: date
    due_on: date
    signed: AgingReview | None
    late_by: int  # business days


def due_reviews(*, on: date, months: int = MONTHS_BACK) -> list[Due]:
    """Of the months that ended last and have entries, newest first."""
    rule, found = guideline(), []
    last = on.replace(day=1) - timedelta(days=1)
    signed = AgingReview.objects.filter(
        state=ReviewState.SIGNED, on__lte=last, on__gt=last - timedelta(days=31 * months)
    )
    newest_first = signed.defer("rows").order_by("-id")
    by_day = {row.on: row for row in newest_first if _is_of_month(row)}  # the first one of a day
    for _ in range(months):
        first = last.replace(day=1)
        if has_entries_between(first, last):
            due, row = business_day_of(first, rule.business_day), by_day.get(last)
            until = timezone.localdate(row.signed_at) if row and row.signed_at else on
            found.append(Due(last, due, row, max(0, business_days_between(due, until))))
        last = first - timedelta(days=1)
    return found


def follow(*, on: date) -> None:
    """A month whose review is due or late becomes work, under a guideline of the practice's own."""
    if not AgingGuideline.objects.exists():
        return
    for one in due_reviews(on=on):
        key = f"{KIND}:{one.month_end}"
        if one.signed is not None:
            close_key(key, outcome="Signed")
        elif business_days_between(on, one.due_on) <= 1:
            late = f", {counted(one.late_by, 'business day')} ago" if one.late_by else ""
            number = one.month_end.year * 100 + one.month_end.month
            open_work(
                [
                    NewWork(
                        kind=KIND,
                        subject_kind=MONTH,
                        subject_id=number,
                        title=f"Review the aging of {one.month_end:%B %Y}",
                        reason=f"Due {one.due_on}{late}; nobody has signed one",
                        opened_on=on,
                        due_on=one.due_on,
                        dedupe_key=key,
                    )
                ]
            )
        else:
            close_key(key, outcome="Not due")


def _is_of_month(row: AgingReview) -> bool:
    """Whether it looks at what everybody owes, since they owe it: else it is no month's review."""
    return row.who == Who.ALL.value and row.measure == Measure.BUCKET.value


def month_view(month_end: date) -> View:
    """What a month's review looks at unless something else is asked: by who owes and payer."""
    return View(month_end, None, ("bucket", "payer"), Measure.BUCKET, who=Who.ALL)
