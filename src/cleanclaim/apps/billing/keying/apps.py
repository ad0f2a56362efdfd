"""App registration."""

from django.apps import AppConfig


class KeyingConfig(AppConfig):
    """Paper EOBs keyed by number pad: drafts with a running tape that post as remittances."""

    name = "cleanclaim.apps.billing.keying"
    label = "keying"

    def ready(self) -> None:
        """Have an 835 that brings a keyed payment again be refused."""
        from cleanclaim.apps.billing.keying.duplicates import find_keyed  # models are loaded now
        from cleanclaim.apps.billing.remittances import known

        known.register(find_keyed)
