"""App registration."""

from django.apps import AppConfig


class KeyingConfig(AppConfig):
    """Paper EOBs keyed by number pad: drafts with a running tape that post as remittances."""

    name = "cleanclaim.apps.billing.keying"
    label = "keying"

    def ready(self) -> None:
        """Have an 835 that brings a keyed payment again be refused, and what was keyed anew stay un-posted."""
        from cleanclaim.apps.billing.keying import duplicates  # models are loaded now
        from cleanclaim.apps.billing.remittances import known

        known.register(duplicates.find_keyed)
        known.register_stop(duplicates.replaced_by)
