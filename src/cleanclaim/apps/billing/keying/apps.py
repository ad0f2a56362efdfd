"""App registration."""

from django.apps import AppConfig


class KeyingConfig(AppConfig):
    """Paper EOBs keyed by number pad: drafts with a running tape that post as remittances."""

    name = "cleanclaim.apps.billing.keying"
    label = "keying"

    def ready(self) -> None:
        """Have an 835 that brings a keyed payment again be refused, and what was keyed anew stay un-posted, and count once."""
        from cleanclaim.apps.billing.keying import (  # models are loaded now
            duplicates,
            other_payments,
        )
        from cleanclaim.apps.billing.remittances import known
        from cleanclaim.apps.shared.work.links import link_subject

        link_subject(other_payments.SUBJECT, "keying:batch")
        known.register(duplicates.find_keyed)
        known.register_stop(duplicates.replaced_by)
        known.register_superseded(duplicates.keyed_anew)
