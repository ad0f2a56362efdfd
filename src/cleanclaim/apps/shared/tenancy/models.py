"""The organization (a tenant) and the base of every row that belongs to one."""

from typing import ClassVar, Literal

from django.db import models

# What the app and worker roles may do with a table's rows. `append` also gets triggers that
# refuse UPDATE, DELETE and TRUNCATE to everybody, the owner included.
Rights = Literal["read", "append", "update", "full"]


class OrganizationKind(models.TextChoices):
    """What an organization is; decides which desks its people see."""

    PRACTICE = "practice", "Practice"
    PHARMACY = "pharmacy", "Pharmacy"
    HEALTH_PLAN = "health_plan", "Health plan"
    SWITCH = "switch", "File door"  # takes files of many providers and hands each its claims


class Organization(models.Model):
    """A tenant. The directory of organizations is not tenant data; everything below it is."""

    kind = models.CharField(max_length=16, choices=OrganizationKind)
    name = models.CharField(max_length=120)
    npi = models.CharField(max_length=10, blank=True)
    tin = models.CharField(max_length=9, blank=True)
    slug = models.SlugField(max_length=60, unique=True)  # names its drop folders
    created_at = models.DateTimeField(auto_now_add=True)

    database_rights: ClassVar[Rights] = "update"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "npi", "tin"],
                condition=~models.Q(npi="", tin=""),
                name="organization_kind_npi_tin",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CurrentTenant(models.Func):
    """The tenant of the database transaction; raises in the database when none is set."""

    template = "(current_setting('cleanclaim.tenant'::text))::bigint"
    output_field = models.BigIntegerField()


def _organization(*, db_constraint: bool = True) -> "models.ForeignKey[Organization, Organization]":
    return models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_default=CurrentTenant(),
        db_constraint=db_constraint,
        db_index=False,  # tenant tables index (organization, ...) themselves
        editable=False,
        related_name="+",
    )


def organization_by_statement() -> "models.ForeignKey[Organization, Organization]":
    """The organization of a table that is written by the hundred thousand: a trigger of the table's migrations checks a statement's rows at once.

    A foreign key would ask for the organization once a row, all of them at COMMIT.
    """
    return _organization(db_constraint=False)


class TenantModel(models.Model):
    """A row of one organization: row-level security is forced on its table (see `database_rules`)."""

    organization = _organization()

    database_rights: ClassVar[Rights] = "update"

    class Meta:
        abstract = True
