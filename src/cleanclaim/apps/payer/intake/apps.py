"""App registration."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Files that come in: syntax and claim acknowledgements, and the cases that are accepted."""

    name = "cleanclaim.apps.payer.intake"
    label = "intake"
