"""App registration."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

# The loop uses some two hundred different statements.
PREPARED_STATEMENTS = 300


class TenancyConfig(AppConfig):
    """Tenants and the database rules that keep them apart."""

    name = "cleanclaim.apps.shared.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Let each connection keep as many statements prepared as there are."""
        connection_created.connect(_keep_statements)


def _keep_statements(connection: Any, **_: Any) -> None:
    connection.connection.prepared_max = PREPARED_STATEMENTS
