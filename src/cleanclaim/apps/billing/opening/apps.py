"""App registration."""

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    """Rows of loads; claims, items and entries are those of the apps below."""

    name = "cleanclaim.apps.billing.opening"
    label = "opening"

    def ready(self) -> None:
        """Open a load from the work that it makes."""
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject("opening_load", "opening:load")
