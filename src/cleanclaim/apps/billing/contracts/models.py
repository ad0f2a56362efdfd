"""Contracts with payers by edition, their obligations and documents, and the expected price of each line."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Contract(TenantModel):
    """What we agreed with one payer; the price terms stand in its editions.

    `provider_npi`: it holds for claims of this billing provider only; empty = for all of ours. `tolerance` is the
    dollars a line by which a payment may differ unasked. `missing_after_days`: days after the service on which a line
    without an answer counts as missing; null = the general figure. `valid_to` is excluded.
    """

    payer_id = models.BigIntegerField()  # parties.Payer
    payer_name = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    provider_npi = models.CharField(max_length=10, blank=True, db_default="")
    routing = models.CharField(max_length=80, blank=True, db_default="")  # BIN 999001, PCN SUMX
    help_desk = models.CharField(max_length=60, blank=True, db_default="")
    notes = models.TextField(blank=True, db_default="")
    tolerance = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("0.00"), db_default=0
    )
    missing_after_days = models.IntegerField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True, db_default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "code"], name="own_contract_code"),
            models.CheckConstraint(
                condition=models.Q(tolerance__gte=0), name="own_contract_tolerance"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "payer_id"], name="own_contract_payer")
        ]

    def __str__(self) -> str:
        return self.code


class ContractEdition(TenantModel):
    """A contract's terms from a day on: `body` is `rules.pricing.Contract` as JSON text, never changed."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="editions", db_index=False
    )
    edition = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    body = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "contract", "edition"], name="own_contract_edition_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="own_contract_edition_span",
            ),
        ]

    def __str__(self) -> str:
        return self.edition


class ContractDocument(TenantModel):
    """The contract as signed, or an amendment: the bytes as they were given."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "contract", "sha256"], name="own_contract_document_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Obligation(TenantModel):
    """Something that the contract asks by a day: notice, renewal, a report."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="obligations", db_index=False
    )
    words = models.CharField(max_length=200)
    clause = models.CharField(max_length=60, blank=True, db_default="")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    done_by = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "contract", "words", "due_on"],
                name="own_contract_obligation_once",
            )
        ]

    def __str__(self) -> str:
        return self.words


class ExpectedLine(TenantModel):
    """What one charge line should bring, worked out once under one edition; the newest row of an item counts.

    `allowed` is the contract's price (null: no contract prices it), `promised` what the payer's real-time answer
    promised to pay (null: none came). `term` and `clause` say which term it was; `steps` is its arithmetic:
    [[words, figure], ...]. `method` none: what was expected before is not any more. Lines of a claim with the same `share_group` above 0 share one amount of the contract, such as a
    case rate. No ledger entry follows from it.
    """

    WITHDRAWN: ClassVar = "none"

    item_id = models.BigIntegerField()
    claim_id = models.BigIntegerField()
    version = models.IntegerField()
    line_number = models.IntegerField()
    payer_id = models.BigIntegerField()
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    edition = models.CharField(max_length=60, blank=True)
    service_from = models.DateField(null=True)
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    allowed = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    promised = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    method = models.CharField(max_length=24, blank=True)
    term = models.CharField(max_length=120, blank=True)
    clause = models.CharField(max_length=120, blank=True)
    steps = models.JSONField()
    share_group = models.SmallIntegerField(default=0, db_default=0)
    priced_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(allowed__isnull=False)
                | models.Q(promised__isnull=False)
                | models.Q(method="none"),
                name="expected_line_says_something",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "item_id", "-id"], name="expected_line_item"),
            models.Index(fields=["organization", "payer_id"], name="expected_line_payer"),
            models.Index(
                fields=["organization", "contract", "service_from"], name="expected_line_contract"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_number} of claim {self.claim_id}"
