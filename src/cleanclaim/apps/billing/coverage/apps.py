"""App registration."""

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    """Who pays for a patient, in which order, under which member id."""

    name = "cleanclaim.apps.billing.coverage"
    label = "coverage"
