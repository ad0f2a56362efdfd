"""App registration."""

from django.apps import AppConfig


class KpisConfig(AppConfig):
    """KPIs are questions to ledger, aging and remittances; only targets are kept."""

    name = "cleanclaim.apps.reports.kpis"
    label = "kpis"
