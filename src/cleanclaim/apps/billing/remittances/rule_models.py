"""The practice's own rules: what is posted how, and what the worker posts by itself. Two persons put them in force."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.users.two_persons import TwoPersons, by_a_second_person


class PostingRule(TwoPersons):
    """What the practice does with an adjustment of one payer (`payer_id` 0: of all). See `rules.posting.payer_rules`.

    One person proposes it, another puts it in force; what only has payments wait (`ask`, `hold`) counts at once. Never changed
    but to be decided and ended: what was posted under it can be told and taken back. Ending what keeps something open
    (`end_asked_by`) is for two as well.
    """

    payer_id = models.BigIntegerField(default=0)  # parties.Payer
    payer_name = models.CharField(max_length=120, blank=True)
    pattern = models.CharField(max_length=12)
    action = models.CharField(max_length=12)
    account = models.CharField(max_length=60, blank=True)
    amount_limit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    note = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    end_asked_by = models.BigIntegerField(null=True)
    end_asked_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            by_a_second_person(
                "posting_rule_second_person", alone=models.Q(action__in=("ask", "hold"))
            ),
            # What takes amounts off is ended by one person; what keeps them open by two. Rules from before are let alone.
            models.CheckConstraint(
                condition=models.Q(ended_at=None)
                | models.Q(state="former")
                | models.Q(action__in=("write_off", "other", "contractual"))
                | models.Q(ended_by__isnull=False, end_asked_by__isnull=False)
                & ~models.Q(ended_by=models.F("end_asked_by")),
                name="posting_rule_ended_by_second",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "payer_id"], name="posting_rule_by_payer"),
        ]

    def __str__(self) -> str:
        return f"posting rule {self.pk}"


class Way(models.TextChoices):
    """Who starts the posting of what a payer sends. `default`: as for the payers without a rule of their own."""

    POST = "post", "Posted by itself"
    LOOK = "look", "A person looks first"
    DEFAULT = "default", "As the others"


class WorkerRule(TwoPersons):
    """Whether the worker posts a payer's payments by itself (`payer_id` 0: those of all payers without a rule of their own).

    The newest one of a payer that is in force counts, for what the worker looks at from then on. Without any it posts. That a
    person looks first counts at once; everything else when a second person has put it in force.
    """

    payer_id = models.BigIntegerField(default=0)  # parties.Payer
    payer_name = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=7, choices=Way)
    note = models.CharField(max_length=200)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            by_a_second_person("worker_rule_second_person", alone=models.Q(way="look"))
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "payer_id", "id"], name="worker_rule_by_payer"),
        ]

    def __str__(self) -> str:
        return f"worker rule {self.pk}"
