"""App registration."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Every byte in or out, kept as it was: files, partners, control numbers, drop folders."""

    name = "cleanclaim.apps.shared.exchange"
    label = "exchange"
