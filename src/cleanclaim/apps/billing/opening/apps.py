"""App registration."""

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    """Rows of loads; claims, items and entries are those of the apps below."""

    name = "cleanclaim.apps.billing.opening"
    label = "opening"
