"""App registration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Events on their way to the apps above."""

    name = "cleanclaim.apps.shared.outbox"
    label = "outbox"
