"""App registration."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """What the plan covers, what it pays, and whom it knows as providers."""

    name = "cleanclaim.apps.payer.plans"
    label = "plans"
