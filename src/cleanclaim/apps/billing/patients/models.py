"""Patients, and the keys by which an arriving claim finds its patient."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Patient(TenantModel):
    """A person whom the practice treats. `sex` is F, M, U or empty; `external_id` another system's number."""

    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35, blank=True)
    middle_name = models.CharField(max_length=25, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    died_on = models.DateField(null=True)
    line_1 = models.CharField(max_length=55, blank=True)
    line_2 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=15, blank=True)
    country = models.CharField(max_length=3, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_default="")
    external_id = models.CharField(max_length=50, blank=True, db_default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "last_name", "first_name", "id"], name="patient_by_name"
            ),
            models.Index(fields=["organization", "born_on"], name="patient_by_birth"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"

    @property
    def full_name(self) -> str:
        """`Last, First M` as lists show it."""
        given = " ".join(part for part in (self.first_name, self.middle_name) if part)
        return f"{self.last_name}, {given}" if given else self.last_name


class PatientKey(TenantModel):
    """Member id, name and birth date under which a claim named this patient (see `matching`)."""

    key = models.CharField(max_length=240)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="keys")

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="patient_key_once")
        ]

    def __str__(self) -> str:
        return f"key of patient {self.patient_id}"
