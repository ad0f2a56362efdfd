"""Members, the days they are covered, authorizations, and the ledger of benefits used."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.payer.plans.models import BenefitPlan
from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Member(TenantModel):
    """One covered person. A dependent carries the subscriber's `member_id` and names the subscriber.

    `relationship` is to the subscriber: `18` self, `01` spouse, `19` child (X12's letters).
    `person_key` is the upper-case name and birth date: the same person is enrolled once.
    """

    member_id = models.CharField(max_length=80)
    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35, blank=True)
    middle_name = models.CharField(max_length=25, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    relationship = models.CharField(max_length=2, default="18")
    subscriber = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="dependents"
    )
    person_key = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "member_id", "person_key"], name="member_person_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "last_name", "first_name"], name="member_name"),
            models.Index(fields=["organization", "person_key"], name="member_person"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name

    @property
    def family_id(self) -> int:
        """The subscriber's row, which stands for the family."""
        return self.subscriber_id or self.pk


class EligibilitySpan(TenantModel):
    """Days on which a member is covered by a plan; `valid_to` is excluded, none means open."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="spans")
    plan = models.ForeignKey(BenefitPlan, on_delete=models.PROTECT, related_name="+")
    group_number = models.CharField(max_length=50, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="eligibility_span_days",
            )
        ]


class Authorization(TenantModel):
    """Leave to give a service: for a member, on days, up to a number of units (none = no limit).

    `procedure_code` empty means any; `provider_npi` empty means any provider.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=50)
    procedure_code = models.CharField(max_length=48, blank=True)
    provider_npi = models.CharField(max_length=10, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    units = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "number", "member", "procedure_code"],
                name="authorization_once",
            )
        ]


class AuthorizationUse(TenantModel):
    """Units of an authorization that a decision used; a reversal gives them back as a negative row."""

    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, related_name="uses")
    case_id = models.BigIntegerField()
    decision_id = models.BigIntegerField()
    line_number = models.IntegerField()
    units = models.DecimalField(max_digits=12, decimal_places=2)
    used_on = models.DateField()

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "case_id"], name="authorization_use_case")
        ]


class AccumulatorEntry(TenantModel):
    """One change of a member's or family's year. The balance is the sum; a reversal is a negative row.

    `member_id` is whose use it was; `family_id` the subscriber's row. `case_id` 0 = opening balance.
    One row per decision, kind and scope; the lines' parts stand in the decision.
    `recorded_on` is the business day of the decision, `recorded_at` when the database knew.
    """

    member_id = models.BigIntegerField()
    family_id = models.BigIntegerField()
    plan_id = models.BigIntegerField()
    year = models.IntegerField()
    kind = models.CharField(max_length=24)  # deductible, out_of_pocket
    scope = models.CharField(max_length=8)  # member, family
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    case_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=120, blank=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "family_id", "year"], name="accumulator_family_year"
            ),
            models.Index(fields=["organization", "case_id"], name="accumulator_case"),
        ]
