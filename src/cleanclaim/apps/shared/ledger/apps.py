"""App registration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Entries, legs, open items, buckets and accounting months."""

    name = "cleanclaim.apps.shared.ledger"
    label = "ledger"
