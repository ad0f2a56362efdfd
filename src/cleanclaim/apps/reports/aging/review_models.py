"""Reviews of an aging: its figures as they were looked at, what was said about each group, who signed."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class AgingGuideline(TenantModel):
    """When a group of a review needs a comment, and by when a month's review is signed; one row a practice.

    Needed where `old_amount` dollars or more, and `old_percent` or more of what is open, are over 90 days, or where
    `credit_amount` or more is owed back. `business_day` counts after the month's end.
    """

    old_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("1000.00"))
    old_percent = models.SmallIntegerField(default=20)
    credit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("100.00"))
    business_day = models.SmallIntegerField(default=5)
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], name="aging_guideline_once"),
            models.CheckConstraint(
                condition=models.Q(
                    business_day__gte=1,
                    business_day__lte=30,
                    old_percent__gte=0,
                    old_percent__lte=100,
                    old_amount__gte=0,
                    credit_amount__gte=0,
                ),
                name="aging_guideline_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"comment from {self.old_amount}"


class ReviewState(models.TextChoices):
    """Where a review stands."""

    PREPARED = "prepared", "To be signed"
    SIGNED = "signed", "Signed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AgingReview(TenantModel):
    """An aging that is looked through. Its figures are kept as they were when it was prepared.

    `rows`: [{group, bands, credit, items}, ...], dollars as text; `tie`: {aging, books, booked_elsewhere, difference};
    `guideline` as it was; `former_id` is the signed one before it of the same groups, 0 where there is none.
    """

    on = models.DateField()
    by_groups = models.JSONField()
    who = models.CharField(max_length=9)
    measure = models.CharField(max_length=9)
    rows = models.JSONField()
    tie = models.JSONField()
    guideline = models.JSONField()
    former_id = models.BigIntegerField(default=0, db_default=0)
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=ReviewState, default="prepared")
    prepared_by = models.BigIntegerField(null=True)
    prepared_at = models.DateTimeField(db_default=Now(), editable=False)
    signed_by = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "on", "by_groups", "who", "measure"],
                condition=models.Q(state="prepared"),
                name="aging_review_one_open",
            ),
            # Whoever prepares never signs.
            models.CheckConstraint(
                condition=~models.Q(state="signed")
                | models.Q(signed_by__isnull=False)
                & (models.Q(prepared_by=None) | ~models.Q(signed_by=models.F("prepared_by"))),
                name="aging_review_second_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "on", "id"], name="aging_review_by_day")
        ]

    def __str__(self) -> str:
        return f"aging review {self.on}"


class AgingComment(TenantModel):
    """What somebody said about a group of a review; the newest stands, the others stay."""

    review = models.ForeignKey(AgingReview, on_delete=models.PROTECT, related_name="comments")
    group = models.JSONField()  # as in the review's rows
    words = models.CharField(max_length=500)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    def __str__(self) -> str:
        return f"comment on {self.group}"


class ActKind(models.TextChoices):
    """What was done with a review besides signing it."""

    ASIDE = "aside", "Put aside"
    BACK = "back", "Brought back"


class AgingReviewAct(TenantModel):
    """Somebody put a review aside or brought it back, and why."""

    review = models.ForeignKey(AgingReview, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=5, choices=ActKind)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(kind="aside") | ~models.Q(words=""),
                name="aging_review_aside_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.review_id}"
