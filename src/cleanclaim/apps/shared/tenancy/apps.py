"""App registration."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Tenants and the database rules that keep them apart."""

    name = "cleanclaim.apps.shared.tenancy"
    label = "tenancy"
