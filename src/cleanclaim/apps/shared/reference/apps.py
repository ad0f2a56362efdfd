"""App registration."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Bulk reference tables as immutable, dated editions."""

    name = "cleanclaim.apps.shared.reference"
    label = "reference"
