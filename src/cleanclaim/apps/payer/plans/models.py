"""Benefit plans and contracts by edition, the payer's own identity, and the providers that it knows."""

from typing import ClassVar

from django.db import models

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class PayerProfile(TenantModel):
    """Who the plan is on its messages: one row per organization."""

    payer_name = models.CharField(max_length=60)
    payer_id = models.CharField(max_length=80)
    tin = models.CharField(max_length=9)
    address_line = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=15)
    contact_name = models.CharField(max_length=60)
    contact_phone = models.CharField(max_length=20)
    bank_routing = models.CharField(max_length=9)
    bank_account = models.CharField(max_length=35)
    # A live counterpart for any file takes claims that name another payer, too.
    accepts_any_payer = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], name="payer_profile_once")
        ]


class BenefitPlan(TenantModel):
    """One product that members are enrolled in; what it covers stands in its editions."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    line_of_business = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "code"], name="benefit_plan_code")
        ]

    def __str__(self) -> str:
        return self.name


class PlanEdition(TenantModel):
    """What a benefit plan covers from a day on: `body` is `rules.benefits.Plan` as JSON text."""

    plan = models.ForeignKey(BenefitPlan, on_delete=models.PROTECT, related_name="editions")
    edition = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    body = models.TextField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "plan", "edition"], name="plan_edition_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="plan_edition_span",
            ),
        ]


class Contract(TenantModel):
    """How a group of providers is paid; the terms stand in its editions."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "code"], name="contract_code")
        ]

    def __str__(self) -> str:
        return self.name


class ContractEdition(TenantModel):
    """A contract's terms from a day on: `body` is `rules.pricing.Contract` as JSON text."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="editions")
    edition = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    body = models.TextField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "contract", "edition"], name="contract_edition_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="contract_edition_span",
            ),
        ]


class PlanProvider(TenantModel):
    """A billing provider as the plan knows it: identity, contract, network and how it is paid.

    `pays_by` is `ACH` or `CHK`. `partner_id` is the trading partner that its remittances go to;
    filled by its first accepted claim where enrolment did not say. `valid_to` is excluded.
    """

    npi = models.CharField(max_length=10)
    tin = models.CharField(max_length=9)
    name = models.CharField(max_length=120)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True)
    network = models.CharField(max_length=8, default="in")  # in, out
    taxonomy = models.CharField(max_length=10, blank=True)
    pays_by = models.CharField(max_length=3, default="CHK")
    bank_routing = models.CharField(max_length=9, blank=True)
    bank_account = models.CharField(max_length=35, blank=True)
    address_line = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=15, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    partner_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "npi", "tin", "valid_from"], name="plan_provider_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
