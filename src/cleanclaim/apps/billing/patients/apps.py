"""App registration."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """The people a practice treats, and how a claim finds them."""

    name = "cleanclaim.apps.billing.patients"
    label = "patients"
