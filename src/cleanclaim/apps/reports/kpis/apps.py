"""App registration."""

from django.apps import AppConfig


class KpisConfig(AppConfig):
    """Pages only: KPIs are questions to ledger, aging and remittances."""

    name = "cleanclaim.apps.reports.kpis"
    label = "kpis"
