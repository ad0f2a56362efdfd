"""App registration."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    """Charge lines, the practice's own prices, and the entries that book them."""

    name = "cleanclaim.apps.billing.charges"
    label = "charges"
