"""App registration."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims with their versions, findings, submissions and answers: one timeline each."""

    name = "cleanclaim.apps.billing.claims"
    label = "claims"
