"""Receivable legs packed by item, so that a million open items are aged in less than a second.

The rows are a copy that can be thrown away: `blocks.prove_blocks` compares them with the legs, and what was posted
since they were made is always read from the legs themselves.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.reports.aging.review_models import AgingComment as AgingComment
from cleanclaim.apps.reports.aging.review_models import AgingGuideline as AgingGuideline
from cleanclaim.apps.reports.aging.review_models import AgingReview as AgingReview
from cleanclaim.apps.reports.aging.review_models import AgingReviewAct as AgingReviewAct
from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class AgingMark(TenantModel):
    """Up to where the blocks go: entries of database transactions before `transaction_number`, all of them finished.

    Transaction numbers are one server's own; on another (`server`) the blocks say nothing.
    """

    transaction_number = models.BigIntegerField()
    server = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "full"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], name="aging_mark_once")
        ]

    def __str__(self) -> str:
        return f"aging blocks up to transaction {self.transaction_number}"


class AgingBlock(TenantModel):
    """The receivable legs of the items from `first_item` up to the next block's, as arrays (`blocks.COLUMNS`)."""

    first_item = models.BigIntegerField()
    entities = models.JSONField()  # names by the number that `entity` uses
    item = models.BinaryField()
    claim = models.BinaryField()
    service = models.BinaryField()
    posted = models.BinaryField()
    start = models.BinaryField()
    bucket = models.BinaryField()
    entity = models.BinaryField()
    is_first = models.BinaryField()
    effective = models.BinaryField()
    recorded = models.BinaryField()
    cents = models.BinaryField()
    moves = models.BinaryField()

    database_rights: ClassVar[Rights] = "full"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "first_item"], name="aging_block_once")
        ]

    def __str__(self) -> str:
        return f"aging block from item {self.first_item}"
